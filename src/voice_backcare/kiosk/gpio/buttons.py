"""Push buttons on GPIO pins; each does what a touch on the screen does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from voice_backcare.kiosk.gpio.debounce import STUCK_S, Taps
from voice_backcare.kiosk.web.server import Press
from voice_backcare.session.ports import Clock

_LOG = logging.getLogger(__name__)

Snapshot = Callable[[], dict[str, Any]]


def meaning_of(wanted: tuple[str, ...], snapshot: Mapping[str, Any]) -> str | None:
    """The first of ``wanted`` that the screen offers now, or None."""
    offered = {button["id"] for row in snapshot["buttons"].values() for button in row}
    return next((meaning for meaning in wanted if meaning in offered), None)


class Buttons:
    """Push buttons. ``inputs``: gpiozero's input devices by name. ``wanted``: what each button may mean, the first
    choice first.

    Edges come on gpiozero's thread; ``press`` is called on a thread of this object.
    """

    def __init__(
        self,
        inputs: Mapping[str, Any],
        wanted: Mapping[str, tuple[str, ...]],
        snapshot: Snapshot,
        press: Press,
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self._inputs = inputs
        self._wanted = wanted
        self._snapshot = snapshot
        self._press = press
        self._clock = clock
        self._tell = tell
        self._taps = Taps(inputs)
        self._condition = threading.Condition()
        self._closed = False
        for name, each in inputs.items():
            if each.is_active:
                self._taps.held(name, clock.now_s())
            each.when_activated = self._watching(name, True)
            each.when_deactivated = self._watching(name, False)
        self._thread = threading.Thread(target=self._run, name="buttons", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; no button is pressed afterwards."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        for each in self._inputs.values():
            try:
                each.close()
            except Exception as error:  # a board that is gone cannot be released
                _LOG.debug("A button could not be given back: %s", error)
        self._thread.join(5)

    def _watching(self, name: str, down: bool) -> Callable[[], None]:
        def edge() -> None:
            turn = self._snapshot()["turn"] if down else 0
            with self._condition:
                self._taps.edge(name, down, self._clock.now_s(), turn)
                self._condition.notify_all()

        return edge

    def _run(self) -> None:
        while True:
            with self._condition:
                due_s = self._taps.due_s()
                if not (self._closed or self._taps.taps):
                    self._condition.wait(None if due_s is None else max(0.0, due_s - self._clock.now_s()))
                if self._closed:
                    return
                self._taps.advance(self._clock.now_s())
                taps, stuck = tuple(self._taps.taps), tuple(self._taps.stuck)
                self._taps.taps.clear()
                self._taps.stuck.clear()
            for tap in taps:
                meaning = meaning_of(self._wanted[tap.name], self._snapshot())
                if meaning is not None:
                    self._press(meaning, tap.turn)
            for name in stuck:
                self._tell(
                    f"The push button for {name} has been down for {STUCK_S:.0f} seconds: is it stuck? "
                    "It is left out until it is let go."
                )
