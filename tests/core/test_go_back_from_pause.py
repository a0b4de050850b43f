"""Going back while the conversation waits goes back from what it waits in front of (D7, D8)."""

from __future__ import annotations

import pytest

from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import CancelTimer, Heard
from voice_backcare.core.state import Position, Record, State

CORE = build(load())
URGENT = Record(
    (*((q, "no") for q in (*load().part("emergency"), "S1")), ("R1", "yes")), continue_after_urgent="declined"
)


@pytest.mark.parametrize("name", ["paused", "waiting"])
def test_from_a_pause_at_an_outcome_its_cause_is_asked(name: str) -> None:
    """The sign that caused the outcome is asked again, and the pause's timers are forgotten."""
    return_to = Position("outcome", "call_provider_now")
    state = State(Position(name, speaking=False, return_to=return_to), URGENT)  # type: ignore[arg-type]
    after, actions = CORE.step(state, Heard(0.0, "go_back"))
    assert (after.position.name, after.position.id) == ("recheck", "R1")
    assert CancelTimer({"paused": "give_up", "waiting": "wait"}[name]) in actions


@pytest.mark.parametrize("name", ["paused", "waiting"])
def test_from_a_pause_at_a_step_the_step_before_is_read(name: str) -> None:
    """In home care the step before the one that was left is read."""
    state = State(Position(name, speaking=False, return_to=Position("home_care", "2")))  # type: ignore[arg-type]
    after, _ = CORE.step(state, Heard(0.0, "go_back"))
    assert (after.position.name, after.position.id) == ("home_care", "1")
