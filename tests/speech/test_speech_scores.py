"""Scores that are compared with one another are of the same frames."""

from __future__ import annotations

import tempfile
import time
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio_rig import human_audio
from voice_backcare import grammar
from voice_backcare.speech.endpointer import FRAME_BYTES
from voice_backcare.speech.recogniser import VoskRecogniser
from voice_backcare.speech.vosk_hearing import Dither, VoskHearing, load_model
from voice_backcare.speech.weighing import Scales

_SILENCE = np.zeros(16_000, np.int16)
_SPREAD = 2.0  # of how it is cut into pieces; frames that are left out make twenty, Vosk's dithering alone six


@pytest.mark.parametrize("phrases", [["yes"], ["no"], None])
@pytest.mark.parametrize("word", ["no", "yes"])
def test_a_score_does_not_depend_on_where_vosk_would_end_the_utterance(
    model_folder: Path, phrases: list[str] | None, word: str
) -> None:
    """At once or frame by frame, with a second of silence after it: the same words, and nearly the same score."""
    clip, _ = soundfile.read(sorted((human_audio() / word).glob("*.flac"))[0], dtype="int16")
    pcm = np.concatenate([clip, _SILENCE]).tobytes()
    hearing = VoskHearing(load_model(model_folder), phrases)
    at_once = [hearing.hear(pcm) for _ in range(4)]
    hearing.begin()
    for at in range(0, len(pcm), FRAME_BYTES):
        hearing.feed(pcm[at : at + FRAME_BYTES])
    scores = [each.score for each in (*at_once, hearing.result())]
    assert max(scores) - min(scores) < _SPREAD
    assert len(set(at_once)) == 1


def test_a_model_is_loaded_where_nothing_can_be_written(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place for the links of a model without dithering, it is loaded as it is."""

    def nowhere(**_: str) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", nowhere)
    assert VoskHearing(load_model(model_folder), ["no"]).hear(bytes(32_000)).text == ""


def test_every_utterance_has_the_same_noise_below_it() -> None:
    """However it is cut into pieces, from its first sample on, and never over the loudest sample there is."""
    pcm = np.array([0, 0, 32767, -32768] * 20_000, np.int16).tobytes()
    dither = Dither()
    dither.begin()
    whole = dither.onto(pcm)
    dither.begin()
    assert b"".join(dither.onto(pcm[at : at + FRAME_BYTES]) for at in range(0, len(pcm), FRAME_BYTES)) == whole
    noise = np.frombuffer(whole, np.int16).astype(int) - np.frombuffer(pcm, np.int16)
    assert 0.5 < noise.std() < 1.5
    assert abs(noise).max() < 8


@pytest.mark.parametrize("spared", [False, True])
def test_what_is_weighed_is_this_utterance_alone(model_folder: Path, *, spared: bool) -> None:
    """After an utterance too long to be weighed, and on a machine too slow to weigh while somebody speaks."""
    model = load_model(model_folder)
    clip, _ = soundfile.read(sorted((human_audio() / "no").glob("*.flac"))[0], dtype="int16")
    words = ("yes", "no", "nope")
    scales = Scales({word: VoskHearing(model, [word or "now"]) for word in (*words, None)}, longest_s=2.5)
    if spared:
        scales.spare()
    for utterance in (np.tile(clip, 4), clip):
        scales.begin()
        for at in range(0, len(utterance), FRAME_BYTES // 2):
            scales.feed(utterance[at : at + FRAME_BYTES // 2].tobytes())
    for word in words:
        weighed, alone = scales.weigh(word), VoskHearing(model, [word]).hear(clip.tobytes())
        assert scales.weigh(word) == weighed
        assert weighed.text == alone.text
        assert abs(weighed.score - alone.score) < _SPREAD


def test_a_machine_that_falls_behind_weighs_afterwards(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hearing costs nearly as long as the sound lasts, the next utterance is heard with less, and understood."""
    clip, _ = soundfile.read(sorted((human_audio() / "yes").glob("*.flac"))[0], dtype="int16")
    words, spent_s = grammar.load(), count(0.0, 0.02)
    recogniser = VoskRecogniser(model_folder, words.phrases, words.decoys, words.match)
    running = []
    monkeypatch.setattr(time, "thread_time", lambda: next(spent_s))  # a frame of 20 ms costs 20 ms
    for _ in range(2):
        recogniser.begin("question")
        running.append(len(recogniser._scales._running))
        for at in range(0, len(clip), FRAME_BYTES // 2):
            recogniser.feed(clip[at : at + FRAME_BYTES // 2].tobytes())
        assert recogniser.result() == "yes"
    assert running == [3, 0]
