"""Level at the microphone, and its faults: muted, too quiet, distorted.

A level is never an answer and changes none; it explains why somebody was not understood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy

from voice_backcare.audio.formats.frames import FRAME_BYTES

Fault = Literal["muted", "quiet", "clipped"]

SILENT_DBFS = -96.0
_FULL = 32_768
_CLIPPED_AT = 32_700
_CLIPPED_SHARE = 0.01  # a loud voice touches the limit now and then; a distorted one stays there
_CLIPPED_BLOCKS = 0.15  # share of the blocks; a slammed door is one block
_MUTED_DBFS = -85.0  # below the noise of any open microphone
_QUIET_DBFS = -48.0  # the loudest tenth of a second of a voice that is hard to understand
_RISE_DB = 12.0  # a level so far above the quietest block was a sound
_LEAST_BLOCKS = 10  # one second; fewer prove nothing
_FRAMES_A_BLOCK = 5


@dataclass(frozen=True, slots=True)
class MeasuredLevel:
    """Level of a tenth of a second; ``dbfs`` is the power without the DC offset, in dB relative to full scale."""

    dbfs: float
    clipped: float  # the share of samples at full level

    @property
    def too_loud(self) -> bool:
        """Whether so many samples are at full scale that the sound is distorted."""
        return self.clipped > _CLIPPED_SHARE


def level_of(pcm: bytes) -> MeasuredLevel:
    """Level of mono 16-bit samples."""
    samples = numpy.frombuffer(pcm, "<i2").astype(numpy.float32)
    if not len(samples):
        return MeasuredLevel(SILENT_DBFS, 0.0)
    power = float(samples.var()) / _FULL**2
    dbfs = max(SILENT_DBFS, 10 * math.log10(power)) if power else SILENT_DBFS
    return MeasuredLevel(dbfs, float(numpy.mean(numpy.abs(samples) >= _CLIPPED_AT)))


def fault_of(levels: list[MeasuredLevel], *, speech: bool) -> Fault | None:
    """Fault of the sound with these levels, or None; ``speech``: somebody spoke in it."""
    if not levels:
        return None
    loudest = max(level.dbfs for level in levels)
    if sum(level.too_loud for level in levels) > _CLIPPED_BLOCKS * len(levels):
        return "clipped"
    if len(levels) < _LEAST_BLOCKS and not speech:
        return None
    if loudest < _MUTED_DBFS:
        return "muted"
    something = speech or loudest - min(level.dbfs for level in levels) >= _RISE_DB
    return "quiet" if something and loudest < _QUIET_DBFS else None


class LevelWatch:
    """Levels since the ears were opened. One thread feeds it; ``fault`` may be called from another."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._levels: list[MeasuredLevel] = []
        self._spoken: list[MeasuredLevel] = []

    def begin(self) -> None:
        """Forget all levels: the ears are opened anew."""
        self._pcm, self._levels, self._spoken = bytearray(), [], []

    def feed(self, pcm: bytes, *, voiced: bool) -> MeasuredLevel | None:
        """Add a frame of 20 ms; returns a level at every fifth, otherwise None. ``voiced``: the frame is part of an
        utterance.
        """
        self._pcm += pcm
        if len(self._pcm) < _FRAMES_A_BLOCK * FRAME_BYTES:
            return None
        level = level_of(bytes(self._pcm))
        self._pcm.clear()
        self._keep(level, voiced)
        return level

    def fault(self, *, speech: bool) -> Fault | None:
        """Fault since ``begin``, or None; with ``speech`` only of the parts in which somebody spoke."""
        return fault_of(list(self._spoken if speech else self._levels), speech=speech)

    def _keep(self, level: MeasuredLevel, voiced: bool) -> None:
        """Keep ``level`` among those of the last ten seconds."""
        for kept in (self._levels, *([self._spoken] if voiced else [])):
            kept.append(level)
            del kept[:-100]
