"""The summary: what it holds, whatever was answered; and "give me the summary" in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voice_backcare.core.coach.care_log import HomeCareDone, PackPhase
from voice_backcare.core.content import Personal, load, personalise
from voice_backcare.core.conversation import build
from voice_backcare.core.events import Finished, Heard, Line, Say
from voice_backcare.core.state import Position, Record, State
from voice_backcare.core.summary import Summary, When, summarise
from voice_backcare.system import wall_clock

CONTENT = load()
CORE = build(CONTENT)
ALL = tuple(CONTENT.questions)


def record(**answers: str) -> Record:
    return Record(answers=tuple(answers.items()))


def no_to(ids: tuple[str, ...] = ALL) -> dict[str, str]:
    return dict.fromkeys(ids, "no")


def test_every_question_is_there_with_its_answer() -> None:
    """All nineteen, in the order they are asked; what was not asked has no answer, and is no "no"."""
    summary = summarise(CONTENT, record(E1="no", E2="unsure", R1="yes"))
    assert tuple(asked.id for asked in summary.asked) == ALL
    assert {asked.id: asked.answer for asked in summary.asked if asked.answer} == {
        "E1": "no",
        "E2": "unsure",
        "R1": "yes",
    }
    assert [asked.id for asked in summary.answered("unsure")] == ["E2"]
    assert {asked.question for asked in summary.asked} == {q.ask for q in CONTENT.questions.values()}


@pytest.mark.parametrize(
    ("given", "outcome", "because", "advice"),
    [
        (record(), "incomplete", (), "Call your child's provider and ask."),
        (record(E1="no"), "incomplete", (), "Call your child's provider and ask."),
        (record(E1="no", E2="yes"), "call_911", ("E2",), "Call 911 now."),
        (record(E1="unsure"), "call_911", ("E1",), "Call 911 now."),
        (replace(record(), phrase=True), "call_911", ("emergency",), "Call 911 now."),
        (record(R1="yes", S1="yes"), "call_provider_now", ("R1",), "Call your child's provider right now."),
        (record(S1="yes"), "out_of_scope", ("S1",), "This guide is not for pain after an injury."),
        (record(F2="yes"), "follow_up", ("F2",), "Your child's provider should check this."),
    ],
)
def test_it_says_what_was_advised_and_why(given: Record, outcome: str, because: tuple[str, ...], advice: str) -> None:
    """The most urgent disposition among the answers, in the words that are spoken (D1)."""
    summary = summarise(CONTENT, given)
    assert (summary.outcome, summary.because) == (outcome, because)
    assert summary.advice[0].startswith(advice)
    assert summary.asked_for_help == given.phrase


def test_home_care_needs_every_answer_and_both_read_backs() -> None:
    """All "no" alone is not enough: unconfirmed, it is incomplete (D13)."""
    unconfirmed = record(**no_to())
    assert summarise(CONTENT, unconfirmed).outcome == "incomplete"
    confirmed = replace(unconfirmed, confirmed=frozenset({"emergency", "urgent"}))
    assert summarise(CONTENT, confirmed).outcome == "home_care"
    assert "care at home" in summarise(CONTENT, confirmed).advice[0]


def test_what_could_not_be_ruled_out_is_named() -> None:
    """Signs in doubt, and parts whose read-back was refused twice (D2, D13)."""
    summary = summarise(CONTENT, replace(record(R2="unsure"), unresolved=frozenset({"urgent", "emergency"})))
    assert summary.not_ruled_out == (
        "chills",
        "the emergency signs as a whole",
        "the urgent signs as a whole",
    )
    assert summarise(CONTENT, record(**no_to())).not_ruled_out == ()


def test_the_persons_own_number_and_provider_are_in_it() -> None:
    """As they were set, and as they are said."""
    own = personalise(CONTENT, Personal("112", "Dr. Ada Lee", "555-0142"))
    assert summarise(own, record(E1="yes")).advice == ("Call 112 now.",)
    advice = summarise(own, record(R1="yes")).advice
    assert "The number to call is 555-0142." in advice
    assert summarise(own, record()).personal.provider_name == "Dr. Ada Lee"


# --- by voice ----------------------------------------------------------------------------------

SIGNS = record(**(no_to() | {"R1": "yes", "R2": "unsure"}))
EVERYWHERE = [
    State(Position("question", "R3"), SIGNS),
    State(Position("read_back", "emergency"), SIGNS),
    State(Position("recheck", "R1"), SIGNS),
    State(Position("recheck", "read_back_urgent"), SIGNS),
    State(Position("offer", "rest"), SIGNS),
    State(Position("offer", "home_care"), SIGNS),
    State(Position("confirm", "stop", return_to=Position("question", "R3")), SIGNS),
    State(Position("confirm", "start_over", return_to=Position("question", "R3")), SIGNS),
    State(Position("confirm", "withdraw", subject="R1"), SIGNS),
    State(Position("confirm", "same_child", return_to=Position("question", "R3")), SIGNS),
    State(Position("paused", return_to=Position("question", "R3")), SIGNS),
    State(Position("waiting", return_to=Position("question", "R3")), SIGNS),
    State(Position("outcome", "call_provider_now"), SIGNS),
    State(Position("home_care", "0"), SIGNS),
    State(Position("closing", "call_provider_now"), SIGNS),
]


def asked_for(state: State) -> tuple[State, tuple[Line, ...]]:
    """What "give me the summary" says there, once the state's own lines are said."""
    state, _ = CORE.step(state, Finished(0.0)) if state.position.name != "closing" else (state, ())
    new, actions = CORE.step(state, Heard(0.0, "summary"))
    return new, next((action.lines for action in actions if isinstance(action, Say)), ())


@pytest.mark.parametrize("state", EVERYWHERE, ids=lambda state: f"{state.position.name}-{state.position.id}")
def test_the_summary_can_be_asked_for_everywhere(state: State) -> None:
    """In every state that D8 allows: the answers, the doubt, what was advised; nothing moves by it, but that a pause

    brings its question back (D3).
    """
    new, lines = asked_for(state)
    said = {line.id for line in lines}
    assert {"summary_yes", "summary_unsure", "summary_no"} <= said
    assert ("call_provider_now" in said) == (state.position.name != "outcome"), "at the outcome it has just been said"
    stays = state.position.return_to if state.position.name == "paused" else state.position
    assert stays is not None
    assert (new.record, new.position.name, new.position.id) == (state.record, stays.name, stays.id)


def test_after_911_the_summary_is_what_to_tell_them() -> None:
    """D6 leaves it open there: the signs first, and the instruction is not said once more in between."""
    _, lines = asked_for(State(Position("outcome", "call_911"), record(E1="yes", E2="no")))
    assert [line.id for line in lines] == ["summary_start", "summary_yes", "summary_no", "call_911_hint"]


def test_it_is_not_said_into_the_911_instruction() -> None:
    """While that is being said, nothing interrupts it (D6)."""
    speaking = State(Position("outcome", "call_911", uninterruptible=True), record(E1="yes"))
    assert CORE.step(speaking, Heard(0.0, "summary")) == (speaking, ())


def test_an_injury_is_told() -> None:
    """Whoever is called about an injury hears that there was one."""
    _, lines = asked_for(State(Position("outcome", "out_of_scope"), record(**no_to(("E1",)), S1="yes")))
    assert "Yes to this: an injury." in [line.text for line in lines]


def test_a_read_back_that_was_refused_twice_is_told() -> None:
    """The answers were all "no", and still nothing is ruled out (D13)."""
    doubted = replace(record(**no_to(("E1", "E2", "E3", "E4", "E5", "E6"))), unresolved=frozenset({"emergency"}))
    _, lines = asked_for(State(Position("outcome", "call_911"), doubted))
    assert "because_emergency_read_back" in [line.id for line in lines]


def test_what_was_done_at_home_is_told() -> None:
    """Each pack, how often and how long; where the time is not known, that is said."""
    ice, heat = PackPhase("ice", 0, 1200, 20), PackPhase("heat", 2400, 2430, 0.5)
    told = [
        line.text
        for line in CORE.prompts.summary(Position("home_care", "0"), Record(), HomeCareDone((ice, heat, ice, ice), 90))
    ]
    assert "Ice was on 3 times, for 60 minutes in all." in told
    assert "Heat was on once, for less than 1 minute in all." in told
    unknown = HomeCareDone((ice, PackPhase("ice", None, None, None)), None)
    told = [line.text for line in CORE.prompts.summary(Position("home_care", "0"), Record(), unknown)]
    assert "Ice was on twice. I do not know how long." in told


# --- the clock ---------------------------------------------------------------------------------


def test_the_clock_of_a_machine_that_lost_it_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a battery clock, and never set by a network, the time of day is not known."""
    monkeypatch.setattr(wall_clock, "_has_battery_clock", lambda: False)
    monkeypatch.setattr(wall_clock, "_is_synchronised", lambda: False)
    assert wall_clock.now() is None
    monkeypatch.setattr(wall_clock, "_is_synchronised", lambda: True)
    now = wall_clock.now()
    assert now is not None and abs(now - datetime.now(UTC)) < timedelta(seconds=5) and now.utcoffset() is not None
    monkeypatch.setattr(wall_clock, "_OLDEST", datetime.now(UTC) + timedelta(days=1))
    assert wall_clock.now() is None


def test_a_battery_clock_is_seen(tmp_path: Path) -> None:
    """A folder with a clock in it, an empty one, and none at all (a container has its host's)."""
    seen = wall_clock._has_battery_clock
    assert not seen(tmp_path)
    (tmp_path / "rtc0").mkdir()
    assert seen(tmp_path)
    assert seen(tmp_path / "none")
    assert isinstance(wall_clock._is_synchronised(), bool)


def test_a_summary_is_one_frozen_value() -> None:
    """The same answers give an equal summary, and nothing in it can be changed."""
    when = When(datetime(2026, 11, 22, tzinfo=UTC), None)
    one, other = (summarise(CONTENT, SIGNS, ended=False, when=when) for _ in range(2))
    assert one == other and isinstance(one, Summary) and not one.ended
    with pytest.raises(AttributeError):
        one.outcome = "home_care"  # type: ignore[misc]
