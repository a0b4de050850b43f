"""Speech over the Wyoming protocol: streamed, at any rate, heard exactly as ``hear`` hears it."""

from __future__ import annotations

import asyncio
import csv
import socket
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")

import soundfile
import soxr
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming_rig import HOST, Running, answer, run, running, turn

from voice_backcare.assistants.wyoming.speech_to_text import NOT_UNDERSTOOD, Hear
from voice_backcare.audio.input.file_recognition import hear_file
from voice_backcare.audio.recognition.pool import SharedHearing
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.cli.wyoming import hearing
from voice_backcare.core import grammar
from voice_backcare.core.grammar import Match
from voice_backcare.session.factory import build_turn_cores
from voice_backcare.session.ports import Recognised

CORES = build_turn_cores()
WORDS = grammar.load()
OF_EACH = {"yes": 2, "no": 2, "oov": 1}


@pytest.fixture(scope="module")
def hear(model_folder: Path) -> Hear:
    return hearing(WORDS)


@pytest.fixture(scope="module")
def alone(model_folder: Path) -> VoskRecogniser:
    return VoskRecogniser(model_folder, WORDS)


def clips(folder: Path) -> list[Path]:
    """A few recordings of each label, spread over all of them."""
    rows = list(csv.DictReader((folder / "manifest.csv").open(encoding="utf-8")))
    chosen = []
    for label, count in OF_EACH.items():
        files = [folder / row["file"] for row in rows if row["label"] == label]
        chosen += files[:: max(1, len(files) // count)][:count]
    return chosen


async def heard(service: Running, samples: np.ndarray, rate_hz: int, width: int = 2, **context: str) -> Event:
    """These samples (a row a sample, a column a channel) sent as a stream; what the service answers."""
    channels = samples.shape[1]
    async with service.client() as client:
        await client.write_event(Transcribe(language="en", context=context or None).event())
        await client.write_event(AudioStart(rate_hz, width, channels).event())
        data = samples.tobytes()
        for at in range(0, len(data), 2046):  # no whole number of frames
            await client.write_event(AudioChunk(rate_hz, width, channels, data[at : at + 2046]).event())
        await client.write_event(AudioStop().event())
        return await answer(client)


def ours(event: Event) -> dict[str, Any]:
    assert Transcript.is_type(event.type), event
    return dict((Transcript.from_event(event).context or {})["voice_backcare"])


def test_a_stream_is_heard_exactly_as_the_file(hear: Hear, alone: VoskRecogniser, human_audio: Path) -> None:
    """Over recordings of people: the meaning and the phrase that ``hear`` gives, several at once."""

    async def scenario() -> None:
        async with running(CORES, hear=hear) as service:
            files = clips(human_audio)
            sounds = [soundfile.read(path, dtype="int16", always_2d=True) for path in files]
            events = await asyncio.gather(*(heard(service, *sound) for sound in sounds))
            for path, event in zip(files, events, strict=True):
                expected = hear_file(path, alone)
                assert ours(event) == {key: expected[key] for key in ("meaning", "phrase")}, path.name
                text = Transcript.from_event(event).text
                match = WORDS.read("any", text)
                told = match.meaning if match else "no_match" if text else "no_input"
                assert told == expected["meaning"], "the text alone means the same"

    run(scenario())


@pytest.mark.parametrize(
    ("rate_hz", "width", "channels"), [(8_000, 2, 1), (22_050, 2, 2), (44_100, 4, 1), (48_000, 2, 1)]
)
def test_other_rates_and_widths_are_heard(
    hear: Hear, human_audio: Path, rate_hz: int, width: int, channels: int
) -> None:
    """What a satellite's microphone gives is brought to what the recogniser wants."""

    async def scenario() -> None:
        async with running(CORES, hear=hear) as service:
            samples, own_hz = soundfile.read(human_audio / "yes" / "004ae714_nohash_0.flac", dtype="float32")
            other = soxr.resample(samples, own_hz, rate_hz).clip(-1, 1)
            scaled = (other * (2.0 ** (8 * width - 1) - 1)).astype(f"<i{width}")
            event = await heard(service, np.repeat(scaled[:, None], channels, axis=1), rate_hz, width)
            assert ours(event)["meaning"] == "yes"

    run(scenario())


def test_the_grammar_is_that_of_the_conversation(hear: Hear, human_audio: Path) -> None:
    """Where the context names one: "yes" is an answer to a question, and nothing at all after "call 911" (D6)."""

    async def scenario() -> None:
        async with running(CORES, hear=hear) as service:
            await service.texts("asks", "hello")
            await service.texts("911", "hello", "yes")
            sound = soundfile.read(human_audio / "yes" / "004ae714_nohash_0.flac", dtype="int16", always_2d=True)
            assert Transcript.from_event(await heard(service, *sound, conversation_id="asks")).text == "yes"
            assert Transcript.from_event(await heard(service, *sound, conversation_id="911")).text == NOT_UNDERSTOOD
            assert Transcript.from_event(await heard(service, *sound)).text == "yes", "of two none is meant"

    run(scenario())


def test_silence_is_no_text(hear: Hear) -> None:
    """Nobody spoke: "", which an assistant takes for that."""

    async def scenario() -> None:
        async with running(CORES, hear=hear) as service:
            event = await heard(service, np.zeros((16_000, 1), np.int16), 16_000)
            assert (Transcript.from_event(event).text, ours(event)["meaning"]) == ("", "no_input")

    run(scenario())


def test_sound_costs_the_texts_nothing(hear: Hear, human_audio: Path) -> None:
    """While eight streams are decoded, texts are answered promptly; and a sound that stops coming is given up."""

    async def scenario() -> None:
        async with running(CORES, hear=hear) as service:
            sound = soundfile.read(human_audio / "no" / "012c8314_nohash_0.flac", dtype="int16", always_2d=True)
            streams = [asyncio.create_task(heard(service, *sound)) for _ in range(8)]
            started_s, slowest_s = time.monotonic(), 0.0
            while not all(stream.done() for stream in streams):
                began = time.monotonic()
                await service.turn("hello", conversation_id=f"{began}")
                slowest_s = max(slowest_s, time.monotonic() - began)
            # A text that waited for the sound would take all of the time.
            assert slowest_s < (time.monotonic() - started_s) / 2
            assert len({ours(stream.result())["meaning"] for stream in streams}) == 1

    run(scenario())


@pytest.mark.parametrize(
    "start",
    [
        {"rate": 0, "width": 2, "channels": 1},
        {"rate": 16_000, "width": 3, "channels": 1},
        {"rate": 16_000, "width": 2, "channels": 1000},
        {"rate": 10**12, "width": 2, "channels": 1},
        {"rate": "16000", "width": 2, "channels": 1},
        {"rate": True, "width": 2, "channels": 1},
        {},
    ],
)
def test_a_format_that_is_none_gets_a_sentence(start: dict[str, Any]) -> None:
    """Nothing is made of it; what comes after it is dropped, and the connection goes on."""

    async def scenario() -> None:
        async with running(CORES, hear=lambda *_: {"meaning": "no_input", "phrase": ""}) as service:
            async with service.client() as client:
                await client.write_event(Event("audio-start", start))
                assert Error.from_event(await answer(client)).text.startswith("This can not be heard")
                await client.write_event(AudioChunk(16_000, 2, 1, bytes(640)).event())
                await client.write_event(AudioStop().event())
                assert (await turn(client, "hello")).text
            assert service.service._streams == 0

    run(scenario())


def test_sound_without_a_beginning_or_an_end_does_no_harm() -> None:
    """Chunks before a start, two starts, a stop without one, a client that dies in the midst of it."""

    async def scenario() -> None:
        async with running(CORES, hear=_count) as service:
            async with service.client() as client:
                await client.write_event(AudioChunk(16_000, 2, 1, bytes(640)).event())
                await client.write_event(AudioStop().event())
                for _ in range(2):
                    await client.write_event(AudioStart(16_000, 2, 1).event())
                    await client.write_event(AudioChunk(16_000, 2, 1, bytes(640)).event())
                await client.write_event(AudioStop().event())
                assert Transcript.from_event(await answer(client)).text == "640"
            for _ in range(40):  # more than may be heard at once
                dying = socket.create_connection((HOST, service.port))
                dying.sendall(b'{"type": "audio-start", "data": {"rate": 16000, "width": 2, "channels": 1}}\n')
                dying.close()
                await asyncio.sleep(0.01)
            async with asyncio.timeout(10):
                while service.service._streams:
                    await asyncio.sleep(0.02)

    run(scenario())


def _count(pieces: Any, sound: Any, context: str) -> dict[str, Any]:
    return {"meaning": "yes", "phrase": str(sum(map(len, pieces)))}


def test_a_recogniser_is_only_lent_for_an_utterance(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two who trickle their sound hold up a third for no longer than an utterance may take; all are told."""
    from voice_backcare.audio.recognition import pool

    monkeypatch.setattr(pool, "LENT_S", 0.0)
    made = [0]

    class Slow:
        def begin(self, place: str) -> None: ...

        def feed(self, pcm: bytes) -> None: ...

        def result(self) -> Recognised:
            return Recognised("yes", Match("yes", "yes"))

    def make() -> Slow:
        made[0] += 1
        return Slow()

    one = SharedHearing(make, 1)
    voice = (np.sin(np.arange(32_000) / 20) * np.abs(np.sin(np.arange(32_000) / 2000)) * 12_000).astype("<i2").tobytes()
    for _ in range(3):
        with pytest.raises(pool.TooSlow, match="slowly"):
            one.hear([voice], rate_hz=16_000, width=2, channels=1, place="any")
    assert made == [1] and one._free.qsize() == 1, "it was given back every time"


def test_where_all_recognisers_are_lent_the_client_is_told() -> None:
    """Error with a sentence, and the connection goes on."""
    from voice_backcare.assistants.wyoming.speech_to_text import HearingFault

    def busy(*_: Any) -> dict[str, Any]:
        raise HearingFault("Too many speak at once. Please try again.")

    async def scenario() -> None:
        async with running(CORES, hear=busy) as service:
            event = await heard(service, np.zeros((1600, 1), np.int16), 16_000)
            assert Error.from_event(event).text == "Too many speak at once. Please try again."

    run(scenario())


def test_every_phrase_means_the_same_as_a_transcript() -> None:
    """What was understood at a place is understood there again by its phrase: what ``hear`` says is enough."""
    for place in WORDS.reader.places:
        for text in WORDS.bare(place):
            match = WORDS.read(place, text)
            if match and match.meaning not in ("no_match", "maybe_emergency"):
                again = WORDS.read(place, match.phrase)
                assert again and again.meaning == match.meaning, (place, text)
    assert all(WORDS.read(place, NOT_UNDERSTOOD) is None for place in WORDS.reader.places)
