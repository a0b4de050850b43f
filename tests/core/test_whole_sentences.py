"""What only whole sentences say: answers that are not sure (D2), what may be an emergency (D5), named signs (D14)."""

from __future__ import annotations

from typing import Any

import pytest

from voice_backcare.core import grammar
from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Action, Event, Finished, Fired, Heard, NoInput, NoMatch, Pressed, Resumed, Say
from voice_backcare.core.state import Position, Record, State

CONTENT = load()
TALK = build(CONTENT)
TRIAGE = Triage(CONTENT)
NO_TO_ALL = tuple((question, "no") for question in CONTENT.questions)
BOTH = frozenset({"emergency", "urgent"})
CALM = Record(NO_TO_ALL, confirmed=BOTH)
TIERS = {"E": "call_provider_now", "R": "follow_up", "F": "home_care", "S": "home_care"}


def at(name: Any, place_id: str = "", record: Record = Record(), **rest: Any) -> State:  # noqa: B008
    return State(Position(name, place_id, speaking=False, **rest), record)


def hear(state: State, *events: Event | str) -> tuple[State, tuple[Action, ...]]:
    """Events, one after the other, each when the lines before it have been said; a text is a meaning heard."""
    actions: tuple[Action, ...] = ()
    for event in events:
        if state.position.speaking:
            state, _ = TALK.step(state, Finished(0.0))
        state, actions = TALK.step(state, Heard(0.0, event) if isinstance(event, str) else event)
    return state, actions


def lines(actions: tuple[Action, ...]) -> list[str]:
    return [line.id for action in actions if isinstance(action, Say) for line in action.lines]


def place(state: State) -> tuple[str, str]:
    return state.position.name, state.position.id


def noted(*signs: str, meaning: str = "no_match") -> Heard:
    return Heard(0.0, meaning, signs=signs)


# --- doubt in degrees (D2) ------------------------------------------------------------------------


@pytest.mark.parametrize("question", CONTENT.questions)
def test_a_second_soft_no_is_a_no_that_is_not_sure(question: str) -> None:
    """D2: asked once more in plainer words; then it stands one tier up, and the outcome names it."""
    record = CALM.without(question)
    state, actions = hear(at("question", question, record), "soft_no")
    assert place(state) == ("question", question)
    assert lines(actions) == ["doubt", f"{question}_plain"]
    state, _ = hear(state, "soft_no")
    assert state.record.answer(question) == "soft_no"
    whole = Record((*record.answers, (question, "soft_no")), confirmed=BOTH)
    assert TRIAGE.disposition(whole) == TIERS[question[0]]
    assert "not_sure" in [line.id for line in TALK.prompts.outcome(whole)]


@pytest.mark.parametrize("question", CONTENT.questions)
def test_a_soft_yes_is_doubt_at_the_danger_signs_and_a_yes_elsewhere(question: str) -> None:
    """D2: at E asked once more, then it counts as doubt does; elsewhere it is a yes at once."""
    state = at("question", question)
    danger = question in CONTENT.part("emergency")
    once, _ = hear(state, "soft_yes")
    assert once.record.answer(question) == (None if danger else "yes")
    if danger:
        twice, _ = hear(once, "soft_yes")
        assert twice.record.answer(question) == "unsure"
        assert place(twice) == ("outcome", "call_911")


def test_a_soft_yes_that_becomes_a_soft_no_is_doubt() -> None:
    """D2: "a little", then "not really": the sign could not be ruled out."""
    state, _ = hear(at("question", "E1"), "soft_yes", "soft_no")
    assert state.record.answer("E1") == "unsure"


def test_a_firm_answer_after_a_soft_one_counts() -> None:
    """D2: "not that I know of", then "no": a no like any other."""
    state, _ = hear(at("question", "E1"), "soft_no", "no")
    assert state.record.answer("E1") == "no"


def test_a_read_back_names_only_the_noes_that_are_sure() -> None:
    """D13: what was not sure is not said to be a no; where none was sure, nothing is read back."""
    emergency = CONTENT.part("emergency")
    record = Record(tuple((q, "soft_no" if q == "E1" else "no") for q in emergency))
    state = at("read_back", "emergency", record)
    cited = [q for line in TALK.prompts.read_back_list(state) for q in line.sources]
    assert set(cited) == set(emergency) - {"E1"}
    assert [line.id for line in TALK.prompts.say(state).asked] == ["read_back_rest", "is_that_right"]
    assert TRIAGE.next_place(Record(tuple((q, "soft_no") for q in emergency))).name == "question"


def test_a_refused_read_back_keeps_what_was_not_sure() -> None:
    """D1: the noes are asked again; the sign that was not sure stands, and its urgency with it."""
    emergency = CONTENT.part("emergency")
    record = Record(tuple((q, "soft_no" if q == "E1" else "no") for q in emergency))
    state, _ = hear(at("read_back", "emergency", record), "unsure")
    assert state.record.answers == (("E1", "soft_no"),)
    assert place(state) == ("question", "E2")


def test_going_back_asks_a_no_that_was_not_sure_again() -> None:
    """D7: where nothing hangs on it, it is asked again; where the advice does, it is rechecked."""
    state, _ = hear(at("question", "F5", Record((("F2", "soft_no"),))), "go_back")
    assert place(state) == ("question", "F2")
    state, _ = hear(at("question", "E2", Record((("E1", "soft_no"),))), "go_back")
    assert place(state) == ("recheck", "E1")


# --- what may be an emergency (D5) ------------------------------------------------------------------


PLACES = (
    at("question", "E2"),
    at("question", "R3"),
    at("read_back", "emergency", Record(NO_TO_ALL[:6])),
    at("offer", "home_care", CALM),
    at("home_care", "1", CALM),
    at("confirm", "stop", CALM, return_to=Position("question", "F2")),
    at("paused", return_to=Position("question", "E1")),
)


@pytest.mark.parametrize("state", PLACES, ids=lambda state: f"{state.position.name}_{state.position.id}")
@pytest.mark.parametrize(
    ("events", "at_911"),
    [
        (("no",), False),
        (("yes",), True),
        (("unsure",), True),
        (("soft_no",), True),
        (("maybe_emergency",), True),
        ((NoInput(0.0),), True),
        ((NoMatch(0.0), NoMatch(0.0)), True),
        ((NoMatch(0.0), "no"), False),
        (("next", "stop", "no"), False),
    ],
)
def test_only_a_heard_no_goes_back(state: State, events: tuple[Event | str, ...], at_911: bool) -> None:
    """D5: "do you need help at once?": silence, noise twice, doubt and yes are a yes; a no goes back."""
    asked, actions = hear(state, "maybe_emergency")
    assert place(asked) == ("confirm", "need_help")
    assert lines(actions) == ["is_emergency"]
    after, _ = hear(asked, *events)
    if at_911:
        assert place(after) == ("outcome", "call_911")
        assert after.record.phrase
    else:
        back = state.position.return_to or state.position
        assert place(after) == (back.name, back.id)
        assert after.record == state.record


def test_where_911_stands_it_is_said_again() -> None:
    """D6: nothing is asked there; while the instruction is being said, nothing cuts it off."""
    state = at("outcome", "call_911", Record((("E1", "yes"),)))
    assert "call_911" in lines(hear(state, "maybe_emergency")[1])
    speaking = State(Position("outcome", "call_911", uninterruptible=True), state.record)
    assert TALK.step(speaking, Heard(0.0, "maybe_emergency")) == (speaking, ())


def test_an_interruption_asks_for_help_again() -> None:
    """D5, D11: after a power cut the question is asked again, and silence is still a yes."""
    state, _ = hear(at("question", "E2"), "maybe_emergency", Resumed(0.0, 60.0, same_boot=True))
    assert place(state) == ("confirm", "need_help")
    assert place(hear(state, NoInput(0.0))[0]) == ("outcome", "call_911")


def test_the_timer_of_a_pack_waits_for_the_answer() -> None:
    """D5: only an answer leads away from "do you need help at once?"; the pack is spoken of after it."""
    hour = TreatmentState("ice", False, stage="on", first_on_at_s=0.0, now_at_s=0.0)
    state = State(Position("coach", "on", speaking=False), CALM, hour)
    asked, _ = hear(state, "maybe_emergency")
    after, actions = TALK.step(asked, Fired(1200.0, "coach"))
    assert place(after) == ("confirm", "need_help")
    assert not lines(actions)


# --- signs named beside an answer (D14) -------------------------------------------------------------


@pytest.mark.parametrize("sign", [q for q in CONTENT.questions if not q.startswith("E")])
def test_a_named_sign_is_noted_and_not_asked_again(sign: str) -> None:
    """D14: from the first sentence on; said back at once, and what was asked is asked again."""
    state, actions = hear(at("question", "E1"), noted(sign))
    assert place(state) == ("question", "E1")
    assert lines(actions)[0] == "noted"
    assert state.record.answer(sign) == "yes"
    assert sign not in TRIAGE.unanswered(state.record, CONTENT.questions[sign].part)


@pytest.mark.parametrize("sign", CONTENT.part("emergency"))
def test_a_named_danger_sign_is_911_at_once(sign: str) -> None:
    """D14, D5: a danger sign acts at once, wherever it is named."""
    for state in (at("question", "R1"), at("home_care", "0", CALM), at("offer", "home_care", CALM)):
        after, _ = hear(state, noted("R2", sign, meaning="no"))
        assert place(after) == ("outcome", "call_911")
        assert after.record.answer(sign) == "yes"


def test_an_answer_with_a_sign_beside_it_counts_too() -> None:
    """D14: "no, and he has a fever" is a no to what was asked, and the fever is noted first."""
    state, actions = hear(at("question", "E1"), noted("R1", meaning="no"))
    assert state.record.answers == (("R1", "yes"), ("E1", "no"))
    assert lines(actions)[:2] == ["noted", "E1_no"]


@pytest.mark.parametrize("name", ["question", "recheck"])
def test_a_sign_of_what_is_asked_is_its_yes(name: str) -> None:
    """D14: the sign that is asked about, named, is the answer."""
    state, _ = hear(at(name, "R1", Record((("R1", "yes"),) if name == "recheck" else ())), noted("R1", meaning="no"))
    assert state.record.answer("R1") == "yes"


def test_a_sign_named_later_voids_what_was_reached() -> None:
    """D15: in home care, at its offer and behind a confirmation, the more urgent advice comes at once."""
    for state in (
        at("home_care", "2", CALM),
        at("offer", "home_care", CALM),
        at("waiting", "", CALM, return_to=Position("home_care", "2")),
    ):
        after, actions = hear(state, noted("R1"))
        assert TRIAGE.disposition(after.record) == "call_provider_now"
        assert place(after) == ("outcome", "call_provider_now")
        assert lines(actions)[:2] == ["call_provider_now", "because_yes"]
    state = at("confirm", "start_over", CALM, return_to=Position("home_care", "2"))
    after, _ = hear(state, noted("R1"))
    assert place(after) == ("confirm", "start_over")
    assert place(hear(after, "no")[0]) == ("outcome", "call_provider_now")


def test_a_sign_that_changes_nothing_leaves_one_where_one_is() -> None:
    """D14: a follow-up sign named again in home care is noted, and the step is said again."""
    record = CALM.with_answer("F2", "yes")
    after, actions = hear(at("home_care", "2", record), noted("F2"))
    assert place(after) == ("home_care", "2")
    assert lines(actions)[0] == "noted"


def test_a_sign_named_beside_a_pack_leads_back_to_the_first_question() -> None:
    """D15, C3: the pack comes off, the sign is noted, and every no is asked again."""
    hour = TreatmentState("ice", False, stage="on", first_on_at_s=0.0, now_at_s=60.0)
    after, actions = hear(State(Position("coach", "on", speaking=False), CALM, hour), noted("R1"))
    assert place(after) == ("question", "E1")
    assert lines(actions)[:2] == ["coach_take_off", "noted"]
    assert after.record.answers == (("R1", "yes"),)


def test_nobody_is_asked_anything_and_nothing_is_noted() -> None:
    """D14: idle, in the last words and where 911 stands a named sign changes nothing but what D6 has."""
    for state in (at("idle"), at("closing", "follow_up", CALM), at("outcome", "call_911", Record((("E1", "yes"),)))):
        for meaning in ("no_match", "no"):
            after, _ = hear(state, noted("R1", meaning=meaning))
            assert after.record.answer("R1") == state.record.answer("R1")


def test_a_press_is_no_sentence() -> None:
    """A key is taken as before: its meaning alone."""
    assert hear(at("question", "E1"), Pressed(0.0, "no"))[0].record.answers == (("E1", "no"),)


def test_a_sign_beside_a_yes_to_a_danger_sign_waits() -> None:
    """D6: nothing is said before the 911 instruction; the sign is kept."""
    state, actions = hear(at("question", "E1"), noted("R1", meaning="yes"))
    assert lines(actions)[0] == "call_911"
    assert state.record.answer("R1") == "yes"


@pytest.mark.parametrize(
    ("state", "line"), [(at("question", "E1"), "E1_plain"), (at("home_care", "0", CALM), "help_home_care")]
)
def test_what_a_question_means_is_told_in_plainer_words(state: State, line: str) -> None:
    """D8: "what do you mean" at a question is its plainer wording, elsewhere it is help."""
    assert lines(hear(state, "explain")[1])[0] == line


def test_beside_what_was_not_understood_nothing_is_an_answer() -> None:
    """D4: a recogniser's "[unk]" may hide anything; a cry beside it still counts (D5)."""
    words = grammar.load()
    assert words.read("E1", "[unk] no") is None
    assert words.read("E1", "no [unk]") is None
    cry = words.read("R1", "[unk] she can't breathe")
    assert cry is not None
    assert cry.meaning == "emergency"


def test_a_sign_named_while_its_question_is_said_answers_it() -> None:
    """D14: the question is not asked to its end, so that no later "no" takes the sign back."""
    state, _ = TALK.step(State(Position("question", "R1")), noted("R1"))
    assert place(state) != ("question", "R1")
    assert state.record.answer("R1") == "yes"
