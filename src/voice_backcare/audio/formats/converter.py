"""Sound of any rate and any number of channels as the program's own: mono, signed 16 bit, 16 kHz."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from voice_backcare.audio.formats.channels import Downmix
from voice_backcare.session.ports import RATE_HZ


class Converter:
    """Sound of any rate and any number of channels, piece by piece, as the program's own."""

    def __init__(self, rate_hz: int) -> None:
        self._downmix = Downmix(rate_hz)
        self._resampler = None if rate_hz == RATE_HZ else soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")

    def convert(self, block: NDArray[np.float32]) -> bytes:
        """More of it: a row a sample, a column a channel, full scale is 1."""
        mono = np.clip(self._downmix.mono(np.nan_to_num(block, posinf=1.0, neginf=-1.0)), -1.0, 1.0)
        return self._pcm(mono if self._resampler is None else self._resampler.resample_chunk(mono))

    def convert_pcm(self, pcm: bytes, channels: int) -> bytes:
        """The same of interleaved 16-bit samples; one channel at the program's own rate comes back untouched."""
        if channels == 1 and self._resampler is None:
            return pcm
        samples = np.frombuffer(pcm, "<i2").reshape(-1, channels).astype(np.float32) / 32768.0
        return self.convert(samples)

    def last(self) -> bytes:
        """What the resampler still holds."""
        if self._resampler is None:
            return b""
        return self._pcm(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True))

    def _pcm(self, mono: NDArray[np.float32]) -> bytes:
        # 16 bit sound comes back exactly where it was divided by 32768.
        return bytes(np.clip(np.rint(mono * 32768.0), -32768, 32767).astype("<i2").tobytes())
