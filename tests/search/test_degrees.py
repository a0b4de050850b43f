"""The conversation against the table of ``oracle``: doubt in degrees, volunteered signs, what comes after them."""

from __future__ import annotations

from collections.abc import Mapping

import oracle
import pytest
from test_oracle import FINISHED, STEP, begin, stopped, up_to

from voice_backcare.core.events import Fired, Heard, Line, Say
from voice_backcare.core.state import State

Answers = Mapping[str, tuple[str, ...]]  # question: the answers it gets, one after the other; "no" where it has none


def say(state: State, event: Heard | Fired) -> tuple[State, Say]:
    """The event, and what the program says to it, spoken to its end."""
    state, actions = STEP(state, event)
    said = next(action for action in actions if isinstance(action, Say))
    return STEP(state, FINISHED)[0], said


def answer(state: State, *meanings: str) -> tuple[State, Say]:
    """Answers, one after the other."""
    for meaning in meanings:
        state, said = say(state, Heard(0.0, meaning, meaning))
    return state, said


def play(state: State, said: Say, answers: Answers, asked: list[str]) -> tuple[State, Say]:
    """On to the outcome: each question by ``answers``, the read-backs confirmed, the rest gone through."""
    for _ in range(60):
        if said.kind == "standby" or said.id == "offer_home_care":
            return state, said
        if said.kind == "question":
            asked.append(said.id)
            state, said = answer(state, *answers.get(said.id, ("no",)))
        else:
            state, said = answer(state, "yes")
    raise AssertionError(f"no outcome after {asked}")


def lines(said: Say, *ids: str) -> set[str]:
    """The handout ids of those lines."""
    return {source for line in said.lines if line.id in ids for source in line.sources}


def holds(state: State, said: Say, given: Mapping[str, str]) -> None:
    """The end is what the table says, its precautions are said, and so is what was not sure."""
    its = oracle.most_urgent(given)
    end = stopped(state)
    assert (end.outcome, {q: a for q, a in end.answers if a != "no"}) == (
        its,
        {q: a for q, a in given.items() if a != "no"},
    )
    if its != "call_911":
        assert lines(said, "not_sure") == {q for q, a in given.items() if a == "soft_no"}
    watched = lines(said, "safety_net_1", "safety_net_2", "call_again_1", "call_again_2")
    assert watched == set(oracle.precautions(its))


@pytest.mark.parametrize("question", oracle.QUESTIONS)
def test_two_answers_to_a_question_are_what_the_table_says(question: str) -> None:
    """D2: every pair of answers, in every degree, to every question: asked once more or not, and what it counts as."""
    for first in oracle.DEGREES:
        state, before = up_to(question)
        once = oracle.settled(question, (first,))
        state, said = answer(state, first)
        assert ((said.kind, said.id) == ("question", question)) == (once is None)
        if once is not None:
            assert dict(stopped(state).answers)[question] == once
            continue
        assert said.asked[0].id == f"{question}_plain"
        for second in oracle.DEGREES:
            there, said = answer(state, second)
            assert said.id != question, "a question is asked twice at most"
            twice = oracle.settled(question, (first, second))
            earlier = {q: a for q, a in before.items() if q in oracle.QUESTIONS}
            assert dict(stopped(there).answers) == {**earlier, question: twice}


@pytest.mark.parametrize("not_sure", oracle.QUESTIONS)
def test_a_no_that_is_not_sure_keeps_its_tier_beside_every_sign(not_sure: str) -> None:
    """D1, D2: with no other sign, and with each other one, the end is the most urgent of the two; both are named."""
    for sign in (None, *oracle.QUESTIONS):
        answers = {not_sure: ("soft_no", "soft_no")} | ({sign: ("yes",)} if sign and sign != not_sure else {})
        state, said = begin()
        asked: list[str] = []
        state, said = play(state, said, answers, asked)
        degrees = {q: "soft_no" if q == not_sure else answers.get(q, ("no",))[0] for q in asked}
        holds(state, said, degrees)


@pytest.mark.parametrize("beside", ["no_match", "no"])
@pytest.mark.parametrize("sign", oracle.QUESTIONS)
def test_a_sign_named_unasked_counts_and_is_not_asked_again(sign: str, beside: str) -> None:
    """D14: named at any question, by itself or beside a no, each sign is a yes, said back, and acts in its turn."""
    for question in oracle.QUESTIONS:
        if question == sign:
            continue
        state, before = up_to(question)
        state, said = say(state, Heard(0.0, beside, "and another thing", signs=(sign,)))
        given = {q: a for q, a in before.items() if q in oracle.QUESTIONS} | {sign: "yes"}
        if sign in oracle.EMERGENCY:
            assert (said.kind, said.id) == ("standby", "call_911")
        else:
            noted = [line for line in said.lead if isinstance(line, Line) and line.id == "noted"]
            assert [line.sources for line in noted] == [(sign,)] or said.kind in ("offer", "standby")
        if beside == "no" and sign not in oracle.EMERGENCY:
            given[question] = "no"
        asked: list[str] = []
        state, said = play(state, said, {}, asked)
        assert sign not in asked
        holds(state, said, {**given, **dict.fromkeys(asked, "no")})


@pytest.mark.parametrize("sign", [None, *oracle.FOLLOW_UP])
def test_a_change_voids_what_was_less_urgent_than_a_call(sign: str | None) -> None:
    """D15: "has anything changed?" yes: what stands until all was asked again is what the table leaves."""
    state, said = begin()
    asked: list[str] = []
    state, said = play(state, said, {sign: ("yes",)} if sign else {}, asked)
    assert said.id == "offer_home_care"
    state, said = answer(state, "yes", "start_ice", "yes")
    state, said = say(state, Fired(1200.0, "coach"))
    state, said = answer(state, "acknowledge")
    assert said.id == "coach_changed" or "coach_changed" in [line.id for line in said.asked]
    state, said = answer(state, "yes")
    given = {q: "yes" if q == sign else "no" for q in asked}
    assert (said.kind, said.id) == ("question", "E1")
    again: list[str] = []
    assert stopped(state).outcome == (oracle.after_change(given) or "incomplete")
    state, said = play(state, said, {}, again)
    holds(state, said, {sign or "E1": "yes" if sign else "no", **dict.fromkeys(again, "no")})
