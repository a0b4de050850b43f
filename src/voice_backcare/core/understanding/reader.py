"""The reader: an utterance and a place to one ``Reading``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from voice_backcare.core.content import USUAL_NUMBER
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.understanding import commands, lexicon, measures
from voice_backcare.core.understanding.clauses import Splitter
from voice_backcare.core.understanding.commands import Commands
from voice_backcare.core.understanding.decision import decide, decide_at
from voice_backcare.core.understanding.emergencies import emergency
from voice_backcare.core.understanding.evidence import ClauseReader, Evidence, Said
from voice_backcare.core.understanding.lexicon import Lexicon
from voice_backcare.core.understanding.places import ANY_QUESTION, Place, answers_at, place_ids, place_of
from voice_backcare.core.understanding.reading import (
    EMERGENCY,
    MAYBE_EMERGENCY,
    NO,
    NO_MATCH,
    NOTHING,
    QUESTION,
    SOFT_NO,
    UNSURE,
    YES,
    Reading,
)
from voice_backcare.core.understanding.text import ASKED, BOUNDARY, as_spoken, foreign
from voice_backcare.core.understanding.weighing import Question, Weighed, weigh

_ANSWERS = frozenset({YES, NO, "acknowledge"})
_SPEEDS = frozenset({"slower", "faster"})  # "too fast" is said of the voice, and of a heart
# Commands in the words of an answer: at a place that asks, "go on" is a yes to an offer, and "stop" a no.
_YIELDING = (
    frozenset({"continue", "stop", "wait", "hurts", "go_back", "back", "no_phone", "next", "acknowledge"}) | _SPEEDS
)
_PACKS = {"heat": "start_heat", "heating": "start_heat", "ice": "start_ice", "cold": "start_ice"}
MOST_WORDS = 40  # more is no answer; it is read for emergencies and commands only (D4)


@dataclass(frozen=True)
class Reader:
    """Reads by one lexicon and its commands; see ``load``."""

    lexicon: Lexicon
    commands: Commands

    @cached_property
    def _splitter(self) -> Splitter:
        return Splitter(self.lexicon)

    @cached_property
    def _clauses(self) -> ClauseReader:
        return ClauseReader(self.lexicon)

    @property
    def places(self) -> tuple[str, ...]:
        """Ids of every place, the questions of the handout first."""
        return place_ids(self.lexicon.signs)

    def place(self, place_id: str) -> Place:
        """The place of this id. ``KeyError`` where there is none."""
        return place_of(place_id or ANY_QUESTION, self.lexicon.signs)

    def meanings(self, place_id: str) -> frozenset[str]:
        """Every meaning that can be read at the place of this id, topics by their commands. ``KeyError``: none such."""
        place = self.place(place_id)
        commands = self.commands.names(place.context)
        packs = _PACKS.values() if "switch" in commands else ()
        topics = self.lexicon.topics if place.topics else ()
        return commands.union(answers_at(place.kind), packs, topics, (EMERGENCY, MAYBE_EMERGENCY))

    def read(self, place_id: str, text: str) -> Reading:
        """What ``text`` means at the place of this id. ``KeyError`` where there is no such place."""
        place = self.place(place_id)
        tokens = self.lexicon.split(text)
        spoken = [token for token in tokens if token not in (BOUNDARY, ASKED)]
        if not spoken:
            return NOTHING
        command = self._command(place, tokens)
        if command and place.kind == "question" and command.meaning not in _SPEEDS:
            return command
        strange = foreign(text) or any(word in self.lexicon.classes["foreign"] for word in spoken)
        names = place.own | {"@topic"} if place.topics else place.own
        said = [self._clauses.read(clause, names) for clause in self._splitter.clauses(tokens)]
        led = next((one.clause.polarity for one in said if one.clause.polarity or not one.empty), "")
        cry = emergency(said, place.own, led=led)
        if cry and not (command and cry.meaning == MAYBE_EMERGENCY):
            return replace(cry, signs=self._signs(said, place))
        if strange or len(spoken) > MOST_WORDS or _one_letter(text):
            return command or NOTHING
        answer = self._answer(place, said, tokens)
        return command if command and not self._yields(place, command, answer) else answer

    @staticmethod
    def _yields(place: Place, command: Reading, answer: Reading) -> bool:
        """Whether the words of a command are an answer here."""
        if place.kind == "off":
            return answer.meaning == UNSURE and command.meaning in ("wait", "hurts")
        return answer.meaning in _ANSWERS and command.meaning in _YIELDING

    def _answer(self, place: Place, said: list[Said], tokens: Sequence[str]) -> Reading:
        if place.kind == "question":
            self._measure(place, said)
        classes = self.lexicon.classes
        question = Question(
            place.own, place.emergency, place.id == ANY_QUESTION, classes["limits"], self.lexicon.finite,
            classes["negations"], classes["harmless"], classes["when_and_where"],
        )  # fmt: skip
        weighed = weigh(said, question)
        meaning = decide(weighed, question) if place.kind == "question" else decide_at(place.kind, weighed)
        if meaning == NO and place.kind == "question" and self.lexicon.doubts(tokens):
            meaning = SOFT_NO  # whatever the clauses made of it: a "no" with doubt in it is never firm
        phrase = as_spoken(tokens)
        signs = self._signs(said, place)
        open_still = meaning in (NO_MATCH, UNSURE) or place.kind == "commands"
        if open_still and (inside := self._inside(place, said, weighed)):
            return replace(inside, signs=signs)
        if place.kind == "commands" and (danger := sorted(sign for sign in signs if sign.startswith("E"))):
            return Reading(EMERGENCY, phrase, signs, sign=danger[0])
        return Reading(meaning, phrase if meaning != NO_MATCH else "", signs)

    # --- commands --------------------------------------------------------------------------

    def _command(self, place: Place, tokens: Sequence[str]) -> Reading | None:
        found = self.commands.find(place.context, tokens)
        if not found:
            return None
        meaning, phrase = found
        named = next((pack for pack in _PACKS if pack in phrase.split()), None)
        return Reading(meaning, phrase, topic=_PACKS[named] if meaning == "switch" and named else None)

    def _inside(self, place: Place, said: Sequence[Said], weighed: Weighed) -> Reading | None:
        """A question about home care, or a command, that is one part of what was said."""
        if place.topics:
            for one in said:
                topic = next((e for e in one.evidence if e.kind.startswith("topic:")), None)
                if topic:
                    return Reading(QUESTION, topic.phrase, topic=topic.kind.removeprefix("topic:"))
        if weighed.yes or weighed.no or weighed.there or weighed.not_there:
            return None
        for one in said:
            if found := self._command(place, one.clause.tokens):
                return found
        return None

    # --- numbers and signs -----------------------------------------------------------------

    def _measure(self, place: Place, said: list[Said]) -> None:
        """Numbers that answer the question; one that is unclear makes doubt of the whole clause."""
        for one in said:
            kind = measures.measured(place.id, one.clause.tokens) if not one.clause.asked else None
            if kind is None:
                continue
            one.unknown = []
            if kind == measures.UNCLEAR:
                one.kinds.add("doubt")
                one.evidence = [e for e in one.evidence if e.sign != f"@{place.id}"]  # "over" is of the number
            elif not any(
                e.sign in place.own and (e.kind == "there") == (kind == "there") and e.there == (kind == "there")
                for e in one.evidence
            ):
                if place.id == "R1" and kind == measures.NOT_THERE:
                    one.evidence = [
                        e for e in one.evidence if e.sign not in place.own or not e.there or e.kind != "there"
                    ]
                hedged = bool(one.kinds & {"almost", "no_longer"})
                one.evidence.append(
                    Evidence(
                        "there" if kind == "there" else "not_there",
                        place.id,
                        as_spoken(one.clause.tokens),
                        kind == "there",
                        hedged,
                    )
                )

    def _signs(self, said: Sequence[Said], place: Place) -> frozenset[str]:
        """The signs that are there beside what was asked (D14); nothing else is ever volunteered."""
        return frozenset(
            e.sign
            for at, one in enumerate(said)
            for e in one.evidence
            if e.kind in ("there", "event")
            and e.there
            and not e.hedged
            and not e.voided
            and e.sign in self.lexicon.signs
            and e.sign not in place.own
            and (not one.unknown or self._clauses.names_child(one))  # "stocks fell"
            and not (one.fragment and at + 1 < len(said) and said[at + 1].clause.polarity == "no")
        )


def _one_letter(text: str) -> bool:
    """Whether it is one letter over and over, which a held key writes and nobody says."""
    letters = [character for character in text.lower() if character.isalpha()]
    return len(letters) > 2 and len(set(letters)) == 1


@cache
def load(folder: Path | None = None, number: str = USUAL_NUMBER) -> Reader:
    """The reader over the data in ``folder`` (default: the shipped one). ``LexiconError`` says what is wrong with it.

    Where ``number`` is the emergency number, it is understood as 911 is, which stays understood.
    """
    folder = folder or data_folder("grammars")
    words = lexicon.load(folder, number)
    return Reader(words, commands.load(folder / "commands", words))
