"""Endpointing: where an utterance begins and ends in the sound.

webrtcvad judges frames of 20 ms; onset and hangover make utterances of its judgements. No sound is kept here: the
caller keeps the last ``preroll_s`` and gives that to the recogniser when "started" comes, so that a recogniser costs
nothing while nobody speaks.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
import webrtcvad

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, frame_count
from voice_backcare.session.ports import RATE_HZ

Progress = Literal["silence", "started", "speech", "ended", "too_long"]


@dataclass(frozen=True, slots=True)
class EndpointerSettings:
    """Settings of the endpointer; times are rounded to whole frames."""

    aggressiveness: int = 3  # of webrtcvad, 0 to 3; 3 takes the least for speech
    preroll_s: float = 0.4
    onset_s: float = 0.08  # this much voice within onset_window_s begins an utterance
    onset_window_s: float = 0.16
    hangover_s: float = 0.22  # this much silence ends an utterance
    longest_s: float = 9.0  # an utterance is cut here (D4)
    # webrtcvad takes the first 0.14 s of plain noise for speech, until it knows the room.
    # So these frames count only where they are louder than the room before, as a word is and plain noise is not.
    warm_up_s: float = 0.16
    warm_up_above_room_db: float = 10.0
    # webrtcvad misses a quiet voice in a quiet room, so it is given more gain where neither is loud.
    quiet_room_dbfs: float = -55.0
    quiet_voice_dbfs: float = -30.0
    highest_gain_db: float = 20.0
    # A frame hardly louder than the room is no voice, so that steady noise does not keep an utterance open.
    above_room_db: float = 5.0
    below_voice_db: float = 20.0  # a frame within this of the loudest voice is voice all the same


_LOWEST_DBFS = -75.0
_ROOM_RISE_DB = 2.0 * FRAME_S  # how fast the room's level may rise; it falls at once
_VOICE_FALL_DB = 3.0 * FRAME_S  # how fast the loudest voice is forgotten


class Endpointer:
    """Finds one utterance after another in a stream of 20 ms frames (mono, 16 bit, 16 kHz).

    ``feed`` returns "silence" while nobody speaks, "started" once, "speech" while it lasts, then "ended" after the
    hangover or "too_long" after ``longest_s``; then the next utterance can begin. ``speech_start_s`` and
    ``speech_end_s`` count from the first frame ever fed; ``reset`` does not set them back.
    """

    def __init__(self, settings: EndpointerSettings | None = None) -> None:
        self._settings = settings or EndpointerSettings()
        self.preroll_s = self._settings.preroll_s
        self._vad = webrtcvad.Vad(self._settings.aggressiveness)
        self._room_dbfs: float | None = None
        self._voice_dbfs = _LOWEST_DBFS
        self._frames = 0
        self._window: deque[bool] = deque(maxlen=frame_count(self._settings.onset_window_s))
        self._in_utterance = False
        self._started_at = 0
        self._last_voiced = 0
        self._silent = 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance is in progress."""
        return self._in_utterance

    @property
    def stirs(self) -> bool:
        """Whether there was a voice in the last ``onset_window_s`` of a silence: an utterance may be about to begin."""
        return not self._in_utterance and any(self._window)

    @property
    def now_s(self) -> float:
        """Length of the stream that has been fed, in seconds."""
        return self._frames * FRAME_S

    @property
    def speech_start_s(self) -> float:
        """Beginning of the present or last utterance; 0 before the first."""
        return self._started_at * FRAME_S

    @property
    def speech_end_s(self) -> float:
        """End of the last voiced frame of the present or last utterance; 0 before the first."""
        return self._last_voiced * FRAME_S

    def reset(self) -> None:
        """Forget the utterance in progress. The time goes on, and what webrtcvad has learned of the room stays."""
        self._window.clear()
        self._in_utterance = False
        self._silent = 0

    def feed(self, frame: bytes, *, ours: bool = False) -> Progress:
        """Judge the next 20 ms; ``ValueError`` where the frame is of another length.

        ``ours``: it may be the program's own voice, so no utterance begins or goes on in it.
        """
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame is {FRAME_BYTES} bytes, not {len(frame)}")
        samples = np.frombuffer(frame, "<i2").astype(np.float32)
        level_dbfs = self._learn(samples)
        voiced = bool(self._vad.is_speech(self._amplified(samples), RATE_HZ))
        self._frames += 1
        settings = self._settings
        loud = min(self._room() + settings.above_room_db, self._voice_dbfs - settings.below_voice_db)
        voiced = voiced and level_dbfs >= loud
        if self._in_utterance:
            return self._go_on(voiced and not ours)
        warm = self._frames > frame_count(settings.warm_up_s)
        voiced = voiced and (warm or level_dbfs >= self._room() + settings.warm_up_above_room_db)
        return self._wait(voiced, ours=ours)

    def _learn(self, samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
        """Level of this frame in dB below full scale, without its DC offset; the levels of room and voice are updated
        with it.
        """
        level_dbfs = max(_LOWEST_DBFS, 10.0 * math.log10(float(samples.var()) / 32768.0**2 + 1e-12))
        self._room_dbfs = min(level_dbfs, self._room() + _ROOM_RISE_DB) if self._room_dbfs is not None else level_dbfs
        self._voice_dbfs = max(level_dbfs, self._voice_dbfs - _VOICE_FALL_DB)
        return level_dbfs

    def _room(self) -> float:
        return _LOWEST_DBFS if self._room_dbfs is None else self._room_dbfs

    def _amplified(self, samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bytes:
        settings = self._settings
        wanted_db = min(settings.quiet_room_dbfs - self._room(), settings.quiet_voice_dbfs - self._voice_dbfs)
        gain_db = min(max(wanted_db, 0.0), settings.highest_gain_db)
        if gain_db > 0.0:
            samples = np.clip(samples * 10.0 ** (gain_db / 20.0), -32768, 32767)
        return samples.astype("<i2").tobytes()

    def _wait(self, voiced: bool, *, ours: bool) -> Progress:
        self._window.append(voiced)
        if ours or not voiced or sum(self._window) < frame_count(self._settings.onset_s):
            return "silence"
        self._in_utterance = True
        self._started_at = self._frames - len(self._window) + list(self._window).index(True)
        self._last_voiced = self._frames
        self._silent = 0
        return "started"

    def _go_on(self, voiced: bool) -> Progress:
        if voiced:
            self._last_voiced = self._frames
            self._silent = 0
        else:
            self._silent += 1
        if self._silent >= frame_count(self._settings.hangover_s):
            self.reset()
            return "ended"
        if self._frames - self._started_at >= frame_count(self._settings.longest_s):
            self.reset()
            return "too_long"
        return "speech"
