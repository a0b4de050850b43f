"""Every kind of screen, by name: how a kiosk comes to it, without the way there."""

from __future__ import annotations

from collections.abc import Callable

from wall import EMERGENCY, URGENT, Wall, answered

from voice_backcare.core.events import AskKind, DeviceLost, Line, Phase, Show
from voice_backcare.core.state import Position, State


def _put(
    position: Position, *no: str, yes: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()
) -> Callable[[Wall], None]:
    return lambda wall: wall.put(State(position, answered(*no, yes=yes, confirmed=confirmed)))


def _line(line_id: str, text: str, source: str = "own") -> Line:
    return Line(line_id, text, (source,))


def _pack(show_id: str, phase: Phase | None, *lines: Line, kind: AskKind = "standby") -> Callable[[Wall], None]:
    """``phase`` as it would be on a clock that shows 0."""

    def act(wall: Wall) -> None:
        wall.put(State(Position("home_care", "1")))
        now_s = wall.clock.now_s()
        moved = phase and Phase(
            phase.pack, phase.on, phase.began_s + now_s, phase.ends_s + now_s, phase.first_on_s + now_s
        )
        with wall.lock:
            wall.screen.show(Show(kind, show_id, lines, phase=moved), wall.session.turn)

    return act


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
        wall.put(State(Position("outcome", outcome, subject="told"), record))
        wall.press("stop")

    return act


def _noted(position: Position) -> Callable[[Wall], None]:
    """Signs that are there, or may be, beside what is asked or told."""

    def act(wall: Wall) -> None:
        record = answered(*EMERGENCY, "S1", "R4", yes=("R1", "R6", "F2"), confirmed=("emergency",))
        for question, answer in (("R2", "unsure"), ("R3", "soft_no"), ("R5", "soft_no")):
            record = record.with_answer(question, answer)
        wall.put(State(position, record))

    return act


def _starting(wall: Wall) -> None:
    _idle(wall)
    with wall.lock:
        wall.screen.show(Show("standby", "starting", ()), wall.session.turn)


def _idle(wall: Wall) -> None:
    wall.put(State(Position("idle")))


_PART_1 = ("emergency",)
_BOTH = ("emergency", "urgent")
_ALL = (*EMERGENCY, "S1", *URGENT, "F2", "F5", "F6", "F7")
SCENES: dict[str, Callable[[Wall], None]] = {
    "starting": _starting,
    "idle": _idle,
    "question": _put(Position("question", "E3"), "E1", "E2"),
    "question_long": _put(Position("question", "E6", doubted="unsure"), *EMERGENCY[:5]),
    "noted": _noted(Position("question", "R7")),
    "outcome_noted": _noted(Position("outcome", "call_provider_now")),
    "read_back": _put(Position("read_back", "urgent"), *EMERGENCY, "S1", *URGENT, confirmed=_PART_1),
    "offer": _put(Position("offer", "home_care"), *_ALL, confirmed=_BOTH),
    "offer_rest": _put(Position("offer", "rest"), *EMERGENCY, "S1", yes=("R1",), confirmed=_PART_1),
    "confirmation": _put(Position("confirm", "stop"), *EMERGENCY),
    "paused": _put(Position("paused", speaking=False, return_to=Position("question", "E2")), "E1"),
    "call_911": _put(Position("outcome", "call_911"), "E1", yes=("E2",)),
    "recheck_911": _put(Position("recheck", "E2"), "E1", yes=("E2",)),
    "provider": _put(Position("outcome", "call_provider_now"), *EMERGENCY, "S1", yes=("R1", "R6"), confirmed=_PART_1),
    "home_care": _put(Position("home_care", "2"), *_ALL, confirmed=_BOTH),
    "pack_ice_on": _pack(
        "coach_on",
        Phase("ice", True, -431.0, 769.0, -431.0),
        _line("coach_on", "On. Hold the ice on the sore spot for 20 minutes.", "I1"),
        _line("coach_on_hint", "You can ask how long is left. Or say pause, switch, it hurts, or stop."),
    ),
    "pack_off": _pack(
        "coach_off",
        None,
        _line("coach_off", "Off. Take the ice off now.", "I1"),
        _line("coach_off_hint", "Say okay when it is off."),
    ),
    "pack_held": _pack(
        "coach_off",
        None,
        _line("coach_held", "Take it off while you wait."),
        _line("coach_held_hint", "Say continue when you are ready."),
    ),
    "pack_heat_resting": _pack(
        "coach_off",
        Phase("heat", False, -840.0, 360.0, -2040.0),
        _line("coach_resting", "Leave the heat off for 6 minutes. I will tell you.", "T2"),
    ),
    "pack_wrapped": _pack(
        "wrap",
        None,
        _line("coach_fetch", "Put ice cubes in a plastic bag that seals. Wrap it in a clean, thin cloth.", "I2"),
        _line("coach_forbid", "Do not put ice right on the skin.", "I3"),
        _line("coach_check", "Is the pack wrapped in a cloth?", "I2"),
        kind="check",
    ),
    "pack_awake": _pack(
        "awake",
        Phase("heat", True, -300.0, 900.0, -300.0),
        _line("coach_awake", "Is your child awake?", "T3"),
        kind="check",
    ),
    "fault": _fault,
    "deaf": _deaf,
    "finished": _finished("R8"),
    "finished_911": _finished("E4"),
}
