"""A sound in memory: mono, 16 bit, at any sample rate."""

from __future__ import annotations

import io
import math
import wave
from dataclasses import dataclass

import numpy

_SILENT = 150  # of 32,767: the pauses of a synthesised voice are below this
_KEEP_BEFORE_S = 0.01
_KEEP_AFTER_S = 0.08
_FADE_S = 0.01
_FULL = 32_767


class BrokenWave(Exception):
    """Error: the bytes are not a complete WAV file."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A mono sound. ``samples``: int16, shape (n,). ``audible_s``: position of the last sample that can be heard, in
    seconds; silence may follow it.
    """

    samples: numpy.ndarray
    rate_hz: int
    audible_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def with_gain(self, gain_db: float) -> Sound:
        """The sound ``gain_db`` louder (negative: quieter). Peaks beyond full scale are compressed softly instead of
        cut.
        """
        if not gain_db:
            return self
        scaled = self.samples.astype(numpy.float32) * 10 ** (gain_db / 20) / _FULL
        over = numpy.abs(scaled) > 0.7
        scaled[over] = numpy.sign(scaled[over]) * (0.7 + 0.3 * numpy.tanh((numpy.abs(scaled[over]) - 0.7) / 0.3))
        return Sound((scaled * _FULL).astype(numpy.int16), self.rate_hz, self.audible_s)

    def at_rate(self, rate_hz: int) -> Sound:
        """The sound at another sample rate."""
        if rate_hz == self.rate_hz or not len(self.samples):
            return self
        import soxr

        # Resampling can exceed full scale by a little.
        resampled = soxr.resample(self.samples.astype(numpy.float32), self.rate_hz, rate_hz)
        clipped = numpy.clip(resampled, -_FULL, _FULL).astype(numpy.int16)
        return Sound(clipped, rate_hz, self.audible_s)

    def in_channels(self, channels: int) -> bytes:
        """Bytes of the sound with ``channels`` equal channels, interleaved, little endian."""
        return bytes(numpy.repeat(self.samples, channels).astype("<i2").tobytes())


def read_wave(data: bytes) -> Sound:
    """The sound in the bytes of a mono 16-bit WAV file. Raises ``BrokenWave`` where any of it is missing."""
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise BrokenWave("not mono with 16 bits")
            count, rate_hz = file.getnframes(), file.getframerate()
            pcm = file.readframes(count)
    except (wave.Error, EOFError) as error:
        raise BrokenWave(str(error)) from error
    if count == 0 or rate_hz == 0 or len(pcm) != 2 * count:
        raise BrokenWave("not complete")
    samples = numpy.frombuffer(pcm, dtype="<i2")
    return Sound(samples, rate_hz, len(samples) / rate_hz)


def trimmed(sound: Sound) -> Sound:
    """The sound without the silence that a voice puts before and after it, except for the short pause between two
    sentences.
    """
    loud = numpy.flatnonzero(numpy.abs(sound.samples.astype(numpy.int32)) > _SILENT)
    if not len(loud):
        return sound
    first = max(0, int(loud[0]) - round(_KEEP_BEFORE_S * sound.rate_hz))
    last = int(loud[-1]) + 1
    samples = sound.samples[first : last + round(_KEEP_AFTER_S * sound.rate_hz)]
    missing = last + round(_KEEP_AFTER_S * sound.rate_hz) - first - len(samples)
    samples = numpy.concatenate([samples, numpy.zeros(max(0, missing), numpy.int16)])
    return Sound(samples, sound.rate_hz, (last - first) / sound.rate_hz)


def tone(notes: tuple[tuple[float, float], ...], *, level_dbfs: float, rate_hz: int = 48_000) -> Sound:
    """Sine tones after one another. ``notes``: pairs of frequency in Hz and length in seconds; each is faded in and
    out, so that nothing clicks. ``level_dbfs``: peak level.
    """
    parts = []
    for pitch_hz, seconds in notes:
        count = round(seconds * rate_hz)
        wave_form = numpy.sin(2 * math.pi * pitch_hz / rate_hz * numpy.arange(count))
        fade = numpy.minimum(1.0, numpy.arange(count) / (_FADE_S * rate_hz))
        parts.append(wave_form * fade * fade[::-1] * 10 ** (level_dbfs / 20) * _FULL)
    samples = numpy.concatenate(parts).astype(numpy.int16)
    return Sound(samples, rate_hz, len(samples) / rate_hz)
