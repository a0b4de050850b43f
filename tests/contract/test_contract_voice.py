"""What every voice promises (``ports.Voice``): the fake and every engine."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import installed
import pytest

from voice_backcare.fakes.speech import FakeVoice
from voice_backcare.session.ports import Voice, VoiceError


@pytest.fixture(params=["fake", "pyttsx3", "piper"], scope="module")
def voice(request: pytest.FixtureRequest) -> Iterator[Voice]:
    if request.param == "fake":
        yield FakeVoice()
        return
    voice = installed.voice(request.param).make()
    yield voice
    voice.close()


def _seconds(path: Path) -> float:
    with wave.open(str(path), "rb") as file:
        assert len(file.readframes(file.getnframes())) == 2 * file.getnframes()
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getnframes() / file.getframerate()


def test_a_text_becomes_a_complete_file(voice: Voice, tmp_path: Path) -> None:
    """The file holds every sample that its header promises, and a plausible length of sound."""
    path = tmp_path / "line.wav"
    voice.synthesise("Is it hard for your child to breathe?", path, rate_wpm=165)
    assert 1.0 < _seconds(path) < 6.0
    assert list(tmp_path.iterdir()) == [path]


def test_the_rate_is_kept_for_every_text(voice: Voice, tmp_path: Path) -> None:
    """A faster rate is shorter, whatever rate the text before it had."""
    seconds = []
    for rate_wpm in (120, 200, 120, 200):
        voice.synthesise("Is it hard for your child to breathe?", tmp_path / "line.wav", rate_wpm=rate_wpm)
        seconds.append(_seconds(tmp_path / "line.wav"))
    assert seconds[0] == pytest.approx(seconds[2], rel=0.05)
    assert seconds[1] == pytest.approx(seconds[3], rel=0.05)
    assert seconds[1] < 0.8 * seconds[0]


def test_nothing_to_say_is_an_error_without_a_file(voice: Voice, tmp_path: Path) -> None:
    """An empty text raises ``VoiceError`` and leaves nothing behind."""
    with pytest.raises(VoiceError):
        voice.synthesise(" ", tmp_path / "line.wav", rate_wpm=165)
    assert list(tmp_path.iterdir()) == []


def test_no_place_for_the_file_is_an_error_and_not_the_end(voice: Voice, tmp_path: Path) -> None:
    """A folder that is not there raises ``VoiceError``; the next text is spoken."""
    with pytest.raises(VoiceError):
        voice.synthesise("yes", tmp_path / "nowhere" / "line.wav", rate_wpm=165)
    voice.synthesise("yes", tmp_path / "line.wav", rate_wpm=165)
    assert _seconds(tmp_path / "line.wav") > 0.1
