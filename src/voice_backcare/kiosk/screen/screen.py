"""The page's side of a session: implements ``ports.Screen``, and holds what every watching screen shows."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voice_backcare.core.events import (
    DeviceBack,
    DeviceLost,
    Event,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Pressed,
    Say,
    Show,
)
from voice_backcare.kiosk.screen.layouts import Book
from voice_backcare.kiosk.screen.snapshot import snapshot
from voice_backcare.kiosk.screen.view import DANGER, DeviceState, Ended, Told, View
from voice_backcare.session.ports import Clock, Level

CLEARS_S = 120.0  # a finished conversation is forgotten
DANGER_CLEARS_S = 1800.0  # "call 911" stays longer, counted from when it was first shown
TOO_LOUD_S = 1.5  # told for so long, or nobody could read it
_UNTOLD = ("start", "emergency")  # presses that show by what comes of them


class KioskScreen:
    """Safe from any thread. ``changed`` is called after every change, ``heard_level`` with every level in dBFS.

    ``volume`` is asked how loud it speaks, from 0 to 1; None where nothing is spoken. ``standing`` is asked which
    disposition the answers so far come to; "" for none. ``noted`` is asked for the answers that are no
    firm "no".
    """

    def __init__(
        self,
        book: Book,
        clock: Clock,
        *,
        microphone: DeviceState = "on",
        loudspeaker: DeviceState = "on",
        settings_fault: str = "",
        changed: Callable[[], None] = lambda: None,
        heard_level: Callable[[float], None] = lambda dbfs: None,
    ) -> None:
        self.changed = changed
        self.heard_level = heard_level
        self.volume: Callable[[], float | None] = lambda: None
        self.standing: Callable[[], str] = lambda: ""
        self.noted: Callable[[], tuple[tuple[str, str], ...]] = lambda: ()
        self._book = book
        self._clock = clock
        self._lock = threading.Lock()
        self._view = View(microphone=microphone, loudspeaker=loudspeaker, settings_fault=settings_fault)
        self._attended_at_s = self._turned_at_s = clock.now_s()
        self._danger_at_s: float | None = None
        self._loud_until_s = -math.inf
        self._given_up = False
        self._dismissed = False

    # --- ports.Screen ----------------------------------------------------------------------

    def show(self, show: Show, turn: int) -> None:
        """See ``ports.Screen``."""
        with self._lock:
            view, now_s = self._view, self._clock.now_s()
            if show.id != "closing":
                self._dismissed = False  # it goes on after all
            if show.id != view.id:
                self._turned_at_s = now_s
            if view.ended and show.id == "idle":  # what is over stays to be read
                self._view = replace(view, turn=turn, speaking=True, told=None)
            else:
                self._view = replace(
                    view,
                    turn=turn,
                    kind=show.kind,
                    id=show.id,
                    lines=show.lines,
                    attention=show.attention,
                    phase=show.phase,
                    told=None if "idle" in (show.id, view.id) else view.told,  # nothing of before the first question
                    speaking=not show.attention,
                    ended=None,
                    standing=self.standing(),
                    noted=self.noted(),
                )
            if self._view.danger and self._danger_at_s is None:
                self._danger_at_s = now_s
        self.changed()

    def asking(self, say: Say) -> None:
        """See ``ports.Screen``."""
        with self._lock:
            self._view = replace(self._view, speaking=False)
        self.changed()

    def event(self, event: Event) -> None:
        """See ``ports.Screen``."""
        with self._lock:
            self._attend(event)
            self._view = self._after(event)
        self.changed()

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """The answers are not looked at: nothing of them stays."""
        with self._lock:
            now_s = self._clock.now_s()
            clears_at_s = now_s if self._given_up or self._dismissed else now_s + CLEARS_S
            if outcome == DANGER and not self._dismissed:
                clears_at_s = max(now_s, (self._danger_at_s or now_s) + DANGER_CLEARS_S)
            self._danger_at_s = None
            self._given_up = self._dismissed = False
            ended = Ended(outcome, because, clears_at_s) if clears_at_s > now_s else None
            self._view = replace(self._blank(), ended=ended)
        self.changed()

    # --- beside the port -------------------------------------------------------------------

    @property
    def view(self) -> View:
        """What is on the screen now."""
        return self._view

    @property
    def attended_at_s(self) -> float:
        """When somebody last said or touched something that meant something, or something new was shown."""
        return max(self._attended_at_s, self._turned_at_s)

    def snapshot(self) -> dict[str, Any]:
        """What a page shows now."""
        return {**snapshot(self._view, self._book, self._clock.now_s()), "volume": self.volume()}

    def ears_open(self, are_open: bool) -> None:
        """Show whether an answer is listened for."""
        with self._lock:
            if self._view.ears_open == are_open:
                return
            self._loud_until_s = -math.inf
            self._view = replace(self._view, ears_open=are_open, too_loud=False)
        self.changed()

    def microphone(self, state: DeviceState) -> None:
        """Show whether there is a microphone, and whether it is muted."""
        with self._lock:
            self._view = replace(self._view, microphone=state)
        self.changed()

    def heard_and_speaking(self) -> bool:
        """Whether an answer can be heard and a line be spoken now."""
        return self._view.microphone == "on" and self._view.loudspeaker == "on"

    def devices(self, *, ears: bool, mouth: bool) -> None:
        """What of the machine's sound works at all."""
        with self._lock:
            muted: DeviceState = "muted" if self._view.microphone == "muted" else "on"
            self._view = replace(
                self._view,
                microphone=muted if ears else "missing",
                loudspeaker="on" if mouth else "missing",
            )
        self.changed()

    def level(self, level: Level) -> None:
        """The microphone's level, ten times a second."""
        if self._view.microphone != "on":
            return
        self.heard_level(level.dbfs)
        now_s = self._clock.now_s()
        if level.too_loud:
            self._loud_until_s = now_s + TOO_LOUD_S
        with self._lock:
            too_loud = self._view.ears_open and now_s < self._loud_until_s
            if too_loud == self._view.too_loud:
                return
            self._view = replace(self._view, too_loud=too_loud)
        self.changed()

    def dismiss(self) -> bool:
        """Somebody wants to see nothing of it any more; whether it was over already."""
        with self._lock:
            over = self._view.ended is not None
            if over:
                self._view = replace(self._blank(), ended=None)
            else:
                self._dismissed = True
        self.changed()
        return over

    def tick(self) -> None:
        """Forget what is over and has been on the screen long enough."""
        with self._lock:
            ended = self._view.ended
            if ended is None or self._clock.now_s() < ended.clears_at_s:
                return
            self._view = replace(self._blank(), ended=None)
        self.changed()

    # --- inside ----------------------------------------------------------------------------

    def _blank(self) -> View:
        """Nothing of a conversation: only what the machine is."""
        view = self._view
        return View(
            turn=view.turn,
            id="idle",
            speaking=view.speaking,
            ears_open=view.ears_open,
            microphone=view.microphone,
            loudspeaker=view.loudspeaker,
            ended=view.ended,
            settings_fault=view.settings_fault,
        )

    def _attend(self, event: Event) -> None:
        if isinstance(event, Heard | Pressed):
            self._attended_at_s = self._clock.now_s()
            self._given_up = False
        elif isinstance(event, Fired) and event.timer == "give_up":
            self._given_up = True

    def _after(self, event: Event) -> View:
        view = self._view
        match event:
            case Heard(phrase=phrase, meaning=meaning):
                return replace(view, told=Told(phrase or meaning.replace("_", " "), "voice"))
            case Pressed(meaning=meaning) if meaning not in _UNTOLD and meaning in self._book.buttons:
                return replace(view, told=Told(self._book.buttons[meaning].label, "touch"))
            case NoMatch():
                return replace(view, told=Told("", "noise"))
            case NoInput():
                return replace(view, told=Told("", "silence"))
            case DeviceLost(device="microphone") if view.microphone == "on":
                return replace(view, microphone="lost")
            case DeviceLost(device="recogniser"):
                return replace(view, microphone="missing")
            case DeviceBack(device="microphone") if view.microphone == "lost":
                return replace(view, microphone="on")
            case DeviceLost(device="loudspeaker"):
                return replace(view, loudspeaker="lost")
            case DeviceBack(device="loudspeaker"):
                return replace(view, loudspeaker="on")
            case _:
                return view
