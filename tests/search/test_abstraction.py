"""The search may leave out what it leaves out: whole conversations, with nothing left out, stay inside of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from exploring import (
    CORRECTIONS,
    Found,
    Transition,
    answer_view,
    can_answer,
    events,
    in_the_hour,
    is_correction,
    not_gone_back_to,
    seat,
    volunteers,
)
from rules import checker

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Event, Finished, Heard, Pressed
from voice_backcare.core.state import NO, State

STEPS = 40_000


def on(state: State) -> Event:
    """What leads straight on."""
    position = state.position
    if position.name == "idle":
        return Pressed(0.0, "start")
    if position.speaking:
        return Finished(0.0)
    if position.name in ("paused", "waiting"):
        return Heard(0.0, "continue")
    if position.name == "home_care":
        return Heard(0.0, "next")
    if position.name == "outcome":
        return Heard(0.0, "go_back")
    return Heard(0.0, "yes" if position.name in ("read_back", "offer", "confirm") else "no")


def walk(talk: Any, seed: int, steps: int, given: tuple[Event, ...], straight: float) -> Iterator[Transition]:
    """A long conversation: so often straight on, else anything of ``given``."""
    dice = random.Random(seed)
    state = State()
    for _ in range(steps):
        event = on(state) if dice.random() < straight else dice.choice(given)
        after, actions = talk.step(state, event)
        if in_the_hour(after):
            continue
        yield Transition(state, event, after, actions)
        state = after


@pytest.mark.exhaustive
@pytest.mark.parametrize("straight", [0.5, 0.8, 0.95])
def test_whole_states_keep_the_rules_and_stay_in_the_searches(
    talk: Conversation, places: Found, answers: Found, straight: float
) -> None:
    """With every answer kept, every rule holds too; one search has visited each position, one what stood there."""
    check = checker(talk)
    positions = {not_gone_back_to(state.position) for state in places.states.values()}
    found = [*places.states.values(), *answers.states.values()]
    standing = {(seat(state.position), talk.triage.disposition(state.record)) for state in found}
    followed = tuple(event for event in events() if not volunteers(event))
    for way in walk(talk, 1, STEPS, followed, straight):
        check(way)
        assert not_gone_back_to(way.after.position) in positions
        view = answer_view(talk, way.after)
        assert (seat(view.position), talk.triage.disposition(view.record)) in standing


@pytest.mark.parametrize("straight", [0.5, 0.8, 0.95])
def test_whole_states_keep_the_rules_whatever_is_named(talk: Conversation, straight: float) -> None:
    """With signs named at any time (D14), every rule holds for whole states too."""
    check = checker(talk)
    for way in walk(talk, 2, STEPS, events(), straight):
        check(way)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3))
def test_whole_answers_stay_in_the_search_over_answers(talk: Any, answers: Found, seed: int) -> None:
    """With every answer and its order kept, and no more corrections than the search takes, it has seen them all."""
    dice = random.Random(seed)
    for _ in range(120):
        left, state = CORRECTIONS, State()
        for _ in range(150):
            event = on(state) if dice.random() < 0.75 else dice.choice(events())
            if is_correction(event) and not left:
                continue
            left -= is_correction(event)
            after, _ = talk.step(state, event)
            state = state if in_the_hour(after) else after
            assert answer_view(talk, state) in answers.states


def test_an_answer_does_the_same_with_and_without_what_is_left_out(talk: Any) -> None:
    """Where no part has two signs, a step on the whole state and on what the search follows of it come to the same."""
    given = tuple(event for event in events() if can_answer(event))
    compared = 0
    for number, way in enumerate(walk(talk, 7, STEPS, events(), 0.85)):
        state = way.after
        waits = (
            state.position.speaking
            or state.position.return_to
            or state.position.id in ("stop", "same_child", "start_over")
        )
        if (
            number % 7
            or waits
            or state.position.name in ("idle", "closing", "paused", "waiting")
            or state.position.tries
            or state.position.revisited
        ):
            continue
        followed = answer_view(talk, state)
        parts = [talk.triage.content.part(part) for part in ("emergency", "urgent", "follow_up")]
        given_no = {q for q, answer in state.record.answers if answer == NO}
        signs = [sum(q in part and q not in given_no for q, _ in state.record.answers) for part in parts]
        in_order = answer_view(talk, state).record.answers[-1:] == tuple(
            (q, "no" if a == NO else "yes") for q, a in state.record.answers[-1:]
        )
        if max(signs) > 1 or not in_order:
            continue
        for event in given:
            compared += 1
            assert answer_view(talk, talk.step(state, event)[0]) == answer_view(talk, talk.step(followed, event)[0])
    assert compared > 10_000
