"""Visits the ice and heat hour: every stage with every event, its one timer and the places' timers included.

Time is what the timers make of it: everything else happens in the very moment in which the hour came to where it is.
States that differ by less than five minutes are followed once, a prompt that fails is what it is everywhere, and of the
words that are only answered and change nothing one stands for all. In front of the hour, in a wait or at a question of
its own, less is followed: how far it has come is followed behind it. Walks through continuous time with every word
(``test_hours``) hold the same rules against whole states.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from exploring import SIGNS, seat, words

from voice_backcare.core.coach.schedule import due
from voice_backcare.core.coach.state import HOUR_S, MOST_S, TreatmentState
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import (
    Action,
    CancelTimer,
    DeviceBack,
    DeviceLost,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    StartTimer,
)
from voice_backcare.core.state import Position, Record, State

TIMER = "coach"
TOTAL_STEPS_S = (1200.0, 2400.0, HOUR_S, MOST_S - 600.0)
STEP_S = 300.0
LATE_MOST_S = 2.0
# Each is answered where one is, like "help".
ONLY_TOLD = frozenset(
    (
        *("why", "summary", "about", "no_provider", "no_phone", "slower", "faster", "louder", "quieter"),
        *("what_is_spasm", "why_spasm", "other_causes", "how_long"),
    )
)
PRESSED = ("yes", "no", "unsure", "repeat", "go_back", "wait", "continue", "stop", "emergency", "start")
ALL_NO = Record(
    tuple((q, "no") for q in ("E1", "E2", "E3", "E4", "E5", "E6", "S1", *(f"R{n}" for n in range(1, 9)), "F2", "F7")),
    confirmed=frozenset(("emergency", "urgent")),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the hour, the session's clock, and when its timer will fire."""

    state: State
    now_s: float
    timer_at_s: float | None


@dataclass(frozen=True, slots=True)
class Way:
    """One step of the hour."""

    before: Moment
    event: Event
    after: Moment
    actions: tuple[Action, ...]


def relative(at_s: float | None, now_s: float) -> float | None:
    """In steps of five minutes."""
    return None if at_s is None else round((at_s - now_s) / STEP_S)


def view(moment: Moment) -> object:
    """What the search follows: times as seen from now, the total by steps, and nothing that the stage does not use."""
    treatment, now_s, position = moment.state.treatment or TreatmentState(), moment.now_s, moment.state.position
    first = due(treatment)
    late = first and moment.timer_at_s is not None and moment.timer_at_s > first[0]
    total = None if treatment.first_on_at_s is None else sum(treatment.total_s >= step_s for step_s in TOTAL_STEPS_S)
    since_s = relative(treatment.since_at_s, now_s) if treatment.stage in ("on", "off", "resting", "held") else None
    always = (treatment.pack, treatment.alone, treatment.stage, total, since_s, first and first[1], late)
    if position.return_to:
        return (replace(position, return_to=seat(position.return_to)), *always)
    return (position, *always, *_progress(treatment, now_s, near_the_end=total == len(TOTAL_STEPS_S)))


def _progress(treatment: TreatmentState, now_s: float, *, near_the_end: bool) -> tuple[object, ...]:
    """How far the hour has come."""
    stage = treatment.stage
    spent = (treatment.spent_s // STEP_S, treatment.length_s // STEP_S) if not near_the_end or stage == "on" else None
    heated = stage == "on" and treatment.pack == "heat"
    return (
        treatment.stale,
        treatment.longer and treatment.total_s >= HOUR_S,
        treatment.unchanged if stage in ("resting", "ready") else None,
        treatment.next_pack if treatment.next_pack != treatment.pack else "",
        treatment.announcements_made if stage in ("on", "off", "held") else 0,
        spent if stage in ("before", "on", "held", "ready") else None,
        relative(treatment.checked_at_s, now_s) if heated else None,
        relative(treatment.awake_by_at_s, now_s) if heated else None,
        relative(treatment.first_on_at_s, now_s) if near_the_end and stage != "off" else None,
    )


def events(talk: Conversation, moment: Moment, without: frozenset[str] = ONLY_TOLD) -> Iterator[Event]:
    """All that can happen at this moment, ``without`` these words."""
    state, now_s = moment.state, moment.now_s
    for meaning in sorted(words().meanings(talk.moves.place(state)) - {"emergency"} - without):
        yield Heard(now_s, meaning)
    for sign in SIGNS:
        yield Heard(now_s, "emergency", sign=sign)
    for meaning in PRESSED:
        yield Pressed(now_s, meaning)
    yield from (NoMatch(now_s), NoInput(now_s), Finished(now_s), Failed(now_s))
    yield from (kind(now_s, device) for kind in (DeviceLost, DeviceBack) for device in ("microphone", "loudspeaker"))
    yield from (Resumed(now_s, 60.0, True), Resumed(now_s, 3600.0, True), Resumed(now_s, None, False))
    for timer in talk.moves.timers_of(state.position):
        yield Fired(now_s, timer)
    if moment.timer_at_s is not None:
        yield Fired(max(now_s, moment.timer_at_s), TIMER)


def step(talk: Conversation, moment: Moment, event: Event) -> Way:
    """What ``event`` makes of it; the timer as the session would keep it."""
    after, actions = talk.step(moment.state, event)
    fired = isinstance(event, Fired) and event.timer == TIMER
    timer_at_s = None if fired else moment.timer_at_s
    for action in actions:
        if isinstance(action, StartTimer) and action.name == TIMER:
            timer_at_s = event.at_s + action.after_s
        elif isinstance(action, CancelTimer) and action.name == TIMER:
            timer_at_s = None
    return Way(moment, event, Moment(after, max(moment.now_s, event.at_s), timer_at_s), actions)


@dataclass
class Found:
    """What the search has seen."""

    moments: dict[object, Moment] = field(default_factory=dict)
    ways: dict[object, set[object]] = field(default_factory=dict)
    out: set[object] = field(default_factory=set)  # from where one step leads out of the hour
    transitions: int = 0
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)


def beginnings(talk: Conversation) -> Iterator[Moment]:
    """The hour alone, with either pack, a bath, or none named, and from a step of home care."""
    for meaning in ("start_ice", "start_heat", "start_bath", "start_coach"):
        yield step(talk, Moment(State(), 0.0, None), Pressed(0.0, meaning)).after
    steps = State(Position("home_care", "1", speaking=False), ALL_NO)
    yield step(talk, Moment(steps, 0.0, None), Pressed(0.0, "start_coach")).after


def explore(talk: Conversation, check: Callable[[Way], None]) -> Found:
    """Every stage, with every event."""
    found = Found()
    todo = deque[Moment]()
    for begun in beginnings(talk):
        found.moments[view(begun)] = begun
        todo.append(begun)
    while todo:
        moment = todo.popleft()
        here = view(moment)
        ways = found.ways.setdefault(here, set())
        found.stages[moment.state.position.name, (moment.state.treatment or TreatmentState()).stage] += 1
        for event in events(talk, moment):
            way = step(talk, moment, event)
            found.transitions += 1
            check(way)
            if way.after == moment or isinstance(event, Failed):
                continue
            if way.after.state.treatment is None or not way.after.state.treatment.running:
                found.out.add(here)
                continue
            key = view(way.after)
            ways.add(key)
            if key not in found.moments:
                found.moments[key] = way.after
                todo.append(way.after)
    return found


def armed(moment: Moment) -> bool:
    """Whether what is due next will be noticed: at its moment, or within two seconds where a line was being said."""
    first = due(moment.state.treatment)
    if first is None:
        return True
    return moment.timer_at_s is not None and moment.timer_at_s <= max(first[0], moment.now_s + LATE_MOST_S) + 1e-6
