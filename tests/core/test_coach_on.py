"""A pack is on: what is announced and when, heat is watched, and "off" comes on time (C3, C4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from coach_steps import (
    CALM,
    MINUTE,
    at,
    fired,
    heard,
    missed,
    off,
    on,
    on_hour,
    step,
    treatment_of,
)

from voice_backcare.core.coach.prompts import minutes
from voice_backcare.core.coach.schedule import asks_to_go_on, due, due_now, on_length_s
from voice_backcare.core.coach.state import TreatmentState, Worn
from voice_backcare.core.events import CancelTimer, Failed, Finished, Fired, Phase
from voice_backcare.core.state import Position, State


def test_ice_is_announced_at_half_and_before_the_end() -> None:
    """After ten minutes "halfway", a minute before the end once more, each time with the next timer."""
    half = fired(on(), 10 * MINUTE)
    assert half.texts == ["Halfway. There are 10 minutes to go.", "The ice stays on."]
    assert (half.treatment, half.timer_s) == (on_hour(now_at_s=10 * MINUTE, told=1), 9 * MINUTE)
    last = fired(half.state, 19 * MINUTE)
    assert last.said == ["coach_last_minute", "coach_stays_ice"]
    assert (last.treatment, last.timer_s) == (on_hour(now_at_s=19 * MINUTE, told=2), MINUTE)


@pytest.mark.parametrize("pack", ["ice", "heat"])
def test_off_is_said_on_time_and_first(pack: str) -> None:
    """C3: at the second, whatever was due before it; the off-phase counts from here for now."""
    turn = fired(on(pack, told=1), 20 * MINUTE)
    assert turn.texts == [f"Off. Take the {pack} off now.", "Say okay when it is off."]
    assert turn.kind == ("standby", "coach_off")
    assert turn.treatment == on_hour(pack, now_at_s=1200.0, stage="off", since_at_s=1200.0)
    assert turn.timer_s == 60.0
    assert step(turn.state, Finished(1201.0)).listens.place == "coach_off"


def test_off_does_not_wait_for_the_end_of_a_line() -> None:
    """C3: the rest waits two seconds at a time for what is being said, "off" does not."""
    speaking = at("on", on_hour(), speaking=True)
    later = step(speaking, Fired(600.0, "coach"))
    assert (later.state.position, later.timer_s, len(later.actions)) == (speaking.position, 2.0, 1)
    assert step(speaking, Fired(1200.0, "coach")).position == ("coach", "off")


def test_a_timer_that_comes_early_waits_for_its_moment() -> None:
    """What is not due yet is not said; the timer is armed again for what is left."""
    early = fired(on(), 500.0)
    assert early.state == on(now_at_s=500.0)
    assert early.timer_s == 100.0
    assert step(State(), Fired(0.0, "coach")).actions == ()


def test_halfway_is_not_said_where_something_else_is_asked() -> None:
    """Before a confirmation it is only remembered; the timer goes on to the last minute."""
    asked = replace(
        on(record=CALM), position=Position("confirm", "start_over", speaking=False, return_to=Position("coach", "on"))
    )
    turn = fired(asked, 600.0)
    assert (turn.state.position, turn.treatment.told, turn.timer_s) == (asked.position, 1, 540.0)
    assert len(turn.actions) == 1
    assert fired(asked, 1200.0).position == ("coach", "off")


# --- heat (C4) ------------------------------------------------------------------------------------


def test_every_five_minutes_of_heat_it_asks_whether_the_child_is_awake() -> None:
    """C4: asked at five minutes, and five minutes after the yes; halfway is said with it where both are due."""
    first = fired(on("heat"), 300.0)
    assert (first.lead, first.asked, first.kind) == ([], ["coach_awake"], ("check", "awake"))
    assert (first.treatment.awake_by_at_s, first.timer_s) == (360.0, 60.0)
    opened = step(first.state, Finished(302.0))
    assert (opened.treatment.awake_by_at_s, opened.timer_s) == (332.0, 30.0)
    assert (opened.listens.place, opened.listens.timeout_s) == ("coach_awake", 30.0)
    awake = heard(opened.state, "yes", 310.0)
    assert awake.said == ["ack_1", "coach_stays_heat"]
    assert awake.treatment == on_hour("heat", now_at_s=310.0, checked_at_s=310.0)
    assert awake.timer_s == 290.0
    half = fired(on("heat", checked_at_s=300.0), 600.0)
    assert half.said == ["coach_halfway", "coach_awake"]
    assert (half.position, half.treatment.told, half.treatment.awake_by_at_s) == (("coach", "awake"), 1, 660.0)
    apart = fired(on("heat", checked_at_s=310.0), 600.0)
    assert (apart.said, apart.timer_s) == (["coach_halfway", "coach_stays_heat"], 10.0)
    second = fired(on("heat", checked_at_s=310.0, told=1), 610.0)
    assert second.said == ["coach_awake"]


def test_in_the_last_minute_of_heat_it_asks_no_more() -> None:
    """C4: the heat comes off in a moment anyway."""
    assert due(on_hour("heat", checked_at_s=839.0, told=2)) == (1139.0, "awake")
    assert due(on_hour("heat", checked_at_s=840.0, told=2)) == (1200.0, "off")


def test_anything_but_a_heard_yes_takes_the_heat_off() -> None:
    """C4: no, doubt, half a minute of silence; noise alone changes nothing, and the half minute goes on."""
    asked = at("awake", on_hour("heat", now_at_s=300.0, awake_by_at_s=330.0))
    turns = [heard(asked, "no", 310.0), heard(asked, "unsure", 310.0), missed(asked, 330.0), fired(asked, 330.0)]
    for turn in turns:
        assert turn.said == ["coach_off", "coach_asleep", "coach_off_hint"]
        assert (turn.position, turn.treatment.stage, turn.treatment.awake_by_at_s) == (("coach", "off"), "off", None)
        assert turn.timer_s == 60.0
    noise = missed(asked, 310.0, noise=True)
    assert noise.state == replace(asked, treatment=replace(treatment_of(asked), now_at_s=310.0))
    assert noise.actions == ()
    assert due_now(on_hour("heat", now_at_s=1200.0, awake_by_at_s=330.0)) == "asleep"


def test_a_question_that_could_not_be_spoken_is_waited_for_all_the_same() -> None:
    """C4, D9: once more, then shown; the half minute counts from then."""
    asked = at("awake", on_hour("heat", now_at_s=300.0, awake_by_at_s=360.0), speaking=True)
    once = step(asked, Failed(301.0))
    assert (once.treatment.awake_by_at_s, once.asked) == (360.0, ["coach_awake"])
    shown = step(once.state, Failed(302.0))
    assert (shown.treatment.awake_by_at_s, shown.timer_s) == (332.0, 30.0)
    assert shown.show.attention


def test_silence_and_noise_while_it_is_on_are_nothing() -> None:
    """The bedside may be loud: nothing is said, nothing changes."""
    for state in (on(), off(), at("resting", on_hour(stage="resting")), at("held", on_hour(stage="held"))):
        for noise in (False, True):
            assert missed(state, 1300.0, noise=noise).actions == ()


# --- off, until somebody acknowledges it ----------------------------------------------------------


def test_off_is_said_again_after_one_two_and_five_minutes() -> None:
    """C3: each time from the first saying; then it waits, and ends by itself when the 90 minutes are over."""
    turn = fired(off(), 1260.0)
    assert turn.said == ["coach_off", "coach_off_hint"]
    assert (turn.treatment.told, turn.treatment.since_at_s, turn.timer_s) == (1, 1200.0, 60.0)
    turn = fired(turn.state, 1320.0)
    assert (turn.treatment.told, turn.treatment.since_at_s, turn.timer_s) == (2, 1200.0, 180.0)
    turn = fired(turn.state, 1500.0)
    assert (turn.treatment.told, turn.treatment.since_at_s, turn.timer_s) == (3, 1200.0, 5400.0 - 1500.0)
    ended = fired(turn.state, 5400.0)
    assert (ended.position, ended.lead[:2]) == (("closing", "coach_done"), ["coach_take_off", "coach_done"])


def test_an_off_that_comes_late_waits_its_twenty_minutes_for_a_word() -> None:
    """The 90 minutes may be nearly over: "take it off" is not forgotten sooner than after 20 minutes."""
    assert due(replace(treatment_of(off(at_s=5300.0)), told=3)) == (6500.0, "unanswered")
    assert due(replace(treatment_of(off(at_s=4000.0)), told=3)) == (5400.0, "unanswered")


def test_off_interrupts_a_confirmation() -> None:
    """C3: whatever is asked, "off" is said, and what stood there is over."""
    asked = replace(on(record=CALM), position=Position("waiting", speaking=False, return_to=Position("coach", "on")))
    turn = fired(asked, 1200.0)
    assert (turn.position, turn.said[0]) == (("coach", "off"), "coach_off")
    assert CancelTimer("wait") in turn.actions


# --- arithmetic, and what is kept -----------------------------------------------------------------


def test_a_phase_never_goes_beyond_twenty_minutes_nor_ninety_in_all() -> None:
    """C3: what was on before a pause counts, and so does the total."""
    assert on_length_s(on_hour(now_at_s=100.0, spent_s=500.0)) == 700.0
    assert on_length_s(on_hour(now_at_s=4800.0)) == 600.0
    late = at("ready", on_hour(now_at_s=4700.0, stage="ready", unchanged=True, told=1))
    turn = heard(late, "yes", 4800.0)
    assert turn.say.lead[0].text == "On. Hold the ice on the sore spot for 10 minutes."
    assert (turn.treatment.length_s, turn.treatment.since_at_s, turn.timer_s) == (600.0, 4800.0, 300.0)
    assert (turn.treatment.unchanged, turn.treatment.told) == (False, 0)
    assert not asks_to_go_on(on_hour(now_at_s=3599.0))
    assert asks_to_go_on(on_hour(now_at_s=3600.0))
    assert fired(turn.state, 5400.0).position == ("coach", "off")


def test_a_short_phase_is_not_announced_a_minute_before_its_end() -> None:
    """What is over in a minute says so when it begins."""
    assert due(on_hour(length_s=60.0, told=1)) == (60.0, "off")
    assert due(on_hour(length_s=61.0, told=1)) == (1.0, "minute")
    assert due(on_hour(length_s=1200.0, spent_s=600.0)) == (540.0, "minute")


def test_minutes_are_said_in_words_that_can_be_followed() -> None:
    """To the nearest minute, and never none."""
    told = [minutes(seconds) for seconds in (0.0, 20.0, 60.0, 89.0, 91.0, 1200.0)]
    assert told == ["one minute", "one minute", "one minute", "one minute", "2 minutes", "20 minutes"]


def test_the_screen_counts_down_what_runs() -> None:
    """The phase goes with what is shown: its pack, whether it is on, its times, and when the hour began."""
    assert heard(on(), "time_left", 300.0).show.phase == Phase("ice", True, 0.0, 1200.0, 0.0)
    assert heard(off(), "no", 1300.0).show.phase is None
    rest = at("resting", on_hour(stage="resting", since_at_s=1230.0))
    assert heard(rest, "time_left", 1300.0).show.phase == Phase("ice", False, 1230.0, 2430.0, 0.0)
    assert TreatmentState(stage="on").phase is None


def test_what_was_on_is_kept_for_the_summary() -> None:
    """Each "on" is noted when it begins and when it is off; a state taken up in the middle is noted whole."""
    begun = replace(on(), worn=(Worn("heat", -9.0, -5.0), Worn("ice", 0.0)))
    ended = fired(begun, 1200.0)
    assert ended.state.worn == (Worn("heat", -9.0, -5.0), Worn("ice", 0.0, 1200.0))
    assert fired(on(since_s=4.0), 1204.0).state.worn == (Worn("ice", 4.0, 1204.0),)
    assert heard(ended.state, "acknowledge", 1210.0).state.worn == ended.state.worn
