"""A person who begins while the program speaks: who is let in, what counts, and what is said again (D10)."""

from __future__ import annotations

from functools import cache

import pytest

from voice_backcare.core import content, conversation
from voice_backcare.core.events import Event, Finished, Heard, NoMatch
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import NoSpeech, Posted, SpeechStarted
from voice_backcare.session.session import GAP_S, Session
from voice_backcare.session.speech import ASKED_S, INTERRUPTIONS_MOST


@cache
def the_conversation() -> conversation.Conversation:
    return conversation.build(content.load())


class Room:
    """A session whose mouth speaks until it is told that a line is over, and whose ears are open meanwhile."""

    def __init__(self, *, full_duplex: bool = True) -> None:
        inbox = Inbox()
        self.decided: list[Event] = []
        self.clock = FakeClock()
        self.ears = FakeEars(inbox.post, self.clock)
        self.mouth = FakeMouth(inbox.post, self.clock, slow=True)
        self.session = Session(
            the_conversation(),
            self.ears,
            self.mouth,
            FakeScreen(),
            self.clock,
            decided=lambda event, after: self.decided.append(event),
            hears_over_speech=lambda: full_duplex,
            inbox=inbox,
        )
        self.session.start()
        self.session.settle()

    @property
    def line(self) -> str:
        return self.mouth.said[-1].id

    def to_line(self, line: str) -> None:
        for _ in range(40):
            if self.line == line and self.mouth.speaking is not None:
                return
            self.mouth.finish()
            self.session.settle()
            if self.mouth.speaking is None:  # a gap (D5), or all has been said
                self.clock.advance(GAP_S)
                self.session.tick()
        raise AssertionError(f"{line} is not said")

    def begin(self, after_s: float = ASKED_S) -> None:
        """A person begins so long after the line did."""
        self.clock.advance(after_s)
        assert self.ears.open is not None
        self.session.post(Posted(self.ears.open[1], SpeechStarted(self.clock.now_s())))
        self.session.settle()

    def end(self, meaning: str | None) -> None:
        """What they have said is understood so."""
        assert self.ears.open is not None
        turn, self.ears.open = self.ears.open[1], None
        at_s = self.clock.now_s()
        event = NoMatch(at_s, "the weather") if meaning is None else Heard(at_s, meaning, meaning, None)
        self.session.post(Posted(turn, event))
        self.session.settle()


@pytest.fixture
def room() -> Room:
    room = Room()
    room.to_line("E1_ask")
    return room


def test_the_mouth_stops_as_soon_as_a_person_begins(room: Room) -> None:
    """It falls silent at the beginning, not at the end of what is said."""
    room.begin()
    assert room.mouth.speaking is None


@pytest.mark.parametrize("meaning", ["yes", "no"])
def test_an_answer_over_the_question_s_own_words_counts(room: Room, meaning: str) -> None:
    """It is decided for the question that was being said, and the next one follows."""
    room.begin()
    room.end(meaning)
    assert dict(room.session.state.record.answers)["E1"] == meaning


def test_a_no_before_the_question_s_own_words_is_none(room: Room) -> None:
    """It belongs to the question before, or to nothing: the line is said again, and nothing is answered."""
    room.begin(after_s=ASKED_S - 0.01)
    room.end("no")
    assert not room.session.state.record.answers
    assert (room.line, room.mouth.speaking is not None) == ("E1_ask", True)


def test_a_yes_before_the_question_s_own_words_counts(room: Room) -> None:
    """It can only make it more urgent."""
    room.begin(after_s=0.1)
    room.end("yes")
    assert dict(room.session.state.record.answers)["E1"] == "yes"


def test_after_a_sound_without_words_the_line_is_said_again(room: Room) -> None:
    """The mouth fell silent for a click: it says the line once more."""
    room.begin()
    assert room.ears.open is not None
    room.session.post(Posted(room.ears.open[1], NoSpeech(room.clock.now_s())))
    room.session.settle()
    assert (room.line, room.mouth.speaking is not None) == ("E1_ask", True)
    assert not room.session.state.record.answers


def test_who_begins_right_after_a_sound_without_words_is_heard(room: Room) -> None:
    """The ears stay open over the line, and what had begun meanwhile has its result."""
    room.begin()
    assert room.ears.open is not None
    turn, now_s = room.ears.open[1], room.clock.now_s()
    room.session.post(Posted(turn, NoSpeech(now_s)))
    room.session.post(Posted(turn, SpeechStarted(now_s)))
    room.session.settle()
    assert room.mouth.speaking is None and room.ears.open == ("E1", turn)
    room.end("yes")
    assert dict(room.session.state.record.answers)["E1"] == "yes"


def test_what_means_nothing_has_the_line_said_again_and_then_to_its_end(room: Room) -> None:
    """Noise is no answer, is not counted against the person, and cannot keep the question from being said."""
    for _ in range(INTERRUPTIONS_MOST):
        room.begin()
        room.end(None)
        assert room.line == "E1_ask" and room.mouth.speaking is not None
    assert room.ears.open is None
    assert not room.session.state.record.answers
    room.mouth.finish()
    room.session.settle()
    assert room.session.listening is not None and room.ears.open is not None


def test_an_emergency_over_a_line_counts_at_once(room: Room) -> None:
    """From the first words on, and the 911 instruction follows."""
    room.begin(after_s=0.0)
    room.end("emergency")
    assert room.session.state.position.id == "call_911"


def test_the_911_instruction_is_said_on(room: Room) -> None:
    """The ears are shut while it is said (D6)."""
    room.begin()
    room.end("emergency")
    assert room.mouth.speaking is not None
    assert room.ears.open is None


def test_who_begins_at_the_end_of_the_question_is_heard_out(room: Room) -> None:
    """The ears that were open over the question stay open with what has begun in them."""
    room.mouth.finish()
    opened = len(room.ears.opened)
    room.session.settle()
    assert room.session.listening is not None
    assert len(room.ears.opened) == opened
    room.begin(after_s=0.0)
    room.end("no")
    assert dict(room.session.state.record.answers)["E1"] == "no"


def test_a_line_s_end_that_was_on_its_way_is_not_taken_for_the_speech_s(room: Room) -> None:
    """The person began before it was told."""
    turn = room.session.turn
    room.begin()
    room.session.post(Posted(turn, Finished(room.clock.now_s())))
    room.session.settle()
    room.end("no")
    assert dict(room.session.state.record.answers)["E1"] == "no"


def test_at_a_confirmation_nothing_counts_before_its_own_words() -> None:
    """A "yes" may be as grave there as a "no"."""
    room = Room()
    while room.session.state.position.name == "question":
        speech = room.session._speech
        assert speech is not None
        room.to_line(speech.say.asked[0].id)
        room.begin()
        room.end("no")
    assert room.session.state.position.name == "read_back"
    before = room.session.state.record
    room.begin(after_s=0.1)
    room.end("yes")
    assert room.session.state.position.name == "read_back"
    assert room.session.state.record == before


def test_half_duplex_is_as_it_was() -> None:
    """The ears are opened when all has been said, and not before."""
    room = Room(full_duplex=False)
    room.to_line("E1_ask")
    assert "E1" not in room.ears.opened and room.ears.open is None
    room.mouth.finish()
    room.session.settle()
    assert room.ears.opened[-1] == "E1"
