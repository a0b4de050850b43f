"""The person's own emergency number and provider, in all that is said, shown and heard."""

from __future__ import annotations

import itertools

import pytest

from voice_backcare.core import grammar
from voice_backcare.core.content import Personal, load, personalise
from voice_backcare.core.conversation import Conversation, build
from voice_backcare.core.events import Event, Finished, Heard, NoInput, Pressed, Say
from voice_backcare.core.state import Record, State
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.ports import Posted
from voice_backcare.session.session import Session

OWN = Personal("112", "Dr. Ada Lee", "555-0142")


def core(personal: Personal = OWN) -> Conversation:
    return build(personalise(load(), personal))


def said(conversation: Conversation, *meanings: str) -> tuple[State, list[str]]:
    """All that is said in a conversation of these answers, and where it stands."""
    state, texts = State(), []
    events: list[Event] = [Pressed(0.0, "start"), *(Heard(0.0, meaning) for meaning in meanings)]
    for event in itertools.chain.from_iterable((event, Finished(0.0)) for event in events):
        state, actions = conversation.step(state, event)
        texts += [line.text for action in actions if isinstance(action, Say) for line in action.lines]
    return state, texts


def test_the_usual_settings_change_nothing() -> None:
    """Where nothing is set, the content is the very same."""
    assert personalise(load(), Personal()) is load()


def test_the_number_stands_in_every_line() -> None:
    """No line speaks of 911 any more; ids, sources and everything else stay as they are."""
    usual, own = load(), personalise(load(), Personal("112"))
    before, after = list(usual.texts()), list(own.texts())
    assert [(text.id, text.sources) for text in after] == [(text.id, text.sources) for text in before]
    assert [text.text for text in after] == [text.text.replace("911", "112") for text in before]
    assert sum("112" in text.text for text in after) == sum("911" in text.text for text in before) > 3
    assert own.contact == ()


def test_the_outcome_keeps_its_name() -> None:
    """The first yes says the person's number, and the outcome is still "call_911"."""
    state, texts = said(core(), "yes")
    assert state.position.id == "call_911"
    assert texts.count("Call 112 now.") == 2
    assert not [text for text in texts if "911" in text]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (["no"] * 6 + ["yes", "yes"], "out_of_scope"),
        (["no"] * 6 + ["yes", "no", "yes", "no"], "call_provider_now"),
        (["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes", "yes", "no", "no", "no"], "follow_up"),
    ],
)
def test_the_provider_is_named_where_it_is_time_to_call(answers: list[str], outcome: str) -> None:
    """Name and number follow the advice, and come again with "repeat" and "what do I tell them"."""
    conversation = core()
    state, texts = said(conversation, *answers)
    at = texts.index("Dr. Ada Lee is your child's provider.")
    assert texts[at + 1] == "The number to call is 555-0142."
    assert conversation.triage.disposition(state.record) == outcome
    for meaning in ("repeat", "summary"):
        assert "The number to call is 555-0142." in said(conversation, *answers, meaning)[1][len(texts) :]


def test_the_provider_is_not_named_elsewhere() -> None:
    """Not with "call 911", and not where the answers point to care at home."""
    for answers in (["yes", "summary"], ["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"] + ["no"] * 4):
        assert not [text for text in said(core(), *answers)[1] if "555" in text or "Ada" in text]


def test_an_unfinished_conversation_names_the_provider() -> None:
    """It ends with the advice to call, and whom."""
    texts = said(core(), "no", "stop", "yes")[1]
    assert "The number to call is 555-0142." in texts[-2:]  # and what to do if nobody answers
    assert "Call your child's provider and ask." in texts


def test_only_what_is_set_is_said() -> None:
    """A number without a name, a name without a number."""
    answers = ["no"] * 6 + ["yes", "yes"]
    assert "The number to call is 1." in said(core(Personal(provider_phone="1")), *answers)[1]
    texts = said(core(Personal(provider_name="Dr. No")), *answers)[1]
    assert "Dr. No is your child's provider." in texts and not [text for text in texts if "number to call" in text]


def test_what_is_set_is_ready_ahead() -> None:
    """The voice prepares the person's own lines too."""
    ahead = {line.text for line in core().prompts.ahead()}
    assert {"Call 112 now.", "Dr. Ada Lee is your child's provider.", "The number to call is 555-0142."} <= ahead


@pytest.mark.parametrize("place", ["any", "home_care", "outcome_911", "idle"])
@pytest.mark.parametrize("text", ["call one one two", "please call 112", "call 1-1-2 now", "one one two", "CALL 1 1 2"])
def test_the_number_is_heard(place: str, text: str) -> None:
    """Asked for anywhere, spoken or typed, the person's number is a cry for help; 911 stays one."""
    words = grammar.load(number="112")
    match = words.read(place, text)
    assert match is not None and (match.meaning, match.sign) == ("emergency", "emergency")
    assert words.read(place, "call 911") == grammar.load().read(place, "call 911") is not None
    assert "call one one two" in words.sentences(place)


@pytest.mark.parametrize("text", ["call nine nine nine", "call triple nine", "999", "triple nine"])
def test_three_alike_are_said_in_two_ways(text: str) -> None:
    """ "Triple nine" is "nine nine nine"; a number that is not three alike has no such way."""
    match = grammar.load(number="999").read("any", text)
    assert match is not None and match.meaning == "emergency"
    assert not [phrase for phrase in grammar.load(number="112").sentences("any") if "triple" in phrase]


def test_the_number_is_heard_only_where_it_is_set() -> None:
    """The usual grammar is as it was, and a negated number is no cry for help."""
    assert grammar.load().read("any", "call 112") is None
    assert "one one two" not in grammar.load().sentences("any")
    assert grammar.load(number="911") == grammar.load()
    assert grammar.load(number="112").read("any", "don't call 112") is None


def test_how_long_it_waits_can_be_set() -> None:
    """The three time-outs of a question, and how long a pause lasts, are those of the settings (D3)."""
    conversation = build(load(), no_input_s=(8.0, 12.0, 20.0), give_up_s=90.0)
    clock = FakeClock()
    posted: list[Posted] = []
    session = Session(
        conversation, FakeEars(posted.append, clock), FakeMouth(posted.append, clock), FakeScreen(), clock
    )

    def settle() -> None:
        while posted:
            session.take(posted.pop(0))

    session.start()
    settle()
    waited = []
    while session.state.position.name == "question":
        due_s = session.next_due_s()
        assert due_s is not None
        waited.append(due_s - clock.now_s())
        clock.advance(waited[-1])
        session.tick()
        settle()
    assert waited == [8.0, 12.0, 20.0]
    assert session.state.position.name == "paused"
    while session.ended is None:
        clock.advance(1.0)
        session.tick()
        settle()
    assert clock.now_s() == pytest.approx(40.0 + 90.0, abs=11)


def test_silence_is_counted_as_before() -> None:
    """With other time-outs the third silence still pauses, and never answers."""
    conversation = build(load(), no_input_s=(3.0, 3.0, 3.0))
    state, _ = said(conversation)
    for _ in range(3):
        state, _ = conversation.step(state, NoInput(0.0))
        state, _ = conversation.step(state, Finished(0.0))
    assert state.position.name == "paused" and state.record == Record()
