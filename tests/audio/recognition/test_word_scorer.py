"""Scores that are compared with one another are of the same frames."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import soundfile
from audio_rig import human_audio

from voice_backcare.audio.formats.frames import in_frames
from voice_backcare.audio.recognition.vosk_decoder import Dither, VoskHearing, _without_dither, load_model
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.recognition.word_scorer import Scales
from voice_backcare.core import grammar
from voice_backcare.session.ports import RATE_HZ

_SILENCE = bytes(2 * RATE_HZ)
_SPREAD = 2.0  # of how it is cut into pieces; frames that are left out make twenty, Vosk's dithering alone six


def _clip(word: str) -> bytes:
    samples, _ = soundfile.read(min((human_audio() / word).glob("*.flac")), dtype="int16")
    return bytes(samples.tobytes())


@pytest.mark.parametrize("phrases", [["yes"], ["no"], None])
@pytest.mark.parametrize("word", ["no", "yes"])
def test_a_score_does_not_depend_on_where_vosk_would_end_the_utterance(
    model_folder: Path, phrases: list[str] | None, word: str
) -> None:
    """At once or frame by frame, with a second of silence after it: the same words, and nearly the same score."""
    pcm = _clip(word) + _SILENCE
    hearing = VoskHearing(load_model(model_folder), phrases)
    at_once = [hearing.hear(pcm) for _ in range(4)]
    hearing.begin()
    for frame in in_frames([pcm]):
        hearing.feed(frame)
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
    assert b"".join(map(dither.onto, in_frames([pcm]))) == whole
    noise = np.frombuffer(whole, np.int16).astype(int) - np.frombuffer(pcm, np.int16)
    assert 0.5 < noise.std() < 1.5
    assert abs(noise).max() < 8


@pytest.mark.parametrize("spared", [False, True])
def test_what_is_weighed_is_this_utterance_alone(model_folder: Path, *, spared: bool) -> None:
    """After an utterance too long to be weighed, and on a machine too slow to weigh while somebody speaks."""
    model = load_model(model_folder)
    clip, words = _clip("no"), ("yes", "no", "nope")
    scales = Scales({word: VoskHearing(model, [word or "now"]) for word in (*words, None)}, longest_s=2.5)
    for utterance in (clip * 4, clip):
        scales.begin(alongside=not spared)
        for frame in in_frames([utterance]):
            scales.feed(frame)
    for word in words:
        weighed, alone = scales.weigh(word), VoskHearing(model, [word]).hear(clip)
        assert scales.weigh(word) == weighed
        assert weighed.text == alone.text
        assert abs(weighed.score - alone.score) < _SPREAD


def test_a_machine_that_falls_behind_weighs_afterwards(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where hearing costs nearly as long as the sound lasts, the next utterance is heard with less, and understood;
    it is heard with all again once that would keep up, as after the first sound that a machine ever hears."""
    clip, words = _clip("yes"), grammar.load()
    costs_s = [0.02, 0.02, 0.005, 0.005]  # of a frame of 20 ms, in one utterance after the other
    recogniser = VoskRecogniser(model_folder, words)
    running = []
    for cost_s in costs_s:
        monkeypatch.setattr(time, "thread_time", partial(next, count(0.0, cost_s)))
        recogniser.begin("any")
        running.append(len(recogniser._scales._running))
        for frame in in_frames([clip]):
            recogniser.feed(frame)
        assert recogniser.result().text == "yes"
    assert running == [3, 0, 0, 3]


def test_a_model_that_may_only_be_read_is_loaded_without_dithering(tmp_path: Path) -> None:
    """Its settings are written anew, not with the permissions of those that are there."""
    model, folder = tmp_path / "model", tmp_path / "links"
    (model / "conf").mkdir(parents=True)
    folder.mkdir()
    (model / "conf" / "mfcc.conf").write_text("--num-ceps=40")
    (model / "conf" / "mfcc.conf").chmod(0o444)
    settings = _without_dither(model, folder) / "conf" / "mfcc.conf"
    assert settings.stat().st_mode & 0o200
    assert settings.read_text().split() == ["--num-ceps=40", "--dither=0"]
