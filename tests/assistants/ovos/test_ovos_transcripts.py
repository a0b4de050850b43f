"""The transcripts that test the dialogue, said to OpenVoiceOS: it says what the core says, word for word."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("ovoscope", reason="OpenVoiceOS is not installed here; scripts/test-ovos runs these")

from household import OPENING, Household, Person, spoken

from transcripts import FILES, Reader, Turn, begins, by_turn, parse, personal
from voice_backcare.core import content
from voice_backcare.core.content import Personal
from voice_backcare.session.factory import build_turn_cores
from voice_backcare.settings.schema import Settings
from voice_backcare.terminal import text_conversation as typed_module
from voice_backcare.terminal.json_writer import JsonWriter
from voice_backcare.terminal.text_conversation import TypedConversation, clock_line_s

BEGINNINGS = {
    "start": OPENING,
    "start_ice": "start the ice timer for my child's back",
    "start_heat": "start the heat timer for my child's back",
    "start_coach": "start the ice and heat timer",
}
# OVOS takes these for its own stop, which brings the skill no words: it is "stop" there, which ends the hour at once.
OWN_STOP = ("stop that", "stop it")
NOT_UNDERSTOOD = content.load().lines["missed_noise"].text


def settings_for(own: Personal) -> Settings:
    return Settings(
        emergency_number=own.emergency_number, provider_name=own.provider_name, provider_phone=own.provider_phone
    )


def typed(turns: list[Turn], own: Personal, start: str) -> tuple[list[str], list[list[dict[str, object]]]]:
    """What the same core says to the same words at a keyboard: as text, and as the contract's events, turn by turn."""
    prepared = build_turn_cores(settings_for(own).conversation)
    said: list[str] = []
    lines: list[str] = []
    out = io.StringIO()

    class Writer(JsonWriter):
        def turn(self, turn: typed_module.Turn) -> None:
            said.append(" ".join(lines))
            lines.clear()
            super().turn(turn)

    talk = TypedConversation(
        prepared.cores[True], prepared.grammar, Writer(out), voice=lambda line: lines.append(line.text)
    )
    talk.run([turn.person for turn in turns if turn.person is not None], start=start)
    return said, by_turn([json.loads(line) for line in out.getvalue().splitlines()])


def said_by_ovos(person: Person, turns: list[Turn], start: str) -> Iterator[str]:
    """What OVOS speaks to each turn of the transcript; silence and "+20m" let its clock go on."""
    yield person.say(BEGINNINGS[start])
    skill = person.house.skill
    for turn in turns[1:]:
        assert turn.person is not None
        seconds = clock_line_s(turn.person)
        if seconds is not None:
            yield person.wait(seconds)
        elif turn.person:
            yield person.say(turn.person)
        else:
            room = skill._entry(person.room)
            until_s = room.talk.session.silence_until_s if room else None
            yield person.wait(until_s - person.house.clock.at_s) if until_s is not None else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript_through_ovos(house: Household, path: Path) -> None:
    """OVOS speaks the very lines that the transcript expects, in the same turns."""
    text = path.read_text(encoding="utf-8")
    written, own, start = parse(text), personal(text), begins(text)
    turns = [replace(turn, person="stop") if turn.person in OWN_STOP else turn for turn in written]
    expected, events = typed(turns, own, start)
    for turn, came in zip(turns if turns == written else (), events, strict=False):
        wanted = [each for each in turn.expected if ": " not in each[1]]  # words for keys differ; ids do not
        Reader(f"{path.name}, after {turn.person!r}", came).check(wanted)
    house.begin_afresh(settings_for(own))
    numbers = own.spelled
    for turn, line, said in zip(turns, expected, said_by_ovos(Person(house, path.stem), turns, start), strict=False):
        if not line and said.startswith(NOT_UNDERSTOOD):
            continue  # an assistant that is spoken to answers, where a bedside program keeps its peace
        if line == NOT_UNDERSTOOD and not said:
            continue  # in a pause OVOS brings it to its other skills
        assert said == spoken(line, *numbers), f"{path.name}, line {turn.number}, after {turn.person!r}"
