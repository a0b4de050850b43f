"""The whole program on a real microphone and loudspeaker path, with human answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy
import pytest
import soxr
import vosk
from audio_rig import SPK_RATE_HZ, Rig, human_audio
from talker import Talker, clear_clips
from tracing import addresses, sockets

from voice_backcare.audio.model import store
from voice_backcare.audio.synthesis.worker_voice import Synthesiser


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prompts that were synthesised once serve every conversation here."""
    return tmp_path_factory.mktemp("cache")


def recognised(samples: numpy.ndarray, words: Sequence[str] = ()) -> str:
    """All that the model hears in a recording of the loudspeaker: of these words, or with no grammar at all."""
    vosk.SetLogLevel(-1)
    grammar = [json.dumps([*words, "[unk]"])] if words else []
    recogniser = vosk.KaldiRecognizer(vosk.Model(model_path=str(store.ready())), 16_000, *grammar)
    sound = soxr.resample(samples, SPK_RATE_HZ, 16_000)
    words = []
    for start in range(0, len(sound), 4_000):
        if recogniser.AcceptWaveform(sound[start : start + 4_000].tobytes()):
            words.append(json.loads(recogniser.Result())["text"])
    words.append(json.loads(recogniser.FinalResult())["text"])
    return " ".join(words)


def test_a_first_yes_is_told_to_call_911_aloud(rig: Rig, cache: Path) -> None:
    """A human "yes" to the first question: the loudspeaker says "nine one one", more than once."""
    yes = clear_clips(human_audio(), "yes")
    recording = rig.record()
    talker = Talker(rig, recording, cache)

    def answer(screen: str) -> Path | None:
        return None if "Call 911" in screen else next(yes)

    screen = talker.run(answer)
    said = recognised(recording.stop())
    assert "Call 911 now." in screen
    assert said.count("nine one one") >= 2, said


def test_the_persons_own_number_is_told_and_the_summary_written(rig: Rig, cache: Path, tmp_path: Path) -> None:
    """Another emergency number is read digit by digit; after "stop" the summary of the spoken conversation is there;
    and in all of that no network socket was ever made, by the program or its voice."""
    yes, stop, summary = clear_clips(human_audio(), "yes"), tmp_path / "stop.wav", tmp_path / "summary.txt"
    voice = Synthesiser()
    voice.synthesise("stop", stop, rate_wpm=150)
    voice.close()
    settings = tmp_path / "settings.toml"
    settings.write_text('emergency_number = "112"\nvolume_db = 4\n')
    recording = rig.record()
    trace = tmp_path / "trace"
    talker = Talker(rig, recording, cache, ("--settings", str(settings), "--summary", str(summary)), trace=trace)
    screen = talker.run(lambda screen: stop if "Call 112 now" in screen else next(yes))
    said = recognised(recording.stop(), ("call", "one", "two", "nine", "now"))
    assert "Call 112 now" in screen and "Call 911" not in screen
    assert said.count("one one two") >= 2, said
    text = summary.read_text(encoding="utf-8")
    assert "Call 112 now." in text and "* Is it hard for your child to breathe right now?" in text
    assert not sockets(trace)
    assert not addresses(trace)
    assert "AF_UNIX" in trace.read_text(), "sound goes through such a one: it was traced"
    assert len(list(tmp_path.iterdir())) == 4


def test_no_throughout_reaches_home_care(rig: Rig, cache: Path) -> None:
    """Human "no"s to every question and "yes" to the read-backs: home care is offered, and its steps are read."""
    no, yes = clear_clips(human_audio(), "no"), clear_clips(human_audio(), "yes")
    recording = rig.record()

    def answer(screen: str) -> Path | None:
        if "Put ice cubes in a plastic bag" in screen:
            return None
        wants_yes = any(
            text in screen for text in ("Is that right", "Say yes if", "what to do at home", "home care steps")
        )
        return next(yes if wants_yes else no)

    screen = Talker(rig, recording, cache, ("--rate", "220")).run(answer)
    recording.stop()
    assert "Put ice cubes in a plastic bag" in screen
    assert "Call 911 now" not in screen
