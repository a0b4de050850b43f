"""The session on fake ports and a fake clock: turns, gaps, time-outs, timers, the inbox, faults and resuming."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache

import pytest

from voice_backcare.core import content, conversation
from voice_backcare.core.events import (
    DeviceBack,
    DeviceLost,
    End,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    Line,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Show,
)
from voice_backcare.core.state import State
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.inbox import INBOX_MOST, Inbox
from voice_backcare.session.ports import NoSpeech, Notice, Posted, SpeechStarted
from voice_backcare.session.session import GAP_S, Session
from voice_backcare.session.speech import SPEECH_MOST_S


@cache
def the_conversation() -> conversation.Conversation:
    return conversation.build(content.load())


@dataclass
class Room:
    """A session and the four fakes around it; ``decided`` is what the core was given."""

    state: State = field(default_factory=State)
    slow: bool = False
    decided: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        inbox = Inbox()
        self.clock = FakeClock()
        self.ears = FakeEars(inbox.post, self.clock)
        self.mouth = FakeMouth(inbox.post, self.clock, slow=self.slow)
        self.screen = FakeScreen()
        self.session = Session(
            the_conversation(),
            self.ears,
            self.mouth,
            self.screen,
            self.clock,
            state=self.state,
            decided=lambda event, after: self.decided.append(event),
            inbox=inbox,
        )

    def started(self) -> Room:
        self.session.start()
        self.session.settle()
        return self

    def post(self, what: Notice, turn: int | None = None) -> None:
        self.session.post(Posted(turn, what))
        self.session.settle()

    def hear(self, *meanings: str, sign: str | None = None) -> None:
        """Somebody says each of these into the open ears."""
        for meaning in meanings:
            assert self.ears.open, f"nobody listens to {meaning!r}"
            self.ears.hear(Heard(self.clock.now_s(), meaning, meaning, sign))
            self.session.settle()

    def noise(self) -> None:
        assert self.ears.open
        self.ears.hear(NoMatch(self.clock.now_s(), "the weather"))
        self.session.settle()

    def press(self, meaning: str, turn: int | None = None) -> None:
        self.post(Pressed(self.clock.now_s(), meaning), turn)

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.session.tick()
        self.session.settle()

    def finish_line(self) -> None:
        """The slow mouth comes to the end of its line, as much later as the line is long."""
        self.clock.advance(self.mouth.duration_s(self.mouth.said[-1]))
        self.mouth.finish()
        self.session.settle()

    def finish(self) -> None:
        """The slow mouth comes to the end of all its lines, gaps passed in silence."""
        while self.session.listening is None and self.session.ended is None:
            if self.mouth.speaking is None:
                self.pass_time(GAP_S)
            else:
                self.finish_line()

    @property
    def asked(self) -> tuple[str | None, str]:
        """Kind and id of what was asked last."""
        return self.screen.asked[-1].kind, self.screen.asked[-1].id

    @property
    def ids(self) -> list[str]:
        """The ids of all lines that were said."""
        return [line.id for line in self.mouth.said]

    def end(self) -> End:
        """Stop, whatever it takes, and see how it ended."""
        self.mouth.slow = False
        self.mouth.finish()
        self.session.settle()
        for _ in range(4):
            if self.session.ended is None:
                self.press("stop")
        assert self.session.ended
        return self.session.ended


def room(**options: bool) -> Room:
    return Room(**options).started()  # type: ignore[arg-type]


# --- turns -----------------------------------------------------------------------------------


def test_a_turn_begins_with_every_say() -> None:
    """Each thing said has a turn of its own, and the ears listen with that turn."""
    here = room()
    turns = [here.session.turn]
    for meaning in ("no", "no", "unsure", "repeat"):
        here.hear(meaning)
        turns.append(here.session.turn)
        assert here.ears.open and here.ears.open[1] == here.session.turn
    assert turns == sorted(set(turns))


def test_a_late_finished_is_dropped() -> None:
    """The end of an earlier prompt does not end the one that is being said now."""
    here = room(slow=True)
    late = here.session.turn
    here.press("no")
    said = here.ids
    here.post(Finished(here.clock.now_s()), late)
    assert here.ids == said
    assert here.session.listening is None
    assert not [event for event in here.decided if isinstance(event, Finished)]


def test_a_late_failed_is_dropped() -> None:
    """The failure of an earlier prompt is not that of the one being said now."""
    here = room(slow=True)
    late = here.session.turn
    here.press("no")
    here.post(Failed(here.clock.now_s()), late)
    assert not [event for event in here.decided if isinstance(event, Failed)]


@pytest.mark.parametrize("meaning", ["no", "yes", "stop"])
def test_a_stale_touch_is_dropped(meaning: str) -> None:
    """A touch on what is no longer on the screen answers nothing."""
    here = room()
    stale = here.session.turn
    here.hear("no")
    here.press(meaning, stale)
    assert here.asked == ("question", "E2")
    assert dict(here.end().answers) == {"E1": "no"}


def test_a_touch_of_this_turn_and_a_key_of_none_count() -> None:
    """What is on the screen now can be touched; a key belongs to no turn and always counts."""
    here = room()
    here.press("no", here.session.turn)
    here.press("no")
    assert here.asked == ("question", "E3")


def test_a_late_answer_to_the_last_question_is_dropped() -> None:
    """An utterance of an earlier turn is no answer to the question of this one."""
    here = room()
    stale = here.session.turn
    here.hear("no")
    here.post(Heard(here.clock.now_s(), "no", "no"), stale)
    here.post(NoMatch(here.clock.now_s(), "mumble"), stale)
    here.post(SpeechStarted(here.clock.now_s()), stale)
    assert here.asked == ("question", "E2")
    here.pass_time(6.0)
    assert isinstance(here.decided[-2], NoInput), "a late SpeechStarted must not hold up the time-out"


def test_two_answers_in_one_moment_are_one() -> None:
    """A touch and a word for the same question, posted together, answer only that question."""
    here = room()
    turn = here.session.turn
    here.session.post(Posted(turn, Heard(0.0, "no", "no")))
    here.session.post(Posted(turn, Pressed(0.0, "no")))
    here.session.settle()
    assert here.asked == ("question", "E2")


def test_what_is_shown_belongs_to_the_turn_that_is_said() -> None:
    """The first screen of a turn is the turn's own: a touch on it counts while its prompt is said."""
    here = room(slow=True)
    here.press("no", here.session.turn)
    here.press("no", here.session.turn)
    here.finish()
    assert here.asked == ("question", "E3")


# --- speaking and the gaps in it -------------------------------------------------------------


def at_read_back() -> Room:
    """No to all six, and what was taken is asked for: the list of it has begun, spoken slowly."""
    here = room(slow=True)
    for _ in range(6):
        here.press("no")
    here.press("summary")
    return here


def test_long_speech_has_gaps_to_listen_in() -> None:
    """D5: between the lines of a long read-back the ears open for a moment, and close again."""
    here = at_read_back()
    assert here.mouth.speaking is not None and here.ears.open is None
    while here.mouth.speaking is not None:
        here.finish_line()
    assert here.ears.open and here.ears.open[0] == "standby"
    assert here.session.listening is None, "a gap is not where an answer is waited for"
    tones = len(here.mouth.tones)
    here.pass_time(GAP_S)
    assert here.ears.open is None and here.mouth.speaking is not None
    assert len(here.mouth.tones) == tones, "a gap has no tone"
    here.finish()
    assert here.asked == ("read_back", "read_back_emergency")


def test_an_emergency_in_a_gap_ends_the_speech() -> None:
    """D5: the rest of the read-back is never said."""
    here = at_read_back()
    while here.mouth.speaking is not None:
        here.finish_line()
    here.hear("emergency", sign="E1")
    assert here.ids[-1] == "call_911"
    here.finish()
    assert here.ids.count("summary_no") < 2
    assert here.end().because == ("E1",)


@pytest.mark.parametrize("meaning", ["yes", "no", "unsure"])
def test_an_answer_in_a_gap_answers_nothing(meaning: str) -> None:
    """D4: what is said before the question was heard whole is no answer to it; the speech goes on."""
    here = at_read_back()
    while here.mouth.speaking is not None:
        here.finish_line()
    here.hear(meaning)
    here.finish()
    assert here.asked == ("read_back", "read_back_emergency")
    assert here.ids.count("summary_no") == 2


def test_noise_in_a_gap_lets_the_speech_go_on() -> None:
    """A cough between two lines neither repeats the first nor skips the second."""
    here = at_read_back()
    while here.mouth.speaking is not None:
        here.finish_line()
    here.noise()
    here.finish()
    assert here.ids[-4:] == ["summary_no", "summary_no", "read_back_emergency", "is_that_right"]


def test_speech_that_begins_in_a_gap_is_waited_for() -> None:
    """D5: who begins in the gap is heard to the end, not talked over."""
    here = at_read_back()
    while here.mouth.speaking is not None:
        here.finish_line()
    here.post(SpeechStarted(here.clock.now_s()), here.session.turn)
    here.pass_time(GAP_S + 1.0)
    assert here.mouth.speaking is None and here.ears.open
    here.hear("emergency", sign="E4")
    assert here.ids[-1] == "call_911"


def test_a_sound_without_words_in_a_gap_neither_ends_nor_lengthens_it() -> None:
    """D5: after an indrawn breath there is time to call for help as without it; then the lines go on."""
    here = at_read_back()
    while here.mouth.speaking is not None:
        here.finish_line()
    here.post(SpeechStarted(here.clock.now_s()), here.session.turn)
    here.post(NoSpeech(here.clock.now_s()), here.session.turn)
    here.pass_time(GAP_S - 0.1)
    assert here.mouth.speaking is None and here.ears.open
    here.pass_time(0.2)
    assert here.mouth.speaking is not None


@pytest.mark.parametrize("clicks", [1, 5])
def test_sounds_without_words_do_not_keep_the_time_out_away(clicks: int) -> None:
    """D3: noise is no answer and no excuse: the reprompt comes when it would have come in silence."""
    here = room()
    for _ in range(clicks):
        here.pass_time(5.5 / clicks)
        here.post(SpeechStarted(here.clock.now_s()), here.session.turn)
        here.post(NoSpeech(here.clock.now_s()), here.session.turn)
    assert not isinstance(here.decided[-1], NoInput) and here.ears.open
    here.pass_time(0.6)
    assert any(isinstance(event, NoInput) for event in here.decided[-2:])


def test_no_stretch_of_speech_is_longer_than_it_may_be() -> None:
    """D5: over a whole conversation and its home care, lines without a gap between never exceed the limit."""
    here = room(slow=True)
    stretch, longest = 0.0, 0.0
    meanings = iter(["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"] + ["no"] * 4 + ["yes"] + ["next"] * 9 + ["stop"] * 3)
    heard = False
    while here.session.ended is None:
        if here.mouth.speaking is not None:
            line_s = here.mouth.duration_s(here.mouth.said[-1])
            stretch = line_s if heard else stretch + line_s
            heard = False
            if stretch > line_s:  # a line alone may be as long as a line is
                longest = max(longest, stretch)
            here.finish_line()
        elif here.session.listening:
            heard = True
            here.press(next(meanings))
        else:
            heard = True
            here.pass_time(GAP_S)
    assert here.session.ended.outcome == "home_care"
    assert 0 < longest <= SPEECH_MOST_S


def test_the_911_instruction_has_no_gap_and_cannot_be_interrupted() -> None:
    """D6: no key cuts it short and no gap holds it up, until it has been said twice."""
    here = room(slow=True)
    here.press("yes")
    while here.mouth.speaking is not None:
        assert here.ears.open is None
        here.press("stop")
        here.press("no")
        here.finish_line()
    said = here.ids[here.ids.index("call_911") :]
    assert said.count("call_911") == 2 and said.count("cannot_dial") == 2
    assert here.session.ended is None
    assert here.asked == ("standby", "call_911")


def test_a_key_interrupts_a_prompt() -> None:
    """D10: keys may always interrupt (but for 911); the rest of the prompt is not said."""
    here = room(slow=True)
    assert here.ids == ["opening_guide"]
    here.press("no")
    assert here.ids[-1] != "opening_emergency"
    here.finish()
    assert here.asked == ("question", "E2")
    assert "E1_ask" not in here.ids


def test_the_ears_are_closed_while_the_mouth_speaks() -> None:
    """D10: the program never listens to itself."""
    here = room(slow=True)
    for _ in range(30):
        if here.mouth.speaking is not None:
            assert here.ears.open is None
        if here.session.listening:
            here.hear("no")
        elif here.mouth.speaking is not None:
            here.finish_line()
        else:
            here.pass_time(GAP_S)


# --- listening -------------------------------------------------------------------------------


def test_the_tone_comes_when_the_ears_open_for_an_answer() -> None:
    """One short tone for each ask: now I listen."""
    here = room()
    assert here.mouth.tones == ["listen"]
    here.hear("no")
    assert here.mouth.tones == ["listen"] * 2


def test_the_time_out_is_suspended_while_somebody_speaks() -> None:
    """D3: who has begun to speak is not cut off by the time-out, and the answer counts."""
    here = room()
    here.pass_time(5.9)
    here.post(SpeechStarted(here.clock.now_s()), here.session.turn)
    here.pass_time(5.0)
    assert not [event for event in here.decided if isinstance(event, NoInput)]
    here.hear("no")
    assert here.asked == ("question", "E2")


def test_silence_is_told_once_and_at_its_time() -> None:
    """D3: the no-input comes after six seconds, not before."""
    here = room()
    here.pass_time(5.9)
    assert here.asked == ("question", "E1") and len(here.screen.asked) == 1
    here.pass_time(0.2)
    assert [event.at_s for event in here.decided if isinstance(event, NoInput)] == [pytest.approx(6.1)]
    assert len(here.screen.asked) == 2


def test_talk_in_a_wait_is_told_once_in_20_s_and_else_reopens_the_ears_without_a_tone() -> None:
    """D3: while it waits, talk in the room brings few words, and no new two minutes."""
    here = room()
    here.hear("wait")
    tones, said = len(here.mouth.tones), len(here.ids)
    for _ in range(50):
        here.noise()
        here.pass_time(1.0)
    assert here.ids[said:] == ["missed_noise", "still_waiting"] * 3
    assert len(here.mouth.tones) == tones + 3
    assert here.ears.open
    here.pass_time(69.0)
    assert here.asked[1] == "waiting"
    here.pass_time(1.0)
    assert here.asked == ("question", "E1")


def test_endless_noise_pauses_and_says_little() -> None:
    """D4: two hundred bursts of a television: one pause, told once, no answer, and silence."""
    here = room()
    for _ in range(200):
        here.noise()
    assert here.asked == ("standby", "paused")
    assert (here.ids.count("safety_net_1"), here.ids.count("paused")) == (1, 2)
    assert here.end().answers == ()


# --- timers ----------------------------------------------------------------------------------


def test_timers_fire_in_their_order_and_at_their_moment() -> None:
    """A clock that jumps (suspend) fires what was due, first what was due first, all with the time that it is now."""
    here = room()
    for _ in range(3):
        here.noise()
    assert here.asked == ("standby", "paused")
    here.pass_time(3600.0)
    fired = [event for event in here.decided if isinstance(event, Fired)]
    assert [event.timer for event in fired] == ["safety_net", "give_up"]
    assert {event.at_s for event in fired} == {3600.0}
    assert here.session.ended and here.session.ended.outcome == "incomplete"


def test_a_timer_that_was_cancelled_never_fires() -> None:
    """D3: who comes back in time is asked on, and is not ended ten minutes after the pause."""
    here = room()
    for _ in range(3):
        here.noise()
    here.pass_time(60.0)
    here.hear("continue", "no")
    here.pass_time(5.0)
    before = len(here.decided)
    here.hear("no")
    assert not [event for event in here.decided[before:] if isinstance(event, Fired)]
    here.hear("wait")
    here.pass_time(119.0)
    assert here.session.ended is None


def test_nothing_is_timed_after_the_end() -> None:
    """At the end the mouth is quiet, the ears are closed, and no timer is left."""
    here = room()
    here.hear("no")
    here.end()
    assert here.session.next_due_s() is None
    assert here.ears.open is None and here.mouth.speaking is None
    said = here.ids
    here.pass_time(10_000.0)
    assert here.ids == said


# --- the inbox -------------------------------------------------------------------------------


def test_a_full_inbox_drops_and_goes_on() -> None:
    """More than the inbox holds: the rest is dropped, nothing is raised, and the conversation goes on."""
    here = room()
    for _ in range(5 * INBOX_MOST):
        here.session.post(Posted(-1, Finished(0.0)))
    here.session.settle()
    here.hear("no")
    assert here.asked == ("question", "E2")


def test_run_blocks_until_the_end() -> None:
    """``run`` takes from the inbox until the conversation has ended, and returns its end."""
    here = Room()
    here.session.start()
    for meaning in ("no", "no", "stop", "stop"):
        here.session.post(Posted(None, Pressed(0.0, meaning)))
    end = here.session.run()
    assert (end.outcome, dict(end.answers)) == ("incomplete", {"E1": "no", "E2": "no"})


def test_every_event_is_told_before_its_actions() -> None:
    """``decided`` hears of each event before anything is said about it, so that a journal never lags behind."""
    order: list[str] = []
    here = Room()
    here.session.decided = lambda event, after: order.append(type(event).__name__)
    show = here.screen.show

    def ordered(shown: Show, turn: int) -> None:
        order.append("show")
        show(shown, turn)

    here.screen.show = ordered  # type: ignore[method-assign,assignment]
    here.started()
    assert order[:2] == ["Pressed", "show"]


# --- faults (D9) -----------------------------------------------------------------------------


def test_a_prompt_that_cannot_be_spoken_is_tried_again_then_shown() -> None:
    """D9: once more, then on the screen with a tone; and the answer is still heard."""
    here = Room()
    here.mouth.failing = True
    here.started()
    assert len([event for event in here.decided if isinstance(event, Failed)]) == 2
    assert here.screen.shown[-1].attention
    assert [line.id for line in here.screen.shown[-1].lines][-1] == "E1_ask"
    assert "fault" in here.mouth.tones
    here.hear("no")
    assert here.screen.shown[-1].id == "E2"
    assert dict(here.end().answers) == {"E1": "no"}


def test_a_911_instruction_that_cannot_be_spoken_is_tried_until_it_is_heard() -> None:
    """D9: full-screen, and again and again; once the voice is back it is said."""
    here = room()
    here.mouth.failing = True
    here.hear("yes")
    assert here.screen.shown[-1].attention
    assert "911" in " ".join(line.text for line in here.screen.shown[-1].lines)
    here.pass_time(60.0)
    assert here.session.ended is None
    here.mouth.failing = False
    here.pass_time(60.0)
    assert here.ids.count("call_911") == 2


@pytest.mark.parametrize("device", ["microphone", "loudspeaker"])
def test_a_lost_device_answers_nothing(device: str) -> None:
    """A device that goes and comes back is told, records no answer, and the same question stands."""
    here = room()
    here.hear("no")
    here.post(DeviceLost(here.clock.now_s(), device))
    here.post(DeviceBack(here.clock.now_s(), device))
    assert here.asked == ("question", "E2")
    assert dict(here.end().answers) == {"E1": "no"}


def test_without_a_microphone_keys_go_on() -> None:
    """The keys answer while the microphone is gone."""
    here = room()
    here.post(DeviceLost(here.clock.now_s(), "microphone"))
    assert "microphone_lost" in here.ids
    here.press("no")
    assert here.asked == ("question", "E2")


# --- after an interruption (D11) -------------------------------------------------------------


# --- why somebody was not understood --------------------------------------------------------------

_ADVICE = Line("microphone_quiet", "Come closer.", ("own",))


def advised() -> Room:
    room = Room().started()
    room.session.advise = lambda event: (_ADVICE,)
    return room


def test_advice_is_said_and_shown_before_what_is_asked_again() -> None:
    """After noise and after silence; what was answered is the same as without it."""
    with_advice, without = advised(), Room().started()
    for room in (with_advice, without):
        room.noise()
        room.pass_time(10.0)
        room.hear("no")
    assert with_advice.ids.count("microphone_quiet") == 2
    assert [line.id for line in with_advice.mouth.said if line != _ADVICE] == without.ids
    assert sum(_ADVICE in show.lines for show in with_advice.screen.shown) == 2
    assert with_advice.session.state == without.session.state


def test_advice_comes_with_no_answer_and_in_no_pause() -> None:
    """An answer needs none, and where nothing is asked there is nothing to say before it."""
    room = advised()
    room.hear("no", "unsure", "go_back")
    assert "microphone_quiet" not in room.ids
    for _ in range(2):
        room.noise()
    said = room.ids.count("microphone_quiet")
    room.noise()
    assert room.session.state.position.name == "paused"
    room.noise()
    assert room.ids.count("microphone_quiet") == said == 2


def test_nothing_is_said_before_the_911_instruction() -> None:
    """No advice delays it."""
    room = advised()
    room.hear("yes")
    room.pass_time(300)
    assert "microphone_quiet" not in room.ids


def interrupted(*meanings: str, away_s: float | None, same_boot: bool) -> Room:
    """These were heard; then the program ended, and runs again."""
    before = room()
    before.hear(*meanings)
    here = Room(state=before.session.state)
    here.post(Resumed(here.clock.now_s(), away_s, same_boot))
    return here


@pytest.mark.parametrize(("away_s", "same_boot"), [(30.0, True), (3600.0, True), (30.0, False), (None, False)])
def test_an_interruption_is_told_and_the_child_asked_about(away_s: float | None, same_boot: bool) -> None:
    """D11: it says so, and asks whether it is the same child."""
    here = interrupted("no", away_s=away_s, same_boot=same_boot)
    assert "interrupted" in here.ids
    assert here.asked[0] == "confirmation"


def test_soon_after_on_the_same_boot_the_answers_stand() -> None:
    """D11: a heard yes goes on with the same question."""
    here = interrupted("no", "no", away_s=14 * 60.0, same_boot=True)
    here.hear("yes")
    assert here.asked == ("question", "E3")
    assert dict(here.end().answers) == {"E1": "no", "E2": "no"}


@pytest.mark.parametrize(("away_s", "same_boot"), [(16 * 60.0, True), (30.0, False), (None, False), (None, True)])
def test_later_or_after_a_power_loss_every_no_is_asked_again(away_s: float | None, same_boot: bool) -> None:
    """D11: from E1, and no "no" of before is left."""
    here = interrupted("no", "no", away_s=away_s, same_boot=same_boot)
    here.hear("yes")
    assert here.asked == ("question", "E1")
    assert here.end().answers == ()


TO_R1 = ["no"] * 6 + ["yes", "no"]


def test_a_yes_and_a_doubt_stand_when_every_no_is_asked_again() -> None:
    """D11, D1: the urgency is that of before, whatever is asked again."""
    here = interrupted(*TO_R1, "yes", "yes", "unsure", "unsure", away_s=None, same_boot=False)
    here.hear("yes")
    assert here.asked == ("question", "E1")
    end = here.end()
    assert end.outcome == "call_provider_now"
    assert dict(end.answers) == {"R1": "yes", "R2": "unsure"}


@pytest.mark.parametrize("meaning", ["no", "unsure"])
def test_only_a_heard_yes_goes_on(meaning: str) -> None:
    """D11: with anything else nothing of the other child's answers is left."""
    here = interrupted("no", "no", away_s=30.0, same_boot=True)
    here.hear(meaning)
    if here.asked[0] == "confirmation":
        here.hear("no")
    assert here.asked == ("question", "E1")
    assert here.end().answers == ()


def test_silence_after_an_interruption_goes_on_with_nothing() -> None:
    """D11, D3: twenty minutes of silence end it, and add no answer."""
    here = interrupted("no", away_s=30.0, same_boot=True)
    for _ in range(1200):
        if here.session.ended is None:
            here.pass_time(1.0)
    assert here.session.ended and here.session.ended.outcome == "incomplete"


def test_911_is_still_911_after_an_interruption() -> None:
    """D11, D1: going on with the same child says the 911 instruction again."""
    here = interrupted("yes", away_s=None, same_boot=False)
    if here.asked[0] == "confirmation":
        here.hear("yes")
    assert "call_911" in here.ids
    assert here.end().outcome == "call_911"


# --- anything ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_random_events_never_break_the_session(seed: int) -> None:
    """Whatever is posted, in whatever turn: no exception, no answer that was not given, and stop still ends it."""
    chance = random.Random(seed)
    here = room(slow=bool(seed % 2))
    meanings = [
        "yes",
        "no",
        "unsure",
        "repeat",
        "go_back",
        "wait",
        "continue",
        "help",
        "why",
        "next",
        "emergency",
        "louder",
    ]
    said_no = 0
    for _ in range(300):
        if here.session.ended:
            break
        now, turn = here.clock.now_s(), here.session.turn + chance.choice([0, 0, 0, -1])
        meaning = chance.choice(meanings)
        said_no += meaning == "no"
        happens: list[Notice] = [
            Heard(now, meaning, meaning, "E1" if meaning == "emergency" else None),
            NoMatch(now, "noise"),
            Pressed(now, meaning),
            Finished(now),
            Failed(now),
            DeviceLost(now, "microphone"),
            DeviceBack(now, "microphone"),
            SpeechStarted(now),
            NoSpeech(now),
        ]
        here.post(chance.choice(happens), chance.choice([turn, None]))
        here.pass_time(chance.choices([0.0, 0.5, 7.0, 130.0], [20, 10, 3, 1])[0])
    end = here.session.ended or here.end()
    assert sum(answer == "no" for _, answer in end.answers) <= said_no


# --- what is left of a conversation ------------------------------------------------------------


def test_the_conversation_can_be_told_after_its_end() -> None:
    """The end empties the state; the last one before it, and when the conversation began, are still known."""
    here = Room()
    here.clock.advance(1000.0)
    here.started()
    here.clock.advance(20.0)
    for meaning in ("no", "yes", "stop"):
        here.post(Heard(here.clock.now_s(), meaning))
    assert here.session.ended is not None and here.session.state == State()
    assert dict(here.session.last.record.answers) == dict(here.session.ended.answers) == {"E1": "no", "E2": "yes"}
    assert here.session.began_s == 1000.0


def test_a_conversation_that_was_taken_up_begins_then() -> None:
    """On a clock that has gone on for days, it is not as old as the clock."""
    before = Room().started()
    here = Room(before.session.state)
    here.clock.advance(90_000.0)
    here.post(Resumed(here.clock.now_s(), 60.0, same_boot=True))
    assert here.session.began_s == 90_000.0


# --- figures that hold something ---------------------------------------------------------------


def test_a_key_no_in_the_first_half_second_is_for_the_question_before() -> None:
    """Nobody has taken in a question so soon; a moment later the same key answers it. "Yes" is taken at once."""
    here = Room().started()
    here.clock.advance(0.4)
    here.session.press("no")
    here.session.settle()
    assert dict(here.session.state.record.answers) == {}
    here.clock.advance(0.2)
    here.session.press("no")
    here.session.settle()
    assert dict(here.session.state.record.answers) == {"E1": "no"}
    here.session.press("yes")
    here.session.settle()
    assert dict(here.session.state.record.answers) == {"E1": "no", "E2": "yes"}


def test_no_wait_is_longer_than_a_second() -> None:
    """A wait's own clock stands still while the machine sleeps: after it, what is due is seen within a second."""
    waits: list[float | None] = []

    class Watched(Inbox):
        def take(self, wait_s: float | None) -> Posted | None:
            waits.append(wait_s)
            return Posted(None, Pressed(0.0, "stop"))

    here = Room().started()
    here.session.inbox = Watched()
    here.session.run()
    timed = [wait_s for wait_s in waits if wait_s is not None]  # None: nothing is due, asleep or awake
    assert timed and max(timed) <= 1.0


def test_a_time_out_is_scaled_by_its_place() -> None:
    """``timeout_scale`` is asked each time the ears open, and times what may wait (D3); the core knows none of it."""
    here = Room()
    asked: list[str] = []

    def scale(place: str) -> float:
        asked.append(place)
        return 3.0

    here.session.timeout_scale = scale
    due_s, plain_s = here.started().session.next_due_s(), Room().started().session.next_due_s()
    assert due_s is not None and plain_s is not None and asked == ["E1"]
    assert due_s - here.clock.now_s() == pytest.approx(3.0 * (plain_s - here.clock.now_s()))
