"""Timer thread: calls a function at one moment, without polling."""

from __future__ import annotations

import threading
from collections.abc import Callable

from voice_backcare.session.ports import Clock

LOOK_S = 1.0  # the longest wait: waiting does not count suspend, so the clock has to be looked at now and then


class Alarm:
    """Timer that calls ``ring`` from a thread of its own when ``clock`` reaches the moment set with ``at``.

    ``ring`` sets the next moment with ``at``. ``clock`` is a function that returns the clock.
    """

    def __init__(self, ring: Callable[[], None], clock: Callable[[], Clock]) -> None:
        self._ring = ring
        self._clock = clock
        self._due_s: float | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="voice-backcare alarm", daemon=True)
        self._thread.start()

    def at(self, due_s: float | None) -> None:
        """Set the moment of the next call, in seconds on the clock; None: no call."""
        with self._changed:
            self._due_s = due_s
            self._changed.notify()

    def close(self) -> None:
        """Make no further call; may be called from ``ring``."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(LOOK_S)

    def _run(self) -> None:
        while self._due():
            self._ring()

    def _due(self) -> bool:
        """Wait for the moment; False once closed."""
        with self._changed:
            while not self._closed:
                left_s = None if self._due_s is None else self._due_s - self._clock().now_s()
                if left_s is not None and left_s <= 0:
                    self._due_s = None
                    return True
                self._changed.wait(None if left_s is None else min(left_s, LOOK_S))
        return False
