"""Endpointing: when an utterance begins and when it is over.

webrtcvad judges every 20 ms; onset and hangover make utterances of its judgements. No sound is
kept here: the caller keeps the last ``preroll_s`` of it and gives that to the recogniser first
when "started" comes, so that a recogniser costs nothing while nobody speaks.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import webrtcvad

from voice_backcare.ports import RATE_HZ

FRAME_S = 0.02
FRAME_SAMPLES = round(RATE_HZ * FRAME_S)
FRAME_BYTES = 2 * FRAME_SAMPLES

Progress = Literal["silence", "started", "speech", "ended", "too_long"]


@dataclass(frozen=True, slots=True)
class EndpointerSettings:
    """All times are rounded to whole frames."""

    aggressiveness: int = 3  # of webrtcvad, 0 to 3; 3 takes the least for speech
    preroll_s: float = 0.4
    onset_s: float = 0.08  # so much voice within onset_window_s begins an utterance; less is a blip
    onset_window_s: float = 0.16
    hangover_s: float = 0.22  # so much silence ends it
    longest_s: float = 6.0  # D4
    # webrtcvad takes the first 0.14 s of plain noise for speech, until it knows the room.
    warm_up_s: float = 0.16
    warm_up_onset_s: float = 0.16


def frames(seconds: float) -> int:
    """Whole frames in so many seconds."""
    return round(seconds / FRAME_S)


class Endpointer:
    """One utterance after another from a stream of 20 ms frames (mono, 16 bit, 16 kHz).

    ``feed`` answers "silence" while nobody speaks, "started" once, "speech" while it lasts, then "ended" after the
    hangover or "too_long" at six seconds; then the next utterance can begin. ``speech_end_s`` and
    ``speech_start_s`` are in the time of the stream since it was opened, which ``reset`` does not set back.
    """

    def __init__(self, settings: EndpointerSettings | None = None) -> None:
        self._settings = settings or EndpointerSettings()
        self.preroll_s = self._settings.preroll_s
        self._vad = webrtcvad.Vad(self._settings.aggressiveness)
        self._frames = 0
        self._window: deque[bool] = deque(maxlen=frames(self._settings.onset_window_s))
        self._in_utterance = False
        self._started_at = 0
        self._last_voiced = 0
        self._silent = 0

    @property
    def speaking(self) -> bool:
        """Whether an utterance is going on."""
        return self._in_utterance

    @property
    def now_s(self) -> float:
        """How much of the stream has been fed."""
        return self._frames * FRAME_S

    @property
    def speech_start_s(self) -> float:
        """Where the current or last utterance began; 0 before the first."""
        return self._started_at * FRAME_S

    @property
    def speech_end_s(self) -> float:
        """The end of the last voiced frame of the current or last utterance; 0 before the first."""
        return self._last_voiced * FRAME_S

    def reset(self) -> None:
        """Forget an utterance in progress. What webrtcvad has learned of the room stays, and so does the time."""
        self._window.clear()
        self._in_utterance = False
        self._silent = 0

    def feed(self, frame: bytes) -> Progress:
        """Judge the next 20 ms; ``ValueError`` where the frame is of another length."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame is {FRAME_BYTES} bytes, not {len(frame)}")
        voiced = bool(self._vad.is_speech(bytes(frame), RATE_HZ))
        self._frames += 1
        if self._in_utterance:
            return self._go_on(voiced)
        return self._wait(voiced)

    def _wait(self, voiced: bool) -> Progress:
        self._window.append(voiced)
        warm = self._frames > frames(self._settings.warm_up_s)
        needed = frames(self._settings.onset_s if warm else self._settings.warm_up_onset_s)
        if not voiced or sum(self._window) < needed:
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
        if self._silent >= frames(self._settings.hangover_s):
            self.reset()
            return "ended"
        if self._frames - self._started_at >= frames(self._settings.longest_s):
            self.reset()
            return "too_long"
        return "speech"
