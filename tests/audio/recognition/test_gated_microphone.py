"""A microphone that is digitally silent until somebody speaks (a gate, a headset): the click of it loses no answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_backcare.audio.formats.frames import FRAME_S, FRAME_SAMPLES, Frame
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import grammar

_CLIPS = 24
_SILENCE = np.zeros(32_000, np.int16)


def meaning_of(listener: Listener, samples: np.ndarray) -> str | None:
    """What the first outcome of one opening means, live."""
    listener.open("any", 0.0)
    for index in range(len(samples) // FRAME_SAMPLES):
        frame = samples[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES].astype("<i2").tobytes()
        result = listener.feed(Frame(frame, index * FRAME_S), Playback())
        if isinstance(result, Outcome):
            return result.found.meaning if result.found else None
    return None


@pytest.mark.parametrize("word", ["yes", "no"])
def test_an_answer_after_digital_silence_is_heard(word: str, human_audio: Path, model_folder: Path) -> None:
    """Nine of ten people are heard at their first word, and nobody is turned round."""
    recogniser = VoskRecogniser(model_folder, grammar.load())
    clips = sorted((human_audio / word).glob("*.flac"))
    clips = clips[:: len(clips) // _CLIPS]
    heard = [
        meaning_of(Listener(recogniser), np.concatenate([_SILENCE, soundfile.read(clip, dtype="int16")[0], _SILENCE]))
        for clip in clips
    ]
    assert set(heard) <= {word, None}
    assert heard.count(word) >= 0.9 * len(clips)
