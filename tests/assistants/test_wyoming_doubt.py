"""A cry that only one of two hearings had: whoever reads the text of the transcript asks, and calls nobody unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming_rig import Running, answer, run, running

from voice_backcare.assistants.wyoming.intent_handler import Answering
from voice_backcare.assistants.wyoming.speech_to_text import AudioFormat, text_of
from voice_backcare.core import grammar
from voice_backcare.core.understanding.reading import EMERGENCY, MAYBE_EMERGENCY
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()
WORDS = grammar.load()
PLACES = WORDS.reader.places
DIFFERENT = ("he passed out", "she's not breathing", "call 911", "i can't wake him", "is this an emergency", "help")


def meaning(place: str, text: str) -> str | None:
    match = WORDS.read(place, text)
    return match.meaning if match else None


@pytest.mark.parametrize("place", PLACES)
def test_the_text_of_a_doubtful_cry_asks_at_every_place(place: str) -> None:
    """Every cry at a place, heard in doubt, is sent on as a text that is in doubt, there and anywhere."""
    cries = {text for text in (*WORDS.bare(place), *DIFFERENT) if meaning(place, text) in (EMERGENCY, MAYBE_EMERGENCY)}
    assert cries
    for phrase in cries:
        text = text_of({"meaning": MAYBE_EMERGENCY, "phrase": phrase}, place, meaning)
        assert {meaning(at, text) for at in (place, "any")} == {MAYBE_EMERGENCY}, phrase


@pytest.mark.parametrize("place", PLACES)
def test_the_text_of_a_plain_cry_is_its_phrase(place: str) -> None:
    """What both hearings had goes on as it was said, and is an emergency where it is read."""
    for phrase in ("she's not breathing", "call 911"):
        assert text_of({"meaning": EMERGENCY, "phrase": phrase}, place, meaning) == phrase
        assert meaning(place, phrase) == EMERGENCY


@pytest.mark.parametrize("phrase", DIFFERENT)
def test_the_whole_way_leads_to_the_same_question(phrase: str) -> None:
    """Sound in, text out, the text in as another program sends it: "do you need help at once?", and "no" goes back."""

    def doubts(pieces: Iterator[bytes], audio_format: AudioFormat, place: str) -> Mapping[str, Any]:
        list(pieces)
        return {"meaning": MAYBE_EMERGENCY, "phrase": phrase}

    async def heard(service: Running) -> str:
        async with service.client() as client:
            for event in (
                Transcribe(language="en").event(),
                AudioStart(16_000, 2, 1).event(),
                AudioChunk(16_000, 2, 1, bytes(320)).event(),
                AudioStop().event(),
            ):
                await client.write_event(event)
            return Transcript.from_event(await answer(client)).text

    async def scenario() -> None:
        async with running(CORES, hear=doubts) as service:
            asked = await service.texts("a", "my child's back hurts")
            question = await service.texts("a", await heard(service))
            assert "Do you need help at once?" in (question.text or "")
            assert (question.context or {})["voice_backcare"]["disposition"] != "call_911"
            back = await service.texts("a", "no")
            assert (asked.text or "nothing").rsplit(". ", 1)[-1] in (back.text or "")

    run(scenario())


def test_the_service_reads_as_its_conversations_do() -> None:
    """The reading that decides about the text is that of a turn: the same grammar, the same clean-up of the text."""
    answering = Answering(CORES, sessions=None, can_announce=lambda entry: False)  # type: ignore[arg-type]
    assert answering.meaning("E1", "She\u2019s not breathing!") == EMERGENCY
    assert answering.meaning("any", "9-1-1") == meaning("any", "911")
