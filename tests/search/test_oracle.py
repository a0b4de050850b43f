"""The conversation against the table of ``oracle``: every answer that can be given, in every place it can be given."""

from __future__ import annotations

from functools import cache

import oracle
import pytest

from voice_backcare.core import content, conversation
from voice_backcare.core.events import End, Finished, Heard, Pressed, Say
from voice_backcare.core.state import State

STEP = conversation.build(content.load()).step
FINISHED = Finished(0.0)
HEARD = {meaning: Heard(0.0, meaning, meaning) for meaning in ("yes", "no", "unsure", "stop")}
ANSWERS = ("yes", "no", "unsure")
ALL_NO = {"emergency": oracle.EMERGENCY, "urgent": oracle.SCOPE + oracle.URGENT}

Given = dict[str, str]


def begin() -> tuple[State, Say]:
    """The first question, spoken to its end."""
    state, actions = STEP(State(), Pressed(0.0, "start"))
    state, _ = STEP(state, FINISHED)
    return state, next(action for action in actions if isinstance(action, Say))


def hear(state: State, meaning: str) -> tuple[State, Say]:
    """One answer, and what the program says to it, spoken to its end."""
    state, actions = STEP(state, HEARD[meaning])
    for action in actions:
        if type(action) is Say:
            return STEP(state, FINISHED)[0], action
    raise AssertionError(f"nothing was said to {meaning!r}: {actions}")


def stopped(state: State) -> End:
    """Said until it is over: "stop", and once more where it asks whether that is meant."""
    for event in (FINISHED, HEARD["stop"], FINISHED, HEARD["stop"], FINISHED):
        state, actions = STEP(state, event)
        for action in actions:
            if type(action) is End:
                return action
    raise AssertionError("stop does not end the conversation")


def check_ask(said: Say, given: Given) -> str:
    """What is asked is what the table asks."""
    expected = oracle.next_ask(given)
    assert (said.kind, said.id) == (oracle.kind(expected), expected), given
    return expected


def check_end(state: State, given: Given) -> None:
    """The outcome, what caused it and the answers are those of the table."""
    end = stopped(state)
    answers = {key: value for key, value in given.items() if key in oracle.QUESTIONS}
    assert end.outcome == (oracle.outcome(given) or "incomplete"), given
    assert tuple(sorted(end.because)) == tuple(sorted(oracle.because(given))), given
    assert dict(end.answers) == answers, given


def answer(state: State, ask: str, meaning: str) -> tuple[State, Say]:
    """An answer to a question; doubt is said twice, and asked again in between (D2)."""
    state, said = hear(state, meaning)
    if meaning == "unsure":
        assert (said.kind, said.id) == ("question", ask), "doubt gets the question again, once"
        state, said = hear(state, meaning)
    return state, said


def walk(state: State, given: Given, ask: str, answers: tuple[str, ...] = ANSWERS) -> int:
    """Depth first through every answer from here to the outcome, the rest after an urgent sign included."""
    ends = 0
    for meaning in answers:
        after = {**given, ask: meaning}
        next_state, said = answer(state, ask, meaning)
        next_ask = check_ask(said, after)
        if next_ask in oracle.QUESTIONS:
            ends += walk(next_state, after, next_ask, answers)
        elif next_ask == "offer_rest":
            ends += rest(next_state, after, answers)
        elif oracle.kind(next_ask) != "read_back":
            check_end(next_state, after)
            ends += 1
        else:
            ends += 1
    return ends


def rest(state: State, given: Given, answers: tuple[str, ...] = ANSWERS) -> int:
    """The offer to go through the rest: only a heard yes takes it up (D2)."""
    for meaning in ("no", "unsure"):
        declined = {**given, "offer_rest": meaning}
        next_state, said = hear(state, meaning)
        check_ask(said, declined)
        check_end(next_state, declined)
    taken = {**given, "offer_rest": "yes"}
    next_state, said = hear(state, "yes")
    next_ask = check_ask(said, taken)
    if next_ask not in oracle.QUESTIONS:
        check_end(next_state, taken)
        return 1
    return walk(next_state, taken, next_ask, answers)


def all_no(state: State, given: Given, part: str) -> tuple[State, Given]:
    """No to every question of a part, up to its read-back."""
    for question in ALL_NO[part]:
        assert oracle.next_ask(given) == question
        given = {**given, question: "no"}
        state, said = hear(state, "no")
        check_ask(said, given)
    return state, given


@cache
def confirmed_emergency() -> tuple[State, Given]:
    """No to all six, confirmed."""
    state, given = all_no(begin()[0], {}, "emergency")
    return confirm(state, given, "read_back_emergency")


def confirm(state: State, given: Given, read_back: str) -> tuple[State, Given]:
    """A bare yes to a read-back."""
    given = {**given, read_back: "confirmed"}
    state, said = hear(state, "yes")
    check_ask(said, given)
    return state, given


@cache
def up_to(question: str) -> tuple[State, Given]:
    """No to everything before ``question``, read-backs confirmed."""
    given: dict[str, str] = {}
    state = begin()[0]
    while (ask := oracle.next_ask(given)) != question:
        if oracle.kind(ask) == "read_back":
            state, given = confirm(state, given, ask)
        else:
            given = {**given, ask: "no"}
            state, said = hear(state, "no")
            check_ask(said, given)
    return state, given


def test_every_combination_of_the_emergency_signs() -> None:
    """D1, D2: the first yes or twice-doubt among E1-E6 is call_911; six times no is read back."""
    state, said = begin()
    check_ask(said, {})
    assert walk(state, {}, "E1") == 2 * 6 + 1


def test_injury_is_out_of_scope() -> None:
    """D2: an injury, or doubt about it, puts the child out of scope; no goes on to R1."""
    for meaning in ANSWERS:
        state, given = up_to("S1")
        state, said = answer(state, "S1", meaning)
        if check_ask(said, {**given, "S1": meaning}) == "out_of_scope":
            check_end(state, {**given, "S1": meaning})


# With many questions left behind the first sign its combinations take minutes.
FIRST_SIGNS = [
    pytest.param(sign, marks=[pytest.mark.exhaustive] if at < 4 else []) for at, sign in enumerate(oracle.URGENT)
]


@pytest.mark.parametrize("first", FIRST_SIGNS)
def test_every_combination_of_the_urgent_signs_and_the_rest(first: str) -> None:
    """D1, D2: the first urgent sign calls the provider, and no answer to the rest changes that."""
    ends = 0
    for meaning in ("yes", "unsure"):
        state, given = up_to(first)
        state, said = answer(state, first, meaning)
        given = {**given, first: meaning}
        assert check_ask(said, given) == "offer_rest"
        ends += rest(state, given, ANSWERS)
    asked_after = len(oracle.URGENT) - oracle.URGENT.index(first) - 1 + len(oracle.FOLLOW_UP)
    assert ends == 2 * len(ANSWERS) ** asked_after


def test_every_combination_of_the_follow_up_signs() -> None:
    """D1, D2: all four are asked; any sign among them is follow_up, four times no is home_care."""
    state, given = up_to("F2")
    assert walk(state, given, "F2") == 3**4


@pytest.mark.parametrize("question", oracle.QUESTIONS)
@pytest.mark.parametrize("second", ["yes", "no"])
def test_doubt_and_then_an_answer_is_that_answer(question: str, second: str) -> None:
    """D2: after one "I don't know" the plainer question is answered as any other."""
    state, given = up_to(question)
    state, said = hear(state, "unsure")
    assert (said.kind, said.id) == ("question", question)
    state, said = hear(state, second)
    given = {**given, question: second}
    check_ask(said, given)
    check_end(state, given)


@pytest.mark.parametrize("question", oracle.QUESTIONS)
def test_stopping_at_any_question_leaves_what_was_answered(question: str) -> None:
    """D1, D3: with no disposition reached the end is ``incomplete``, with the answers given so far."""
    state, given = up_to(question)
    check_end(state, given)


# D13: the ways of not confirming a read-back. A bare "no" asks which one, where doubt and twice "no" name no sign.
WAYS = (("unsure",), ("no", "unsure"), ("no", "no", "no"))


def refuse(state: State, given: Given, read_back: str, way: tuple[str, ...]) -> tuple[State, Given, Say]:
    """A read-back not confirmed; as long as a sign is asked for, it stays what is asked."""
    for meaning in way:
        state, said = hear(state, meaning)
        if meaning is not way[-1]:
            assert (said.kind, said.id) == ("read_back", read_back)
    return state, oracle.read_back_refused(given, read_back), said


def refused(read_back: str, way: tuple[str, ...]) -> tuple[State, Given]:
    """No to the part, its read-back not confirmed: the part's first question once more."""
    state, given = up_to("S1" if read_back == "read_back_urgent" else "E1")
    state, given = all_no(state, given, "urgent" if read_back == "read_back_urgent" else "emergency")
    assert oracle.next_ask(given) == read_back
    state, given, said = refuse(state, given, read_back, way)
    check_ask(said, given)
    return state, given


@pytest.mark.parametrize("second", WAYS)
@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("read_back", list(oracle.READ_BACK_OF))
def test_a_read_back_refused_twice_could_not_be_ruled_out(
    read_back: str, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """D13: refused or doubted, the part is asked again once; a second time it is the provider's, never 911."""
    state, given = refused(read_back, first)
    state, given = all_no(state, given, "urgent" if read_back == "read_back_urgent" else "emergency")
    state, given, said = refuse(state, given, read_back, second)
    assert oracle.outcome(given) == "call_provider_now"
    assert check_ask(said, given) == "offer_rest"
    if read_back == "read_back_urgent":
        assert rest(state, given) == 3**4
    else:
        assert rest(state, given, ("no",)) == 1


@pytest.mark.parametrize("sign", oracle.EMERGENCY + oracle.SCOPE + oracle.URGENT)
def test_a_sign_named_at_a_read_back_is_a_yes(sign: str) -> None:
    """D13, D14: named at the read-back of its part, or after "which one?", it is a yes to its question."""
    read_back = "read_back_emergency" if sign in oracle.EMERGENCY else "read_back_urgent"
    state, given = up_to("S1" if read_back == "read_back_urgent" else "E1")
    state, given = all_no(state, given, "urgent" if read_back == "read_back_urgent" else "emergency")
    given = {**given, sign: "yes"}
    for there in (state, hear(state, "no")[0]):
        after, actions = STEP(there, Heard(0.0, "no", signs=(sign,)))
        check_ask(next(action for action in actions if isinstance(action, Say)), given)
        check_end(after, given)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("read_back", list(oracle.READ_BACK_OF))
def test_a_read_back_refused_once_and_then_confirmed_goes_on(read_back: str, way: tuple[str, ...]) -> None:
    """D13: asked again, answered no throughout and confirmed, the conversation goes on as if it had been at once."""
    state, given = refused(read_back, way)
    state, given = all_no(state, given, "urgent" if read_back == "read_back_urgent" else "emergency")
    state, given = confirm(state, given, read_back)
    if read_back == "read_back_urgent":
        assert walk(state, given, "F2") == 3**4
    else:
        state, given = all_no(state, given, "urgent")
        state, given = confirm(state, given, "read_back_urgent")
        assert walk(state, given, "F2") == 3**4


@pytest.mark.parametrize("question", oracle.EMERGENCY + oracle.SCOPE + oracle.URGENT)
@pytest.mark.parametrize("meaning", ["yes", "unsure"])
def test_a_sign_found_when_a_part_is_asked_again_counts(question: str, meaning: str) -> None:
    """D13, D1: a yes or twice-doubt in the second round is a sign as in the first."""
    state, given = refused("read_back_emergency" if question in oracle.EMERGENCY else "read_back_urgent", ("unsure",))
    while (ask := oracle.next_ask(given)) != question:
        given = {**given, ask: "no"}
        state, said = hear(state, "no")
        check_ask(said, given)
    state, said = answer(state, question, meaning)
    given = {**given, question: meaning}
    check_ask(said, given)
    check_end(state, given)


@pytest.mark.parametrize("meaning", ["no", "unsure"])
@pytest.mark.parametrize("last", ["no", "yes"])
def test_home_care_is_read_only_after_a_heard_yes(meaning: str, last: str) -> None:
    """D2: the offer of home care is not taken up by a no or by doubt, and the outcome stays."""
    state, given = up_to("F7")
    state, _ = hear(state, last)
    given = {**given, "F7": last}
    state, actions = STEP(state, HEARD[meaning])
    lines = [line.id for action in actions if isinstance(action, Say) for line in action.lines]
    assert lines and not any(line.startswith("step_") for line in lines)
    check_end(state, given)
