"""Single turns of the conversation that the long walks come by seldom: what is said, where it goes, what is timed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from voice_backcare.core.content import ContentError, load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import (
    Action,
    Adjust,
    CancelTimer,
    DeviceBack,
    DeviceLost,
    End,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    Line,
    Listen,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Say,
    Show,
    StartTimer,
)
from voice_backcare.core.state import Position, Record, State

CONTENT = load()
TALK = build(CONTENT)
NO_TO_ALL = tuple((question, "no") for question in CONTENT.questions)
E_NO = NO_TO_ALL[:6]
BOTH = frozenset({"emergency", "urgent"})
CALM = Record(answers=NO_TO_ALL, confirmed=BOTH)
PROVIDER = Record(answers=(*NO_TO_ALL[:7], ("R1", "yes")), confirmed=frozenset({"emergency"}))
CALL_911 = Record(answers=(("E1", "yes"),))


def at(name: Any, place_id: str = "", record: Record = Record(), *, speaking: bool = False, **rest: Any) -> State:  # noqa: B008
    return State(Position(name, place_id, speaking=speaking, **rest), record)


def step(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    return TALK.step(state, event)


def heard(state: State, *meanings: str) -> tuple[State, tuple[Action, ...]]:
    """Words, one after the other, each when the lines before it have been said."""
    actions: tuple[Action, ...] = ()
    for meaning in meanings:
        if state.position.speaking:
            state, _ = step(state, Finished(0.0))
        state, actions = step(state, Heard(0.0, meaning))
    return state, actions


def said(actions: tuple[Action, ...]) -> Say:
    (say,) = (action for action in actions if isinstance(action, Say))
    return say


def lead(actions: tuple[Action, ...]) -> list[str]:
    return [line.id for line in said(actions).lead]


def asked(actions: tuple[Action, ...]) -> list[str]:
    return [line.id for line in said(actions).asked]


def timers(actions: tuple[Action, ...]) -> dict[str, float]:
    return {action.name: action.after_s for action in actions if isinstance(action, StartTimer)}


# --- the way through ------------------------------------------------------------------------------


def test_all_no_takes_twenty_one_answers_to_the_outcome() -> None:
    """Six signs, their read-back, the injury, eight signs, their read-back, four signs: then the disposition."""
    state, actions = step(State(), Pressed(0.0, "start"))
    assert lead(actions) == ["opening_guide", "opening_emergency"]
    state, actions = heard(state, *["no"] * 6, "yes", *["no"] * 9, "yes", *["no"] * 4)
    assert state.position == Position("offer", "home_care")
    assert state.record == CALM
    net, urgent = ["safety_net_1", "safety_net_2"], ["call_again_1", "call_again_2"]
    assert lead(actions) == ["home_care", *net, *urgent, "in_any_case"]


def test_the_next_question_begins_with_what_a_no_was_taken_for() -> None:
    """D13: "Not confused. ..."; whoever hears it wrong says so there."""
    state, _ = step(State(), Pressed(0.0, "start"))
    words = []
    for _ in range(4):
        state, actions = heard(state, "no")
        words += lead(actions)
    assert words == ["E1_no", "E2_no", "E3_no", "E4_no"]
    state, actions = heard(at("question", "F2", CALM.without("F2", "F7")), "yes")
    assert lead(actions) == ["ack_1"]


def test_a_confirmed_read_back_is_thanked_for() -> None:
    """A yes to the read-back gets a word of its own, a doubted one says what comes."""
    state = at("read_back", "emergency", Record(answers=E_NO))
    assert lead(heard(state, "yes")[1]) == ["thanks"]
    new, actions = heard(state, "unsure")
    assert lead(actions) == ["ask_part_again"]
    assert new.record == Record(refused=frozenset({"emergency"}))


@pytest.mark.parametrize("part", ["emergency", "urgent"])
def test_a_bare_no_to_a_read_back_asks_which_one(part: str) -> None:
    """D13: "none" confirms after all, doubt or twice nothing usable asks the part once more; a key's yes is doubt."""
    answers, confirmed = (E_NO, frozenset()) if part == "emergency" else (NO_TO_ALL[:15], frozenset({"emergency"}))
    record = Record(answers=answers, confirmed=confirmed)
    which, actions = heard(at("read_back", part, record), "no")
    assert (which.position, which.record) == (Position("read_back", part, subject="which"), record)
    assert (asked(actions), said(actions).id) == (["which_one"], f"read_back_{part}")
    which = step(which, Finished(0.0))[0]
    assert TALK.moves.listen(which) == Listen("which_one", 6.0)
    assert part in step(which, Heard(0.0, "yes"))[0].record.confirmed
    again = {
        step(which, event)[0].record for event in (Heard(0.0, "unsure"), Pressed(0.0, "yes"), Pressed(0.0, "unsure"))
    }
    for event in (NoInput(0.0), NoMatch(0.0), Heard(0.0, "no"), Pressed(0.0, "no")):
        once, actions = step(which, event)
        assert (once.record, once.position.tries, asked(actions)) == (record, 1, ["which_one_again"])
        again.add(step(step(once, Finished(0.0))[0], event)[0].record)
    (refused,) = again
    assert refused.refused == {part}
    assert not set(refused.answers) & set(answers[-8:])


def test_a_sign_named_at_which_one_is_a_yes() -> None:
    """D13, D14: of the part or of another one; then what was taken is asked afresh."""
    which = at("read_back", "emergency", Record(E_NO), subject="which")
    assert step(which, Heard(0.0, "no", signs=("E5",)))[0].position.id == "call_911"
    state, actions = step(which, Heard(0.0, "no_match", signs=("R1",)))
    assert (state.position, lead(actions)) == (Position("read_back", "emergency"), ["noted"])


def test_no_word_that_is_understood_at_an_outcome_meets_silence() -> None:
    """D8: a question about home care is answered there; anything else gets what can be said."""
    outcome = at("outcome", "call_provider_now", PROVIDER)
    assert lead(heard(outcome, "what_is_spasm")[1]) == ["what_is_spasm_1", "what_is_spasm_2"]
    for meaning in ("yes", "no", "unsure", "next", "acknowledge"):
        state, actions = heard(outcome, meaning)
        assert (state.record, lead(actions), asked(actions)) == (PROVIDER, [], ["provider_hint"])


def test_what_was_taken_is_shown_and_said_when_asked_for() -> None:
    """D13: one short sentence is said; the list is on the screen, and spoken on "list them"."""
    state = at("read_back", "emergency", Record(E_NO))
    _, actions = heard(state, "summary")
    assert lead(actions) == ["summary_so_far", "summary_no", "summary_no"]
    assert asked(actions) == ["read_back_emergency", "is_that_right"]
    show = next(action for action in heard(state, "repeat")[1] if isinstance(action, Show))
    assert [line.id for line in show.lines] == [*("read_back_list", "read_back_list", "is_that_right")]
    assert {source for line in show.lines for source in line.sources} == {f"E{n}" for n in range(1, 7)} | {"own"}


@pytest.mark.parametrize("part", ["emergency", "urgent"])
def test_a_read_back_refused_twice_stands_and_can_be_withdrawn(part: str) -> None:
    """D13, D7: it was not ruled out; going back reads it again, and only its yes and the yes after it take it away."""
    answers = E_NO if part == "emergency" else NO_TO_ALL[:15]
    confirmed = frozenset() if part == "emergency" else frozenset({"emergency"})
    state = at("read_back", part, Record(answers=answers, confirmed=confirmed, refused=frozenset({part})))
    state, actions = heard(state, "unsure")
    assert state.record.unresolved == {part}
    assert f"because_{part}_read_back" in lead(actions)
    assert state.position == Position("offer", "rest")
    assert TALK.triage.disposition(state.record) == "call_provider_now"  # never 911 from a refusal alone
    assert "safety_net_1" in lead(actions)
    state, actions = heard(state, "go_back")
    assert state.position == Position("recheck", f"read_back_{part}")
    assert (said(actions).kind, said(actions).id) == ("read_back", f"read_back_{part}")
    assert asked(actions)[0] == f"read_back_{part}"
    assert heard(state, "no")[0].record == state.record
    assert heard(state, "unsure")[0].record == state.record
    state, _ = heard(state, "yes")
    assert state.position == Position("confirm", "withdraw", subject=f"read_back_{part}")
    state, _ = heard(state, "yes")
    assert state.record.unresolved == frozenset()
    assert part in state.record.confirmed


def test_an_urgent_sign_is_told_at_once_and_the_rest_is_offered() -> None:
    """The disposition is said, then the offer; declined, it is said once more."""
    state, actions = heard(at("question", "R1", Record(NO_TO_ALL[:7], confirmed=frozenset({"emergency"}))), "yes")
    assert state.position == Position("offer", "rest")
    assert lead(actions)[0] == "call_provider_now"
    taken, actions = heard(state, "yes")
    assert taken.position == Position("question", "R2")
    assert taken.record.continue_after_urgent == "accepted"
    for answer in ("no", "unsure"):
        left, actions = heard(state, answer)
        assert left.position == Position("outcome", "call_provider_now")
        assert left.record.continue_after_urgent == "declined"
        assert lead(actions)[0] == "call_provider_now"
    after, actions = heard(taken, *["no"] * 11)
    assert after.position == Position("outcome", "call_provider_now")


def test_home_care_begins_after_a_yes_only() -> None:
    """A doubt at the offer ends the conversation with what was reached."""
    offer = at("offer", "home_care", CALM)
    state, actions = heard(offer, "yes")
    assert state.position == Position("home_care", "0")
    assert lead(actions)[0] == "home_care_start"
    assert timers(actions) == {"give_up": 3600.0}
    for answer in ("no", "unsure"):
        assert heard(offer, answer)[0].position == Position("closing", "home_care", subject="told")


# --- doubt and silence ----------------------------------------------------------------------------


def test_doubt_is_asked_in_plainer_words_once() -> None:
    """D2: then it counts as yes, and is remembered as doubt."""
    state, actions = heard(at("question", "E2", Record(E_NO[:1]), tries=2), "unsure")
    assert state.position == Position("question", "E2", doubted="unsure")
    assert (lead(actions), asked(actions)) == (["doubt"], ["E2_plain"])
    state, _ = heard(state, "unsure")
    assert state.position.id == "call_911"
    assert state.record.answer("E2") == "unsure"


def test_reprompts_are_tapered_and_never_alike() -> None:
    """D3: 6, 10 and 15 seconds, other words each time, the keys with the second; then the pause."""
    state = at("question", "E2")
    seen, waits = [], []
    for _ in range(2):
        state, actions = step(state, NoInput(0.0))
        seen.append((lead(actions), asked(actions)))
        state, (listen,) = step(state, Finished(0.0))
        assert isinstance(listen, Listen)
        waits.append(listen.timeout_s)
    assert seen == [(["missed_silence", "say_yes_or_no"], ["E2_again"]), (["offer_keys"], ["E2_plain"])]
    assert waits == [10.0, 15.0]
    assert step(at("question", "E2", speaking=True), Finished(0.0))[1] == (Listen("E2", 6.0),)
    state, actions = step(state, NoMatch(0.0))
    assert state.position == Position("paused", return_to=Position("question", "E2"))
    assert timers(actions) == {"safety_net": 120.0, "give_up": 600.0}
    assert (lead(actions), asked(actions)) == (["safety_net_1", "safety_net_2"], ["paused"])
    assert (said(actions).kind, said(actions).id) == ("standby", "paused")
    assert lead(heard(state, "help")[1]) == ["help_question"]
    assert step(step(state, Finished(0.0))[0], Finished(0.0))[1] == ()


def test_noise_is_told_apart_from_silence() -> None:
    """What was not understood is not called unheard."""
    assert lead(step(at("question", "E2"), NoMatch(0.0))[1]) == ["missed_noise", "say_yes_or_no"]


def test_doubted_questions_have_reprompts_of_their_own() -> None:
    """After the plainer words come the shorter ones."""
    state, actions = step(at("question", "E2", doubted="unsure"), NoInput(0.0))
    assert asked(actions) == ["E2_again"]
    _, actions = step(step(state, Finished(0.0))[0], NoInput(0.0))
    assert asked(actions) == ["E2_ask"]


@pytest.mark.parametrize(
    ("position", "wordings"),
    [
        (Position("read_back", "urgent", speaking=False), ["is_that_right_again", "is_that_right_keys"]),
        (Position("offer", "rest", speaking=False), ["offer_rest_again", "offer_say_yes"]),
        (Position("offer", "home_care", speaking=False), ["offer_home_care_again", "offer_say_yes"]),
        (Position("confirm", "same_child", speaking=False), ["confirm_same_child_again", "confirm_same_child_keys"]),
    ],
)
def test_other_questions_are_reworded_too(position: Position, wordings: list[str]) -> None:
    """D3: no reprompt repeats, and none tells the outcome again."""
    state, seen, leads = State(position, CALM), [], []
    for _ in range(2):
        state, actions = step(state, NoInput(0.0))
        seen += asked(actions)
        leads.append(lead(actions))
        state, (listen,) = step(state, Finished(0.0))
        assert isinstance(listen, Listen)
        assert listen.timeout_s == (10.0 if state.position.tries == 1 else 15.0)
    assert seen == wordings
    says_it = position.name == "read_back"  # in its own words
    assert leads == [["missed_silence", *([] if says_it else ["say_yes_or_no"])], []]
    assert step(state, NoInput(0.0))[0].position.name == "paused"


def test_repeat_reads_the_whole_list_again() -> None:
    """After a short reprompt "repeat" says what would be confirmed."""
    state = at("read_back", "emergency", Record(answers=E_NO), tries=1)
    assert asked(heard(state, "repeat")[1])[0] == "read_back_emergency"
    assert asked(heard(state, "continue")[1]) == ["is_that_right_again"]


def test_a_pause_says_the_safety_net_once_more_and_ends() -> None:
    """D3: after two minutes the signs again; after ten the end, with advice."""
    paused = at("paused", "", Record(E_NO[:2]), return_to=Position("question", "E3"))
    state, actions = step(paused, Fired(0.0, "safety_net"))
    assert lead(actions) == ["safety_net_1", "safety_net_2"]
    busy, actions = step(state, Fired(0.0, "safety_net"))
    assert busy is state
    assert actions == (StartTimer("safety_net", 10.0),)
    state, actions = step(paused, Fired(0.0, "give_up"))
    assert state.position == Position("closing", "incomplete")
    assert lead(actions) == ["incomplete", "safety_net_1", "safety_net_2", "incomplete_advice", "no_provider"]
    assert {action.name for action in actions if isinstance(action, CancelTimer)} == {
        *("safety_net", "give_up", "not_understood")
    }
    assert step(state, Finished(0.0)) == (State(), (End("incomplete", (), paused.record.answers),))


@pytest.mark.parametrize("meaning", ["continue", "start"])
def test_a_pause_goes_on_at_a_word(meaning: str) -> None:
    """The same question is asked again."""
    paused = at("paused", return_to=Position("question", "E3", doubted="unsure"))
    state, actions = heard(paused, meaning)
    assert state.position == Position("question", "E3", doubted="unsure")
    assert (lead(actions), asked(actions)) == (["go_on"], ["E3_plain"])


def test_a_pause_goes_on_at_any_key_but_stop() -> None:
    """A key but yes and doubt is no answer there, and neither is a "no" that is heard (D3)."""
    paused = at("paused", "", Record(E_NO[:2]), return_to=Position("question", "E3"))
    for meaning in ("no", "soft_no", "next", "go_back", "repeat"):
        assert step(paused, Pressed(0.0, meaning))[0] == State(Position("question", "E3"), paused.record)
    assert step(paused, Pressed(0.0, "stop"))[0].position == Position(
        "confirm", "stop", return_to=Position("question", "E3")
    )
    assert step(paused, Heard(0.0, "no"))[0] == State(Position("question", "E3"), paused.record)


@pytest.mark.parametrize("speaking", [False, True])
@pytest.mark.parametrize("name", ["paused", "waiting"])
def test_a_yes_or_a_doubt_in_a_wait_or_a_pause_counts_at_once(name: Any, speaking: bool) -> None:
    """D3: it is the answer to the question behind, and its timers are forgotten."""
    still = at(name, "", Record(E_NO[:2]), speaking=speaking, return_to=Position("question", "E3"))
    state, actions = step(still, Heard(0.0, "yes"))
    assert (state.position.id, TALK.triage.causes(state.record)) == ("call_911", ("call_911", ("E3",)))
    assert {action.name for action in actions if isinstance(action, CancelTimer)} > {"not_understood"}
    state, _ = step(still, Heard(0.0, "unsure"))
    assert (state.position.id, state.position.doubted) == ("E3", "unsure")
    doubted = replace(still, position=replace(still.position, return_to=Position("question", "E3", doubted="unsure")))
    state, _ = step(doubted, Heard(0.0, "unsure"))
    assert (state.record.answer("E3"), state.position.id) == ("unsure", "call_911")


def test_a_no_counts_in_a_wait_once_the_wait_was_announced() -> None:
    """D3: while it is being announced a "no" belongs to nothing, unless a key says it."""
    waiting = at("waiting", "", Record(E_NO[:2]), return_to=Position("question", "E3"))
    assert heard(waiting, "no")[0].record.answer("E3") == "no"
    announced = replace(waiting, position=replace(waiting.position, speaking=True))
    assert step(announced, Heard(0.0, "no")) == (announced, ())
    assert step(announced, Pressed(0.0, "no"))[0].record.answer("E3") == "no"


@pytest.mark.parametrize(
    ("asked_before", "meaning", "after"),
    [
        (Position("read_back", "emergency"), "yes", "read_back"),
        (Position("read_back", "emergency"), "unsure", "question"),
        (Position("confirm", "same_child", return_to=Position("question", "E3")), "yes", "confirm"),
        (Position("offer", "home_care"), "yes", "home_care"),
    ],
)
def test_a_yes_in_a_pause_that_makes_nothing_more_urgent_waits(asked_before: Any, meaning: str, after: str) -> None:
    """D3, D13: what would confirm that there is no sign is asked again first; doubt of it counts at once."""
    record = CALM if asked_before.name == "offer" else Record(E_NO)
    assert heard(at("paused", "", record, return_to=asked_before), meaning)[0].position.name == after


def test_a_sign_named_in_a_pause_counts_beside_a_no_that_does_not() -> None:
    """D3, D14: the sign is noted, and the question is asked again."""
    paused = at("paused", "", Record(E_NO[:2]), return_to=Position("question", "E3"))
    state, actions = step(paused, Heard(0.0, "no", signs=("R1",)))
    assert (state.position.id, state.record.answer("R1"), state.record.answer("E3")) == ("E3", "yes", None)
    assert lead(actions)[0] == "noted"


@pytest.mark.parametrize("name", ["paused", "waiting"])
def test_who_is_not_understood_in_a_wait_or_a_pause_is_told_so_once_in_20_s(name: Any) -> None:
    """D3: and neither talk nor silence makes the wait longer."""
    still = at(name, return_to=Position("question", "E3"))
    told, actions = step(still, NoMatch(0.0))
    assert (lead(actions), timers(actions)) == (["missed_noise"], {"not_understood": 20.0})
    told = step(told, Finished(0.0))[0]
    assert step(told, NoMatch(0.0)) == (told, ())
    assert step(told, NoInput(0.0)) == (told, ())
    again, actions = step(told, Fired(0.0, "not_understood"))
    assert (again, actions) == (still, ())
    assert lead(step(again, NoMatch(0.0))[1]) == ["missed_noise"]


def test_a_word_at_the_step_behind_a_wait_reads_that_step_again() -> None:
    """D8: "continue" after a wait is no "next"; a key is."""
    waiting = at("waiting", "", CALM, return_to=Position("home_care", "2"))
    assert heard(waiting, "next")[0].position.id == "2"


def test_wait_is_two_minutes() -> None:
    """D8: then, or at "continue", the question again as one comes to it afresh."""
    state, actions = heard(at("question", "E3", tries=2, doubted="unsure"), "wait")
    assert state.position == Position("waiting", return_to=Position("question", "E3", doubted="unsure"))
    assert timers(actions) == {"wait": 120.0}
    assert asked(actions) == ["waiting"]
    assert asked(heard(state, "help")[1]) == ["still_waiting"]
    assert lead(heard(state, "help")[1]) == ["help_question"]
    assert lead(heard(state, "why")[1]) == ["E3_why"]
    assert step(at("question", "E3", speaking=True, failures=1), Pressed(0.0, "wait"))[
        0
    ].position.return_to == Position("question", "E3")
    same_child = Position("confirm", "same_child", return_to=Position("home_care", "3"))
    waiting, _ = heard(State(replace(same_child, speaking=False, tries=1), CALM), "wait")
    assert waiting.position == Position("waiting", return_to=same_child)
    assert heard(waiting, "continue", "yes")[0].position == Position("home_care", "3")
    back, actions = step(state, Fired(0.0, "wait"))
    assert back.position == state.position.return_to
    assert lead(actions) == ["go_on"]
    assert step(state, Fired(0.0, "reminder")) == (state, ())


# --- corrections ----------------------------------------------------------------------------------


def test_going_back_asks_the_last_question_again() -> None:
    """D7: its "no" is taken back; before the first there is nothing."""
    state, _ = heard(at("question", "E3", Record(E_NO[:2])), "go_back")
    assert state == State(Position("question", "E2", revisited=True), Record(E_NO[:1]))
    assert heard(state, "meant_yes")[0].record.answers == (("E1", "no"), ("E2", "yes"))
    assert lead(heard(at("question", "E1"), "go_back")[1]) == ["first_question"]


def test_going_back_to_a_yes_asks_before_it_is_taken_back() -> None:
    """D7: among the rest after an urgent sign too."""
    state, _ = heard(at("question", "R2", Record(PROVIDER.answers, continue_after_urgent="accepted")), "go_back")
    assert state.position == Position("recheck", "R1")
    for answer in ("yes", "unsure", "go_back", "meant_yes"):
        assert heard(state, answer)[0].record.answer("R1") == "yes"
    state, _ = heard(state, "no")
    assert state.position == Position("confirm", "withdraw", subject="R1")
    for answer in ("no", "unsure", "go_back", "meant_yes"):
        assert heard(state, answer)[0].record.answer("R1") == "yes"
    state, _ = heard(state, "yes")
    assert state.record.answer("R1") == "no"
    assert state.record.continue_after_urgent == ""


def test_going_back_twice_asks_the_cause_before() -> None:
    """D7: of several causes each can be asked, the last first; before the first the outcome is said again."""
    record = Record(answers=(("E1", "yes"), ("E4", "unsure")), phrase=True)
    state, actions = heard(at("outcome", "call_911", record), "go_back")
    assert state.position == Position("recheck", "emergency")
    assert (asked(actions), said(actions).kind) == (["is_emergency"], "confirmation")
    state, _ = heard(state, "go_back")
    assert state.position == Position("recheck", "E4")
    state, _ = heard(state, "go_back")
    assert state.position == Position("recheck", "E1")
    state, _ = heard(state, "go_back")
    assert state.position == Position("outcome", "call_911", uninterruptible=True)


@pytest.mark.parametrize("position", [Position("home_care", "0", speaking=False), Position("closing", "follow_up")])
def test_going_back_from_anywhere_after_an_outcome_asks_its_cause(position: Position) -> None:
    """D7: not the question that was asked last."""
    record = Record((*NO_TO_ALL[:15], ("F2", "yes"), *NO_TO_ALL[16:]), confirmed=BOTH)
    assert step(State(position, record), Heard(0.0, "go_back"))[0].position == Position("recheck", "F2")


def test_going_back_from_a_pause_goes_back_from_what_it_stands_before() -> None:
    """D7: the step before, the cause of the outcome; and the pause's timers are forgotten."""
    waiting = at("waiting", "", CALM, return_to=Position("home_care", "2"))
    state, actions = heard(waiting, "go_back")
    assert state.position == Position("home_care", "1")
    assert CancelTimer("wait") in actions
    record = Record((*NO_TO_ALL[:15], ("F2", "yes"), *NO_TO_ALL[16:]), confirmed=BOTH)
    state, actions = heard(at("paused", "", record, return_to=Position("offer", "home_care")), "go_back")
    assert state.position == Position("recheck", "F2")
    assert {CancelTimer("safety_net"), CancelTimer("give_up")} <= set(actions)


def test_an_injury_ends_the_questions() -> None:
    """S1: after the emergency signs and their read-back, at once, and with what to do about it."""
    state, actions = heard(at("question", "S1", Record(E_NO, confirmed=frozenset({"emergency"}))), "yes")
    assert state.position == Position("outcome", "out_of_scope")
    assert lead(actions) == [
        *("out_of_scope", "out_of_scope_advice", "because_yes", "safety_net_1", "safety_net_2", "provider_first")
    ]
    assert said(actions).kind == "standby"


def test_going_back_from_a_lesser_sign_says_the_outcome_again() -> None:
    """D7: a follow-up sign among the rest did not cause "call the provider"; there is no earlier cause to ask."""
    answers = (*NO_TO_ALL[:7], ("R1", "yes"), *NO_TO_ALL[8:15], ("F2", "yes"))
    state = at("recheck", "F2", Record(answers, confirmed=frozenset({"emergency"}), continue_after_urgent="accepted"))
    new, actions = heard(state, "go_back")
    assert new.position == Position("question", "F5")
    assert lead(actions)[0] == "call_provider_now"


def test_a_recheck_turns_doubt_into_yes() -> None:
    """A heard yes to the cause is one."""
    record = Record(answers=(("E1", "unsure"),))
    assert heard(at("recheck", "E1", record), "yes")[0].record == CALL_911


def test_a_phrase_is_withdrawn_by_a_no_and_a_yes() -> None:
    """D5, D7: what else was answered stands."""
    state = at("recheck", "emergency", Record(E_NO[:2], phrase=True))
    assert heard(state, "yes")[0].record.phrase
    state, _ = heard(state, "no", "yes")
    assert state == State(Position("question", "E3"), Record(E_NO[:2]))


@pytest.mark.parametrize("event", [NoInput(0.0), NoMatch(0.0)])
def test_silence_and_noise_withdraw_nothing(event: Event) -> None:
    """D7: anything but the heard words says the outcome again."""
    for position in (
        Position("recheck", "E1", speaking=False),
        Position("confirm", "withdraw", subject="E1", speaking=False),
    ):
        state, actions = step(State(position, CALL_911), event)
        assert state == State(Position("outcome", "call_911", uninterruptible=True), CALL_911)
        assert not said(actions).interruptible


def test_i_meant_yes_is_a_yes_to_the_last_question() -> None:
    """D7: at once, and to the question being asked where it is the first."""
    assert heard(at("question", "E3", Record(E_NO[:2])), "meant_yes")[0].record.answer("E2") == "yes"
    assert heard(at("question", "E1"), "meant_yes")[0].record == CALL_911
    waiting = at("waiting", return_to=Position("question", "E1"))
    assert heard(waiting, "meant_yes")[0].record == CALL_911
    nothing = at("closing", "incomplete", speaking=True)
    assert lead(step(nothing, Heard(0.0, "meant_yes"))[1])[0] == "first_question"
    for position, about in (
        (Position("recheck", "R1", speaking=False), ""),
        (Position("confirm", "withdraw", speaking=False), "R1"),
    ):
        earlier = Record(
            answers=(*PROVIDER.answers, ("R2", "no")), continue_after_urgent="accepted", confirmed=PROVIDER.confirmed
        )
        assert heard(State(replace(position, subject=about), earlier), "meant_yes")[0].record == earlier
    same = at("confirm", "same_child", CALM, return_to=Position("home_care", "3"))
    for word in ("meant_yes", "go_back"):
        state, actions = heard(same, word)
        assert state.record == CALM
        assert asked(actions) == ["confirm_same_child"]


# --- 911 ------------------------------------------------------------------------------------------


def test_only_what_d6_names_is_answered_after_911() -> None:
    """D6: anything else gets the first sentence again, and at a confirmation the whole instruction."""
    outcome = at("outcome", "call_911", CALL_911)
    said_again = State(Position("outcome", "call_911"), CALL_911)
    other: list[Any] = [
        Heard(0.0, word) for word in ("help", "wait", "start_over", "start", "yes", "unsure", "slower", "continue")
    ]
    for event in (*other, Heard(0.0, "no_match", signs=("R1",)), *(Pressed(0.0, event.meaning) for event in other)):
        state, actions = step(outcome, event)
        assert (state, lead(actions), asked(actions)) == (said_again, [], ["call_911"])
    assert step(outcome, NoInput(0.0)) == (outcome, ())
    for word in ("wait", "start_over", "help", "continue", "start"):
        assert heard(at("recheck", "E1", CALL_911), word)[0] == State(
            Position("outcome", "call_911", uninterruptible=True), CALL_911
        )
    busy = at("recheck", "E1", CALL_911, speaking=True)
    assert step(busy, Heard(0.0, "no")) == (busy, ())
    assert step(busy, Pressed(0.0, "no"))[0].position == Position("confirm", "withdraw", subject="E1")


def test_a_dispatcher_on_the_speaker_is_not_talked_over() -> None:
    """D6: talk that is not understood gets the first sentence once in 20 s; understood words get it every time."""
    state, actions = step(at("outcome", "call_911", CALL_911), NoMatch(0.0))
    assert (lead(actions), asked(actions), timers(actions)) == ([], ["call_911"], {"not_understood": 20.0})
    state, _ = step(state, Finished(0.0))
    assert step(state, NoMatch(0.0)) == (state, ())
    for understood in (Heard(0.0, "yes"), Heard(0.0, "no_match", signs=("R1",)), Heard(0.0, "unsure")):
        assert asked(step(state, understood)[1]) == ["call_911"]
    assert heard(state, "repeat")[1] and heard(state, "no")[0].position.name == "recheck"
    state, _ = step(state, Fired(0.0, "not_understood"))
    assert asked(step(state, NoMatch(0.0))[1]) == ["call_911"]
    left = heard(step(state, NoMatch(0.0))[0], "go_back")[0]
    assert step(left, Fired(0.0, "not_understood")) == (left, ())
    unheard = at("outcome", "call_911", CALL_911, failures=2, tries=1)
    assert lead(step(unheard, NoMatch(0.0))[1]).count("call_911") == 2


@pytest.mark.parametrize("meaning", ["no", "soft_no", "go_back"])
def test_a_no_after_911_leads_to_the_recheck(meaning: str) -> None:
    """D6, D7: the urgency stays until a heard no and a heard yes."""
    for record, cause in ((CALL_911, "E1"), (Record(phrase=True), "emergency")):
        state, _ = heard(at("outcome", "call_911", record), meaning)
        assert (state.position, state.record) == (Position("recheck", cause), record)


def test_the_911_instruction_says_what_was_heard_until_that_is_taken_back() -> None:
    """D6: "I heard: passed out", whether the phrase belongs to a sign or to none."""
    for sign in ("E4", "emergency"):
        state, actions = step(at("question", "E1"), Heard(0.0, "emergency", "passed out", sign=sign))
        told = {line.id: line.text for line in said(actions).lines}
        assert told["because_heard"] == "I heard: passed out."
        assert "because_phrase" not in told
        assert TALK.triage.withdraw(state.record, sign).heard == ""
    assert "because_phrase" in lead(step(at("question", "E1"), Pressed(0.0, "emergency"))[1])
    assert "go back" in CONTENT.lines["call_911_hint"].text


def test_the_911_instruction_stays_on_the_screen() -> None:
    """D6: whatever is asked or said while it stands."""
    for event in (Heard(0.0, "louder"), Heard(0.0, "go_back"), Heard(0.0, "summary"), DeviceLost(0.0, "loudspeaker")):
        _, actions = step(at("outcome", "call_911", CALL_911), event)
        (show,) = (action for action in actions if isinstance(action, Show))
        assert [line.id for line in show.lines][:2] == ["call_911", "cannot_dial"]
        assert len(show.lines) == len(set(show.lines))


def test_nothing_cuts_the_911_instruction_off() -> None:
    """D6: no word, no key, no timer, no device; a second sign is remembered."""
    fixed = at("outcome", "call_911", CALL_911, speaking=True, uninterruptible=True)
    for event in (Heard(0.0, "stop"), Pressed(0.0, "stop"), DeviceLost(0.0, "microphone"), NoMatch(0.0)):
        assert step(fixed, event) == (fixed, ())
    assert step(fixed, Fired(0.0, "give_up")) == (fixed, (StartTimer("give_up", 10.0),))
    state, actions = step(fixed, Heard(0.0, "emergency", sign="E4"))
    assert (state.position, actions) == (fixed.position, ())
    assert state.record.answer("E4") == "yes"
    state, (listen,) = step(fixed, Finished(0.0))
    assert (state.position, listen) == (
        Position("outcome", "call_911", speaking=False),
        Listen("outcome_911", None),
    )


def test_an_unheard_911_instruction_is_tried_until_it_is_heard() -> None:
    """D9: once more, then shown and tried every ten seconds; nothing else that is said counts as heard."""
    state, actions = heard(at("question", "E1"), "yes")
    assert timers(actions) == {"reminder": 120.0, "give_up": 600.0}
    first = said(actions)
    state, actions = step(state, Failed(0.0, first))
    assert (state.position.failures, actions) == (1, (first,))
    state, actions = step(state, Failed(0.0, first))
    assert timers(actions) == {"retry_911": 10.0}
    assert [action.attention for action in actions if isinstance(action, Show)] == [True]
    assert state.position == Position("outcome", "call_911", speaking=False, failures=2)
    louder, actions = heard(state, "louder")
    assert louder.position == Position("outcome", "call_911", failures=2)
    assert step(louder, Fired(0.0, "retry_911"))[1] == (StartTimer("retry_911", 10.0),)
    assert step(step(louder, Finished(0.0))[0], Fired(0.0, "give_up"))[1] == (StartTimer("give_up", 10.0),)
    again, actions = step(state, Fired(0.0, "retry_911"))
    assert again.position.uninterruptible
    assert not said(actions).interruptible
    shown, actions = step(again, Failed(0.0))
    assert timers(actions) == {"retry_911": 10.0}
    assert shown.position == state.position
    for event in (DeviceBack(0.0, "loudspeaker"), DeviceLost(0.0, "microphone")):
        told, actions = step(state, event)
        assert told.position == Position("outcome", "call_911", uninterruptible=True, failures=2)
        assert lead(actions).count("call_911") == 2
    heard_now, _ = step(again, Finished(0.0))
    assert heard_now.position.failures == 0
    assert step(heard_now, Fired(0.0, "retry_911")) == (heard_now, ())
    louder, _ = step(heard(heard_now, "louder")[0], Failed(0.0))
    assert louder.position.failures == 1
    assert step(louder, Finished(0.0))[0].position.failures == 0


def test_911_is_reminded_of_once_and_closes() -> None:
    """After two minutes a reminder, after ten the last words."""
    outcome = at("outcome", "call_911", CALL_911)
    assert lead(step(outcome, Fired(0.0, "reminder"))[1]) == ["call_911_reminder"]
    calm = at("outcome", "call_provider_now", PROVIDER)
    assert lead(step(calm, Fired(0.0, "reminder"))[1]) == ["outcome_reminder"]
    state, actions = step(outcome, Fired(0.0, "give_up"))
    assert state.position == Position("closing", "call_911", uninterruptible=True, subject="told")
    assert lead(actions) == ["call_911_reminder"]
    assert not said(actions).interruptible
    assert {action.name for action in actions if isinstance(action, CancelTimer)} == {
        "reminder",
        "give_up",
        "retry_911",
        "not_understood",
    }
    _, (end,) = step(state, Finished(0.0))
    assert end == End("call_911", ("E1",), CALL_911.answers)


@pytest.mark.parametrize("name", ["idle", "home_care", "paused", "closing", "outcome", "confirm"])
def test_an_emergency_phrase_is_heard_everywhere(name: Any) -> None:
    """D5: with its sign, or as a phrase; a new conversation remembers nothing of the old."""
    place_id = {"home_care": "3", "closing": "home_care", "outcome": "out_of_scope", "confirm": "stop"}.get(name, "")
    state, _ = step(at(name, place_id, CALM), Heard(0.0, "emergency", sign="E3"))
    assert state.position == Position("outcome", "call_911", uninterruptible=True)
    assert state.record.answer("E3") == "yes"
    assert (state.record.answer("E1") == "no") is (name != "idle")
    assert "emergency" not in state.record.confirmed
    state, _ = step(at(name, place_id, CALM), Pressed(0.0, "emergency"))
    assert state.record.phrase


# --- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["slower", "faster", "louder", "quieter"])
def test_the_voice_is_adjusted_and_the_question_asked_again(word: str) -> None:
    """D8: with a short word, everywhere."""
    for state in (at("question", "E2"), at("idle")):
        new, actions = heard(state, word)
        assert actions[0] == Adjust(word)
        assert lead(actions) == ["ack_1"]
        assert new.position.speaking


@pytest.mark.parametrize(
    ("position", "told"),
    [
        (Position("question", "E2", speaking=False), "help_question"),
        (Position("recheck", "R1", speaking=False), "help_question"),
        (Position("read_back", "urgent", speaking=False), "help_confirm"),
        (Position("offer", "rest", speaking=False), "help_confirm"),
        (Position("confirm", "stop", speaking=False), "help_confirm"),
        (Position("home_care", "1", speaking=False), "help_home_care"),
        (Position("outcome", "call_provider_now", speaking=False), "help_standby"),
    ],
)
def test_help_says_what_can_be_said_here(position: Position, told: str) -> None:
    """D8: the words that help at this place, then the question again."""
    assert lead(heard(State(position, PROVIDER), "help")[1]) == [told]


def test_why_tells_the_reason_of_what_is_asked() -> None:
    """D8: a question's own, an outcome's cause, a step's, a confirmation's."""
    assert lead(heard(at("question", "E2"), "why")[1]) == ["E2_why"]
    assert lead(heard(at("recheck", "R1", PROVIDER), "why")[1]) == ["R1_why"]
    assert lead(heard(at("outcome", "call_provider_now", PROVIDER), "why")[1]) == ["because_yes"]
    assert lead(heard(at("offer", "rest", PROVIDER), "why")[1]) == ["because_yes"]
    assert lead(heard(at("offer", "home_care", CALM), "why")[1]) == ["why_other"]
    assert lead(heard(at("home_care", "2", CALM), "why")[1]) == ["why_step"]
    assert lead(heard(at("read_back", "urgent"), "why")[1]) == ["why_other"]
    doubted = Record(NO_TO_ALL[:15], confirmed=frozenset({"emergency"}), unresolved=frozenset({"urgent"}))
    assert lead(heard(at("recheck", "read_back_urgent", doubted), "why")[1]) == ["why_other"]


def test_the_summary_is_in_the_order_a_nurse_wants() -> None:
    """Yes, not sure, no injury, no; before any answer it says that there is none."""
    record = Record(answers=(*E_NO, ("S1", "no"), ("R1", "yes"), ("R2", "unsure"), ("R3", "no")))
    told = lead(heard(at("outcome", "call_provider_now", record), "summary")[1])
    assert told[0] == "summary_start"
    assert list(dict.fromkeys(told[1:])) == ["summary_yes", "summary_unsure", "summary_no_injury", "summary_no"]
    assert lead(heard(at("question", "E2", Record(E_NO[:1])), "summary")[1]) == ["summary_so_far", "summary_no"]
    assert lead(heard(at("question", "E1"), "summary")[1]) == ["summary_nothing"]
    assert "summary_phrase" in lead(heard(at("outcome", "call_911", Record(phrase=True)), "summary")[1])


def test_about_and_the_provider_and_the_phone_have_lines_of_their_own() -> None:
    """The product's own lines, in every state."""
    assert lead(heard(at("question", "E2"), "about")[1]) == ["about_1", "about_2", "about_3", "about_4"]
    assert lead(heard(at("question", "E2"), "no_provider")[1]) == ["no_provider"]
    assert lead(heard(at("question", "E2"), "no_phone")[1]) == ["no_phone"]
    assert lead(heard(at("idle"), "about")[1])[0] == "about_1"


def test_idle_waits_for_start() -> None:
    """After a conversation it says how to begin; other commands are none there."""
    idle = State()
    say = said(heard(idle, "repeat")[1])
    assert say == Say((), (Line("idle", CONTENT.lines["idle"].text, ("own",)),), "standby", "idle")
    for word in ("stop", "go_back", "yes", "continue"):
        assert heard(idle, word) == (idle, ())
    for event in (DeviceLost(0.0, "microphone"), Resumed(0.0, None, False), NoInput(0.0), Failed(0.0), Finished(0.0)):
        assert step(idle, event) == (idle, ())


def test_stop_is_confirmed_once_something_was_answered() -> None:
    """D8: at once before that, in home care and after an outcome; a second "stop" is a yes."""
    state, _ = heard(at("question", "E2", Record(E_NO[:1]), tries=1), "stop")
    assert state.position == Position("confirm", "stop", return_to=Position("question", "E2"))
    assert step(step(state, Finished(0.0))[0], NoInput(0.0))[0].position == Position("question", "E2")
    assert heard(state, "no")[0].position == Position("question", "E2")
    assert heard(state, "unsure")[0].position == Position("question", "E2")
    assert heard(state, "go_back")[0].position == Position("question", "E2")
    assert heard(state, "yes")[0].position == Position("closing", "incomplete")
    assert heard(state, "stop")[0].position == Position("closing", "incomplete")
    assert heard(at("question", "E1"), "stop")[0].position == Position("closing", "incomplete")
    for at_once in (at("home_care", "1", CALM), at("offer", "home_care", CALM)):
        assert heard(at_once, "stop")[0].position == Position("closing", "home_care", subject="told")
    assert heard(at("outcome", "call_provider_now", PROVIDER), "stop")[0].position.name == "closing"
    assert heard(at("offer", "rest", PROVIDER), "stop")[0].position.name == "confirm"
    assert heard(at("confirm", "same_child", PROVIDER), "stop")[0].position.name == "closing"
    state, _ = heard(at("confirm", "withdraw", PROVIDER, subject="R1"), "stop")
    assert state.position == Position("confirm", "stop")
    assert heard(state, "no")[0].position == Position("offer", "rest")


def test_start_over_is_confirmed_once_something_was_answered() -> None:
    """D8: from an outcome "start" asks the same."""
    state, _ = heard(at("question", "E2", Record(E_NO[:1])), "start_over")
    assert state.position == Position("confirm", "start_over", return_to=Position("question", "E2"))
    assert heard(state, "no")[0].record == Record(E_NO[:1])
    new, actions = heard(state, "yes")
    assert new == State(Position("question", "E1"), Record())
    assert lead(actions) == ["opening_guide", "opening_emergency"]
    new, actions = heard(at("question", "E1"), "start_over")
    assert new == State(Position("question", "E1"), Record())
    assert lead(actions) == ["opening_guide", "opening_emergency"]
    state, _ = heard(at("outcome", "call_provider_now", PROVIDER), "start")
    assert state.position.id == "start_over"


def test_the_last_words_can_be_stopped_and_gone_back_from() -> None:
    """D7, D8: "stop" ends at once; going back asks the cause; a wait would make no sense."""
    closing = at("closing", "call_provider_now", PROVIDER, speaking=True)
    assert step(closing, Heard(0.0, "stop")) == (State(), (End("call_provider_now", ("R1",), PROVIDER.answers),))
    assert step(closing, Heard(0.0, "go_back"))[0].position == Position("recheck", "R1")
    assert step(closing, Heard(0.0, "wait"))[0] == closing
    assert step(closing, Heard(0.0, "start_over"))[0].position == Position("confirm", "start_over")
    assert step(closing, Pressed(0.0, "yes")) == (closing, ())
    assert step(closing, DeviceBack(0.0, "loudspeaker")) == (closing, ())
    assert step(closing, Resumed(0.0, 60.0, True))[0] == closing
    assert step(closing, Resumed(0.0, None, False))[0].position == Position("confirm", "same_child")


@pytest.mark.parametrize("outcome", ["call_provider_now", "out_of_scope"])
def test_the_last_words_say_the_outcome(outcome: str) -> None:
    """Whatever it was, it is said once more."""
    record = PROVIDER if outcome == "call_provider_now" else Record((*E_NO, ("S1", "yes")), confirmed=BOTH)
    _, actions = heard(at("outcome", outcome, record), "stop")
    advice = ["out_of_scope_advice"] if outcome == "out_of_scope" else []
    assert lead(actions) == [outcome, *advice, "goodbye"]


# --- home care ------------------------------------------------------------------------------------


def test_only_what_was_not_asked_is_volunteered() -> None:
    """D14: a sign named at its own question is an answer to it; one named at another is remembered as volunteered."""
    state, _ = step(at("question", "R1", Record(NO_TO_ALL[:7])), Heard(0.0, "yes", signs=("R1", "R5")))
    assert (state.record.answer("R1"), state.record.volunteered) == ("yes", frozenset({"R5"}))
    waits = at("waiting", record=Record(NO_TO_ALL[:7]), return_to=Position("question", "R1"))
    assert step(waits, Heard(0.0, "no_match", signs=("R1",)))[0].record.volunteered == frozenset()


def test_signs_named_beside_a_cry_are_not_lost() -> None:
    """D5, D14: "help me, he lost control" is 911 at once; "I need help, his legs tingle" notes that and asks first."""
    cry = Heard(0.0, "maybe_emergency", "help me", "emergency", ("R2", "E6"))
    for place in (at("question", "R6"), at("home_care", "0", CALM), at("outcome", "call_provider_now", PROVIDER)):
        state, _ = step(place, cry)
        assert (state.position.id, state.record.answer("E6"), state.record.answer("R2")) == ("call_911", "yes", "yes")
    legs = replace(cry, signs=("R5",))
    for place, goes_on in (
        (at("question", "R5", PROVIDER), ("offer", "rest")),
        (at("question", "F2", Record(NO_TO_ALL[:15], confirmed=BOTH)), ("offer", "rest")),
        (at("home_care", "0", CALM), ("offer", "rest")),
    ):
        state, actions = step(place, legs)
        assert (lead(actions), asked(actions)) == (["noted"], ["is_emergency"])
        state, _ = heard(replace(state, position=replace(state.position, speaking=False)), "no")
        assert state.record.answer("R5") == "yes" and TALK.triage.disposition(state.record) == "call_provider_now"
        assert (state.position.name, state.position.id) in (goes_on, ("outcome", "call_provider_now"))
    at_r1 = at("question", "R1", Record(answers=(("R5", "yes"), *NO_TO_ALL[:7]), confirmed=frozenset({"emergency"})))
    assert step(at_r1, replace(cry, signs=("F2",)))[0].position.return_to == Position("question", "R1")
    assert step(State(), legs)[0].record == Record()


def test_a_word_in_a_wait_leaves_the_outcome_its_end() -> None:
    """D3: what is asked for in a wait brings the outcome back, with its reminder and its end."""
    waits = at("waiting", record=PROVIDER, return_to=Position("outcome", "call_provider_now"))
    for meaning in ("repeat", "yes", "how_long"):
        state, actions = heard(waits, meaning)
        assert state.position == Position("outcome", "call_provider_now")
        assert timers(actions) == {"reminder": 120.0, "give_up": 600.0}


def test_steps_are_read_at_the_listeners_pace() -> None:
    """Next, back, repeat; at the first there is none before, after the last it closes."""
    first, last = at("home_care", "0", CALM), at("home_care", str(len(CONTENT.steps) - 1), CALM)
    assert heard(first, "next")[0].position == Position("home_care", "1")
    assert heard(at("home_care", "2", CALM), "back")[0].position == Position("home_care", "1")
    assert heard(at("home_care", "2", CALM), "go_back")[0].position == Position("home_care", "1")
    assert lead(heard(first, "back")[1]) == ["first_step"]
    assert heard(first, "go_back")[0].position == Position("question", "F7", revisited=True)
    assert heard(last, "next")[0].position == Position("closing", "home_care", subject="told")
    told = said(heard(first, "repeat")[1]).asked
    assert told == tuple(Line(text.id, text.text, text.sources) for text in CONTENT.steps[0].lines)
    state, actions = heard(first, "yes")  # no word is met with silence, but a key that is not there does nothing
    assert (asked(actions), state.position) == (["home_care_reminder"], replace(first.position, speaking=True))
    assert step(first, Pressed(0.0, "yes")) == (first, ())


def test_a_part_is_found_by_its_name() -> None:
    """The first step of it; background and how much is left are told without leaving the step."""
    state = at("home_care", "0", CALM)
    for part in ("ice", "heat", "massage", "medicine", "activity"):
        number = next(n for n, told in enumerate(CONTENT.steps) if told.part == part)
        assert heard(state, f"part_{part}")[0].position == Position("home_care", str(number))
    assert lead(heard(state, "part_nothing")[1]) == ["no_such_part"]
    assert lead(heard(state, "how_much_left")[1]) == ["steps_left"]
    told = said(heard(state, "how_long")[1]).lead
    assert told == tuple(Line(text.id, text.text, text.sources) for text in CONTENT.answers["how_long"].lines)


def test_a_silent_step_is_reminded_of_once() -> None:
    """One gentle reminder, then quiet; noise is nothing."""
    state = at("home_care", "0", CALM)
    assert step(state, NoMatch(0.0)) == (state, ())
    new, actions = step(state, NoInput(0.0))
    assert asked(actions) == ["home_care_reminder"]
    assert new.position == Position("home_care", "0", tries=1)
    new, (listen,) = step(new, Finished(0.0))
    assert listen == Listen("home_care", None)
    assert step(new, NoInput(0.0)) == (new, ())
    assert step(state, Fired(0.0, "give_up"))[0].position.name == "closing"
    assert step(at("home_care", "0", CALM, speaking=True), Finished(0.0))[1] == (Listen("home_care", 30.0),)


# --- devices, failures, interruptions -------------------------------------------------------------


def test_a_failed_prompt_loses_none_of_its_lines() -> None:
    """D9: what was to be said is said once more, whole, and then shown, whole."""
    state, actions = heard(at("question", "E2", Record(E_NO[:1])), "why")
    say = said(actions)
    state, actions = step(state, Failed(0.0, say))
    assert actions == (say,)
    state, (show, listen) = step(state, Failed(0.0, say))
    assert show == Show(say.kind, say.id, say.lines, attention=True)
    assert listen == Listen("E2", 6.0)
    assert state.position == Position("question", "E2", speaking=False)
    assert step(state, Failed(0.0)) == (state, ())


def test_a_lost_device_is_told_where_it_can_be() -> None:
    """The microphone aloud, the loudspeaker on the screen; an announcement that was cut off is begun again."""
    state = at("offer", "rest", PROVIDER, speaking=True)
    _, actions = step(state, DeviceLost(0.0, "microphone"))
    assert lead(actions)[:2] == ["microphone_lost", "call_provider_now"]
    assert lead(step(at("offer", "rest", PROVIDER), DeviceBack(0.0, "microphone"))[1]) == ["microphone_back"]
    assert lead(step(at("question", "E2"), DeviceBack(0.0, "loudspeaker"))[1]) == ["loudspeaker_back"]
    same, (show,) = step(at("question", "E2"), DeviceLost(0.0, "loudspeaker"))
    assert same == at("question", "E2")
    assert show == Show("question", "E2", (Line("E2_ask", CONTENT.questions["E2"].ask, ("E2",)),), attention=True)


@pytest.mark.parametrize(
    ("event", "fresh"),
    [
        (Resumed(0.0, 900.0, True), True),
        (Resumed(0.0, 900.1, True), False),
        (Resumed(0.0, 1.0, False), False),
        (Resumed(0.0, None, True), False),
    ],
)
def test_a_resumption_asks_for_the_same_child(event: Resumed, fresh: bool) -> None:
    """D11: fresh answers stand; else only yes and doubt do, whatever comes before the yes."""
    before = at("home_care", "3", Record((*NO_TO_ALL[:-1], ("F7", "yes")), confirmed=BOTH))
    state, actions = step(before, event)
    assert (state.position.name, state.position.id) == ("confirm", "same_child")
    assert lead(actions)[:2] == ["interrupted", "follow_up"]
    assert state.record == (before.record if fresh else Record((("F7", "yes"),)))
    twice, _ = step(state, Resumed(0.0, 1.0, True))
    assert twice.record == state.record
    assert twice.position == state.position
    for going_on in (heard(state, "yes")[0], heard(twice, "yes")[0]):
        assert going_on.position == (Position("home_care", "3") if fresh else Position("question", "E1"))
    assert heard(state, "no")[0] == State(Position("question", "E1"), Record())
    doubted, _ = heard(state, "unsure")
    assert doubted.position.tries == 1
    assert doubted.record == state.record


def test_a_resumption_before_any_answer_begins_again() -> None:
    """D11: it says that it was cut off, and there is nothing to go on with."""
    state, actions = step(at("question", "E1", tries=1), Resumed(0.0, 1.0, True))
    assert state == State(Position("question", "E1"), Record())
    assert lead(actions) == ["interrupted", "opening_guide", "opening_emergency"]


def test_a_resumption_does_not_tell_stale_good_news() -> None:
    """D11: "home care" out of answers that have to be asked again is not said."""
    state, actions = step(at("offer", "home_care", CALM), Resumed(0.0, None, False))
    assert lead(actions) == ["interrupted"]
    assert heard(state, "stop")[0].position == Position("closing", "incomplete")


def test_a_resumed_emergency_is_said_first() -> None:
    """D11: 911 asks for no child."""
    state, actions = step(at("recheck", "E1", CALL_911), Resumed(0.0, None, False))
    assert state.position == Position("outcome", "call_911", uninterruptible=True)
    assert lead(actions)[0] == "call_911"


def test_stale_signs_lead_on_from_the_first_question() -> None:
    """D11: an injury, or an urgent sign, waits for the emergency signs to be asked again."""
    for answers in ((*E_NO, ("S1", "yes")), PROVIDER.answers):
        state, _ = step(at("outcome", "x", Record(answers, confirmed=BOTH)), Resumed(0.0, None, False))
        state, _ = heard(state, "yes")
        assert state.position == Position("question", "E1")
        state, _ = heard(state, *["no"] * 6, "yes")
        assert state.position.id in ("out_of_scope", "S1")


def test_content_without_a_needed_line_is_refused() -> None:
    """No conversation starts that would not know what to say."""
    lines = {line_id: text for line_id, text in CONTENT.lines.items() if line_id != "thanks"}
    with pytest.raises(ContentError, match=r"^lines\.toml: thanks: is missing$"):
        build(replace(CONTENT, lines=lines))


def test_the_kiosk_gives_up_sooner() -> None:
    """D3: how long a pause waits is a setting."""
    kiosk = build(CONTENT, give_up_s=300.0)
    _, actions = kiosk.step(at("question", "E1", tries=2), NoInput(0.0))
    assert timers(actions) == {"safety_net": 120.0, "give_up": 300.0}


def test_the_gaps_of_a_speech_listen_for_what_their_place_may_hear() -> None:
    """D5, D6: commands and emergency phrases, after 911 only what is named there."""
    assert TALK.moves.place(State(Position("question", "E2"))) == "standby"
    assert TALK.moves.place(State(Position("outcome", "call_provider_now"))) == "standby"
    assert TALK.moves.place(State(Position("coach", "on"))) == "coach_on"
    assert TALK.moves.place(State(Position("outcome", "call_911"))) == "outcome_911"
    assert TALK.moves.place(State(Position("closing", "follow_up", speaking=False))) == "standby"
    assert TALK.moves.place(State(Position("recheck", "E1", speaking=False))) == "E1"
    assert TALK.moves.place(State(Position("recheck", "read_back_urgent", speaking=False))) == "read_back_urgent"
    assert TALK.moves.listen(State(Position("recheck", "E1", speaking=False))).timeout_s == 10.0
    assert TALK.moves.listen(State(Position("confirm", "stop", speaking=False))).timeout_s == 10.0
    paused = Position("paused", speaking=False, return_to=Position("question", "E2"))
    assert TALK.moves.listen(State(paused)) == Listen("E2", None)
