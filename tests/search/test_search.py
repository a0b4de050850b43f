"""Every reachable state of the conversation, with every event: the rules hold, an end is always in reach."""

from __future__ import annotations

import pytest
from exploring import Found, conversation
from rules import stuck

pytestmark = pytest.mark.exhaustive

# A change of behaviour shows here first. Where it is meant, the new figures are what the search now counts.
PLACES = (26_982, 2_779_146)
ANSWERS = (77_043, 2_080_161)


def test_every_place_and_counter_with_every_event_keeps_the_rules(places: Found) -> None:
    """Every position and counter is visited with every event, every rule holds, and their number is known."""
    assert (len(places.states), places.transitions) == PLACES


def test_every_way_to_answer_keeps_the_rules(answers: Found) -> None:
    """Every way through the answers, corrections included, is visited, every rule holds, and their number is known."""
    assert (len(answers.states), answers.transitions) == ANSWERS


def test_every_state_can_reach_an_end(places: Found, answers: Found) -> None:
    """From everywhere there is a way to the end."""
    assert stuck(places, places.ways) == []
    within = {key: ways & answers.states.keys() for key, ways in answers.ways.items()}
    assert stuck(answers, within) == []


def test_silence_alone_comes_to_an_end(places: Found) -> None:
    """Where nobody answers any more, prompts that end and timers that fire are enough to end it (D3)."""
    assert stuck(places, places.quiet_ways) == []


def test_every_kind_of_place_is_visited(places: Found) -> None:
    """The search is not blind: it comes to every kind of place, every question, every step and every outcome."""
    assert set(places.by_place) == {
        *("idle", "question", "read_back", "offer", "recheck", "confirm"),
        *("paused", "waiting", "outcome", "home_care", "closing"),
    }
    seen = {(state.position.name, state.position.id) for state in places.states.values()}
    content = conversation().triage.content
    assert {("question", question) for question in content.questions} <= seen
    assert {("recheck", question) for question in content.questions} <= seen
    assert {("recheck", cause) for cause in ("emergency", "read_back_emergency", "read_back_urgent")} <= seen
    assert {("home_care", str(number)) for number in range(len(content.steps))} <= seen
    dispositions = ("call_911", "out_of_scope", "call_provider_now")
    assert {("outcome", outcome) for outcome in dispositions} <= seen
    assert {("closing", outcome) for outcome in (*dispositions, "follow_up", "home_care", "incomplete")} <= seen
