"""What can be said in the hour at any time: how long, pause, switch, it hurts, corrections, stop, 911 (C5, D5, D7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from coach_steps import CALM, CONTENT, MINUTE, at, fired, heard, missed, off, on, on_hour, resting, step, treatment_of

from voice_backcare.core.coach.state import Application, Stage
from voice_backcare.core.events import CancelTimer, Finished, Heard, Pressed
from voice_backcare.core.state import Position, Record, State

HELD = on_hour(stage="held", since_at_s=300.0, spent_s=300.0, now_at_s=300.0)


def test_how_long_is_left_is_told_of_what_runs() -> None:
    """C5: of the phase that is on, of the rest; else that nothing runs."""
    turn = heard(on(), "time_left", 300.0)
    assert turn.texts[0] == "The ice stays on for 15 minutes more."
    assert turn.asked == ["coach_left"]
    assert turn.timer_s is None
    assert heard(resting(), "time_left", 1500.0).texts == ["Leave the ice off for 15 minutes. I will tell you."]
    assert heard(resting("changed"), "time_left", 1500.0).said == ["coach_resting", "coach_changed"]
    assert heard(at("held", HELD), "time_left", 320.0).said == ["coach_not_running", "coach_held_hint"]
    assert heard(at("ready", on_hour(stage="ready")), "time_left", 2400.0).said[0] == "coach_not_running"


def test_what_is_said_while_it_is_on_is_short() -> None:
    """ "Repeat" says what is left and what can be said; an answer ends with "the ice stays on"."""
    repeated = heard(on(), "repeat", 300.0)
    assert repeated.said == ["coach_left", "coach_on_hint"]
    assert repeated.texts[0] == "The ice stays on for 15 minutes more."
    assert repeated.say.lead[0].sources == ("I1",)
    assert heard(on(), "help", 300.0).said == ["help_coach", "coach_stays_ice"]
    assert heard(on(), "how_long", 300.0).said[-1] == "coach_stays_ice"
    assert heard(on(), "how_long", 300.0).lead == [text.id for text in CONTENT.answers["how_long"].lines]
    for word in ("yes", "no", "unsure", "continue_"):
        assert heard(on(), word, 300.0).actions == ()


# --- pause ----------------------------------------------------------------------------------------


def test_a_pause_takes_the_pack_off_and_goes_on_with_what_was_left() -> None:
    """C5: off the skin, reminded of once after two minutes, then its check again and the rest of the 20 minutes."""
    held = heard(on(), "wait", 300.0)
    assert (held.lead, held.asked, held.kind) == (["coach_held"], ["coach_held_hint"], ("standby", "coach_off"))
    assert (held.treatment, held.timer_s) == (HELD, 120.0)
    assert held.state.applications == (Application("ice", 0.0, 300.0),)
    reminded = fired(held.state, 420.0)
    assert (reminded.said, reminded.treatment.announcements_made, reminded.timer_s) == (["coach_held_hint"], 1, 4980.0)
    later = heard(on("heat", announcements_made=1, awake_by_at_s=700.0), "wait", 690.0)
    assert (later.timer_s, later.treatment.awake_by_at_s) == (120.0, None)
    ready = heard(reminded.state, "continue", 500.0)
    assert ready.treatment.stage == "ready"
    assert ready.said == ["coach_forbid_ice", "coach_check_ice"]
    on_again = heard(ready.state, "yes", 510.0)
    assert on_again.texts[0] == "On. Hold the ice on the sore spot for 15 minutes."
    assert (on_again.treatment.spent_s, on_again.treatment.length_s) == (300.0, 1200.0)
    assert on_again.timer_s == 840.0  # halfway was of the whole; the last minute comes at 1350
    twice = heard(on_again.state, "wait", 810.0)
    assert twice.treatment.spent_s == 600.0


def test_a_pause_in_the_last_minute_ends_the_phase() -> None:
    """Less than a minute is not worth another start."""
    assert heard(on(), "wait", 1140.0).position == ("coach", "held")
    assert heard(on(), "wait", 1141.0).position == ("coach", "off")


def test_a_pause_in_a_pause_is_one() -> None:
    """It is said again, and the time of it goes on; silence, "yes" and doubt are nothing there."""
    assert heard(at("held", HELD), "wait", 320.0).said == ["coach_held_hint"]
    assert heard(at("held", HELD), "wait", 320.0).treatment.since_at_s == 300.0
    for word in ("yes", "no", "unsure"):
        assert heard(at("held", HELD), word, 320.0).actions == ()


def test_waiting_while_it_rests_is_a_wait_like_everywhere() -> None:
    """D8: two minutes of it; what is due comes all the same."""
    waits = heard(resting(unchanged=True), "wait", 1300.0)
    assert waits.state.position == Position("waiting", return_to=Position("coach", "resting"))
    due = fired(waits.state, 2400.0)
    assert due.position == ("coach", "ready")
    assert CancelTimer("wait") in due.actions


# --- stop it --------------------------------------------------------------------------------------


STAGES_ASKED = [on(), on("heat"), resting(), at("held", HELD), at("ready", on_hour(stage="ready")), resting("changed")]


@pytest.mark.parametrize("state", STAGES_ASKED)
def test_stop_it_is_asked_about(state: State) -> None:
    """C5: it may be said to the child; only a heard yes, or "stop", ends the hour."""
    asked = heard(state, "stop_it", 1300.0)
    assert asked.state.position == Position("confirm", "stop", return_to=replace(state.position, speaking=True))
    assert (asked.asked, asked.timer_s, asked.treatment.running) == (["confirm_stop"], None, True)
    assert step(asked.state, Heard(1301.0, "yes")).actions == ()  # not before it was said
    for word in ("yes", "stop"):
        assert heard(asked.state, word, 1310.0).position == ("closing", "coach_stopped")
    assert step(asked.state, Pressed(1301.0, "yes")).position == ("closing", "coach_stopped")
    said = step(asked.state, Finished(1302.0)).state
    for back in (heard(said, "no", 1310.0), heard(said, "unsure", 1310.0), missed(said, 1312.0)):
        assert (back.position, back.treatment.stage) == (("coach", state.position.id), treatment_of(state).stage)


def test_stop_it_keeps_the_time() -> None:
    """C3: "off" comes on time over that question; after "off" it is said again, for the pack is still on."""
    asked = heard(on(), "stop_it", 1190.0)
    over = fired(asked.state, 1200.0)
    assert (over.said[0], over.position) == ("coach_off", ("coach", "off"))
    assert heard(over.state, "stop_it", 1210.0).said == ["coach_off", "coach_off_hint"]


def test_stop_it_is_a_no_to_going_on() -> None:
    """C3: where it is asked whether to go on, it is the answer."""
    assert heard(resting("go_on"), "stop_it", 3620.0).position == ("closing", "coach_done")


# --- switch ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["switch", "start_heat"])
def test_a_switch_takes_it_off_now_and_rests_first(word: str) -> None:
    """C5: off, 20 minutes, and then the other one's own check."""
    turn = heard(on(), word, 300.0)
    assert (turn.said[0], turn.treatment.next_pack, turn.timer_s) == ("coach_off", "heat", 60.0)
    assert heard(on("heat"), "switch", 200.0).treatment.next_pack == "ice"
    kept = heard(on(), "start_ice", 300.0)
    assert kept.said == ["coach_left"]


def test_a_switch_in_a_pause_rests_from_the_pause_on() -> None:
    """C5: the pack has been off since then; the other one gets its whole 20 minutes, the same one goes on."""
    turn = heard(at("held", HELD), "switch", 400.0)
    assert turn.said == ["coach_next_heat", "coach_resting"]
    assert turn.treatment == replace(HELD, stage="resting", next_pack="heat", spent_s=0.0, now_at_s=400.0)
    assert turn.timer_s == 1100.0
    short = at("held", replace(HELD, length_s=900.0))
    assert heard(short, "switch", 400.0).treatment.length_s == heard(short, "hurts", 400.0).treatment.length_s == 1200.0
    assert heard(at("held", HELD), "start_ice", 400.0).said == ["coach_forbid_ice", "coach_check_ice"]
    assert heard(at("held", HELD), "start_ice", 400.0).treatment.spent_s == 300.0
    at_once = at("held", replace(HELD, spent_s=0.0))
    assert heard(at_once, "switch", 400.0).said == ["coach_forbid_heat", "coach_check_heat"]


def test_a_switch_after_a_pause_rests_too() -> None:
    """C3, C5: at the question before going on the other pack cannot begin at once, nor the same one afresh."""
    ready = at("ready", replace(HELD, stage="ready"))
    turn = heard(ready, "start_heat", 400.0)
    assert (turn.position, turn.treatment.stage, turn.treatment.since_at_s) == (("coach", "resting"), "resting", 300.0)
    assert (turn.treatment.next_pack, turn.treatment.spent_s) == ("heat", 0.0)
    same = heard(ready, "start_ice", 400.0)
    assert (same.position, same.treatment.spent_s) == (("coach", "ready"), 300.0)
    fresh = heard(at("ready", on_hour(stage="ready")), "switch", 2400.0)
    assert (fresh.said, fresh.treatment.pack) == (["coach_forbid_heat", "coach_check_heat"], "heat")


@pytest.mark.parametrize("place_id", ["resting", "changed", "go_on"])
def test_a_switch_while_it_rests_is_remembered(place_id: str) -> None:
    """C5: it is said what comes next, and what is asked is asked again; twice is back to the first."""
    turn = heard(resting(place_id), "switch", 1300.0)
    assert turn.lead == ["coach_next_heat"]
    assert (turn.position, turn.treatment.next_pack) == (("coach", place_id), "heat")
    assert heard(turn.state, "switch", 1310.0).treatment.next_pack == "ice"
    assert heard(turn.state, "start_heat", 1310.0).treatment.next_pack == "heat"


def test_a_switch_after_the_rest_is_remembered_too() -> None:
    """C5: what is asked before the next start is asked again, and the check is then of the pack that was named."""
    turn = heard(at("changed", on_hour(stage="ready")), "switch", 2400.0)
    assert (turn.said, turn.treatment.next_pack) == (["coach_next_heat", "coach_changed"], "heat")


# --- it hurts -------------------------------------------------------------------------------------


def test_what_hurts_comes_off_for_twenty_minutes() -> None:
    """C5: off now; in a pause and before a start 20 minutes from now, whatever was left."""
    assert heard(on(), "hurts", 300.0).said == ["coach_off", "coach_off_hint"]
    stages: tuple[Stage, ...] = ("held", "ready")
    for stage in stages:
        turn = heard(at(stage, replace(HELD, stage=stage)), "hurts", 400.0)
        assert turn.said == ["coach_resting"]
        assert turn.treatment == replace(HELD, stage="resting", since_at_s=400.0, spent_s=0.0, now_at_s=400.0)
        assert turn.timer_s == 1200.0
    rests = heard(resting(), "hurts", 1300.0)
    assert (rests.lead, rests.treatment.since_at_s) == (["coach_still_off"], 1200.0)


# --- corrections (D5, D7) -------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["go_back", "meant_yes"])
def test_a_correction_restarts_no_phase(word: str) -> None:
    """D5: what is on comes off; in a pause it is said again; in front of it something else is cleared away."""
    assert heard(on(), word, 300.0).position == ("coach", "off")
    assert heard(at("held", HELD), word, 320.0).said == ["coach_held_hint"]
    waits = State(
        Position("waiting", speaking=False, return_to=Position("coach", "resting")), CALM, resting().treatment
    )
    turn = heard(waits, word, 1300.0)
    assert turn.actions[0] == CancelTimer("wait")
    assert turn.position == (("coach", "changed") if word == "go_back" else ("question", "E1"))


@pytest.mark.parametrize("place_id", ["resting", "changed", "go_on", "ready"])
def test_while_it_is_off_a_correction_is_about_what_has_changed(place_id: str) -> None:
    """D7: "go back" asks it again, and its old "no" is none; "I meant yes" is a yes to it."""
    stage = "ready" if place_id == "ready" else "resting"
    state = resting(place_id, stage=stage, unchanged=True)
    back = heard(state, "go_back", 1300.0)
    assert (back.position, back.said, back.treatment.unchanged) == (("coach", "changed"), ["coach_changed"], False)
    meant = heard(state, "meant_yes", 1300.0)
    assert (meant.position, meant.lead) == (("question", "E1"), ["coach_has_changed"])


def test_a_confirmation_that_is_refused_comes_back() -> None:
    """D8: "start over" is confirmed where something was answered; "go back" there is a no."""
    asked = heard(on(record=CALM), "start_over", 300.0)
    assert asked.state.position == Position("confirm", "start_over", return_to=Position("coach", "on"))
    for word in ("no", "go_back"):
        back = heard(asked.state, word, 310.0)
        assert (back.position, back.said, back.treatment.stage) == (
            ("coach", "on"),
            ["coach_left", "coach_on_hint"],
            "on",
        )


# --- stop, 911 ------------------------------------------------------------------------------------


def test_stop_ends_at_once_and_takes_it_off_first() -> None:
    """D8: also where a confirmation stands; alone with the last words, from home care at its step."""
    alone = heard(on(), "stop", 300.0)
    steps_next = ["step_activity_1", "step_activity_2", "step_watch_1", "step_watch_2"]
    assert alone.lead == ["coach_take_off", "coach_stopped", *steps_next, "goodbye"]
    assert all(line.sources for line in alone.say.lead)
    assert alone.kind == (None, "closing")
    assert (alone.position, alone.treatment.left_on, alone.cancelled) == (("closing", "coach_stopped"), True, ["coach"])
    assert alone.state.applications == (Application("ice", 0.0, 300.0),)
    steps = heard(on(record=CALM, alone=False, step="2"), "stop", 300.0)
    assert steps.position == ("home_care", "2")
    assert steps.lead[:2] == ["coach_take_off", "coach_stopped"]
    assert steps.lead[-1] == "goodbye"
    assert (steps.treatment.stage, steps.treatment.since_at_s) == ("over", 300.0)
    asked = State(Position("confirm", "start_over", speaking=False, return_to=Position("coach", "on")), CALM, on_hour())
    assert heard(asked, "stop", 300.0).position == ("closing", "coach_stopped")
    assert "coach_take_off" not in heard(resting(), "stop", 1300.0).said


@pytest.mark.parametrize("state", [on(), off(), resting(), at("held", HELD), on(record=CALM)])
def test_911_comes_first_and_ends_the_hour(state: State) -> None:
    """D5: 911, then "take it off" where it may be on; the timer is cancelled; going back restarts nothing."""
    turn = heard(state, "emergency", 1300.0, sign="E1")
    worn = state.treatment is not None and state.treatment.may_be_worn
    assert turn.lead[:2] == ["call_911", "cannot_dial"]
    assert turn.lead[-1] == ("coach_take_off" if worn else "cannot_dial")
    assert (turn.treatment.stage, turn.treatment.left_on) == ("over", worn)
    assert "coach" in turn.cancelled
    assert (turn.kind, turn.say.interruptible) == (("standby", "call_911"), False)
    shown = [line.id for line in turn.show.lines]
    assert shown[:2] == ["call_911", "cannot_dial"]
    assert ("coach_take_off" in shown) is worn
    back = heard(heard(turn.state, "go_back", 1310.0).state, "no", 1320.0)
    withdrawn = heard(back.state, "yes", 1330.0)
    assert withdrawn.position == (("read_back", "emergency") if state.record == CALM else ("question", "E2"))
    assert withdrawn.treatment.stage == "over"
    hint = heard(turn.state, "louder", 1320.0)
    assert "coach_take_off" not in hint.said
    reminded = heard(turn.state, "repeat", 1320.0)
    assert ("coach_take_off" in reminded.said) is worn


def test_the_last_words_of_any_end_take_it_off() -> None:
    """Whatever the outcome: where the hour was cut short while the pack may be on, that is said too."""
    cut = replace(
        on(record=Record((("E1", "yes"),)), stage="over", left_on=True), position=Position("outcome", "call_911")
    )
    closing = step(step(cut, Finished(MINUTE)).state, Pressed(MINUTE, "stop"))
    assert closing.lead == ["coach_take_off", "call_911_reminder"]
