"""Sounds in memory: complete or refused, trimmed, louder, resampled."""

from __future__ import annotations

import io
import wave

import numpy
import pytest

from voice_backcare.audio.formats.sound import BrokenWave, Sound, read_wave, tone, trimmed

_RATE_HZ = 22_050


def _file(samples: numpy.ndarray, channels: int = 1) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return target.getvalue()


def test_a_wave_file_is_read() -> None:
    """Its samples and rate come back."""
    sound = read_wave(_file(numpy.arange(100)))
    assert (list(sound.samples), sound.rate_hz) == (list(range(100)), _RATE_HZ)


@pytest.mark.parametrize("length", [0, 10, 44, 100, 243])
def test_a_part_of_a_file_is_refused(length: int) -> None:
    """Whatever is missing, it is no sound."""
    with pytest.raises(BrokenWave):
        read_wave(_file(numpy.arange(100))[:length])


def test_stereo_is_refused() -> None:
    """The voice is mono; anything else is damage."""
    with pytest.raises(BrokenWave):
        read_wave(_file(numpy.arange(100), channels=2))


def test_silence_around_speech_is_cut_to_a_short_pause() -> None:
    """The audible end is known, and the pause after it is always the same."""
    for after_s in (0.01, 1.0):
        samples = numpy.concatenate(
            [numpy.zeros(_RATE_HZ), numpy.full(_RATE_HZ, 5000), numpy.zeros(round(_RATE_HZ * after_s))]
        ).astype(numpy.int16)
        sound = trimmed(Sound(samples, _RATE_HZ, len(samples) / _RATE_HZ))
        assert sound.audible_s == pytest.approx(1.01, abs=0.001)
        assert sound.duration_s == pytest.approx(1.09, abs=0.001)


def test_pure_silence_is_left_alone() -> None:
    """There is nothing to trim to."""
    sound = Sound(numpy.zeros(1000, numpy.int16), _RATE_HZ, 1000 / _RATE_HZ)
    assert trimmed(sound) == sound


def test_louder_never_wraps_around() -> None:
    """Twelve decibels more keep the sign and stay within full level."""
    samples = numpy.array([30_000, -30_000, 100], numpy.int16)
    louder = Sound(samples, _RATE_HZ, 0.0).with_gain(12.0).samples
    assert louder[0] > 30_000 and louder[1] < -30_000 and louder[2] == pytest.approx(398, abs=1)


def test_resampling_keeps_length_and_level() -> None:
    """A second stays a second."""
    sound = tone(((440.0, 1.0),), level_dbfs=-6.0, rate_hz=_RATE_HZ).at_rate(48_000)
    assert len(sound.samples) == pytest.approx(48_000, abs=2)
    assert numpy.abs(sound.samples).max() == pytest.approx(32_767 * 0.501, rel=0.02)
