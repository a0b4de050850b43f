"""The pack is off: the word that says so, "has anything changed?", the rest, and whether to go on (C3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from coach_steps import (
    ALONE,
    CALM,
    CONTENT,
    NET,
    at,
    fired,
    heard,
    missed,
    off,
    on_hour,
    resting,
    step,
    treatment_of,
)

from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Heard, Pressed
from voice_backcare.core.state import Position, State

TRIAGE = Triage(CONTENT)

THANKS = ["thanks", "coach_total"]


CLEAR = (
    *("yes", "acknowledge", "wait", "continue", "go_back", "meant_yes", "hurts", "switch"),
    *("start_ice", "start_heat", "start_coach"),
)


@pytest.mark.parametrize("word", CLEAR)
def test_a_clear_word_acknowledges_off(word: str) -> None:
    """C3: the rest counts from the word, the total from the first "on" up to it; then "has anything changed?"."""
    turn = heard(off(), word, 1230.0)
    assert (turn.lead, turn.asked, turn.kind) == (THANKS, ["coach_changed"], ("check", "changed"))
    assert turn.say.lead[1].text == "That makes 20 minutes so far."
    next_pack = {"switch": "heat", "start_ice": "ice", "start_heat": "heat"}.get(word, "")
    treatment = on_hour(stage="resting", since_at_s=1230.0, now_at_s=1230.0, next_pack=next_pack)
    assert (turn.treatment, turn.timer_s) == (treatment, 1200.0)
    assert heard(off(), word, 1300.0).say.lead[1].text == "That makes 22 minutes so far."


def test_no_doubt_and_haste_acknowledge_nothing() -> None:
    """C3: "no" and doubt get it said again; a word that comes while it is said is none, a key is one."""
    for word in ("no", "unsure"):
        assert heard(off(), word, 1230.0).said == ["coach_off", "coach_off_hint"]
    speaking = at("off", treatment_of(off()), speaking=True)
    for word in ("yes", "acknowledge"):
        assert step(speaking, Heard(1230.0, word)).actions == ()
        assert step(speaking, Pressed(1230.0, word)).position == ("coach", "changed")
    assert heard(off(), "help", 1230.0).said == ["coach_off", "help_coach", "coach_off_hint"]
    assert heard(off(), "time_left", 1230.0).said == ["coach_off", "coach_off_hint"]


def test_nothing_has_changed_so_the_rest_goes_on() -> None:
    """C3: the rest of the 20 minutes, and what comes next where it is another one."""
    turn = heard(resting("changed"), "no", 1260.0)
    assert turn.texts == ["Okay.", "Leave the ice off for 19 minutes. I will tell you."]
    assert (turn.position, turn.treatment.unchanged, turn.treatment.stage) == (("coach", "resting"), True, "resting")
    assert turn.kind == ("standby", "coach_off")
    assert turn.timer_s is None  # it has run since the word
    other = heard(resting("changed", next_pack="heat"), "no", 1260.0)
    assert other.said == ["ack_1", "coach_next_heat", "coach_resting"]


@pytest.mark.parametrize("record", [ALONE, CALM])
def test_a_change_leads_back_to_the_first_sign(record: Any) -> None:
    """C3: no old "no" stands, the hour is over, its timer cancelled."""
    turn = heard(resting("changed", record=record, alone=record == ALONE), "yes", 1260.0)
    assert turn.said == ["coach_has_changed", "E1_ask"]
    assert turn.state.position == Position("question", "E1")
    assert turn.state.record == ALONE
    assert turn.treatment.stage == "over"
    assert turn.cancelled == ["coach"]


def test_a_change_voids_the_visit_until_all_was_asked_again() -> None:
    """D15: "plan a visit" holds no more, the sign stays noted; asked again with nothing new, it holds as before."""
    visit = replace(CALM, answers=(*CALM.answers[:-1], ("F7", "yes")))
    turn = heard(resting("changed", record=visit, alone=False), "yes", 1260.0)
    assert (TRIAGE.disposition(visit), TRIAGE.disposition(turn.state.record)) == ("follow_up", None)
    assert turn.state.record.answers == (("F7", "yes"),)
    again = replace(visit, changed=True)
    assert TRIAGE.disposition(again) == "follow_up"
    for missing in ("E1", "S1", "R8"):
        assert TRIAGE.disposition(again.without(missing)) is None
    assert TRIAGE.disposition(replace(again, confirmed=frozenset({"emergency"}))) is None
    for sign, urgent in (("E1", "call_911"), ("R1", "call_provider_now"), ("S1", "out_of_scope")):
        assert TRIAGE.disposition(turn.state.record.with_answer(sign, "yes")) == urgent


def test_doubt_about_a_change_gets_the_signs_and_is_asked_about_again() -> None:
    """D2: doubt is no "no": once the signs and the question, then it rests, and is asked before the next "on"."""
    doubted = heard(replace_tries(resting("changed"), 1), "unsure", 1260.0)
    assert doubted.said == [*NET, "coach_changed"]
    assert doubted.state.position == Position("coach", "changed", doubted="unsure")
    rests = heard(doubted.state, "unsure", 1280.0)
    assert rests.said == [*NET, "coach_resting"]
    assert not rests.treatment.unchanged
    due = fired(rests.state, 2400.0)
    assert (due.said, due.treatment.stage) == (["coach_changed"], "ready")
    again = heard(heard(due.state, "unsure", 2410.0).state, "unsure", 2420.0)
    assert again.state.position == Position("paused", return_to=Position("coach", "changed", doubted="unsure"))
    assert again.said == [*NET, "paused"]


def test_silence_about_a_change_is_no_no() -> None:
    """D3: asked three times; then it rests with the signs, and asks again when the rest is over."""
    assert missed(resting("changed"), 1230.0).said == ["missed_silence", "say_yes_or_no", "coach_changed_again"]
    assert missed(resting("changed"), 1230.0, noise=True).said == [
        "missed_noise",
        "say_yes_or_no",
        "coach_changed_again",
    ]
    assert missed(replace_tries(resting("changed"), 1), 1240.0).said == ["coach_changed_keys"]
    last = missed(replace_tries(resting("changed"), 2), 1260.0)
    assert last.said == [*NET, "coach_resting"]
    assert (last.position, last.treatment.unchanged) == (("coach", "resting"), False)
    ready = replace_tries(resting("changed", stage="ready"), 2)
    assert missed(ready, 2460.0).position == ("paused", "")


def replace_tries(state: State, tries: int) -> State:
    return replace(state, position=replace(state.position, tries=tries))


def test_the_end_does_not_cut_off_the_answer_whether_anything_has_changed() -> None:
    """C3: the end of the 90 minutes waits two seconds at a time for it; the end of the rest asks it again."""
    asked = resting("changed", at_s=5000.0)
    turn = fired(asked, 5400.0)
    assert (turn.state.position, turn.timer_s, len(turn.actions)) == (asked.position, 2.0, 1)
    again = fired(resting("changed"), 2400.0)
    assert (again.position, again.treatment.stage, again.said) == (("coach", "changed"), "ready", ["coach_changed"])
    over = heard(resting("changed", at_s=5401.0, now_at_s=5405.0), "no", 5410.0)
    assert (over.position, over.lead[:2]) == (("closing", "coach_done"), ["ack_1", "coach_done"])


def test_after_the_rest_the_next_start_wants_its_own_yes() -> None:
    """C2, C3: what is forbidden is said again, what is needed not; 90 minutes are the next thing that is timed."""
    turn = fired(resting(unchanged=True), 2400.0)
    assert turn.said == ["coach_forbid_ice", "coach_check_ice"]
    assert (turn.position, turn.treatment.stage, turn.timer_s) == (("coach", "ready"), "ready", 3000.0)
    other = fired(resting(unchanged=True, next_pack="heat"), 2400.0)
    assert other.said == ["coach_forbid_heat", "coach_check_heat"]
    assert (other.treatment.pack, other.treatment.next_pack) == ("heat", "")


def test_after_an_hour_it_asks_whether_to_go_on() -> None:
    """C3: yes goes on to 90 minutes, anything else ends it, and silence does too."""
    asked = heard(resting("changed", at_s=3600.0), "no", 3620.0)
    assert (asked.said, asked.kind) == (["ack_1", "coach_been", "coach_go_on"], ("offer", "go_on"))
    assert step(asked.state, Heard(3621.0, "yes")).actions == ()  # not before it was said
    on = heard(asked.state, "yes", 3630.0)
    assert (on.said, on.treatment.longer) == (["ack_1", "coach_resting"], True)
    for word in ("no", "unsure"):
        ended = heard(asked.state, word, 3630.0)
        assert (ended.position, ended.texts[0]) == (
            ("closing", "coach_done"),
            "That is all for now. It took 60 minutes.",
        )
    go_on = resting("go_on", at_s=3600.0, unchanged=True)
    assert missed(go_on, 3640.0).said == ["missed_silence", "say_yes_or_no", "coach_go_on_again"]
    assert missed(replace_tries(go_on, 1), 3640.0, noise=True).said == ["coach_go_on_keys"]
    assert missed(replace_tries(go_on, 2), 3640.0).position == ("closing", "coach_done")


def test_an_hour_that_is_over_while_it_rested_asks_before_it_goes_on() -> None:
    """C3: asked when the rest is over too; a yes then leads on to the next start."""
    asked = fired(resting(unchanged=True, at_s=2500.0), 3700.0)
    assert (asked.position, asked.treatment.stage) == (("coach", "go_on"), "ready")
    assert heard(asked.state, "yes", 3710.0).said == ["coach_forbid_ice", "coach_check_ice"]
    assert fired(resting(unchanged=True, longer=True, at_s=2500.0), 3700.0).position == ("coach", "ready")


def test_it_ends_by_itself_when_no_further_on_fits() -> None:
    """C3: two minutes are not worth a start; at 90 minutes it is over wherever it is, off in any case."""
    for turn in (
        fired(resting(unchanged=True, at_s=4100.0, longer=True), 5300.0),
        heard(at("ready", on_hour(stage="ready", longer=True)), "yes", 5281.0),
        heard(at("held", on_hour(stage="held", spent_s=60.0)), "continue", 5281.0),
        fired(at("ready", on_hour(stage="ready", longer=True)), 5400.0),
    ):
        assert turn.position == ("closing", "coach_done")
        assert turn.lead[0] == "coach_done"
    assert heard(at("ready", on_hour(stage="ready", longer=True)), "yes", 5280.0).treatment.length_s == 120.0
    steps = fired(resting(unchanged=True, at_s=4300.0, record=CALM, alone=False, step="3"), 5400.0)
    assert (steps.position, steps.lead[0]) == (("home_care", "3"), "coach_done")
    assert steps.texts[0] == "That is all for now. It took 90 minutes."
