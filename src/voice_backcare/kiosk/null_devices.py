"""Ears that can be switched off, a mouth where there is no loudspeaker, and time to read where nobody speaks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from voice_backcare.core.events import Finished, Heard, Line, NoMatch
from voice_backcare.session.ports import Clock, Ears, Post, Posted, SpeechStarted

READING = 3.0  # who reads and touches is slower than who listens and speaks
_SCALED = ("question", "read_back", "offer", "home_care")  # never a check: it keeps a child safe (C4)


class SwitchedEars:
    """Implements ``ports.Ears`` over ``ears``; None: there is no microphone.

    ``post`` is for those ears to post to, so that an utterance that is cut off by ``mute`` still has its end.
    """

    def __init__(self, forward: Post, clock: Clock, opened: Callable[[bool], None] = lambda is_open: None) -> None:
        self.ears: Ears | None = None
        self._forward = forward
        self._clock = clock
        self._opened = opened
        self._lock = threading.RLock()
        self._wanted: tuple[str, int] | None = None
        self._started: int | None = None
        self._muted = False

    @property
    def hears(self) -> bool:
        """Whether anything that is said can be heard."""
        return self.ears is not None and not self._muted

    def replace(self, ears: Ears | None) -> None:
        """Other ears from now on, open where the old ones were."""
        with self._lock:
            self.ears = ears
            if self._wanted is not None:
                self.listen(*self._wanted)

    def post(self, posted: Posted) -> None:
        if isinstance(posted.what, SpeechStarted):
            self._started = posted.turn
        elif isinstance(posted.what, Heard | NoMatch):
            self._started = None
            self._opened(False)
        self._forward(posted)

    def listen(self, grammar: str, turn: int) -> None:
        with self._lock:
            self._wanted, self._started = (grammar, turn), None
            if self.ears is not None and not self._muted:
                self.ears.listen(grammar, turn)
            self._opened(self.hears)

    def stop(self) -> None:
        with self._lock:
            self._wanted = self._started = None
            if self.ears is not None:
                self.ears.stop()
            self._opened(False)

    def mute(self, muted: bool) -> None:
        """From any thread. What was being said when the switch was thrown was not understood."""
        with self._lock:
            self._muted = muted
            if self.ears is None or self._wanted is None:
                return
            if not muted:
                self.listen(*self._wanted)
                return
            self.ears.stop()
            self._opened(False)
            if self._started is not None:
                self._forward(Posted(self._started, NoMatch(self._clock.now_s())))
                self._started = None


@dataclass
class SilentMouth:
    """Implements ``ports.Mouth`` where there is no loudspeaker: the screen shows every line."""

    post: Post
    clock: Clock

    def duration_s(self, line: Line) -> float:
        return 0.0

    def say(self, line: Line, turn: int) -> None:
        self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        """There is nothing to silence."""

    def tone(self, name: str) -> None:
        """There is nothing to sound."""

    def adjust(self, what: str) -> None:
        """There is no voice."""


def reading_time(hurried: Callable[[], bool]) -> Callable[[str], float]:
    """The ``Session.timeout_scale`` of a screen: ``READING`` while ``hurried`` is false, for what may wait (D3)."""
    return lambda grammar: READING if grammar in _SCALED and not hurried() else 1.0
