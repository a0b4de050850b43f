"""Ears that can be muted, a mouth for a machine without a loudspeaker, and longer time-outs where people read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from voice_backcare.core.events import Finished, Heard, Line, NoMatch
from voice_backcare.session.ports import Clock, Ears, NoSpeech, Post, Posted, SpeechStarted

READING = 3.0  # factor on time-outs: reading and touching takes longer than listening and speaking
_AS_THEY_ARE = ("coach_", "confirm_", "need_help")  # time-outs that keep a child safe (C4, D5) or undo something


class SwitchedEars:
    """Implementation of ``ports.Ears`` that forwards to ``ears``, which can be muted and replaced; None: there is no
    microphone.

    Those ears post to ``post``, so that an utterance that ``mute`` cuts off still gets its result.
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
        """Whether there is a microphone that is not muted."""
        return self.ears is not None and not self._muted

    def replace(self, ears: Ears | None) -> None:
        """Use ``ears`` from now on, opened as the ones before were."""
        with self._lock:
            self.ears = ears
            if self._wanted is not None:
                self.listen(*self._wanted)

    def post(self, posted: Posted) -> None:
        """Forward what the ears post to the session."""
        if isinstance(posted.what, SpeechStarted):
            self._started = posted.turn
        elif isinstance(posted.what, NoSpeech):
            self._started = None
        elif isinstance(posted.what, Heard | NoMatch):
            self._started = None
            self._opened(False)
        self._forward(posted)

    def listen(self, grammar: str, turn: int) -> None:
        """Open the ears, unless they are muted."""
        with self._lock:
            self._wanted, self._started = (grammar, turn), None
            if self.ears is not None and not self._muted:
                self.ears.listen(grammar, turn)
            self._opened(self.hears)

    def stop(self) -> None:
        """Close the ears."""
        with self._lock:
            self._wanted = self._started = None
            if self.ears is not None:
                self.ears.stop()
            self._opened(False)

    def mute(self, muted: bool) -> None:
        """Mute or unmute, from any thread. An utterance in progress is posted as not understood."""
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
    """Implementation of ``ports.Mouth`` where there is no loudspeaker: the screen shows every line."""

    post: Post
    clock: Clock

    def duration_s(self, line: Line) -> float:
        """0 seconds: nothing is spoken."""
        return 0.0

    def say(self, line: Line, turn: int) -> None:
        """Post ``Finished`` at once."""
        self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        """Do nothing: there is no sound."""

    def tone(self, name: str) -> None:
        """Do nothing: there is no sound."""

    def adjust(self, what: str) -> None:
        """Do nothing: there is no voice."""


def reading_time(hurried: Callable[[], bool]) -> Callable[[str], float]:
    """``Session.timeout_scale`` for people who read: ``READING`` where the answer may take longer and ``hurried`` is
    False (D3).
    """
    return lambda place: 1.0 if place.startswith(_AS_THEY_ARE) or hurried() else READING
