"""Audio files as a stream of 16 kHz frames."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_backcare.audio.formats.audio_file import AudioFileError, frames_of
from voice_backcare.audio.formats.frames import FRAME_BYTES

TONE_HZ = 440


def tone(seconds: float, rate_hz: int) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * TONE_HZ * np.arange(round(seconds * rate_hz)) / rate_hz)


def pitch_hz(frames: list[bytes]) -> float:
    samples = np.frombuffer(b"".join(frames), "<i2").astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * 16_000 / len(samples))


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("suffix", "subtype"), [("wav", "PCM_16"), ("wav", "FLOAT"), ("flac", "PCM_24")])
def test_any_format_becomes_the_same_sound(
    tmp_path: Path, rate_hz: int, channels: int, suffix: str, subtype: str
) -> None:
    """A tone of one second keeps its pitch and its length, whatever the rate, channels and format."""
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, np.stack([tone(1.0, rate_hz)] * channels, axis=1), rate_hz, subtype=subtype)
    frames = list(frames_of(path))
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    assert len(frames) == pytest.approx(50, abs=1)
    assert pitch_hz(frames) == pytest.approx(TONE_HZ, abs=3)


def test_sixteen_bits_at_sixteen_kilohertz_come_back_exactly(tmp_path: Path) -> None:
    """What needs no conversion is not changed by a bit."""
    samples = np.random.default_rng(3).integers(-32768, 32767, 3_200, dtype=np.int16)
    soundfile.write(tmp_path / "a.wav", samples, 16_000)
    assert b"".join(frames_of(tmp_path / "a.wav")) == samples.astype("<i2").tobytes()


def test_too_loud_and_impossible_samples_are_bounded(tmp_path: Path) -> None:
    """Float samples beyond full level, infinite or not a number become sound, not an error."""
    samples = np.array([2.0, -3.0, np.inf, -np.inf, np.nan] * 640, np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 16_000, subtype="FLOAT")
    assert len(list(frames_of(tmp_path / "a.wav"))) == 10


def test_no_samples_are_no_frames_and_one_sample_is_one(tmp_path: Path) -> None:
    """An empty sound gives nothing; a single sample is filled up to a frame."""
    for count in (0, 1):
        soundfile.write(tmp_path / "a.wav", np.zeros(count, np.int16), 16_000)
        assert len(list(frames_of(tmp_path / "a.wav"))) == count


@pytest.mark.parametrize("content", [b"", b"RIFF", b"fLaC" + bytes(60), b"hello, world\n" * 50, bytes(10_000)])
def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    """An empty, truncated or foreign file is one clear error."""
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioFileError, match="cannot be read as sound"):
        list(frames_of(tmp_path / "a.wav"))


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    """The reason is told apart for what is not there and what is a folder."""
    with pytest.raises(AudioFileError, match="no such file"):
        list(frames_of(tmp_path / "none.wav"))
    with pytest.raises(AudioFileError, match="folder"):
        list(frames_of(tmp_path))


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "pipe"])
def test_names_and_pipes_that_cannot_be_opened_are_refused_at_once(tmp_path: Path, name: str) -> None:
    """A name too long or impossible, and a pipe that nobody writes to: a sentence, and no waiting."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AudioFileError):
        list(frames_of(tmp_path / name))


def test_a_long_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    """The first frame of a long file comes without reading the rest."""
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", 48_000, 2) as file:
        for _ in range(60):
            file.write(np.zeros((48_000, 2), np.int16))
    stream = frames_of(path)
    assert next(stream) == bytes(FRAME_BYTES)
    assert sum(1 for _ in stream) == pytest.approx(2_999, abs=2)
