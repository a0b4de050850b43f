"""The ice and heat hour, before a pack is on: which pack, what is forbidden, and only a yes starts it (C1, C2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from coach_steps import (
    ALONE,
    CALM,
    CONTENT,
    NET,
    TALK,
    at,
    begun,
    heard,
    missed,
    step,
    treatment_of,
)

from voice_backcare.core.coach.state import Application, TreatmentState
from voice_backcare.core.content import ContentError
from voice_backcare.core.conversation import build
from voice_backcare.core.events import CancelTimer, Finished, Fired, Listen, Pressed
from voice_backcare.core.state import Position, State


@pytest.mark.parametrize("pack", ["ice", "heat"])
def test_begun_alone_it_first_says_whom_it_is_for_and_the_signs(pack: str) -> None:
    """C1: S1, S2 and the six emergency signs; then what is needed, what is forbidden, and its question."""
    turn = begun(f"start_{pack}", at_s=5.0)
    told = ["opening_guide", "coach_alone", *NET, f"coach_fetch_{pack}", f"coach_forbid_{pack}"]
    assert turn.lead == told
    assert turn.asked == [f"coach_check_{pack}"]
    assert turn.kind == ("check", "wrap" if pack == "ice" else "stay_awake")
    assert turn.state == State(Position("coach", "ready"), ALONE, TreatmentState(pack, True, now_at_s=5.0))
    assert turn.timer_s is None
    assert step(turn.state, Finished(6.0)).listens == Listen(f"coach_check_{pack}", 6.0)


def test_without_a_pack_it_asks_for_how_long_it_has_hurt() -> None:
    """C1: less than three days, then ice; else heat, or both by turns."""
    turn = begun("start_coach")
    assert (turn.asked, turn.kind) == (["coach_choose"], ("check", "choose"))
    assert turn.lead == ["opening_guide", "coach_alone", *NET]
    assert turn.treatment == TreatmentState("", True)
    for answer, pack in (("yes", "ice"), ("no", "heat")):
        chosen = heard(turn.state, answer, 3.0)
        assert chosen.lead == [f"coach_chosen_{pack}", f"coach_fetch_{pack}", f"coach_forbid_{pack}"]
        assert chosen.treatment == TreatmentState(pack, True, now_at_s=3.0)
        assert chosen.position == ("coach", "ready")


def test_doubt_about_the_days_is_told_more_and_then_begins_with_ice() -> None:
    """C1, T1: once it says that one can start with ice and go back and forth; then it starts with ice."""
    doubted = heard(replace(begun("start_coach").state, position=Position("coach", "choose", tries=1)), "unsure", 3.0)
    assert (doubted.lead, doubted.asked) == (["coach_choose_doubt"], ["coach_choose"])
    assert doubted.state.position == Position("coach", "choose", doubted="unsure")
    assert heard(doubted.state, "unsure", 6.0).treatment.pack == "ice"


@pytest.mark.parametrize("word", ["start_ice", "start_heat"])
def test_the_listener_can_choose_otherwise(word: str) -> None:
    """C1: by its name, at the choice and at the question before the start; "switch" takes the other one."""
    pack = word.removeprefix("start_")
    other = {"ice": "heat", "heat": "ice"}[pack]
    assert heard(begun("start_coach").state, word, 3.0).treatment == TreatmentState(pack, True, now_at_s=3.0)
    for said in (word, "switch"):
        turn = heard(begun(f"start_{other}").state, said, 3.0)
        assert turn.lead == [f"coach_fetch_{pack}", f"coach_forbid_{pack}"]
        assert turn.treatment == TreatmentState(pack, True, now_at_s=3.0)
    nothing_to_switch = heard(begun("start_coach").state, "switch", 3.0)
    assert (nothing_to_switch.position, nothing_to_switch.said) == (("coach", "choose"), ["coach_choose"])
    assert heard(begun("start_coach").state, "start_coach", 3.0).said == ["coach_choose"]


def test_from_a_step_of_home_care_nothing_is_said_twice() -> None:
    """C1: the signs were asked; where it goes back to is kept, and the step's own timer is forgotten."""
    steps = State(Position("home_care", "2", speaking=False), CALM)
    turn = heard(steps, "start_heat", 7.0)
    assert turn.lead == ["coach_fetch_heat", "coach_forbid_heat"]
    assert turn.treatment == TreatmentState("heat", False, "2", now_at_s=7.0)
    assert turn.cancelled == ["give_up"]
    speaking = replace(steps, position=replace(steps.position, speaking=True))
    assert step(speaking, Pressed(7.0, "start_heat")).position == ("coach", "ready")
    assert TALK.step(State(Position("question", "E1", speaking=False)), Pressed(7.0, "start_heat"))[1] == ()


@pytest.mark.parametrize("pack", ["ice", "heat"])
def test_only_a_heard_yes_starts_it(pack: str) -> None:
    """C2: no and doubt wait, silence and noise are asked again, more simply; a yes says "on" and arms the timer."""
    ready = begun(f"start_{pack}").state
    for word in ("no", "unsure"):
        turn = heard(replace(ready, position=replace(ready.position, tries=2)), word, 9.0)
        assert turn.lead == [f"coach_not_yet_{pack}"]
        assert turn.state.position == Position("coach", "ready")
    quiet = step(ready, Finished(1.0)).state
    assert missed(quiet, 7.0).said == ["missed_silence", "say_yes_or_no", f"coach_check_{pack}_again"]
    assert missed(quiet, 7.0, noise=True).said == ["missed_noise", "say_yes_or_no", f"coach_check_{pack}_again"]
    started = heard(ready, "yes", 30.0)
    assert (started.lead, started.asked) == (["coach_on"], ["coach_on_hint"])
    assert started.say.lead[0].text.endswith("for 20 minutes.")
    assert started.kind == ("standby", "coach_on")
    assert started.treatment == TreatmentState(pack, True, "0", "on", 30.0, 30.0, 30.0, checked_at_s=30.0)
    assert started.timer_s == (600.0 if pack == "ice" else 300.0)
    assert started.state.applications == (Application(pack, 30.0),)
    assert step(started.state, Finished(31.0)).listens == Listen("coach_on", None)


def test_what_is_forbidden_cannot_be_skipped() -> None:
    """C2: a yes before the question was said is none, a key neither; everything is said again on "repeat"."""
    ready = begun("start_ice").state
    for word in ("yes", "no", "unsure", "acknowledge"):
        assert step(ready, Pressed(1.0, word)).state == replace(
            ready, treatment=replace(treatment_of(ready), now_at_s=1.0)
        )
    assert heard(ready, "repeat", 9.0).lead == ["coach_fetch_ice", "coach_forbid_ice"]
    assert heard(ready, "continue", 9.0).said == ["coach_check_ice"]


def test_a_silent_question_pauses_and_comes_again_whole() -> None:
    """D3: after three tries it pauses; "continue" says what is forbidden before it asks again."""
    third = at("ready", TreatmentState("ice", True), tries=2)
    paused = missed(third, 20.0)
    assert paused.state.position == Position("paused", return_to=Position("coach", "ready"))
    assert paused.said == [*NET, "paused"]
    again = heard(paused.state, "continue", 40.0)
    assert again.said == ["go_on", "coach_fetch_ice", "coach_forbid_ice", "coach_check_ice"]
    closed = step(step(paused.state, Finished(21.0)).state, Fired(620.0, "give_up"))
    assert closed.position == ("closing", "coach_stopped")
    assert closed.lead[:1] == ["coach_stopped"]


def test_going_back_before_the_first_start_chooses_again() -> None:
    """D7: "go back" and "I meant yes" return to the choice; at the choice they say it again."""
    for word in ("go_back", "meant_yes"):
        back = heard(begun("start_heat").state, word, 4.0)
        assert (back.position, back.said) == (("coach", "choose"), ["coach_choose"])
        assert heard(back.state, "yes", 5.0).treatment == TreatmentState("ice", True, now_at_s=5.0)
        assert heard(back.state, word, 5.0).said == ["coach_choose"]


def test_words_before_the_start_have_their_answer() -> None:
    """C5: no time runs yet, and nothing is on that could hurt; help, why and the background are told."""
    ready = begun("start_ice").state
    assert heard(ready, "time_left", 4.0).lead == ["coach_not_running"]
    assert heard(ready, "hurts", 4.0).lead == ["coach_still_off"]
    assert heard(ready, "help", 4.0).lead == ["help_coach"]
    assert heard(ready, "why", 4.0).lead == ["why_step"]
    told = [text.id for text in CONTENT.answers["how_long"].lines]
    assert heard(ready, "how_long", 4.0).lead == told
    waiting = heard(ready, "wait", 4.0)
    assert waiting.state.position == Position("waiting", return_to=Position("coach", "ready"))


def test_stop_before_the_start_ends_at_once() -> None:
    """D8: alone with the last words, from home care back at its step; nothing has to come off."""
    alone = heard(begun("start_ice").state, "stop", 4.0)
    assert alone.position == ("closing", "coach_stopped")
    assert alone.lead[0] == "coach_stopped"
    assert alone.lead[-1] == "goodbye"
    ended = step(alone.state, Finished(9.0))
    assert (ended.ends.outcome, ended.ends.because, ended.ends.answers) == ("coach_stopped", (), ())
    assert ended.state == State()
    steps = heard(at("ready", TreatmentState("ice", False, "2"), CALM), "stop", 4.0)
    assert steps.position == ("home_care", "2")
    assert steps.lead[0] == "coach_stopped"
    assert steps.treatment == TreatmentState("ice", False, "2", "over", 4.0)
    waiting = State(
        Position("waiting", speaking=False, return_to=Position("coach", "ready")), ALONE, TreatmentState("ice", True)
    )
    stopped = heard(waiting, "stop", 4.0)
    assert stopped.position == ("closing", "coach_stopped")
    assert stopped.actions[0] == CancelTimer("wait")


@pytest.mark.parametrize("line_id", ["coach_off_ice", "coach_check_heat_keys", "coach_awake", "help_coach"])
def test_an_hour_that_lacks_a_line_is_refused(line_id: str) -> None:
    """No conversation starts that would not know what to say."""
    lines = {name: text for name, text in CONTENT.lines.items() if name != line_id}
    with pytest.raises(ContentError, match=rf"^coach\.toml: {line_id}: is missing$"):
        build(replace(CONTENT, lines=lines))


def test_an_hour_that_lacks_its_last_steps_is_refused() -> None:
    """What comes next is told from the steps of home care."""
    steps = tuple(step for step in CONTENT.steps if step.id != "watch")
    with pytest.raises(ContentError, match=r"^home_care\.toml: step\.watch: is missing$"):
        build(replace(CONTENT, steps=steps))
