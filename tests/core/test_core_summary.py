"""The summary as a value: each question with its answer, what was advised and why, and what nobody could rule out."""

from __future__ import annotations

import pytest
from coach_steps import CALM, CONTENT

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.state import Position, Record, State
from voice_backcare.core.summary import Asked, When, summarise

NET = ("safety_net_1", "safety_net_2")


def ids(record: Record) -> list[str]:
    return [line.id for line in Prompts(CONTENT, Triage(CONTENT)).outcomes.advice(record)]


def test_each_question_has_its_answer_or_none() -> None:
    """In the order they are asked, with the words they were asked in and what they come from."""
    summary = summarise(CONTENT, Record((("E2", "unsure"), ("E1", "no"))))
    first = CONTENT.questions["E1"]
    assert summary.asked[0] == Asked("E1", "emergency", first.ask, first.sign, "no", ("E1",))
    assert [asked.id for asked in summary.asked] == list(CONTENT.questions)
    assert [asked.id for asked in summary.answered("unsure")] == ["E2"]
    assert summary.asked[2].answer is None
    assert (summary.outcome, summary.because, summary.ended) == ("call_911", ("E2",), True)
    assert summary.not_ruled_out == (CONTENT.questions["E2"].sign,)
    assert summary.when == When(None, None)


def test_what_was_volunteered_is_told_unless_it_was_taken_back() -> None:
    """D14: signs that were named before they were asked about, in the order of the questions."""
    record = Record(
        (("F2", "no"), ("R5", "yes"), ("R1", "yes"), ("E1", "no")), volunteered=frozenset({"R1", "R5", "F2"})
    )
    assert [asked.id for asked in summarise(CONTENT, record).volunteered] == ["R1", "R5"]


def test_a_read_back_that_was_refused_twice_is_not_ruled_out() -> None:
    """D13: its part as a whole; an emergency phrase is told of too."""
    record = Record(CALM.answers, True, frozenset({"emergency"}), unresolved=frozenset({"urgent"}))
    summary = summarise(CONTENT, record, ended=False, started_at_s=3.0)
    assert summary.not_ruled_out == ("the urgent signs as a whole",)
    assert (summary.asked_for_help, summary.ended, summary.started_at_s) == (True, False, 3.0)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Record(), ["incomplete_advice", *NET]),
        (Record((("E1", "yes"),)), ["call_911"]),
        (Record((("S1", "yes"),)), ["out_of_scope", "out_of_scope_advice", *NET, "provider_first"]),
        (Record((("R1", "yes"),)), ["call_provider_now", *NET, "provider_first"]),
        (CALM, ["home_care", *NET, "call_again_1", "call_again_2", "in_any_case"]),
    ],
)
def test_the_advice_is_that_of_what_was_answered(record: Record, told: list[str]) -> None:
    """D1: F8 in every case but 911; without a disposition, to call the provider and ask."""
    assert ids(record) == told
    texts = tuple(line.text for line in Prompts(CONTENT, Triage(CONTENT)).outcomes.advice(record))
    summary = summarise(CONTENT, record)
    assert summary.advice == texts
    assert summary.outcome == ("incomplete" if record == Record() else told[0])


def test_the_triage_alone_has_nothing_to_take_off() -> None:
    """Only the ice and heat hour puts anything on."""
    assert Prompts(CONTENT, Triage(CONTENT)).coach.take_off(State()) == ()


def test_an_injury_comes_to_its_outcome() -> None:
    """S1: after the six signs were confirmed; the place is the outcome, and it says so."""
    record = Record((*CALM.answers[:6], ("S1", "yes")), confirmed=frozenset({"emergency"}))
    assert Triage(CONTENT).next_place(record) == Position("outcome", "out_of_scope")
