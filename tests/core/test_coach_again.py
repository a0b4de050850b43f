"""The hour after an interruption, after a start over, and begun again: nothing is on before its time (C6, D8, D11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from coach_steps import ALONE, CALM, at, fired, heard, off, on, on_hour, resting, resumed, step

from voice_backcare.core.coach.state import Application, TreatmentState
from voice_backcare.core.events import Fired, Resumed
from voice_backcare.core.state import Position, Record, State

STEPS = Position("home_care", "2", speaking=False)
AT_HOME: dict[str, Any] = {"alone": False, "step": "2", "record": CALM}
URGENT = Record((("R1", "yes"), ("R2", "no")))


# --- interruptions whose length is known ----------------------------------------------------------


def test_ice_goes_on_after_a_short_interruption() -> None:
    """C6: the time that passed has passed; what is left is said, and the timer is armed for it."""
    turn = resumed(on(), 700.0, 100.0)
    assert turn.said == ["interrupted", "coach_left"]
    assert turn.texts[1] == "The ice stays on for 8 minutes more."
    assert (turn.treatment, turn.timer_s) == (on_hour(now_at_s=700.0), 0.0)
    asked = replace(on(), position=Position("confirm", "start_over", return_to=Position("coach", "on")))
    assert resumed(asked, 700.0, 100.0).position == ("coach", "on")


def test_heat_goes_on_only_with_a_child_that_is_awake() -> None:
    """C4, C6: it asks first of all."""
    turn = resumed(on("heat"), 200.0, 100.0)
    assert (turn.said, turn.position) == (["interrupted", "coach_awake"], ("coach", "awake"))
    assert (turn.treatment.awake_by_at_s, turn.timer_s) == (260.0, 60.0)


@pytest.mark.parametrize(("at_s", "away_s"), [(1200.0, 30.0), (1199.0, 900.1)])
def test_what_should_be_off_or_was_away_too_long_comes_off(at_s: float, away_s: float) -> None:
    """C6, D11: where its 20 minutes are over meanwhile, and after more than a quarter of an hour in any case."""
    turn = resumed(on(), at_s, away_s)
    assert turn.said == ["coach_off", "interrupted", "coach_off_hint"]
    assert (turn.treatment.stage, turn.treatment.since_at_s, turn.treatment.stale) == ("off", at_s, away_s > 900.0)
    assert turn.timer_s == 60.0
    assert turn.state.applications == (Application("ice", 0.0, at_s),)
    assert resumed(on(), 1199.0, 900.0).position == ("coach", "on")


def test_where_it_was_off_it_goes_on_from_there() -> None:
    """C6: the place behind a pause or a confirmation too; "off" is said first."""
    turn = resumed(resting(unchanged=True), 1800.0, 500.0)
    assert (turn.said, turn.treatment.unchanged, turn.timer_s) == (["interrupted", "coach_resting"], True, 600.0)
    assert resumed(off(), 1800.0, 500.0).said == ["coach_off", "interrupted", "coach_off_hint"]
    ready = at("ready", on_hour(stage="ready", unchanged=True), speaking=True, tries=2)
    assert resumed(ready, 2500.0, 10.0).said == ["interrupted", "coach_forbid_ice", "coach_check_ice"]
    paused = State(Position("paused", return_to=Position("coach", "ready")), ALONE, TreatmentState("ice", True))
    turn = resumed(paused, 50.0, 10.0)
    assert turn.said == ["interrupted", "coach_fetch_ice", "coach_forbid_ice", "coach_check_ice"]
    assert turn.cancelled == ["safety_net", "give_up", "not_understood"]


def test_a_pause_says_again_that_the_pack_comes_off() -> None:
    """C5: it may have been cut off before anybody heard it."""
    held = heard(on(), "wait", 300.0).state
    turn = resumed(held, 360.0, 60.0)
    assert turn.lead == ["interrupted", "coach_held"]
    assert turn.asked == ["coach_held_hint"]


@pytest.mark.parametrize("place_id", ["ready", "go_on", "changed"])
def test_after_a_long_interruption_it_asks_again_whether_anything_has_changed(place_id: str) -> None:
    """D11: a "no" of before is none any more; the rest before it says so when it is over."""
    turn = resumed(at(place_id, on_hour(stage="ready", unchanged=True)), 4000.0, 901.0)
    assert (turn.said, turn.treatment.unchanged) == (["interrupted", "coach_changed"], False)
    rests = resumed(resting(unchanged=True), 2300.0, 901.0)
    assert (rests.position, rests.treatment.unchanged) == (("coach", "resting"), False)
    assert fired(rests.state, 2400.0).said == ["coach_changed"]
    first = resumed(at("ready", TreatmentState("ice", True)), 2300.0, 901.0)
    assert first.position == ("coach", "ready")


@pytest.mark.parametrize("stage", ["resting", "held", "ready", "before"])
def test_in_home_care_a_long_interruption_asks_for_the_same_child(stage: str) -> None:
    """D11: then every "no" is asked again, from E1; yes and doubt stand; the hour is over."""
    first_s = None if stage == "before" else 0.0
    place_id = "ready" if stage == "before" else stage
    treatment = on_hour(stage=stage, first_on_at_s=first_s, alone=False, step="2")
    turn = resumed(at(place_id, treatment, URGENT), 4000.0, 901.0)
    assert turn.position == ("confirm", "same_child")
    assert turn.lead == ["interrupted"]
    assert turn.state.record == Record((("R1", "yes"),))
    assert turn.treatment.stage == "over"


def test_in_home_care_a_pack_comes_off_before_the_child_is_asked_for() -> None:
    """C6, D11: the word that it is off leads there; "stop", or nobody's word, too."""
    away = resumed(on(**AT_HOME), 1100.0, 901.0)
    assert away.said[0] == "coach_off"
    again = resumed(away.state, 2200.0, 901.0)
    assert again.said[0] == "coach_off"
    told = heard(away.state, "acknowledge", 1110.0)
    assert (told.position, told.lead) == (("confirm", "same_child"), ["interrupted"])
    assert (told.state.record, told.treatment.stage, told.treatment.since_at_s) == (ALONE, "over", 1110.0)
    stopped = heard(away.state, "stop", 1110.0)
    assert (stopped.position, stopped.state.record) == (("confirm", "same_child"), ALONE)
    assert stopped.lead == ["coach_take_off", "coach_stopped", "interrupted"]
    alone = resumed(on(), 1100.0, 901.0)
    assert heard(alone.state, "acknowledge", 1110.0).position == ("coach", "changed")


def test_a_stale_hour_stays_stale() -> None:
    """D11: a second, short interruption makes the answers no fresher."""
    away = resumed(on(**AT_HOME), 1100.0, 901.0)
    assert resumed(away.state, 1130.0, 10.0).treatment.stale


# --- interruptions of unknown length --------------------------------------------------------------


@pytest.mark.parametrize("event", [(None, True), (10.0, False), (None, False)])
def test_where_the_time_is_not_known_it_comes_off(event: tuple[float | None, bool]) -> None:
    """C6: now; the broken phase counts as its 20 minutes, and nobody knows how long it was on."""
    turn = resumed(on(), 300.0, event[0], same_boot=event[1])
    assert turn.said == ["coach_off", "coach_time_unknown", "coach_off_hint"]
    assert turn.treatment == on_hour(now_at_s=300.0, stage="off", since_at_s=300.0, first_on_at_s=-900.0, stale=True)
    assert turn.treatment.total_s == 1200.0
    assert turn.state.applications == (Application("ice", 0.0, 300.0, known=False),)
    assert turn.timer_s == 60.0


def test_the_broken_rest_counts_whole_and_nothing_else_does() -> None:
    """C6: a rest that was broken counts as 20 minutes; where no phase ran the total stays."""
    rest = resumed(resting(at_s=1200.0), 1500.0, None)
    assert (rest.position, rest.treatment.total_s) == (("coach", "off"), 2400.0)
    late = resumed(on(), 1300.0, None)
    assert late.treatment.total_s == 1300.0
    for stage, place_id in (("held", "held"), ("ready", "ready"), ("off", "off")):
        treatment = on_hour(stage=stage, since_at_s=1400.0, now_at_s=1500.0)
        assert resumed(at(place_id, treatment), 1500.0, None).treatment.total_s == 1500.0


def test_before_the_first_start_an_unknown_time_has_nothing_to_take_off() -> None:
    """C6, D11: alone it asks again what it asked; from home care it asks for the same child first."""
    turn = resumed(at("ready", TreatmentState("ice", True), speaking=True), 10.0, None)
    assert turn.said == ["coach_time_unknown", "coach_fetch_ice", "coach_forbid_ice", "coach_check_ice"]
    paused = State(Position("paused", return_to=Position("coach", "choose")), ALONE, TreatmentState("", True))
    assert resumed(paused, 10.0, None).said == ["coach_time_unknown", "coach_choose"]
    home = resumed(at("ready", TreatmentState("ice", False, "2"), URGENT), 10.0, None)
    assert (home.position, home.state.record) == (("confirm", "same_child"), Record((("R1", "yes"),)))


def test_the_last_words_are_said_again_after_an_interruption() -> None:
    """D11: nothing is resumed of an hour that is over; "take it off" is said once more."""
    stopped = heard(on(), "stop", 300.0)
    for away_s in (10.0, None):
        turn = resumed(stopped.state, 320.0, away_s)
        assert turn.position == ("closing", "coach_stopped")
        assert turn.lead[:2] == ["coach_take_off", "coach_stopped"]


# --- begun again ----------------------------------------------------------------------------------


def over(since_at_s: float, **changes: Any) -> State:
    treatment = on_hour(**{"alone": False, "stage": "over", "since_at_s": since_at_s, "left_on": True, **changes})
    return State(STEPS, CALM, treatment)


def test_begun_again_it_first_rests_what_is_left_of_twenty_minutes() -> None:
    """C3: the total goes on, the check is asked again, and so is whether anything has changed."""
    turn = heard(over(300.0), "start_heat", 600.0)
    assert (turn.said, turn.timer_s) == (["coach_resting"], 900.0)
    assert turn.texts == ["Leave the heat off for 15 minutes. I will tell you."]
    treatment = TreatmentState("heat", False, "2", "resting", 600.0, 0.0, 300.0)
    assert turn.treatment == treatment
    assert fired(turn.state, 1500.0).said == ["coach_changed"]
    late = heard(over(300.0), "start_coach", 1500.0)
    assert (late.said, late.treatment.pack) == (["coach_changed"], "ice")
    assert (late.treatment.stage, late.treatment.first_on_at_s, late.timer_s) == ("ready", 0.0, 3900.0)
    assert heard(late.state, "no", 1510.0).said == ["coach_forbid_ice", "coach_check_ice"]
    assert heard(over(300.0), "start_ice", 1499.0).position == ("coach", "resting")


def test_what_was_answered_since_is_not_asked_again() -> None:
    """C3: a "no" to "has anything changed?" stands, and the triage that a yes led to says the same."""
    known = heard(over(300.0, unchanged=True), "start_ice", 1500.0)
    assert known.said == ["coach_forbid_ice", "coach_check_ice"]
    asked_all = heard(resting("changed", alone=False, record=CALM), "yes", 1300.0)
    assert asked_all.treatment.unchanged
    assert heard(replace(asked_all.state, position=STEPS), "start_ice", 2400.0).position == ("coach", "ready")


def test_after_ninety_minutes_another_hour_can_begin() -> None:
    """I1: as often as the child will tolerate; its total counts afresh, and after an hour it asks again."""
    turn = heard(over(5300.0, longer=True), "start_ice", 5400.0)
    assert (turn.treatment.first_on_at_s, turn.treatment.longer, turn.timer_s) == (5400.0, False, 1100.0)
    same = heard(over(3700.0, longer=True, unchanged=True), "start_ice", 5000.0)
    assert (same.treatment.first_on_at_s, same.treatment.longer, same.position) == (0.0, True, ("coach", "ready"))
    hour_over = heard(over(2500.0, unchanged=True), "start_ice", 3700.0)
    assert hour_over.position == ("coach", "go_on")


def test_an_hour_that_never_started_is_begun_afresh() -> None:
    """Nothing was on, so nothing has to rest."""
    turn = heard(over(0.0, first_on_at_s=None), "start_ice", 10.0)
    assert turn.treatment == TreatmentState("ice", False, "2", now_at_s=10.0)
    assert turn.said == ["coach_fetch_ice", "coach_forbid_ice", "coach_check_ice"]


def test_start_over_takes_it_off_and_remembers_that() -> None:
    """D8, C3: the questions begin again; 20 minutes off still come before the next start."""
    worn = replace(on(**AT_HOME), applications=(Application("ice", 0.0),))
    turn = heard(heard(worn, "start_over", 300.0).state, "yes", 310.0)
    assert turn.said == ["coach_take_off", "opening_guide", "opening_emergency", "E1_ask"]
    assert (turn.state.record, turn.cancelled) == (ALONE, ["coach"])
    assert (turn.treatment.stage, turn.treatment.since_at_s, turn.treatment.left_on) == ("over", 310.0, False)
    assert turn.state.applications == (Application("ice", 0.0, 310.0),)
    begun = heard(replace(turn.state, position=STEPS, record=CALM), "start_ice", 600.0)
    assert (begun.position, begun.timer_s) == (("coach", "resting"), 910.0)
    alone = heard(on(), "start_over", 300.0)
    assert (alone.lead[0], alone.position) == ("coach_take_off", ("question", "E1"))
    assert heard(replace(turn.state, position=Position("question", "E1")), "start_over", 320.0).treatment == replace(
        turn.treatment, now_at_s=320.0
    )


def test_another_child_has_worn_nothing() -> None:
    """D11: nothing of the first child's hour is kept for the next one."""
    asked = heard(resumed(on(**AT_HOME), 1100.0, 901.0).state, "acknowledge", 1110.0)
    assert asked.state.applications
    turn = heard(asked.state, "no", 1120.0)
    assert turn.state == State(Position("question", "E1"))
    unanswered = replace(
        over(300.0), position=Position("question", "E1"), record=ALONE, applications=(Application("ice", 0.0, 300.0),)
    )
    assert resumed(unanswered, 2000.0, 901.0).state == State(Position("question", "E1"))
    assert resumed(unanswered, 2000.0, 900.0).state.applications


def test_time_never_goes_back_in_the_hour() -> None:
    """C6: an event with an earlier time changes nothing that is counted."""
    state = on(now_at_s=500.0)
    assert step(state, Fired(400.0, "coach")).treatment.now_at_s == 500.0
    later = heard(over(300.0, now_at_s=900.0), "start_ice", 800.0)
    assert later.position == ("coach", "resting")


def test_an_unknown_time_takes_it_off_at_the_question_about_help_too() -> None:
    """C6, D5: "do you need help at once?" is asked again, behind "off", which stands after a no."""
    asked = replace(on(), position=Position("confirm", "need_help", speaking=False, return_to=Position("coach", "on")))
    cut = step(asked, Resumed(600.0, None, same_boot=False))
    assert cut.said == ["coach_off", "interrupted", "is_emergency"]
    assert (cut.treatment.stage, cut.treatment.since_at_s) == ("off", 600.0)
    assert heard(cut.state, "no", 610.0).position == ("coach", "off")
    known = step(asked, Resumed(600.0, 60.0, same_boot=True))
    assert (known.said, known.treatment.stage) == (["interrupted", "is_emergency"], "on")
    assert heard(asked, "no", 1210.0).timer_s == 0.0  # what became due meanwhile comes at once
