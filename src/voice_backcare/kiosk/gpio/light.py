"""Status light on a GPIO pin: listening, speaking, or a fault, as the page shows it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

from voice_backcare.kiosk.gpio.buttons import Snapshot

_LOG = logging.getLogger(__name__)

Signal = Literal["listening", "speaking", "fault", "ready"]

# On, off, on, ... in seconds, over and over; a single number stays as it is.
_FLASH_S, _DARK_S, _SLOW_S = 0.12, 0.18, 0.7
PATTERNS: dict[Signal, tuple[float, ...]] = {
    "listening": (1.0,),
    "speaking": (_SLOW_S, _SLOW_S),
    "fault": (_FLASH_S, _DARK_S, _FLASH_S, _DARK_S, _FLASH_S, 1.2),
    "ready": (0.0,),
}
_NO_FAULT = {"microphone_muted", "hint"}  # muted on purpose; somebody speaks too quietly


def signal_of(snapshot: Mapping[str, Any]) -> Signal:
    """Signal beside a page that shows ``snapshot``; a fault comes first."""
    if {notice["id"] for notice in snapshot["notices"]} - _NO_FAULT:
        return "fault"
    voice: Signal = snapshot["voice"]
    return voice


class Light:
    """Status light. ``output``: gpiozero's output device. ``changed`` may be called from any thread and returns at
    once.
    """

    def __init__(self, output: Any, snapshot: Snapshot, tell: Callable[[str], None]) -> None:
        self._output = output
        self._snapshot = snapshot
        self._tell = tell
        self._changed = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="light", daemon=True)
        self._thread.start()

    def changed(self) -> None:
        """Note that the page shows something else."""
        self._changed.set()

    def close(self) -> None:
        """Switch off and release the pin."""
        self._closed = True
        self._changed.set()
        self._thread.join(5)
        try:
            self._output.off()
            self._output.close()
        except Exception as error:  # a board that is gone cannot be released
            _LOG.debug("The light could not be given back: %s", error)

    def _run(self) -> None:
        try:
            while not self._closed:
                self._changed.clear()
                self._show(signal_of(self._snapshot()))
        except Exception as error:  # each board's driver has errors of its own
            _LOG.info("The light failed", exc_info=True)
            self._tell(f"The light does not work any more, and is left out ({error}). Is its pin still connected?")

    def _show(self, signal: Signal) -> None:
        """Show ``signal`` until it is another."""
        pattern = PATTERNS[signal]
        at = 0
        while not self._closed:
            self._output.value = int(pattern[at] > 0 and at % 2 == 0)
            if self._changed.wait(pattern[at] if len(pattern) > 1 else None):
                self._changed.clear()
                if signal_of(self._snapshot()) != signal:
                    return
                continue
            at = (at + 1) % len(pattern)
