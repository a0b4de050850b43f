"""Which sound counts for an answer (D4, D10): frames in, outcome out, no device and no waiting."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, Frame
from voice_backcare.audio.input.endpointer import Progress
from voice_backcare.audio.input.turn_end import HOLD_S
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.fakes.speech import FakeRecogniser

_VOICE = b"\x01\x00" * (FRAME_BYTES // 2)
_SILENCE = bytes(FRAME_BYTES)
_ONSET, _HANGOVER, _LONGEST = 4, 11, 450
_TAIL_S = 0.25


class ScriptedEndpointer:
    """Speech is every frame that is not all zeros: what the real one makes of a clean voice."""

    preroll_s = 0.4

    def __init__(self) -> None:
        self.count = self.start = self.last = self.run = self.silent = 0
        self.speaking = False

    @property
    def stirs(self) -> bool:
        return not self.speaking and self.run > 0

    @property
    def now_s(self) -> float:
        return self.count * FRAME_S

    @property
    def speech_start_s(self) -> float:
        return self.start * FRAME_S

    @property
    def speech_end_s(self) -> float:
        return self.last * FRAME_S

    def reset(self) -> None:
        self.speaking, self.run = False, 0

    def feed(self, frame: bytes, *, ours: bool = False) -> Progress:
        voiced = any(frame)
        self.count += 1
        self.run = self.run + 1 if voiced else 0
        self.silent = 0 if voiced else self.silent + 1
        if not self.speaking:
            if self.run < _ONSET:
                return "silence"
            self.speaking, self.start, self.last = True, self.count - _ONSET, self.count
            return "started"
        if voiced:
            self.last = self.count
        if self.silent >= _HANGOVER:
            self.speaking = False
            return "ended"
        if self.count - self.start >= _LONGEST:
            self.speaking = False
            return "too_long"
        return "speech"


class Bedroom:
    """Feeds a listener; we speak until ``spoke_until_s``, and our voice has a tail of ``_TAIL_S``."""

    def __init__(self, text: str = "no") -> None:
        self.recogniser = FakeRecogniser({_VOICE: text})
        self.endpointer = ScriptedEndpointer()
        self.listener = Listener(self.recogniser, self.endpointer)  # type: ignore[arg-type]
        self.at_s = 100.0
        self.spoke_until_s = 0.0
        self.tone_until_s = 0.0

    def hear(self, seconds: float, frame: bytes) -> list[str | Outcome]:
        results: list[str | Outcome] = []
        for _ in range(round(seconds / FRAME_S)):
            result = self.listener.feed(Frame(frame, self.at_s), self.now())
            self.at_s += FRAME_S
            if result is not None:
                results.append(result)
        return results

    def now(self) -> Playback:
        return Playback(self.spoke_until_s, max(self.spoke_until_s + _TAIL_S, self.tone_until_s))

    def voice(self, seconds: float) -> list[str | Outcome]:
        return self.hear(seconds, _VOICE)

    def silence(self, seconds: float) -> list[str | Outcome]:
        return self.hear(seconds, _SILENCE)

    def open(self) -> None:
        self.listener.open("any", self.at_s)


def _meanings(results: Iterable[str | Outcome]) -> list[str | None]:
    return [r if isinstance(r, str) else (r.found.meaning if r.found else None) for r in results]


@pytest.fixture
def room() -> Bedroom:
    return Bedroom()


def test_an_utterance_after_the_opening_is_an_answer(room: Bedroom) -> None:
    """Silence, a word, silence: "started", then its meaning."""
    room.open()
    assert _meanings(room.silence(1) + room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


def test_its_beginning_is_given_to_the_recogniser(room: Bedroom) -> None:
    """What came up to 0.4 s before the onset was known, but nothing older than the opening, is recognised too."""
    room.open()
    room.silence(1)
    room.voice(0.08)
    assert len(room.recogniser._fed or b"") == FRAME_BYTES * 21


def test_an_utterance_from_before_the_opening_is_no_answer(room: Bedroom) -> None:
    """Somebody who was speaking already gets a no-match when they end (D4)."""
    room.silence(1)
    room.voice(0.3)
    room.open()
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", None]


@pytest.mark.parametrize("spoke_s", [0.04, 0.3, 2.0])
def test_a_cry_for_help_across_the_opening_is_heard(spoke_s: float) -> None:
    """Begun before the ears opened it is no answer, but what they hear of an emergency counts (D5)."""
    room = Bedroom("[unk] not breathing")
    room.listener = Listener(room.recogniser, room.endpointer)  # type: ignore[arg-type]
    room.silence(1)
    room.voice(spoke_s)
    room.open()
    assert _meanings(room.voice(1.0) + room.silence(0.5)) == ["started", "emergency"]


def test_a_cry_for_help_over_our_own_voice_is_heard() -> None:
    """Who shouts while a line is being said, and goes on in the gap, is heard from the moment the room is free."""
    room = Bedroom("she's not breathing")
    room.listener = Listener(room.recogniser, room.endpointer)  # type: ignore[arg-type]
    room.open()
    room.spoke_until_s = room.at_s + 1.0
    results = room.voice(2.5)
    assert _meanings(results + room.silence(0.5)) == ["started", "emergency"]
    assert len(room.recogniser._fed or b"") == 0


def test_our_own_call_for_help_from_a_late_loudspeaker_is_none() -> None:
    """Most of a second later than known, "call 911" of our own is no emergency."""
    room = Bedroom("call nine one one")
    room.listener = Listener(room.recogniser, room.endpointer)  # type: ignore[arg-type]
    room.open()
    room.spoke_until_s = room.at_s + 2.0
    room.silence(0.7)
    assert _meanings(room.voice(2.0) + room.silence(0.5)) == ["started", None]


def test_words_are_told_without_what_was_not_understood(room: Bedroom) -> None:
    """The recogniser's sign for an unknown word is no word."""
    room.recogniser.known = {_VOICE: "[unk] purple [unk]"}
    room.open()
    outcome = (room.silence(0.5) + room.voice(0.4) + room.silence(0.5))[-1]
    assert isinstance(outcome, Outcome) and outcome.text == "purple"


def test_one_that_began_in_the_last_moment_before_is_no_answer_either(room: Bedroom) -> None:
    """Forty milliseconds are enough to have begun before the opening."""
    room.silence(1)
    room.voice(0.04)
    room.open()
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", None]


def _say(room: Bedroom, pause_s: float, *texts: str) -> list[str | None]:
    """Each text after a pause, into ears that open again after every one."""
    meanings: list[str | None] = []
    for text in texts:
        room.recogniser.known = {_VOICE: text}
        room.open()
        results = room.silence(pause_s) + room.voice(0.4) + room.silence(_HANGOVER * FRAME_S + HOLD_S)
        meanings += _meanings(results[1:])
    return meanings


@pytest.mark.parametrize("breath_s", [0.1, 0.6])
def test_a_sound_without_words_leaves_the_ears_open(breath_s: float) -> None:
    """A click or a breath is neither an answer nor a no-match: what is said after it, at once or later, is heard."""
    room = Bedroom()
    room.recogniser.known = {}
    room.open()
    assert _meanings(room.silence(0.5) + room.voice(breath_s) + room.silence(0.3)) == ["started", "no speech"]
    room.recogniser.known = {_VOICE: "no"}
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


def test_a_sound_without_words_across_the_opening_leaves_them_open() -> None:
    """The same for one that had begun before the ears opened."""
    room = Bedroom()
    room.recogniser.known = {}
    room.silence(1)
    room.voice(0.3)
    room.open()
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "no speech"]
    room.recogniser.known = {_VOICE: "yes"}
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "yes"]


def test_a_noise_without_end_is_cut() -> None:
    """A sound that lasts is told, though no word is heard in it: it is noise, not a click."""
    room = Bedroom()
    room.recogniser.known = {}
    room.open()
    room.silence(0.5)
    assert _meanings(room.voice(10)) == ["started", None]


def test_a_word_among_talk_is_no_answer(room: Bedroom) -> None:
    """After two utterances that meant nothing, close upon each other, the next ones are a television's (D4)."""
    assert _say(room, 0.5, "the weather", "in the south", "no", "yes") == [None] * 4


def test_two_words_of_a_television_in_one_breath_are_no_answer(room: Bedroom) -> None:
    """The pause counts from the beginning of the turn, not of its last word (D4)."""
    assert _say(room, 0.5, "the weather", "in the south") == [None, None]
    room.recogniser.known = {_VOICE: "no"}
    room.open()
    results = room.silence(0.5) + room.voice(0.4) + room.silence(0.3) + room.voice(0.3) + room.silence(0.6)
    assert _meanings(results) == ["started", None]


def test_laughter_in_a_television_s_talk_goes_on_with_it(room: Bedroom) -> None:
    """A sound without words is no pause."""
    assert _say(room, 0.5, "the weather", "in the south") == [None, None]
    room.recogniser.known = {}
    room.open()
    assert _meanings(room.silence(0.3) + room.voice(0.6) + room.silence(0.4)) == ["started", "no speech"]
    room.recogniser.known = {_VOICE: "no"}
    assert _meanings(room.voice(0.4) + room.silence(0.6)) == ["started", None]


def test_an_utterance_that_a_tone_cuts_into_is_judged_afresh(room: Bedroom) -> None:
    """Nothing is kept of it without end, and each "started" has its end: the ears hear the next answer."""
    room.open()
    assert _meanings(room.silence(0.5) + room.voice(0.3)) == ["started"]
    room.tone_until_s = room.at_s + 0.4
    assert _meanings(room.silence(2.0)) == ["no speech"]
    assert _meanings(room.voice(0.4) + room.silence(0.6)) == ["started", "no"]


def test_an_answer_after_a_pause_is_one_again(room: Bedroom) -> None:
    """Who waits until it is quiet is heard."""
    assert _say(room, 0.5, "the weather", "in the south") == [None, None]
    assert _say(room, 1.0, "no") == ["no"]
    assert _say(room, 0.5, "no") == ["no"]


def test_one_who_hesitates_is_heard(room: Bedroom) -> None:
    """A cough or an "um" before the answer is not yet talk."""
    assert _say(room, 0.5, "um", "no") == [None, "no"]


def test_a_cry_for_help_among_talk_counts(room: Bedroom) -> None:
    """An emergency phrase counts everywhere (D5)."""
    assert _say(room, 0.5, "the weather", "in the south", "emergency") == [None, None, "emergency"]


def test_the_end_of_an_utterance_before_the_opening_changes_nothing(room: Bedroom) -> None:
    """Who has just fallen silent when the ears open can answer at once."""
    room.voice(0.5)
    room.silence(0.1)
    room.open()
    room.silence(0.1)
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


def test_a_cry_for_help_without_end_is_heard() -> None:
    """In an utterance that was cut for its length, an emergency phrase still counts (D5)."""
    room = Bedroom("help help not breathing")
    room.listener = Listener(room.recogniser, room.endpointer)  # type: ignore[arg-type]
    room.open()
    room.silence(0.5)
    assert _meanings(room.voice(10)) == ["started", "emergency"]


def test_an_utterance_without_end_is_cut(room: Bedroom) -> None:
    """At nine seconds it is a no-match, though it sounds like an answer (D4)."""
    room.open()
    room.silence(0.5)
    assert _meanings(room.voice(10)) == ["started", None]


def test_a_television_at_the_opening_is_cut_too(room: Bedroom) -> None:
    """Speech that goes on and on from before the opening ends as one no-match."""
    room.voice(2)
    room.open()
    assert _meanings(room.voice(10)) == ["started", None]


def test_our_own_voice_is_never_heard(room: Bedroom) -> None:
    """What sounds while we speak, and in the tail after it, is neither a start nor an answer (D10)."""
    room.open()
    room.spoke_until_s = room.at_s + 2.0
    assert room.voice(2.0) == []
    assert _meanings(room.silence(1.0)) == []
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


@pytest.mark.parametrize("delay_s", [0.1, 0.2, 0.3, 0.4, 0.5])
def test_a_late_echo_of_our_voice_is_passed_over(room: Bedroom, delay_s: float) -> None:
    """An echo that outlasts the tail is dropped without a word, and the answer after it is heard."""
    room.open()
    room.spoke_until_s = room.at_s + 2.0
    results = room.silence(delay_s) + room.voice(2.0) + room.silence(0.3)
    assert _meanings(results) == []
    assert _meanings(room.silence(0.2) + room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


def test_a_person_who_speaks_into_the_tail_gets_a_no_match_at_once(room: Bedroom) -> None:
    """Who answers a moment too early is asked again, rather than left waiting."""
    room.open()
    room.spoke_until_s = room.at_s + 2.0
    room.voice(1.0)
    room.silence(1.06)
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", None]


def test_the_echo_of_the_tone_is_passed_over(room: Bedroom) -> None:
    """A tone that is still in the room at the opening is neither a start nor a no-match."""
    room.open()
    room.tone_until_s = room.at_s + 0.3
    room.silence(0.22)
    assert _meanings(room.voice(0.16) + room.silence(0.2)) == []
    assert _meanings(room.voice(0.4) + room.silence(0.5)) == ["started", "no"]


def test_who_talks_over_our_end_and_goes_on_gets_a_no_match(room: Bedroom) -> None:
    """Speech that began with our voice and outlasts any echo is somebody, and is not trusted."""
    room.open()
    room.spoke_until_s = room.at_s + 1.0
    assert _meanings(room.voice(2.5) + room.silence(0.5)) == ["started", None]


def test_a_closed_listener_hears_nothing(room: Bedroom) -> None:
    """No frame has a result while nothing is open, nor after ``close``."""
    assert room.voice(0.4) + room.silence(0.5) == []
    room.open()
    room.silence(0.5)
    assert _meanings(room.voice(0.2)) == ["started"]
    room.listener.close()
    assert room.voice(0.2) + room.silence(0.5) == []


def test_an_utterance_given_up_leaves_nothing_in_the_next(room: Bedroom) -> None:
    """The recogniser ends the utterance that was given up before it begins another."""
    room.recogniser.known = {_VOICE * 30: "yes", _VOICE: "no"}
    room.open()
    room.silence(0.5)
    room.voice(0.5)
    room.listener.close()
    room.silence(0.5)
    room.open()
    assert _meanings(room.silence(0.5) + room.voice(0.2) + room.silence(0.5)) == ["started", "no"]


def test_sound_that_was_interrupted_is_not_one_utterance(room: Bedroom) -> None:
    """After ``forget`` what goes on is judged from its next frame."""
    room.voice(0.5)
    room.listener.forget()
    room.open()
    assert _meanings(room.silence(0.3) + room.voice(0.4) + room.silence(0.5)) == ["started", "no"]
