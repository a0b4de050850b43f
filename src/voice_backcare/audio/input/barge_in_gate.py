"""Whether a person speaks over the program's own voice; and whether the echo can be removed at all (D10).

After the canceller the program's own voice is 20 to 40 dB weaker, and a person's is not: a frame that the canceller
took little from, and that is well above what it usually leaves, is a person's. One such frame is chance, several are
not. In doubt a sound is the program's own.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from voice_backcare.audio.formats.frames import FRAME_S, frame_count

_LOWEST_DBFS = -96.0


@dataclass(frozen=True, slots=True)
class BargeInSettings:
    """Measured with ``scripts/bench duplex``; all levels in dB."""

    reverberation_s: float = 0.5  # so long after the last sample the room and the delay may still hold it
    far_active_dbfs: float = -60.0
    taken_db: float = 8.0  # the canceller takes less than this from a person
    above_room_db: float = 12.0
    below_echo_db: float = 19.0  # what it leaves of the program's own voice is seldom nearer to the echo
    person_frames: int = 4
    person_window: int = 6
    person_hold_s: float = 0.3
    evidence_s: float = 3.0  # of echo, before the canceller is trusted
    trusted_erle_db: float = 15.0
    distrusted_erle_db: float = 10.0
    memory_s: float = 4.0
    inaudible_above_room_db: float = 6.0  # a headset: there is no echo to remove


class BargeInGate:
    """``ours`` judges one frame after the other; ``full_duplex`` says whether its judgement may be relied on."""

    def __init__(self, settings: BargeInSettings | None = None) -> None:
        self._settings = settings or BargeInSettings()
        self._kept = 1.0 - FRAME_S / self._settings.memory_s
        self._flags: deque[bool] = deque(maxlen=self._settings.person_window)
        self._since_far = self._since_person = 10**6  # frames
        self._room_dbfs = -60.0
        self._near_power = self._clean_power = self._weight = 0.0
        self._evidence_frames = self._silent_frames = 0
        self._trusted = False

    @property
    def erle_db(self) -> float | None:
        """The echo return loss enhancement: how much weaker the echo is made; None before there was any."""
        if not self._weight or not self._clean_power:
            return None
        return 10.0 * math.log10(self._near_power / self._clean_power)

    @property
    def full_duplex(self) -> bool:
        """Whether a person is told from the program's own voice: its echo is removed, or there is none."""
        return self._trusted

    @property
    def far_is_silent(self) -> bool:
        """Whether nothing of the program's own voice can be in the room any more."""
        return self._since_far > 2 * frame_count(self._settings.reverberation_s)

    def ours(self, near: bytes, clean: bytes, far: bytes, *, sounding: bool) -> bool:
        """Whether this frame is, or may be, the program's own voice.

        ``sounding``: the mouth says that it speaks, whatever the reference says, which may be late or missing.
        """
        settings = self._settings
        near_dbfs, clean_dbfs, far_dbfs = _dbfs(near), _dbfs(clean), _dbfs(far)
        loud = far_dbfs > settings.far_active_dbfs
        self._since_far = 0 if loud or sounding else self._since_far + 1
        if self._since_far > frame_count(settings.reverberation_s):
            self._learn_room(near_dbfs)
            self._flags.clear()
            self._since_person = 10**6
            return False
        floor = max(self._room_dbfs + settings.above_room_db, self._echo_dbfs() - settings.below_echo_db)
        self._flags.append(near_dbfs - clean_dbfs < settings.taken_db and clean_dbfs > floor)
        person = sum(self._flags) >= settings.person_frames
        self._since_person = 0 if person else self._since_person + 1
        if loud and not any(self._flags):
            self._measure(near_dbfs, clean_dbfs)
        return self._since_person > frame_count(settings.person_hold_s)

    def _learn_room(self, near_dbfs: float) -> None:
        self._room_dbfs = min(near_dbfs, self._room_dbfs + 2.0 * FRAME_S) if near_dbfs > _LOWEST_DBFS else -60.0

    def _echo_dbfs(self) -> float:
        return 10.0 * math.log10(self._near_power / self._weight) if self._weight else _LOWEST_DBFS

    def _measure(self, near_dbfs: float, clean_dbfs: float) -> None:
        """One frame of nothing but echo, as far as can be told."""
        settings = self._settings
        if near_dbfs < self._room_dbfs + settings.inaudible_above_room_db:
            self._silent_frames += 1
        else:
            self._silent_frames = max(0, self._silent_frames - 2)
            self._near_power = self._kept * self._near_power + 10 ** (near_dbfs / 10)
            self._clean_power = self._kept * self._clean_power + 10 ** (clean_dbfs / 10)
            self._weight = self._kept * self._weight + 1.0
            self._evidence_frames += 1
        erle_db = self.erle_db or 0.0
        removed = self._evidence_frames >= frame_count(settings.evidence_s) and (
            erle_db >= (settings.distrusted_erle_db if self._trusted else settings.trusted_erle_db)
        )
        inaudible = self._silent_frames >= frame_count(settings.evidence_s) and not self._evidence_frames
        self._trusted = removed or inaudible


def _dbfs(pcm: bytes) -> float:
    power = float(np.frombuffer(pcm, "<i2").astype(np.float32).var()) / 32768.0**2
    return max(_LOWEST_DBFS, 10.0 * math.log10(power + 1e-12))
