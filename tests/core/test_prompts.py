"""What is said: lists of signs, read-backs, the safety net, outcomes with their reasons, the summary."""

from __future__ import annotations

import pytest

from voice_backcare.core.content import load
from voice_backcare.core.content.lines import chunks, listed
from voice_backcare.core.conversation import build
from voice_backcare.core.dialogue.prompts import OPENING
from voice_backcare.core.events import Line
from voice_backcare.core.state import Position, Record, State

TALK = build(load())
PROMPTS = TALK.prompts
QUESTIONS = load().questions


def texts(lines: tuple[Line, ...]) -> str:
    return " ".join(line.text for line in lines)


def ids(lines: tuple[Line, ...]) -> list[str]:
    return [line.id for line in lines]


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a or b"),
        (["a", "b", "c"], "a, b, or c"),
        (["a", "b", "c", "d"], "a, b, c, or d"),
    ],
)
def test_signs_are_listed_as_one_says_them(signs: list[str], said: str) -> None:
    """A comma between, a word before the last."""
    assert listed(signs, "or") == said


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (5, [5]), (6, [3, 3]), (9, [5, 4]), (10, [5, 5]), (11, [4, 4, 3])]
)
def test_long_lists_are_said_in_breaths_of_even_size(count: int, sizes: list[int]) -> None:
    """Never more than five signs in one line, nothing left out, nothing twice."""
    made = chunks([str(n) for n in range(count)])
    assert [len(some) for some in made] == sizes
    assert [sign for some in made for sign in some] == [str(n) for n in range(count)]


def test_a_read_back_names_every_sign_of_its_part() -> None:
    """D13: one short sentence; on the screen the six, or the injury and the eight."""
    for part, asked in (("emergency", 6), ("urgent", 9)):
        state = State(Position("read_back", part))
        say, listed = PROMPTS.say(state), PROMPTS.read_back_list(state)
        read = TALK.triage.read_back_part(part)
        assert len(read) == asked
        assert all(QUESTIONS[question].sign in texts(listed) for question in read)
        assert ids(say.asked) == [f"read_back_{part}", "is_that_right"]
        assert [source for line in listed for source in line.sources] == list(read)
        assert all(", or " in line.text for line in listed)


def test_the_safety_net_names_every_emergency_sign() -> None:
    """D3: all six, in two breaths, each citing its own."""
    net = PROMPTS.safety_net()
    assert ids(net) == ["safety_net_1", "safety_net_2"]
    assert [line.sources for line in net] == [("E1", "E2", "E3"), ("E4", "E5", "E6")]
    assert all(QUESTIONS[sign].sign in texts(net) for sign in ("E1", "E2", "E3", "E4", "E5", "E6"))
    assert all(", or " in line.text for line in net)


def test_an_outcome_tells_yes_from_doubt() -> None:
    """D2: what was answered yes, and what could not be ruled out, are told apart."""
    record = Record(answers=(("R1", "yes"), ("R2", "unsure"), ("R3", "no"), ("R5", "yes")))
    told = PROMPTS.outcome(record)
    because = {line.id: line for line in told}
    assert because["because_yes"].sources == ("R1", "R5")
    assert f"{QUESTIONS['R1'].sign} and {QUESTIONS['R5'].sign}" in because["because_yes"].text
    assert because["because_unsure"].sources == ("R2",)
    assert ids(told)[0] == "call_provider_now"
    assert ids(told)[-1] == "provider_first"


def test_what_to_watch_for_comes_after_every_disposition_below_911() -> None:
    """D15: all six as "call 911", all eight as "call right away" unless that is the advice; also with the last step."""
    calm = tuple((question, "no") for question in QUESTIONS)
    confirmed = frozenset({"emergency", "urgent"})
    for question, urgent in (("R1", False), ("S1", False), ("F7", True), (None, True)):
        record = Record(tuple((q, "yes" if q == question else a) for q, a in calm), confirmed=confirmed)
        for lines in (PROMPTS.outcome(record), PROMPTS.outcomes.advice(record)):
            cited = {source for line in lines if line.id != "because_yes" for source in line.sources}
            assert {f"E{n}" for n in range(1, 7)} <= cited
            told = {source for line in lines if line.id.startswith("call_again") for source in line.sources}
            assert told == ({f"R{n}" for n in range(1, 9)} if urgent else set())
            assert "F8" in cited
            assert ("in_any_case" in ids(lines)) == urgent
    last = PROMPTS.step(Position("home_care", str(len(load().steps) - 1)))
    assert last[:4] == PROMPTS.outcomes.return_precautions()
    assert "safety_net_1" not in ids(PROMPTS.outcome(Record((("E1", "yes"),))))
    hints = {
        PROMPTS.say(State(Position("outcome", name))).asked[0].id for name in ("call_provider_now", "out_of_scope")
    }
    assert hints == {"provider_hint"}


def test_911_is_said_twice_with_its_reasons_between() -> None:
    """D6: the instruction, why, and the instruction again."""
    told = ids(PROMPTS.outcome(Record(answers=(("E2", "unsure"),), phrase=True)))
    assert told == ["call_911", "cannot_dial", "because_unsure", "because_phrase", "call_911", "cannot_dial"]


@pytest.mark.parametrize("part", ["emergency", "urgent"])
def test_a_refused_read_back_is_told_as_the_reason(part: str) -> None:
    """D13: what could not be ruled out is said."""
    assert f"because_{part}_read_back" in ids(PROMPTS.outcome(Record(unresolved=frozenset({part}))))


def test_no_outcome_is_told_before_there_is_one() -> None:
    """Nothing is said of a disposition that was not reached."""
    assert PROMPTS.outcome(Record(answers=(("E1", "no"),))) == ()


def test_every_line_that_can_be_made_ready_is_named_once() -> None:
    """What the voice can prepare ahead: the opening first, then the first question, nothing twice."""
    ahead = PROMPTS.ahead()
    first = [*OPENING, "E1_ask", "call_911", "cannot_dial", "ack_1", "thanks", "E1_no", "E2_ask"]
    assert ids(ahead)[: len(first)] == first
    assert set(PROMPTS.say(State(Position("read_back", "urgent"))).asked) <= set(ahead)
    assert set(PROMPTS.step(Position("home_care", "0"))) <= set(ahead)
    assert len(ahead) == len(set(ahead))
    assert all("{" not in line.text for line in ahead)


def test_steps_left_are_counted() -> None:
    """Many, one, none."""
    last = len(load().steps) - 1
    assert PROMPTS.steps_left(Position("home_care", "0")).text == PROMPTS.line("steps_left", count=last).text
    assert str(last) in PROMPTS.steps_left(Position("home_care", "0")).text
    assert PROMPTS.steps_left(Position("home_care", str(last - 1))).id == "one_step_left"
    assert PROMPTS.steps_left(Position("home_care", str(last))).id == "last_step"
