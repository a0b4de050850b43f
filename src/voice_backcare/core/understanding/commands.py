"""Commands: whole phrases, each of one context, with politeness around them (D7, D8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_backcare.core.understanding.lexicon import Lexicon, LexiconError, expanded, read_table, texts
from voice_backcare.core.understanding.text import ASKED, BOUNDARY

_CONTEXTS = "contexts"
_LONGEST_POLITENESS = 4
_WHOLE = {"'s": "is", "'re": "are", "'m": "am", "'ve": "have", "'ll": "will", "'d": "would"}


@dataclass(frozen=True)
class Commands:
    """``contexts``: of each context, the words that say a command to its name and the phrase as written."""

    lexicon: Lexicon
    contexts: Mapping[str, Mapping[str, tuple[str, str]]]
    spoken: Mapping[str, tuple[str, ...]]

    def names(self, context: str) -> frozenset[str]:
        """The names of the commands of a context."""
        return frozenset(name for name, _ in self.contexts[context].values())

    def find(self, context: str, tokens: Sequence[str]) -> tuple[str, str] | None:
        """The command that ``tokens`` are, whatever politeness stands around it: its name and phrase."""
        known = self.contexts[context]
        words = tuple(token for token in tokens if token not in (BOUNDARY, ASKED))
        keys = (_key(left) for left in self._without_politeness(words))
        return next((known[key] for key in keys if key in known), None)

    def _without_politeness(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """``words``, and what is left of them as politeness is taken off at either end; the longest first."""
        before, after = self.lexicon.polite_before, self.lexicon.polite_after
        starts, ends = [0], [len(words)]
        for start in starts:
            starts += [
                start + n
                for n in range(1, _LONGEST_POLITENESS + 1)
                if words[start : start + n] in before and start + n not in starts
            ]
        for end in ends:
            ends += [
                end - n
                for n in range(1, min(_LONGEST_POLITENESS, end) + 1)
                if words[end - n : end] in after and end - n not in ends
            ]
        for start, end in sorted(((s, e) for s in starts for e in ends if s < e), key=lambda span: span[0] - span[1]):
            yield words[start:end]


def _key(tokens: Sequence[str]) -> str:
    """The words as they are compared: "what's" is "what is"."""
    return " ".join(_WHOLE.get(token, token) for token in tokens if token not in (BOUNDARY, ASKED))


def load(folder: Path, lexicon: Lexicon) -> Commands:
    """All commands under ``folder`` (``grammars/commands``). ``LexiconError`` says what is wrong."""
    phrases: dict[str, dict[str, str]] = {}  # of each command its phrases, by how they are compared
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == _CONTEXTS:
            continue
        data = read_table(path)
        for intent in data:
            for template in texts(data, intent, path.name):
                for phrase in expanded(template):
                    phrases.setdefault(intent, {}).setdefault(_key(lexicon.split(phrase)), phrase)
    table = read_table(folder / f"{_CONTEXTS}.yaml")
    contexts: dict[str, dict[str, tuple[str, str]]] = {}
    spoken: dict[str, tuple[str, ...]] = {}
    for context, groups in table["contexts"].items():
        intents = [intent for group in groups for intent in _group(table["groups"], group)]
        known: dict[str, tuple[str, str]] = {}
        for intent in intents:
            if intent not in phrases:
                raise LexiconError(f"contexts.yaml: {context!r} names the command {intent!r}, which no file has")
            for key, phrase in phrases[intent].items():
                known.setdefault(key, (intent, phrase))
        contexts[context] = known
        spoken[context] = tuple(dict.fromkeys(phrase for _, phrase in known.values()))
    return Commands(lexicon, contexts, spoken)


def _group(groups: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    if name not in groups:
        raise LexiconError(f"contexts.yaml: there is no group {name!r}")
    return groups[name]
