"""Phrases to meanings: the sentence templates of ``grammars/``, read with hassil.

A context ("question", "read_back", ...) opens some meaning groups. An utterance is matched as a
whole; an emergency phrase counts anywhere inside one, unless it is negated (D5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import hassil
import yaml
from hassil.sample import sample_intents
from hassil.util import merge_dict

from voice_backcare.core.content import USUAL_NUMBER
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.state import ANSWERS
from voice_backcare.core.understanding.reader import load as load_reader
from voice_backcare.core.understanding.reading import NO_MATCH

# A pause filled with a sound. "Oh" is none: "oh no" is a cry, not an answer.
_HESITATIONS = frozenset({"um", "uh", "er", "hmm", "well", "please"})
_LOOK_BACK_WORDS = 12  # no negator and its fillers are longer
_EMERGENCY = "Emergency"
_CALL = "EmergencyCall"
_NO_SIGN = "emergency"
_UNKNOWN = "[unk]"
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class GrammarError(Exception):
    """A grammar file is not what it must be; the text names the file."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an utterance means in its context; ``sign`` for an emergency phrase only, ``signs`` as ``Reading`` has them.

    Meanings that only a reading has: "maybe_emergency" (D5), and "no_match" where nothing but signs was said (D14).
    """

    meaning: str
    phrase: str
    sign: str | None = None
    signs: tuple[str, ...] = ()


def _digits(number: str) -> str:
    return " ".join(_DIGITS[int(digit)] for digit in number)


def _said(number: str) -> tuple[str, ...]:
    """Every way to say it: "nine nine nine", "triple nine"."""
    triple = (f"triple {_digits(number[0])}",) if len(number) == 3 and len(set(number)) == 1 else ()
    return (_digits(number), *triple)


def normalise(text: str, number: str = USUAL_NUMBER) -> str:
    """Lower case, words and apostrophes only, one space between; the emergency number as it is spoken."""
    text = re.sub(r"\bok\b", "okay", text.lower().replace("\u2019", "'"))
    for one in dict.fromkeys((USUAL_NUMBER, number)):
        text = re.sub(rf"\b{'[ -]?'.join(one)}\b", f" {_digits(one)} ", text)
    return " ".join(re.sub(r"[^a-z0-9'\[\]]+", " ", text).split())


def _written(phrase: str) -> str:
    """As a hurried parent types it: "cant" is "can't"."""
    return phrase.replace("'", "")


def _without_hesitation(words: tuple[str, ...]) -> tuple[str, ...]:
    start, end = 0, len(words)
    while start < end and words[start] in _HESITATIONS:
        start += 1
    while end > start and words[end - 1] in _HESITATIONS:
        end -= 1
    return words[start:end]


@dataclass(frozen=True)
class Emergencies:
    """The emergency phrases and what negates them (D5). All words are compared without their apostrophes."""

    signs: Mapping[str, str]
    called: frozenset[str]  # phrases that ask for help; the others tell what is seen
    negators: frozenset[tuple[str, ...]]
    call_negators: frozenset[tuple[str, ...]]
    fillers: frozenset[str]
    no_negates: frozenset[str]
    excused: frozenset[tuple[str, ...]] = frozenset()

    @cached_property
    def _by_first_word(self) -> Mapping[str, list[tuple[tuple[str, ...], str]]]:
        index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase in self.signs:
            needle = tuple(_written(phrase).split())
            index.setdefault(needle[0], []).append((needle, phrase))
        return index

    def find(self, words: tuple[str, ...]) -> Match | None:
        """The longest emergency phrase anywhere in ``words`` that nothing negates."""
        found = [
            (len(needle), phrase)
            for at, word in enumerate(words)
            for needle, phrase in self._by_first_word.get(word, [])
            if words[at : at + len(needle)] == needle
            and not self._excused(words, at, at + len(needle))
            and not self._negated(words[max(0, at - _LOOK_BACK_WORDS) : at], phrase)
        ]
        if not found:
            return None
        _, phrase = max(found)
        return Match("emergency", phrase, self.signs[phrase])

    def _excused(self, words: tuple[str, ...], start: int, end: int) -> bool:
        """Whether ordinary words begin inside the phrase and go on after it."""
        return any(
            words[at : at + len(ordinary)] == ordinary and at + len(ordinary) > end
            for at in range(start, end)
            for ordinary in self.excused
        )

    def _negated(self, before: tuple[str, ...], phrase: str) -> bool:
        if before and before[-1] == "no" and phrase in self.no_negates:
            return True
        negators = self.call_negators if phrase in self.called else self.negators
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
    number: str = USUAL_NUMBER

    def match(self, context: str, text: str) -> Match | None:
        """What ``text`` means in ``context``; None where it means nothing there."""
        words = tuple(_written(normalise(text, self.number)).split())
        emergency = self.emergencies.find(words)
        if emergency:
            return emergency
        written = self._written[context]
        for candidate in (" ".join(words), " ".join(_without_hesitation(words))):
            if phrase := written.get(candidate):
                return Match(self.contexts[context][phrase], phrase)
        return None

    def read(self, place: str, text: str) -> Match | None:
        """What ``text``, said in whole sentences, means at ``place``; None where it means nothing there."""
        reading = load_reader(number=self.number).read(place, text)
        signs = tuple(sorted(reading.signs))
        meaning = reading.topic or reading.meaning
        # A recogniser writes "[unk]" for what it did not understand: beside that, nothing is an answer.
        if (meaning == NO_MATCH and not signs) or (_UNKNOWN in text and meaning in ANSWERS):
            return None
        return Match(meaning, reading.phrase or text, reading.sign, signs)

    @cached_property
    def _written(self) -> Mapping[str, Mapping[str, str]]:
        """For each context, every phrase by how it is compared."""
        return {name: {_written(phrase): phrase for phrase in phrases} for name, phrases in self.contexts.items()}

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


def _words(data: Mapping[str, Any], key: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(_written(str(text)).split()) for text in data.get(key, []))


def _sign(intent: str) -> str:
    sign = intent.removeprefix(_EMERGENCY)
    return sign if sign.startswith("E") else _NO_SIGN


@cache
def load(folder: Path | None = None, number: str = USUAL_NUMBER) -> Grammar:
    """Read all of ``folder`` (default: the shipped grammars). ``GrammarError`` names what is wrong.

    Where ``number`` is the emergency number, it is heard in the same phrases as 911, which stays understood.
    """
    folder = folder or data_folder("grammars")
    files = sorted(path for path in folder.glob("*.yaml") if path.name != "contexts.yaml")
    phrases = _sample(files)
    if number != USUAL_NUMBER:
        usual, calls = _digits(USUAL_NUMBER), phrases.get(_CALL, [])
        own = (text.replace(usual, said) for said in _said(number) for text in calls if usual in text)
        phrases[_CALL] = [*calls, *own]
    table = _read(folder / "contexts.yaml")
    emergency = _read(folder / "emergency.yaml")
    urgent = {intent: texts for intent, texts in phrases.items() if intent.startswith(_EMERGENCY)}
    return Grammar(
        contexts={name: _context(name, names, table["groups"], phrases) for name, names in table["contexts"].items()},
        emergencies=Emergencies(
            signs={phrase: _sign(intent) for intent, texts in urgent.items() for phrase in texts},
            called=frozenset(phrases.get(_CALL, [])),
            negators=_words(emergency, "negators"),
            call_negators=_words(emergency, "call_negators"),
            fillers=frozenset(str(word) for word in emergency.get("fillers", [])),
            no_negates=frozenset(emergency.get("no_negates", [])),
            excused=_words(emergency, "excused"),
        ),
        decoys=tuple(phrases.get("Decoy", [])),
        number=number,
    )
