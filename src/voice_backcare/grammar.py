"""Phrases to meanings: the sentence templates of ``grammars/``, read with hassil.

A context ("question", "read_back", ...) opens some meaning groups. An utterance is matched as a
whole; an emergency phrase counts anywhere inside one, unless it is negated (D5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hassil
import yaml
from hassil.sample import sample_intents
from hassil.util import merge_dict

from voice_backcare.resources import data_folder

# A pause filled with a sound. "Oh" is none: "oh no" is a cry, not an answer.
_HESITATIONS = frozenset({"um", "uh", "er", "hmm", "well", "please"})
_EMERGENCY = "Emergency"
_NO_SIGN = "emergency"


class GrammarError(Exception):
    """A grammar file is not what it must be; the text names the file."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an utterance means in its context; ``sign`` for an emergency phrase only."""

    meaning: str
    phrase: str
    sign: str | None = None


def normalise(text: str) -> str:
    """Lower case, words and apostrophes only, one space between; 911 as it is spoken."""
    text = text.lower().replace("\u2019", "'").replace("911", " nine one one ").replace("9-1-1", " nine one one ")
    return " ".join(re.sub(r"[^a-z0-9'\[\]]+", " ", text).split())


def _without_hesitation(words: tuple[str, ...]) -> tuple[str, ...]:
    start, end = 0, len(words)
    while start < end and words[start] in _HESITATIONS:
        start += 1
    while end > start and words[end - 1] in _HESITATIONS:
        end -= 1
    return words[start:end]


def _places(needle: tuple[str, ...], words: tuple[str, ...]) -> Iterable[int]:
    return (i for i in range(len(words) - len(needle) + 1) if words[i : i + len(needle)] == needle)


@dataclass(frozen=True)
class Emergencies:
    """The emergency phrases and what negates them (D5)."""

    signs: Mapping[str, str]
    negators: tuple[tuple[str, ...], ...]
    call_negators: tuple[tuple[str, ...], ...]
    fillers: frozenset[str]
    no_negates: frozenset[str]

    def find(self, words: tuple[str, ...]) -> Match | None:
        """The longest emergency phrase anywhere in ``words`` that nothing negates."""
        found = [
            (len(needle), phrase, sign)
            for phrase, sign in self.signs.items()
            for needle in [tuple(phrase.split())]
            for at in _places(needle, words)
            if not self._negated(words[:at], phrase, sign)
        ]
        if not found:
            return None
        _, phrase, sign = max(found)
        return Match("emergency", phrase, sign)

    def _negated(self, before: tuple[str, ...], phrase: str, sign: str) -> bool:
        if before and before[-1] == "no" and phrase in self.no_negates:
            return True
        negators = self.call_negators if sign == _NO_SIGN else self.negators
        end = len(before)
        while True:
            if any(before[max(0, end - len(n)) : end] == n for n in negators):
                return True
            if end == 0 or before[end - 1] not in self.fillers:
                return False
            end -= 1


@dataclass(frozen=True)
class Grammar:
    """Every phrase of every context. Built once; see ``load``."""

    contexts: Mapping[str, Mapping[str, str]]
    emergencies: Emergencies
    decoys: tuple[str, ...]

    def match(self, context: str, text: str) -> Match | None:
        """What ``text`` means in ``context``; None where it means nothing there."""
        words = tuple(normalise(text).split())
        emergency = self.emergencies.find(words)
        if emergency:
            return emergency
        phrases = self.contexts[context]
        for candidate in (" ".join(words), " ".join(_without_hesitation(words))):
            if candidate in phrases:
                return Match(phrases[candidate], candidate)
        return None

    def phrases(self, context: str) -> tuple[str, ...]:
        """All that can be said in ``context``, emergency phrases included, decoys not."""
        return tuple(dict.fromkeys([*self.contexts[context], *self.emergencies.signs]))

    def meanings(self, context: str) -> frozenset[str]:
        """Every meaning that ``context`` can hear."""
        return frozenset(self.contexts[context].values()) | {"emergency"}


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GrammarError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise GrammarError(f"{path.name}: is not a table of intents")
    return data


def _sample(files: Iterable[Path]) -> dict[str, list[str]]:
    """Every phrase of every intent, templates expanded."""
    merged: dict[str, Any] = {}
    for path in files:
        data = _read(path)
        if not all(isinstance(name, str) for name in data.get("intents", {})):
            raise GrammarError(
                f"{path.name}: an intent's name must be in quotation marks (YAML reads yes and no as booleans)"
            )
        merge_dict(merged, data)
    phrases: dict[str, list[str]] = {}
    try:
        for intent, text in sample_intents(hassil.Intents.from_dict(merged)):
            phrase = normalise(text)
            if not phrase:
                raise GrammarError(f"intent {intent}: a template matches silence")
            phrases.setdefault(intent, []).append(phrase)
    except GrammarError:
        raise
    except Exception as error:  # hassil raises plain exceptions for broken templates
        raise GrammarError(f"a sentence template cannot be read: {error}") from error
    return phrases


def _group(name: str, groups: Mapping[str, Any]) -> dict[str, str]:
    """Intent to meaning; a group written as a list keeps its intents' names."""
    try:
        group = groups[name]
    except KeyError:
        raise GrammarError(f"contexts.yaml: there is no group {name!r}") from None
    return dict(group) if isinstance(group, dict) else {intent: intent for intent in group}


def _context(
    name: str, group_names: Iterable[str], groups: Mapping[str, Any], phrases: Mapping[str, list[str]]
) -> dict[str, str]:
    """Phrase to meaning; an earlier group wins over a later one only where both mean the same."""
    result: dict[str, str] = {}
    for group_name in group_names:
        for intent, meaning in _group(group_name, groups).items():
            if intent not in phrases:
                raise GrammarError(
                    f"contexts.yaml: group {group_name!r} names the intent {intent!r}, which no file has"
                )
            for phrase in phrases[intent]:
                if result.setdefault(phrase, meaning) != meaning:
                    raise GrammarError(f"{name}: {phrase!r} means both {result[phrase]!r} and {meaning!r}")
    return result


def _words(data: Mapping[str, Any], key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(text).split()) for text in data.get(key, []))


@cache
def load(folder: Path | None = None) -> Grammar:
    """Read all of ``folder`` (default: the shipped grammars). ``GrammarError`` names what is wrong."""
    folder = folder or data_folder("grammars")
    files = sorted(path for path in folder.glob("*.yaml") if path.name != "contexts.yaml")
    phrases = _sample(files)
    table = _read(folder / "contexts.yaml")
    emergency = _read(folder / "emergency.yaml")
    signs = {
        phrase: _NO_SIGN if intent == f"{_EMERGENCY}Any" else intent.removeprefix(_EMERGENCY)
        for intent, texts in phrases.items()
        if intent.startswith(_EMERGENCY)
        for phrase in texts
    }
    return Grammar(
        contexts={name: _context(name, names, table["groups"], phrases) for name, names in table["contexts"].items()},
        emergencies=Emergencies(
            signs=signs,
            negators=_words(emergency, "negators"),
            call_negators=_words(emergency, "call_negators"),
            fillers=frozenset(str(word) for word in emergency.get("fillers", [])),
            no_negates=frozenset(emergency.get("no_negates", [])),
        ),
        decoys=tuple(phrases.get("Decoy", [])),
    )
