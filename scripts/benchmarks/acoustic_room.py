"""A simulated room between a loudspeaker and a microphone: what of the program's own voice comes back to its ears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_backcare.session.ports import RATE_HZ

Samples = NDArray[np.float32]

_DIRECT = 0.6  # of the echo's amplitude: a loudspeaker stands nearer to the microphone than the walls
_LOUDSPEAKER_HZ = 250.0  # a small one gives little below
_DRIVE = 2.5  # how far into its limit a small loudspeaker is driven


@dataclass(frozen=True, slots=True)
class Room:
    """``reverberation_s`` is the time to fall by 60 dB; ``drift_ppm`` how much faster the loudspeaker's clock runs."""

    reverberation_s: float
    delay_s: float
    drift_ppm: float
    seed: int = 0

    def echo(self, played: Samples) -> Samples:
        """What the microphone hears of ``played``, as long as that, at a level that is not told."""
        heard = _small_loudspeaker(played)
        if self.drift_ppm:
            heard = soxr.resample(heard, RATE_HZ * (1.0 + self.drift_ppm * 1e-6), RATE_HZ)
        late = np.concatenate([np.zeros(round(self.delay_s * RATE_HZ), np.float32), heard])
        wet = _convolved(late, self._response())
        return np.pad(wet, (0, len(played)))[: len(played)]

    def _response(self) -> Samples:
        """A direct sound, and noise that dies away."""
        rng = np.random.default_rng(self.seed)
        count = round(self.reverberation_s * RATE_HZ)
        tail = rng.standard_normal(count) * 10 ** (-3.0 * np.arange(count) / count)
        tail *= np.sqrt(1.0 - _DIRECT**2) / np.sqrt((tail**2).sum())
        tail[0] += _DIRECT
        return tail.astype(np.float32)


def at_level(sound: Samples, dbfs: float) -> Samples:
    """Scaled so that its loud parts (the power over what is within 30 dB of the loudest 20 ms) have this level."""
    return (sound * 10 ** ((dbfs - level_dbfs(sound)) / 20)).astype(np.float32)


def level_dbfs(sound: Samples) -> float:
    """The power of the parts in which there is sound, in dB below full level."""
    whole = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    powers = (whole**2).mean(axis=1)
    return float(10 * np.log10(powers[powers > powers.max() / 1_000].mean() + 1e-12))


def _small_loudspeaker(played: Samples) -> Samples:
    """Without low tones, and rounded off where it is loud."""
    spectrum = np.fft.rfft(played)
    hz = np.fft.rfftfreq(len(played), 1 / RATE_HZ)
    thin = np.fft.irfft(spectrum / np.sqrt(1.0 + (_LOUDSPEAKER_HZ / np.maximum(hz, 1.0)) ** 4), len(played))
    peak = np.abs(thin).max() + 1e-9
    rounded: Samples = (np.tanh(_DRIVE * thin / peak) * peak / _DRIVE).astype(np.float32)
    return rounded


def _convolved(sound: Samples, response: Samples) -> Samples:
    size = len(sound) + len(response) - 1
    wet: Samples = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size).astype(np.float32)
    return wet
