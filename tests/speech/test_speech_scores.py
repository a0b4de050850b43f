"""Scores that are compared with one another are of the same frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio_rig import human_audio
from voice_backcare.speech.endpointer import FRAME_BYTES
from voice_backcare.speech.recogniser import _Pass, load_model

_SILENCE = np.zeros(16_000, np.int16)
_SPREAD = 6.0  # the model's dithering alone; frames that are left out make twenty


@pytest.mark.parametrize("phrases", [["yes"], ["no"], None])
@pytest.mark.parametrize("word", ["no", "yes"])
def test_a_score_does_not_depend_on_where_vosk_would_end_the_utterance(
    model_folder: Path, phrases: list[str] | None, word: str
) -> None:
    """At once or frame by frame, with a second of silence after it: the same words, and nearly the same score."""
    clip, _ = soundfile.read(sorted((human_audio() / word).glob("*.flac"))[0], dtype="int16")
    pcm = np.concatenate([clip, _SILENCE]).tobytes()
    hearing = _Pass(load_model(model_folder), phrases)
    at_once = [hearing.hear(pcm) for _ in range(4)]
    hearing.begin()
    for at in range(0, len(pcm), FRAME_BYTES):
        hearing.feed(pcm[at : at + FRAME_BYTES])
    scores = [each.score for each in (*at_once, hearing.result())]
    assert max(scores) - min(scores) < _SPREAD
    assert len({each.text for each in at_once}) == 1
