"""Session loop that runs for months: one conversation after the other, and nothing of one left for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from voice_backcare.core.events import Fired, Pressed
from voice_backcare.kiosk.null_devices import SwitchedEars
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.session.ports import Posted
from voice_backcare.session.session import HASTY_S, Session

ABANDONED_S = 300.0  # home care ends after this long without anybody; pause and outcome have time-outs of their own
BEAT_S = 1.0
_ANSWERS = ("yes", "no", "unsure")
EMERGENCY = "emergency"
MUTE, UNMUTE = "mute", "unmute"
_DISMISS = ("dismiss", "close_911")


@dataclass
class SessionLoop:
    """Runs the session's conversations. ``meanings``: what a screen may press. ``beat``: called at least every second.
    ``ended``: ends the loop when it is set.
    """

    session: Session
    screen: KioskScreen
    ears: SwitchedEars
    meanings: Collection[str]
    beat: Callable[[], None] = lambda: None
    ended: threading.Event = field(default_factory=threading.Event)

    # --- the session's thread --------------------------------------------------------------

    def run(self, first: Callable[[], None] | None = None) -> None:
        """Run until ``ended`` is set. ``first`` is called once in place of ``begin``."""
        begin = first or self.begin
        while not self.ended.is_set():
            begin()
            begin = self.begin
            while self.session.ended is None and not self.ended.is_set():
                self.turn_over(BEAT_S)

    def begin(self) -> None:
        """Stand by for "start"; the end of the last conversation stays on the screen meanwhile."""
        self.session.ended = None
        self.session.handle(Pressed(self.session.clock.now_s(), "repeat"))

    def turn_over(self, wait_s: float) -> None:
        """Process one entry of the inbox or what is due, waiting at most ``wait_s`` seconds."""
        due_s = self.session.next_due_s()
        if due_s is not None:
            wait_s = min(wait_s, max(0.0, due_s - self.session.clock.now_s()))
        self.session.turn_over(wait_s)
        self.screen.tick()
        self._leave()
        self.beat()

    def _leave(self) -> None:
        """End home-care steps that nobody follows. Ice and heat are another position, with an end of its own."""
        if self.session.state.position.name != "home_care" or self.screen.view.speaking:
            return
        if self.session.clock.now_s() - self.screen.attended_at_s >= ABANDONED_S:
            self.session.handle(Fired(self.session.clock.now_s(), "give_up"))

    # --- any thread ------------------------------------------------------------------------

    def press(self, meaning: str, turn: int) -> str:
        """Take a touch on the screen that showed ``turn``. Returns "taken", "stale", "unknown" or "bounced", and raises
        nothing; what is not taken changes nothing.
        """
        if meaning in (MUTE, UNMUTE):
            self._mute(meaning == MUTE)
            return "taken"
        if meaning not in self.meanings and meaning not in _DISMISS:
            return "unknown"
        if meaning == EMERGENCY:  # of any turn: an emergency counts everywhere (D5)
            self.session.post(Posted(None, Pressed(self.session.clock.now_s(), EMERGENCY)))
            return "taken"
        if turn != self.session.turn:
            return "stale"
        if meaning in _DISMISS:
            if not self.screen.dismiss():
                self.session.press("stop", turn)
            return "taken"
        if meaning in _ANSWERS and self.session.turn_age_s < HASTY_S:
            return "bounced"
        self.session.press(meaning, turn)
        return "taken"

    def _mute(self, muted: bool) -> None:
        if self.screen.view.microphone in ("on", "muted"):
            self.screen.microphone("muted" if muted else "on")
            self.ears.mute(muted)
