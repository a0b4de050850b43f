"""Every rule of the search can fail: for each, a step that breaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import rules
from exploring import FRESH, STALE, Transition, conversation

from voice_backcare.core.events import End, Failed, Fired, Heard, Line, Listen, NoInput, NoMatch, Resumed, Say, Show
from voice_backcare.core.state import Position, Record, State

E1 = Position("question", "E1", speaking=False)
R1 = Position("question", "R1", speaking=False)
READ_BACK = Position("read_back", "emergency", speaking=False)
HOME_CARE = Position("home_care", "0", speaking=False)
OUTCOME_911 = Position("outcome", "call_911", speaking=False)
WAITING = Position("waiting", speaking=False, return_to=replace(E1, speaking=True))
NOTHING = Record()
E1_YES = Record(answers=(("E1", "yes"),))
E1_NO = Record(answers=(("E1", "no"),))
R1_YES = Record(answers=(("R1", "yes"),))
OTHER = Line("other", "Something else.", ("own",))
UNCITED = Line("other", "Something else.", ())


def way(
    before: Position, event: Any, after: Position, *actions: Any, given: Record = NOTHING, then: Record | None = None
) -> Transition:
    return Transition(State(before, given), event, State(after, given if then is None else then), actions)


def say(*lines: Line, interruptible: bool = True) -> Say:
    return Say((), lines, "question", "x", interruptible)


def heard(meaning: str) -> Heard:
    return Heard(0.0, meaning)


BREAKS = {
    rules.an_emergency_sign_calls_911_at_once: [
        way(E1, heard("yes"), Position("question", "E2"), then=E1_YES),
        way(replace(E1, doubted="unsure"), heard("unsure"), E1),
        way(HOME_CARE, Heard(0.0, "emergency", sign="E1"), HOME_CARE),
    ],
    rules.only_a_heard_no_is_a_no: [
        way(E1, NoMatch(0.0), Position("question", "E2"), then=E1_NO),
        way(E1, heard("unsure"), Position("question", "E2"), then=E1_NO),
        way(replace(E1, speaking=True), heard("no"), Position("question", "E2"), then=E1_NO),
    ],
    rules.silence_and_faults_answer_nothing: [
        way(R1, Failed(0.0), R1, then=R1_YES),
        way(R1, Resumed(0.0, None, False), R1, given=R1_YES, then=NOTHING),
    ],
    rules.home_care_only_after_every_no: [way(R1, heard("no"), HOME_CARE, then=E1_NO)],
    rules.only_a_yes_confirms: [
        way(READ_BACK, heard("unsure"), R1, then=Record(confirmed=frozenset({"emergency"}))),
        way(READ_BACK, heard("yes"), R1, then=Record(confirmed=frozenset({"urgent"}))),
    ],
    rules.doubt_and_refusal_confirm_nothing: [
        way(READ_BACK, heard("no"), R1, then=Record(confirmed=frozenset({"emergency"}))),
        way(Position("confirm", "stop", speaking=False), heard("unsure"), Position("closing", "incomplete")),
        way(
            Position("offer", "rest", speaking=False),
            heard("unsure"),
            R1,
            then=Record(continue_after_urgent="accepted"),
        ),
    ],
    rules.a_television_decides_nothing: [
        way(E1, NoMatch(0.0), OUTCOME_911),
        way(Position("offer", "home_care", speaking=False), NoMatch(0.0), HOME_CARE),
    ],
    rules.urgency_never_falls_by_itself: [
        way(OUTCOME_911, heard("go_back"), E1, given=E1_YES, then=NOTHING),
        way(R1, heard("no"), R1, given=R1_YES, then=NOTHING),
    ],
    rules.only_answers_touch_the_answers: [way(E1, heard("louder"), E1, then=E1_YES)],
    rules.a_withdrawal_follows_a_heard_no: [
        way(Position("recheck", "E1", speaking=False), heard("unsure"), Position("confirm", "withdraw", subject="E1")),
        way(OUTCOME_911, heard("go_back"), Position("confirm", "withdraw", subject="E1")),
    ],
    rules.everything_heard_is_answered: [
        way(E1, heard("help"), E1),
        way(E1, NoInput(0.0), E1),
        way(replace(E1, speaking=True), Failed(0.0), E1),
    ],
    rules.every_place_holds_the_commands: [
        way(E1, heard("repeat"), E1, Listen("idle", 6.0)),
        way(E1, heard("repeat"), OUTCOME_911, Listen("standby", None)),
    ],
    rules.every_end_was_said_or_shown: [
        way(E1, heard("stop"), Position("idle"), End("incomplete", (), ())),
        way(E1, heard("stop"), Position("closing", "incomplete"), say(OTHER)),
        way(
            Position("closing", "incomplete"), heard("stop"), Position("idle"), End("incomplete", (), ()), given=E1_YES
        ),
    ],
    rules.the_911_instruction_is_whole: [
        way(E1, heard("yes"), OUTCOME_911, say(OTHER), then=E1_YES),
        way(
            replace(OUTCOME_911, uninterruptible=True, speaking=True),
            Fired(0.0, "give_up"),
            Position("closing", "call_911"),
        ),
        way(OUTCOME_911, heard("go_back"), Position("recheck", "E1"), Show(None, "x", (OTHER,)), given=E1_YES),
    ],
    rules.nothing_at_911_is_met_with_silence: [
        way(OUTCOME_911, heard("why"), OUTCOME_911, given=E1_YES),
        way(OUTCOME_911, heard("no"), OUTCOME_911, say(OTHER), given=E1_YES),
        way(OUTCOME_911, NoMatch(0.0), OUTCOME_911, say(OTHER), given=E1_YES),
        way(replace(OUTCOME_911, tries=1), NoMatch(0.0), OUTCOME_911, say(OTHER), given=E1_YES),
    ],
    rules.a_failed_prompt_is_tried_again_then_shown: [
        way(replace(E1, speaking=True), Failed(0.0), E1, Listen("E1", 6.0)),
        way(replace(E1, speaking=True, failures=1), Failed(0.0), E1, Show(None, "x", (OTHER,))),
        way(
            replace(OUTCOME_911, speaking=True, failures=1, uninterruptible=True),
            Failed(0.0),
            OUTCOME_911,
            Show(None, "x", (OTHER,), attention=True),
        ),
    ],
    rules.a_resumption_asks_first: [
        way(R1, FRESH, R1, given=E1_NO),
        way(R1, STALE, Position("confirm", "same_child", return_to=R1), given=E1_NO),
        way(OUTCOME_911, FRESH, Position("confirm", "same_child"), given=E1_YES),
    ],
    rules.every_line_has_its_sources: [way(E1, heard("repeat"), E1, say(UNCITED))],
    rules.a_correction_asks_the_cause: [
        way(OUTCOME_911, heard("go_back"), Position("recheck", "E2"), given=E1_YES),
        way(OUTCOME_911, heard("go_back"), E1, given=E1_YES),
    ],
    rules.a_named_sign_counts: [way(E1, Heard(0.0, "no_match", signs=("R1",)), E1)],
    rules.a_heard_yes_is_never_without_effect: [
        way(HOME_CARE, heard("yes"), HOME_CARE),
        way(E1, heard("soft_yes"), E1, say(OTHER)),
    ],
    rules.understood_words_are_answered: [way(E1, heard("next"), E1), way(WAITING, heard("why"), WAITING)],
    rules.a_wait_and_a_pause_are_not_deaf: [
        way(WAITING, heard("yes"), WAITING),
        way(replace(WAITING, name="paused"), heard("unsure"), replace(WAITING, name="paused")),
        way(replace(WAITING, name="paused"), heard("no"), Position("question", "E2"), then=E1_NO),
        way(WAITING, NoMatch(0.0), WAITING),
    ],
    rules.silence_pauses_after_three: [
        way(replace(E1, tries=2), NoInput(0.0), Position("question", "E2"), say(OTHER)),
        way(E1, NoInput(0.0), replace(E1, tries=1), say(Line("E1_ask", "", ()))),
        way(Position("confirm", "stop", speaking=False), NoMatch(0.0), Position("closing", "incomplete"), say(OTHER)),
    ],
    rules.stop_and_start_over_are_confirmed: [
        way(R1, heard("stop"), Position("closing", "incomplete"), given=E1_NO),
        way(R1, heard("start_over"), E1, given=E1_NO, then=NOTHING),
    ],
    rules.a_refused_read_back_asks_which: [
        way(READ_BACK, heard("unsure"), E1, given=Record(refused=frozenset({"emergency"}))),
        way(READ_BACK, heard("unsure"), E1, given=E1_NO, then=replace(E1_NO, refused=frozenset({"emergency"}))),
        way(READ_BACK, heard("no"), E1, given=E1_NO, then=Record(refused=frozenset({"emergency"}))),
        way(replace(READ_BACK, subject="which"), NoInput(0.0), E1, given=E1_NO),
        way(replace(READ_BACK, subject="which", tries=1), heard("no"), replace(READ_BACK, subject="which", tries=2)),
    ],
}


def test_every_rule_has_a_step_that_breaks_it() -> None:
    """No rule is in the list without a test that it can fail."""
    assert set(BREAKS) == set(rules.RULES)


@pytest.mark.parametrize(
    ("rule", "broken"),
    [pytest.param(rule, broken, id=rule.__name__) for rule, ways in BREAKS.items() for broken in ways],
)
def test_the_rule_can_fail(rule: Any, broken: Transition) -> None:
    """A step that breaks the rule is seen by it, and the search stops there."""
    talk = conversation()
    said = rules.said(broken)
    if rule is rules.silence_pauses_after_three and said and said.asked[0].id == "E1_ask":
        asked = talk.prompts.say(broken.before, brief=True).asked
        broken = replace(broken, actions=(replace(said, asked=asked),))
    assert not rule(talk, broken)
    with pytest.raises(rules.BrokenError):
        rules.checker(talk)(broken)
