"""Visits every reachable state of the conversation, with every event at each of them.

Two searches, because places and answers multiply: ``places`` follows every position and counter and keeps, of the
answers, one record for all that the triage rules cannot tell apart; ``answers`` follows the answers and keeps, of a
position, only where the conversation is. ``test_abstraction`` holds both against whole states.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from voice_backcare.core import grammar
from voice_backcare.core.content import Content, load
from voice_backcare.core.conversation import Conversation, joined
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import Moves, base
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import (
    Action,
    DeviceBack,
    DeviceLost,
    End,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
)
from voice_backcare.core.state import NO, SOFT_NO, YES, Position, Record, State

SIGNS = ("E1", "E3", "E4", "emergency")  # what an emergency phrase can be a yes to (D5)
TIMERS = ("safety_net", "reminder", "give_up", "wait", "retry_911", "not_understood", "of an earlier release")
FRESH = Resumed(0.0, 60.0, True)
STALE = Resumed(0.0, 3600.0, True)
OTHER_BOOT = Resumed(0.0, 60.0, False)
UNKNOWN = Resumed(0.0, None, False)


CORRECTIONS = 1  # on one way through the answers: the depth of going back
ANSWERING = frozenset(
    ("yes", "no", "unsure", "emergency", "meant_yes", "go_back", "start_over", "stop", "next", "back", "wait")
) | {"soft_yes", "soft_no", "maybe_emergency", "no_match"}
# What only a reading of whole sentences gives: soft answers (D2), what may be an emergency (D5), and signs of each
# part beside an answer, beside doubt and by themselves (D14).
READINGS = (
    *(Heard(0.0, meaning) for meaning in ("soft_yes", "soft_no", "maybe_emergency")),
    *(Heard(0.0, "no_match", signs=(sign,)) for sign in ("E2", "R1", "F2")),
    Heard(0.0, "no", signs=("R1",)),
    Heard(0.0, "yes", signs=("F2",)),
    Heard(0.0, "unsure", signs=("E2", "R1")),
)


@cache
def words() -> grammar.Grammar:
    return grammar.load()


def meanings() -> tuple[str, ...]:
    """Every meaning that a place outside of the ice and heat hour can give, emergencies and ``READINGS`` aside."""
    places = [place for place in words().reader.places if not place.startswith("coach")]
    every = {meaning for place in places for meaning in words().meanings(place)}
    told = {reading.meaning for reading in READINGS if not reading.signs}
    return tuple(sorted(every - told - {"emergency", "start_heat", "start_bath", "start_coach"}))  # like "start_ice"


@cache
def events() -> tuple[Event, ...]:
    """All that can happen to a conversation, at any time."""
    return (
        *(Heard(0.0, meaning) for meaning in meanings()),
        *(Heard(0.0, "emergency", sign=sign) for sign in SIGNS),
        *READINGS,
        *(Pressed(0.0, meaning) for meaning in (*meanings(), "emergency")),
        NoMatch(0.0),
        NoInput(0.0),
        Finished(0.0),
        Failed(0.0),
        *(Fired(0.0, timer) for timer in TIMERS),
        *(kind(0.0, device) for kind in (DeviceLost, DeviceBack) for device in ("microphone", "loudspeaker")),
        *(FRESH, STALE, OTHER_BOOT, UNKNOWN),
    )


# --- the real conversation, remembering what it has worked out ------------------------------------


class _Remembering:
    """Keeps results by record or by argument: the search asks the same again a hundred times over."""

    def _kept(self, name: str, *key: object) -> object:
        kept = self.__dict__.setdefault("_kept_results", {})
        position = (name, *key)
        if position not in kept:
            kept[position] = getattr(super(), name)(*key)
        return kept[position]


class _RememberingTriage(_Remembering, Triage):
    def causes(self, record: Any) -> Any:
        return self._kept("causes", record)

    def disposition(self, record: Any) -> Any:
        return self._kept("disposition", record)

    def next_place(self, record: Any) -> Any:
        return self._kept("next_place", record)


class _RememberingPrompts(_Remembering, Prompts):
    def lines(self, *line_ids: Any) -> Any:
        return self._kept("lines", *line_ids)

    def outcome(self, record: Any) -> Any:
        caused = self.triage.causes(record)
        soft = tuple(question for question, answer in record.answers if answer == SOFT_NO)
        about: Any = self.triage.disposition(record)
        if caused:
            about = (caused, soft, *(record.answer(cause) for cause in caused[1]))
        kept = self.__dict__.setdefault("_kept_outcomes", {})
        return kept[about] if about in kept else kept.setdefault(about, super().outcome(record))

    def safety_net(self) -> Any:
        return self._kept("safety_net")

    def wording(self, question_id: Any, wording: Any) -> Any:
        return self._kept("wording", question_id, wording)


def conversation(content: Content | None = None) -> Conversation:
    """The conversation as ``build`` makes it, with a memory."""
    content = content or load()
    triage = _RememberingTriage(content)
    prompts = _RememberingPrompts(content, triage)
    return joined(prompts, Moves(prompts, triage))


# --- abstractions -----------------------------------------------------------------------------------


_plain: dict[Record, Record] = {}


def plain_record(talk: Conversation, record: Record) -> Record:
    """The record without what no rule looks at: doubt that counts as yes is a yes, the order is the questions' own,

    and of several signs in one part the last stands for all: it is the one that "go back" asks about. Of several "no,
    not sure" that the disposition comes from, the first stands for all.
    """
    if record in _plain:
        return _plain[record]
    caused = talk.triage.causes(record)
    given = {question: answer if answer in (NO, SOFT_NO) else YES for question, answer in record.answers}
    for question, answer in given.items():
        if answer == SOFT_NO and not (caused and question in caused[1]):
            given[question] = NO
    for part in ("emergency", "urgent", "follow_up"):
        questions = talk.triage.content.part(part)
        signs = [question for question in questions if given.get(question) == YES]
        given.update((question, NO) for question in signs[:-1])
        not_sure = [question for question in questions if given.get(question) == SOFT_NO]
        given.update((question, NO) for question in not_sure[1:])
    answers = tuple((q, given[q]) for q in talk.triage.content.questions if q in given)
    plain = replace(record, answers=answers, volunteered=frozenset())
    return _plain.setdefault(record, plain)


def seat(position: Position) -> Position:
    """The place without its counters, and without what stands in front of it."""
    return replace(base(position), speaking=False, uninterruptible=False, revisited=False)


def answer_view(talk: Conversation, state: State) -> State:
    """What the search over answers follows. What changes no answer is followed as the way on from it: a resumption

    or a stop that waits for its confirmation, and the last words.
    """
    record = plain_record(talk, state.record)
    position = seat(state.position)
    if position.id in ("same_child", "stop", "start_over") or position.name == "closing":
        position = seat(position.return_to or talk.triage.next_place(record))
    return State(position, record)


def not_gone_back_to(position: Position) -> Position:
    """The position; whether the question behind a pause or a confirmation was gone back to makes no other position."""
    if position.return_to is None:
        return position
    return replace(position, return_to=replace(not_gone_back_to(position.return_to), revisited=False))


def place_view(talk: Conversation, state: State) -> tuple[object, ...]:
    """What the search over places follows: the whole place, and what the rules can tell of the record there. In a wait

    or a pause less is enough: whatever an answer leads to from there, it leads to from the place behind too.
    """
    position, record = state.position, state.record
    caused = talk.triage.causes(record)
    if position.return_to or position.name == "closing":
        return (not_gone_back_to(position), caused and caused[0], bool(record.answers))
    ahead = talk.triage.next_place(record)
    last = record.answers[-1][1] == NO if record.answers else None
    if position.name in ("question", "read_back"):
        part = position.id if position.name == "read_back" else talk.triage.content.questions[position.id].part
        asked_twice = {"scope": "urgent"}.get(part, part) in record.refused
        return (position, caused and caused[0], last, record.continue_after_urgent, asked_twice)
    return (position, ahead.name, ahead.id, caused and (caused[0], caused[1][-1]), last, record.continue_after_urgent)


# --- the search ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Transition:
    before: State
    event: Event
    after: State
    actions: tuple[Action, ...]

    @property
    def end(self) -> End | None:
        return self.actions[-1] if self.actions and isinstance(self.actions[-1], End) else None


@dataclass
class Found:
    """What a search has seen: a representative of each state, and how many transitions."""

    states: dict[object, State] = field(default_factory=dict)
    ways: dict[object, set[object]] = field(default_factory=dict)
    quiet_ways: dict[object, set[object]] = field(default_factory=dict)  # those that take nobody: silence and time
    transitions: int = 0
    by_place: Counter[str] = field(default_factory=Counter)


def in_the_hour(state: State) -> bool:
    """The ice and heat hour has a search of its own (``hours``): these two go no further than to its beginning."""
    return state.treatment is not None


def volunteers(event: Event) -> bool:
    """Whether a sign is named beside the answer (D14): what comes of it only the search over answers follows."""
    return isinstance(event, Heard) and bool(event.signs)


_IDLE = State()
Check = Callable[[Transition], None]


def _every(talk: Conversation, state: State, given: Iterable[Event]) -> Iterator[Transition]:
    for event in given:
        after, actions = talk.step(state, event)
        yield Transition(state, event, after, actions)


def explore_places(
    talk: Conversation, check: Check, given: tuple[Event, ...] | None = None, start: State = _IDLE
) -> Found:
    """Every position and counter, every event; or only those that ``given`` leads to from ``start``."""
    found = Found()
    given = events() if given is None else given
    todo = deque([start])
    found.states[place_view(talk, start)] = start
    while todo:
        state = todo.popleft()
        here = place_view(talk, state)
        ways, quiet_ways = found.ways.setdefault(here, set()), found.quiet_ways.setdefault(here, set())
        found.by_place[state.position.name] += 1
        for way in _every(talk, state, given):
            found.transitions += 1
            check(way)
            if way.after is state or in_the_hour(way.after) or volunteers(way.event):
                continue
            key = place_view(talk, way.after)
            ways.add(key)
            if isinstance(way.event, NoInput | Finished | Fired):
                quiet_ways.add(key)
            if key not in found.states:
                found.states[key] = way.after
                todo.append(way.after)
    return found


def can_answer(event: Event) -> bool:
    """Whether the event can change what was answered, or lead on by it."""
    match event:
        case Heard(meaning=meaning):
            return meaning in ANSWERING  # with or without signs beside it
        case Resumed():
            return event in (FRESH, STALE)
        case Fired(timer=timer):
            return timer == "give_up"
        case _:
            return isinstance(event, NoMatch)


def is_correction(event: Event) -> bool:
    """Going back, "I meant yes", an emergency phrase, stale answers: what leaves the straight way of the answers.

    So does an answer that is not sure, and a sign that is named beside one: one of them on a way, anywhere.
    """
    match event:
        case Heard(meaning="soft_no" | "soft_yes" | "maybe_emergency") | Heard(signs=(_, *_)):
            return True
        case Heard(meaning=meaning) | Pressed(meaning=meaning):
            return meaning in ("go_back", "meant_yes", "emergency")
        case Resumed():
            return event != FRESH
        case _:
            return False


def explore_answers(talk: Conversation, check: Check, corrections: int) -> Found:
    """Every way to answer, with at most so many corrections on it.

    Of the events, all that can change an answer or the disposition; what the others do not change is a rule of its own.
    """
    found = Found()
    given = tuple(event for event in events() if can_answer(event))
    start = answer_view(talk, talk.step(State(), Pressed(0.0, "start"))[0])
    left = {start: corrections}
    costs: dict[State, set[tuple[State, bool]]] = {}
    todo = deque([start])
    while todo:
        state = todo.popleft()
        if state not in found.states:
            found.states[state] = state
            found.by_place[state.position.name] += 1
            costs[state] = set(_answer_ways(talk, state, given, check, found))
            found.ways[state] = {key for key, _ in costs[state]}
        for key, correction in costs[state]:
            budget = left[state] - correction
            if budget >= 0 and left.get(key, -1) < budget:
                left[key] = budget
                todo.append(key)
    return found


def _answer_ways(
    talk: Conversation, state: State, given: tuple[Event, ...], check: Check, found: Found
) -> Iterator[tuple[State, bool]]:
    for way in _every(talk, state, given):
        found.transitions += 1
        check(way)
        if way.after is not state and not in_the_hour(way.after):
            yield answer_view(talk, way.after), is_correction(way.event)
            if way.after.position.name == "closing":
                yield _IDLE, False  # the last words come to their end by themselves
