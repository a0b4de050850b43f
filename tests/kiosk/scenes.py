"""Every kind of screen, by name: how a kiosk comes to it, without the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wall import EMERGENCY, URGENT, Wall, answered, the_book

from voice_backcare.dialogue.state import Place, State
from voice_backcare.events import DeviceLost, Line, Show
from voice_backcare.kiosk.view import Phase

_AWAKE = Line("awake", "Is your child awake?", ("T3",))


@dataclass(frozen=True)
class PhasedShow(Show):
    """What the coach will show."""

    phase: Phase | None = None


def _put(place: Place, *no: str, yes: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()) -> Callable[[Wall], None]:
    return lambda wall: wall.put(State(place, answered(*no, yes=yes, confirmed=confirmed)))


def _phase(pack: str, on: bool, gone_s: float) -> Callable[[Wall], None]:
    def act(wall: Wall) -> None:
        wall.put(State(Place("home_care", "1")))
        now_s = wall.clock.now_s()
        phase = Phase(pack, on, now_s - gone_s, now_s - gone_s + 1200, gone_s + (0 if on else 1200))
        step = next(str(at) for at, step in enumerate(the_book().content.steps) if step.id == pack)
        with wall.lock:
            shown = wall.session.conversation.prompts.step(Place("home_care", step))[1:2]
            name = "coach_on" if on else "coach_off"
            wall.screen.show(PhasedShow("standby", name, shown, phase=phase), wall.session.turn)

    return act


def _phase_check(wall: Wall) -> None:
    _phase("heat", True, 300.0)(wall)
    now_s = wall.clock.now_s()
    phase = Phase("heat", True, now_s - 300, now_s + 900, 300)
    with wall.lock:
        wall.screen.show(PhasedShow("check", "awake", (_AWAKE,), phase=phase), wall.session.turn)


def _fault(wall: Wall) -> None:
    wall.on("E3", *EMERGENCY[:2])
    wall.post(DeviceLost(wall.clock.now_s(), "loudspeaker"))


def _deaf(wall: Wall) -> None:
    wall.on("E2", "E1")
    wall.post(DeviceLost(wall.clock.now_s(), "microphone"))


def _finished(yes: str) -> Callable[[Wall], None]:
    def act(wall: Wall) -> None:
        before = EMERGENCY[: EMERGENCY.index(yes)] if yes in EMERGENCY else (*EMERGENCY, "S1", *URGENT[:7])
        outcome = "call_911" if yes in EMERGENCY else "call_provider_now"
        record = answered(*before, yes=(yes,), confirmed=("emergency",))
        wall.put(State(Place("outcome", outcome, about="told"), record))
        wall.press("stop")

    return act


def _starting(wall: Wall) -> None:
    _idle(wall)
    with wall.lock:
        wall.screen.show(Show("standby", "starting", ()), wall.session.turn)


def _idle(wall: Wall) -> None:
    wall.put(State(Place("idle")))


_PART_1 = ("emergency",)
_BOTH = ("emergency", "urgent")
_ALL = (*EMERGENCY, "S1", *URGENT, "F2", "F5", "F6", "F7")
SCENES: dict[str, Callable[[Wall], None]] = {
    "starting": _starting,
    "idle": _idle,
    "question": _put(Place("question", "E3"), "E1", "E2"),
    "question_long": _put(Place("question", "E6", doubted=True), *EMERGENCY[:5]),
    "read_back": _put(Place("read_back", "urgent"), *EMERGENCY, "S1", *URGENT, confirmed=_PART_1),
    "offer": _put(Place("offer", "home_care"), *_ALL, confirmed=_BOTH),
    "offer_rest": _put(Place("offer", "rest"), *EMERGENCY, "S1", yes=("R1",), confirmed=_PART_1),
    "confirmation": _put(Place("confirm", "stop"), *EMERGENCY),
    "paused": _put(Place("paused", speaking=False, behind=Place("question", "E2")), "E1"),
    "call_911": _put(Place("outcome", "call_911"), "E1", yes=("E2",)),
    "recheck_911": _put(Place("recheck", "E2"), "E1", yes=("E2",)),
    "provider": _put(Place("outcome", "call_provider_now"), *EMERGENCY, "S1", yes=("R1", "R6"), confirmed=_PART_1),
    "home_care": _put(Place("home_care", "2"), *_ALL, confirmed=_BOTH),
    "phase_ice_on": _phase("ice", True, 431.0),
    "phase_heat_off": _phase("heat", False, 840.0),
    "phase_check": _phase_check,
    "fault": _fault,
    "deaf": _deaf,
    "finished": _finished("R8"),
    "finished_911": _finished("E4"),
}
