"""Commands: whole phrases, each of one context, with politeness around them (D7, D8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pathlib import Path

from voice_backcare.core.understanding.lexicon import Lexicon, LexiconError, expanded, read_table, texts
from voice_backcare.core.understanding.text import ASKED, BOUNDARY

_CONTEXTS = "contexts"


@dataclass(frozen=True)
class Commands:
    """``contexts``: of each context, the words that say a command to its name and the phrase as written."""

    lexicon: Lexicon
    contexts: Mapping[str, Mapping[str, tuple[str, str]]]
    spoken: Mapping[str, tuple[str, ...]]

    def find(self, context: str, tokens: Sequence[str]) -> tuple[str, str] | None:
        """The command that ``tokens`` are, whatever politeness stands around it: its name and phrase."""
        known = self.contexts[context]
        words = [token for token in tokens if token not in (BOUNDARY, ASKED)]
        return next((known[text] for text in self._without_politeness(words) if text in known), None)

    def _without_politeness(self, words: Sequence[str]) -> list[str]:
        before, after = self.lexicon.polite_before, self.lexicon.polite_after
        start, end = 0, len(words)
        found = [" ".join(words)]
        while length := _length(words[start:end], before, last=False):
            start += length
            found.append(" ".join(words[start:end]))
        while length := _length(words[start:end], after, last=True):
            end -= length
            found += [" ".join(words[start:end]), " ".join(words[:end])]
        return found


def _length(words: Sequence[str], phrases: frozenset[tuple[str, ...]], *, last: bool) -> int:
    """How many words of politeness stand first or last; 0 where there are none, or nothing else."""
    for n in (4, 3, 2, 1):
        if len(words) > n and tuple(words[-n:] if last else words[:n]) in phrases:
            return n
    return 0


def load(folder: Path, lexicon: Lexicon) -> Commands:
    """All commands under ``folder`` (``grammars/commands``). ``LexiconError`` says what is wrong."""
    phrases: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == _CONTEXTS:
            continue
        data = read_table(path)
        for intent in data:
            for template in texts(data, intent, path.name):
                phrases.setdefault(intent, []).extend(expanded(template))
    table = read_table(folder / f"{_CONTEXTS}.yaml")
    contexts: dict[str, dict[str, tuple[str, str]]] = {}
    spoken: dict[str, tuple[str, ...]] = {}
    for context, groups in table["contexts"].items():
        intents = [intent for group in groups for intent in _group(table["groups"], group)]
        known: dict[str, tuple[str, str]] = {}
        for intent in intents:
            if intent not in phrases:
                raise LexiconError(f"contexts.yaml: {context!r} names the command {intent!r}, which no file has")
            for phrase in phrases[intent]:
                known.setdefault(" ".join(lexicon.split(phrase)), (intent, phrase))
        contexts[context] = known
        spoken[context] = tuple(dict.fromkeys(phrase for _, phrase in known.values()))
    return Commands(lexicon, contexts, spoken)


def _group(groups: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    if name not in groups:
        raise LexiconError(f"contexts.yaml: there is no group {name!r}")
    return groups[name]
