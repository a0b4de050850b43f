"""Families who come to the kiosk: what each answers, by touch or aloud, and what has to come of it."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audio_rig import Rig, human_audio
from talker import clear_clips

from soak.lost import Lost

if TYPE_CHECKING:
    from soak.faults import Misfortune
    from soak.kiosk_monitor import Watched

_TALK_S = 150.0  # a talk that has not ended by then is lost
_SETTLED_S = 0.56
_TONE_S = 0.45
_UNDERSTOOD_S = 9.0
_AGAIN_S = 2.0
_TRIES = 2  # aloud; then they touch
_STOPS = ("outcome", "home_care", "pack_on", "pack_resting", "offer_done")


@dataclass(frozen=True)
class Plan:
    """``yes`` are the questions answered so; after ``stops_after`` answers they leave. ``ends``: what must be seen."""

    weight: int
    yes: tuple[str, ...] = ()
    stops_after: int = 99
    begins: str = "start"
    aloud: bool = False
    emergency_after: int = 99
    ends: str = ""


PLANS = {
    "leaves": Plan(50, stops_after=2),
    "first yes": Plan(9, yes=("E1",), ends="danger"),
    "later yes": Plan(7, yes=("E3",), ends="danger"),
    "red button": Plan(6, emergency_after=1, ends="danger"),
    "doctor": Plan(9, yes=("R1",), ends="outcome"),
    "home care": Plan(4, ends="home_care"),
    "ice": Plan(5, begins="start_ice", ends="pack_on"),
    "aloud": Plan(8, yes=("E2",), aloud=True, ends="danger"),
}
_CLIPS: dict[str, Iterator[Path]] = {}


def clip(label: str) -> Path:
    if label not in _CLIPS:
        _CLIPS[label] = clear_clips(human_audio(), label)
    return next(_CLIPS[label])


@dataclass
class Family:
    """One talk, to its end. ``misfortune`` comes upon it after some answer, and goes again."""

    kiosk: Watched
    plan: Plan
    chance: random.Random
    rig: Rig
    misfortune: Misfortune | None = None
    counted: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    def talk(self) -> None:
        self._given = 0
        self._tries: Counter[object] = Counter()
        self._strikes_after = self.chance.randrange(0, 3)
        self._end_s = time.monotonic() + _TALK_S
        self._take(lambda: self.plan.begins, until=lambda state: state["screen"] != "idle")
        while self.kiosk.state["screen"] != "idle":
            if time.monotonic() > self._end_s:
                raise Lost(f"no end: {self.kiosk.state['screen']} {self.kiosk.state['id']}")
            self._look()
            self._act()
        if self.misfortune:
            self.misfortune.lift()
        if self.plan.ends and self.plan.ends not in self.seen:
            raise Lost(f"{self.plan.ends} was not seen, but {sorted(self.seen)}")
        if self.plan.ends != "danger" and "danger" in self.seen:
            raise Lost("911 though nobody had a reason for it")

    def _look(self) -> None:
        state = self.kiosk.state
        self.seen.add(state["screen"])
        if state["danger"]:
            self.seen.add("danger")
        if self.misfortune and self._given >= self._strikes_after:
            self.misfortune.strike()

    # --- what they do ----------------------------------------------------------------------

    def _act(self) -> None:
        """What is to be done about the screen, if anything is."""
        state = self.kiosk.state
        meaning = self._meaning(state)
        if meaning is None:
            time.sleep(0.05)
        elif self.plan.aloud and meaning in ("yes", "no") and state["screen"] == "question" and self._can_speak(state):
            self._say(meaning)
        else:
            self._touch(meaning)

    def _meaning(self, state: dict) -> str | None:
        screen, offered = state["screen"], {each["id"] for row in state["buttons"].values() for each in row}
        if screen in ("paused", "waiting", "pack_held"):
            return "continue"
        if screen in ("call_911", "finished_911"):
            return "close_911" if "close_911" in offered else None
        if screen == "finished":
            return "dismiss"
        if screen == "confirmation":
            return "yes"
        if screen == "closing":
            return "stop"
        if screen == "check" and state["voice"] != "listening" and state["microphone"] == "on":
            return None  # no check is answered before it was asked (C2)
        if screen == "pack_off":
            return "acknowledge"
        if self._given >= self.plan.emergency_after and screen == "question":
            return "emergency"
        if self._given >= self.plan.stops_after or screen in _STOPS:
            return "stop"
        return self._answer(state)

    def _answer(self, state: dict) -> str | None:
        match state["screen"]:
            case "question":
                return "yes" if state["id"] in self.plan.yes else "no"
            case "read_back":
                return "yes"
            case "offer":
                return "no" if "rest" in state["id"] else "yes"
            case "check":
                return "no" if state["id"] == "changed" else "yes"
            case _:
                return None

    def _touch(self, meaning: str) -> None:
        before = self.kiosk.state["screen"], self.kiosk.state["id"], self.kiosk.state["turn"]
        wait_s = self.kiosk.changed_at_s + _SETTLED_S - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        state = self.kiosk.state
        if (state["screen"], state["id"], state["turn"]) != before:
            return  # it has changed under their finger
        if not self.kiosk.press(meaning):
            self.counted["touches refused as stale"] += 1
            time.sleep(0.05)
            return
        self.counted["touches"] += 1
        self._given += 1
        self._await_turn(before[2], 10.0, meaning)

    def _await_turn(self, turn: int, within_s: float, meaning: str) -> None:
        """A touch that was taken shows: else it is lost. But no check is answered before it was said to its end (C2),
        and between two of its lines it looks as if it was: then they touch again.
        """
        is_check = self.kiosk.state["screen"] == "check"
        end_s = time.monotonic() + (_AGAIN_S if is_check else within_s)
        while self.kiosk.state["turn"] == turn and self.kiosk.state["screen"] != "idle":
            if time.monotonic() > end_s and is_check:
                self.counted["touches before a check was asked"] += 1
                return
            if time.monotonic() > end_s:
                raise Lost(f"{meaning} on {self.kiosk.state['id']} came to nothing")
            time.sleep(0.01)

    def _take(self, meaning: Callable[[], str], until: Callable[[dict], bool]) -> None:
        end_s = time.monotonic() + 20
        while not until(self.kiosk.state):
            if time.monotonic() > end_s:
                raise Lost(f"{meaning()} does not begin: {self.kiosk.state['screen']}")
            self.kiosk.press(meaning())
            time.sleep(0.2)

    # --- aloud -----------------------------------------------------------------------------

    def _can_speak(self, state: dict) -> bool:
        return state["microphone"] == "on" and self._tries[state["id"]] < _TRIES

    def _say(self, meaning: str) -> None:
        """Once it listens; what is not understood is said again, and then touched."""
        asked, turn = self.kiosk.state["id"], self.kiosk.state["turn"]
        end_s = time.monotonic() + 15
        while self.kiosk.state["voice"] != "listening":
            if time.monotonic() > end_s or self.kiosk.state["turn"] != turn:
                return
            time.sleep(0.02)
        time.sleep(_TONE_S)
        self._tries[asked] += 1
        try:
            self.rig.speak(clip(meaning))
        except Exception:  # the microphone has just gone
            self.counted["spoken to no microphone"] += 1
            return
        end_s = time.monotonic() + _UNDERSTOOD_S
        while self.kiosk.state["turn"] == turn and time.monotonic() < end_s:
            time.sleep(0.02)
        told = self.kiosk.state["told"] or {}
        if self.kiosk.state["id"] == asked and not self.kiosk.state["danger"]:
            self.counted["spoken and not understood"] += 1
        elif told.get("by") == "voice":
            self.counted["spoken and understood"] += 1
            self._given += 1
            if meaning == "no" and self.kiosk.state["danger"]:
                raise Lost("a spoken no became 911")
            if meaning == "yes" and not self.kiosk.state["danger"]:
                raise Lost(f"a spoken yes to {asked} became {told}")
