"""Scores that are compared with one another are of the same frames."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio_rig import human_audio
from voice_backcare import grammar
from voice_backcare.speech.endpointer import FRAME_BYTES
from voice_backcare.speech.recogniser import VoskRecogniser
from voice_backcare.speech.vosk_hearing import Dither, VoskHearing, load_model

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


def test_what_is_weighed_while_somebody_speaks_is_this_utterance_alone(model_folder: Path) -> None:
    """After an utterance too long to be weighed, a word is weighed as if nothing had been before it."""
    words, model = grammar.load(), load_model(model_folder)
    clip, _ = soundfile.read(sorted((human_audio() / "no").glob("*.flac"))[0], dtype="int16")
    long = np.tile(clip, 4)
    recogniser = VoskRecogniser(model, words.phrases, words.decoys, words.match)
    for utterance in (long, clip):
        recogniser.begin("question")
        for at in range(0, len(utterance), FRAME_BYTES // 2):
            recogniser.feed(utterance[at : at + FRAME_BYTES // 2].tobytes())
        weighed = {word: recogniser._weigh(word) for word in ("yes", "no", "nope")}
        again = {word: recogniser._weigh(word) for word in weighed}
        recogniser.result()
    assert again == weighed
    for word, hearing in weighed.items():
        alone = VoskHearing(model, [word]).hear(clip.tobytes())
        assert hearing.text == alone.text
        assert abs(hearing.score - alone.score) < _SPREAD
