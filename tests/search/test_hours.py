"""The ice and heat hour: every stage with every event, and walks through continuous time; the rules hold."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from exploring import conversation
from hour_rules import BrokenHourError, checker
from hours import Found, Moment, beginnings, events, explore, step

from voice_backcare.core.coach import schedule
from voice_backcare.core.coach.coach import Coach
from voice_backcare.core.coach.phases import Stages
from voice_backcare.core.coach.prompts import CoachPrompts
from voice_backcare.core.coach.schedule import due
from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Finished, Fired, Heard
from voice_backcare.core.state import State

# A change of behaviour shows here first. Where it is meant, the new figures are what the search now counts.
HOURS = (37_312, 1_696_370)
STEPS = 30_000


@pytest.fixture(scope="module")
def found(talk: Conversation) -> Found:
    return explore(talk, checker(talk))


@pytest.mark.exhaustive
def test_every_stage_with_every_event_keeps_the_rules(found: Found) -> None:
    """Every stage is visited with every event, every rule holds, and their number is known."""
    assert (len(found.moments), found.transitions) == HOURS


@pytest.mark.exhaustive
def test_every_stage_is_visited(found: Found) -> None:
    """The search is not blind."""
    stages = {stage for _, stage in found.stages}
    assert stages == {"before", "on", "off", "resting", "held", "ready"}
    ids = {moment.state.position.id for moment in found.moments.values() if moment.state.position.name == "coach"}
    assert ids == {"choose", "ready", "on", "awake", "off", "changed", "go_on", "resting", "held"}


@pytest.mark.exhaustive
def test_every_stage_comes_to_an_end(found: Found) -> None:
    """From everywhere there is a way out of the hour."""
    back: dict[object, set[object]] = {}
    for key, nexts in found.ways.items():
        for after in nexts:
            back.setdefault(after, set()).add(key)
    reached, todo = set(found.out), list(found.out)
    while todo:
        for before in back.get(todo.pop(), ()):
            if before not in reached:
                reached.add(before)
                todo.append(before)
    assert found.moments.keys() <= reached


@pytest.mark.parametrize("seed", range(4))
def test_walks_through_continuous_time_keep_the_rules(talk: Conversation, seed: int) -> None:
    """At any moment, not only at those the search stops at, with every word and every failure, the rules hold."""
    dice, check = random.Random(seed), checker(talk)
    starts = list(beginnings(talk))
    moment, stages = dice.choice(starts), set()
    for _ in range(STEPS):
        if moment.state.treatment is None or not moment.state.treatment.running:
            moment = dice.choice(starts)
        way = step(talk, moment, _next(talk, moment, dice))
        check(way)
        moment = way.after
        stages.add(moment.state.treatment.stage if moment.state.treatment else "")
    assert {"before", "on", "off", "resting", "held", "ready"} <= stages


def _next(talk: Conversation, moment: Moment, dice: random.Random) -> Any:
    """Mostly straight on, sometimes anything, after some time that the timer allows."""
    if moment.state.position.speaking and dice.random() < 0.7:
        return Finished(moment.now_s)
    if moment.timer_at_s is not None and dice.random() < 0.4:
        return Fired(max(moment.now_s, moment.timer_at_s), "coach")
    most_s = 200.0 if moment.timer_at_s is None else max(0.0, moment.timer_at_s - moment.now_s)
    later = Moment(moment.state, moment.now_s + dice.random() * most_s, moment.timer_at_s)
    if dice.random() < 0.5:
        words = {
            "ready": "yes",
            "awake": "yes",
            "off": "acknowledge",
            "changed": "no",
            "go_on": "yes",
            "held": "continue",
        }
        return Heard(later.now_s, words.get(moment.state.position.id, "continue"))
    return dice.choice(list(events(talk, later, frozenset())))


def _unasked(self: Stages, state: State, lead: Any = (), **changes: Any) -> Any:
    return self.on(replace(state, treatment=replace(self.treatment(state), **{"pack": "ice", **changes})))


SABOTAGES = {
    "start_without_asking": (Stages, "ready", _unasked, "only_a_yes_to_its_check_starts_it"),
    "forget_what_is_forbidden": (
        CoachPrompts,
        "say",
        lambda self, position, treatment, lead=(), *, brief, real=CoachPrompts.say: real(
            self, position, treatment, lead, brief=True
        ),
        "what_is_forbidden_is_said_before_each_start",
    ),
    "on_for_an_hour": (schedule, "on_length_s", lambda treatment: 3600.0, "never_more_than_twenty_minutes_on"),
    "go_on_for_ever": (
        schedule,
        "on_length_s",
        lambda treatment: 1200.0 - treatment.spent_s,
        "never_more_than_ninety_minutes",
    ),
    "off_says_nothing": (CoachPrompts, "take_off", lambda self, state: (), "off_is_said_and_shown"),
    "silence_is_awake": (
        Coach,
        "missed",
        lambda self, state, *, noise: self.moves.again(state),
        "sleep_takes_the_heat_off",
    ),
    "never_ask_whether_awake": (schedule, "AWAKE_EVERY_S", 1e9, "heat_is_watched"),
    "off_falls_silent": (schedule, "OFF_EVERY_S", 1e9, "off_is_said_again"),
    "off_for_a_minute": (schedule, "OFF_S", 60.0, "twenty_minutes_off_between"),
    "the_timer_is_forgotten": (
        Coach,
        "_rearmed",
        lambda self, before, after, actions, event: actions,
        "never_more_than_twenty_minutes_on",
    ),
    "an_hour_goes_on_after_911": (Stages, "dropped", lambda self, state: state, "the_emergency_comes_first"),
    "no_power_no_problem": (
        Coach,
        "_time_unknown",
        lambda self, state: self.moves.again(state),
        "an_unknown_time_takes_it_off",
    ),
    "changed_is_never_asked": (
        Stages,
        "rested",
        lambda self, state: self.ready(state, stage="ready"),
        "a_change_is_asked_about_before_the_next_start",
    ),
}


# What this one breaks is far from the beginning: the search takes minutes to come to it.
PLANTED = [pytest.param(name, marks=[pytest.mark.exhaustive] if name == "go_on_for_ever" else []) for name in SABOTAGES]


@pytest.mark.parametrize("name", PLANTED)
def test_the_search_sees_the_sabotage(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Each of these faults breaks a rule, and the rule that it breaks is named."""
    where, what, fault, rule = SABOTAGES[name]
    monkeypatch.setattr(where, what, fault)
    if where is schedule and what == "on_length_s":
        monkeypatch.setattr("voice_backcare.core.coach.phases.on_length_s", fault)
    talk = conversation()
    with pytest.raises(BrokenHourError) as broken:
        explore(talk, checker(talk))
    assert broken.value.rule == rule


def test_nothing_is_due_before_it_began() -> None:
    """No timer runs before the first "on"."""
    assert due(None) is None
    assert due(TreatmentState()) is None
