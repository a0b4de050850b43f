"""What a press does, what the screen forgets and when, and that a muted microphone hears nothing."""

from __future__ import annotations

import threading

import pytest
from scenes import SCENES
from wall import EMERGENCY, Wall, answered

from voice_backcare.audio.devices.levels import MeasuredLevel
from voice_backcare.core.events import Heard, NoMatch, Pressed, Say, Show
from voice_backcare.core.state import Position, Record, State
from voice_backcare.kiosk.null_devices import READING
from voice_backcare.kiosk.screen.screen import CLEARS_S, DANGER_CLEARS_S, TOO_LOUD_S
from voice_backcare.kiosk.session_loop import ABANDONED_S
from voice_backcare.session.ports import Posted, SpeechStarted
from voice_backcare.session.session import HASTY_S


def started() -> Wall:
    wall = Wall()
    wall.press("start")
    return wall


def said(wall: Wall) -> list[str]:
    return [line.id for line in wall.mouth.said]


# --- presses --------------------------------------------------------------------------------


def test_a_whole_conversation_by_touch() -> None:
    """No to every question and yes to what is read back: home care, all steps, and the end."""
    wall = Wall(microphone=False, loudspeaker=False)
    wall.press("start")
    for _ in range(60):
        screen = wall.seen["screen"]
        if screen == "finished":
            break
        wall.press({"question": "no", "home_care": "next"}.get(screen, "yes"))
    assert wall.seen["headline"].startswith("I heard none")
    assert wall.seen["screen"] == "finished"


def test_a_stale_touch_is_dropped() -> None:
    """A touch on what was shown before does nothing to what is asked now."""
    wall = started()
    turn = wall.session.turn
    assert wall.press("no", turn) == "taken"
    asked = wall.seen["id"]
    assert wall.press("yes", turn) == "stale"
    assert (wall.seen["id"], wall.session.state.record.answers) == (asked, (("E1", "no"),))


def test_two_screens_at_once_count_once() -> None:
    """Of two touches on the same question before the session looked, only the first is an answer."""
    wall = started()
    wall.clock.advance(1.0)
    turn = wall.session.turn
    assert [wall.session_loop.press(meaning, turn) for meaning in ("no", "yes")] == ["taken", "taken"]
    wall.pump()
    assert wall.session.state.record.answers == (("E1", "no"),)


@pytest.mark.parametrize("meaning", ["yes", "no", "unsure"])
def test_a_bounce_answers_nothing(meaning: str) -> None:
    """The second tap of two meets the next question before anybody can have read it, and is dropped."""
    wall = started()
    wall.clock.advance(1.0)
    wall.session_loop.press("no", wall.session.turn)
    wall.pump()
    wall.clock.advance(HASTY_S / 2)
    assert wall.session_loop.press(meaning, wall.session.turn) == "bounced"
    wall.pump()
    assert wall.seen["id"] == "E2"


def test_what_no_button_means_is_refused() -> None:
    """A meaning that is no button's is not given to the conversation."""
    wall = started()
    before = len(wall.events)
    assert wall.press("withdraw") == "unknown"
    assert not [event for event in wall.events[before:] if isinstance(event, Pressed)]


@pytest.mark.parametrize("scene", ["idle", "question", "read_back", "offer", "paused", "home_care", "provider"])
def test_the_emergency_button_counts_everywhere(scene: str) -> None:
    """The red button leads to 911 from every screen, even where the page was a turn behind (D5)."""
    wall = Wall()
    SCENES[scene](wall)
    wall.press("emergency", turn=wall.session.turn - 1)
    assert wall.seen["screen"] == "call_911"


def test_a_button_wakes_a_pause() -> None:
    """After silence and the safety net, a touch goes on with the same question."""
    wall = started()
    wall.pass_time(60)
    assert wall.seen["screen"] == "paused"
    assert "safety_net_1" in said(wall)
    wall.press("continue")
    assert wall.seen["id"] == "E1"


# --- forgetting -----------------------------------------------------------------------------


def test_a_finished_session_clears_after_two_minutes() -> None:
    """What was decided can be read for two minutes after the end; then the screen invites again."""
    wall = Wall()
    SCENES["finished"](wall)
    assert wall.seen["screen"] == "finished"
    assert wall.seen["clears_in_s"] == pytest.approx(CLEARS_S, abs=2)
    wall.pass_time(CLEARS_S - 3)
    assert "provider" in wall.seen["headline"]
    wall.pass_time(4)
    assert wall.seen["screen"] == "idle"


def test_nothing_of_one_family_is_left_for_the_next() -> None:
    """After the end no answer, no phrase and no outcome is in the snapshot or the session's state."""
    wall = Wall()
    wall.press("start")
    wall.hear("no", "no she breathes fine")
    wall.press("stop")
    wall.press("yes")
    wall.pass_time(CLEARS_S + 1)
    fresh = Wall()
    fresh.pass_time(1)
    assert {**wall.seen, "turn": 0} == {**fresh.seen, "turn": 0}
    assert wall.session.state.record == Record()


def test_the_screen_is_cleared_by_hand() -> None:
    """Whoever has finished can clear the screen at once."""
    wall = Wall()
    SCENES["finished"](wall)
    wall.press("dismiss")
    assert wall.seen["screen"] == "idle"


def test_start_begins_anew_from_a_finished_screen() -> None:
    """Spoken or touched, "start" begins a new conversation while the old outcome is still shown."""
    for spoken in (False, True):
        wall = Wall()
        SCENES["finished"](wall)
        if spoken:
            wall.hear("start")
        else:
            wall.press("start")
        assert (wall.seen["screen"], wall.seen["id"]) == ("question", "E1")


def test_an_abandoned_session_clears_after_five_minutes() -> None:
    """Nobody answers: the safety net is said, and five minutes into the pause all is gone at once."""
    wall = started()
    wall.pass_time(40)
    assert wall.seen["screen"] == "paused"
    wall.pass_time(ABANDONED_S - 20)
    assert wall.seen["screen"] == "paused"
    wall.pass_time(30)
    assert wall.seen["screen"] == "idle"
    assert said(wall).count("safety_net_1") >= 2


def test_an_outcome_that_nobody_follows_is_abandoned_too() -> None:
    """The provider's screen goes after five minutes, with its last words said."""
    wall = started()
    for meaning in (*["no"] * 6, "yes", "no", "yes", "no"):
        wall.press(meaning)
    assert wall.seen["screen"] == "outcome"
    wall.pass_time(ABANDONED_S + 5)
    assert wall.seen["screen"] == "idle"
    assert "goodbye" in said(wall)


def test_home_care_that_nobody_follows_is_abandoned_too() -> None:
    """A step that stands for five minutes with nobody there ends, and the screen is free; noise keeps nobody."""
    wall = Wall()
    SCENES["home_care"](wall)
    wall.pass_time(ABANDONED_S - 10)
    wall.noise()
    assert wall.seen["screen"] == "home_care"
    wall.pass_time(15)
    assert wall.seen["screen"] == "idle"
    assert "goodbye" in said(wall)


def test_a_step_that_comes_by_itself_can_be_read() -> None:
    """What is new on the screen after long quiet, as at the end of the ice and heat hour, stays five minutes."""
    wall = Wall()
    SCENES["home_care"](wall)
    wall.screen.show(Show("standby", "coach_on", ()), wall.session.turn)
    wall.clock.advance(3 * ABANDONED_S)
    wall.screen.show(Show("standby", "step_ice", ()), wall.session.turn)
    wall.screen.asking(Say((), (), "standby", "step_ice"))
    wall.pass_time(ABANDONED_S - 20)
    assert wall.seen["screen"] == "home_care"
    wall.pass_time(30)
    assert wall.seen["screen"] == "idle"


def test_911_stays_for_half_an_hour() -> None:
    """The session gives up after five minutes; "call 911" stays until thirty are over."""
    wall = started()
    wall.press("yes")
    wall.pass_time(ABANDONED_S + 10)
    assert wall.seen["screen"] == "finished_911"
    assert "911" in wall.seen["headline"]
    wall.pass_time(DANGER_CLEARS_S - ABANDONED_S - 30)
    assert wall.seen["screen"] == "finished_911"
    wall.pass_time(40)
    assert wall.seen["screen"] == "idle"


def test_911_goes_when_it_is_closed() -> None:
    """Closing the 911 screen says the reminder, ends the session and clears the screen."""
    wall = started()
    wall.press("yes")
    wall.press("close_911")
    assert wall.seen["screen"] == "idle"
    assert said(wall)[-2:] == ["call_911_reminder", "idle"]


def test_a_911_that_was_to_be_closed_but_goes_on_stays() -> None:
    """Who wants to close the 911 screen and then goes back has not closed it."""
    wall = started()
    wall.press("yes")
    wall.screen.dismiss()
    wall.press("repeat")
    wall.pass_time(ABANDONED_S + 10)
    assert wall.seen["screen"] == "finished_911"


def test_a_911_that_is_over_goes_when_it_is_closed() -> None:
    """The 911 screen that outlived its session is closed by a touch."""
    wall = Wall()
    SCENES["finished_911"](wall)
    assert wall.seen["screen"] == "finished_911"
    wall.press("close_911")
    assert wall.seen["screen"] == "idle"


def test_stopping_at_911_leaves_it_on_the_screen() -> None:
    """A spoken "stop" ends the session, not the 911 screen."""
    wall = started()
    wall.press("yes")
    wall.hear("stop")
    assert wall.seen["screen"] == "finished_911"


# --- the microphone's switch ------------------------------------------------------------------


def test_a_muted_microphone_is_closed() -> None:
    """Off means closed ears, at once and in every turn that follows, until it is switched on again."""
    wall = started()
    wall.press("mute")
    assert wall.ears.open is None
    assert wall.seen["microphone"] == "muted"
    wall.press("no")
    assert (wall.ears.open, wall.seen["id"]) == (None, "E2")
    wall.press("unmute")
    assert wall.ears.open == ("E2", wall.session.turn)
    wall.hear("no")
    assert wall.seen["id"] == "E3"


def test_muted_while_somebody_speaks() -> None:
    """The utterance that was cut off was not understood; the question comes again, and nothing waits for ever."""
    wall = started()
    turn = wall.session.turn
    wall.switched.post(Posted(turn, SpeechStarted(wall.clock.now_s())))
    wall.pump()
    wall.press("mute")
    assert any(isinstance(event, NoMatch) for event in wall.events)
    assert wall.seen["id"] == "E1"
    assert wall.session.next_due_s() is not None


def test_what_was_heard_before_the_switch_counts_no_twice() -> None:
    """A result that came before the switch was thrown is not followed by a second one."""
    wall = started()
    turn = wall.session.turn
    wall.switched.post(Posted(turn, SpeechStarted(0.0)))
    wall.switched.post(Posted(turn, Heard(0.0, "no", "no")))
    wall.session_loop.press("mute", turn)
    wall.pump()
    assert not any(isinstance(event, NoMatch) for event in wall.events)
    assert wall.seen["id"] == "E2"


def test_there_is_nothing_to_mute_without_a_microphone() -> None:
    """The switch changes nothing where there is no microphone: the notice stays true."""
    wall = Wall(microphone=False)
    wall.press("mute")
    assert wall.seen["microphone"] == "missing"


@pytest.mark.parametrize(("microphone", "loudspeaker"), [(False, True), (True, False), (False, False)])
def test_who_reads_has_more_time(microphone: bool, loudspeaker: bool) -> None:
    """Where something cannot be heard or said, silence takes longer to be silence; it is never an answer."""
    wall = Wall(microphone=microphone, loudspeaker=loudspeaker)
    wall.press("start")
    wall.pass_time(6 * READING - 2)
    assert wall.session.state.position.tries == 0
    wall.pass_time(4)
    assert wall.session.state.position.tries == 1
    assert wall.session.state.record.answers == ()


def test_who_speaks_has_the_ordinary_time() -> None:
    """With both, the time-outs are those of the conversation (D3)."""
    wall = started()
    wall.pass_time(7)
    assert wall.session.state.position.tries == 1


def test_the_level_is_not_told_while_muted() -> None:
    """A muted microphone has no level."""
    wall = Wall()
    levels: list[float] = []
    wall.screen.heard_level = levels.append
    wall.screen.level(MeasuredLevel(-20.0, 0.0))
    wall.press("mute")
    wall.screen.level(MeasuredLevel(-20.0, 0.0))
    assert levels == [-20.0]


def test_what_is_too_loud_is_told_while_it_listens() -> None:
    """A microphone that is overdriven is told at once, not at every level, and no longer than it can be read."""
    wall = started()
    changes: list[bool] = []
    wall.screen.changed = lambda: changes.append(wall.screen.view.too_loud)
    for _ in range(5):
        wall.screen.level(MeasuredLevel(-3.0, 0.5))
    assert (wall.seen["too_loud"], changes) == (True, [True])
    wall.clock.advance(TOO_LOUD_S + 0.1)
    wall.screen.level(MeasuredLevel(-40.0, 0.0))
    assert (wall.seen["too_loud"], changes) == (False, [True, False])
    wall.screen.level(MeasuredLevel(-3.0, 0.5))
    wall.press("no")
    assert not wall.seen["too_loud"]


# --- the volume -------------------------------------------------------------------------------


def test_one_familys_volume_is_not_the_next_ones() -> None:
    """Who makes it quieter in a conversation does so for that one; what is set on the idle screen stays."""
    wall = Wall()
    wall.press("louder")
    chosen = wall.seen["volume"]
    assert chosen > 0.5
    wall.press("start")
    for _ in range(9):
        wall.press("quieter")
    assert wall.seen["volume"] == 0.0
    wall.press("stop")
    assert wall.seen["screen"] in ("idle", "finished")
    assert wall.seen["volume"] == chosen


def test_without_a_loudspeaker_there_is_no_volume() -> None:
    """Nothing is spoken: no volume is shown, and no button changes it."""
    wall = Wall(loudspeaker=False)
    wall.press("start")
    assert wall.seen["volume"] is None
    assert not {"louder", "quieter", "slower"} & {button["id"] for button in wall.seen["buttons"]["more"]}


def test_why_somebody_was_not_understood_is_shown() -> None:
    """A voice that is too low: the advice is said before the question, and stands on the page as a notice."""
    wall = started()
    wall.session.advise = lambda event: wall.session.conversation.prompts.lines("microphone_quiet")
    wall.noise()
    hint = next(notice for notice in wall.seen["notices"] if notice["id"] == "hint")
    assert "closer" in hint["text"]
    assert hint["text"] not in wall.seen["lead"]
    assert "microphone_quiet" in said(wall)
    wall.press("no")
    assert wall.seen["notices"] == []


# --- the loop ---------------------------------------------------------------------------------


def test_the_loop_beats_and_ends() -> None:
    """The loop tells that it lives at every turn, begins again after each end, and stops when it is told to."""
    wall = Wall()
    wall.put(State(Position("home_care", "8"), answered(*EMERGENCY)))
    wall.session.press("next")
    wall.session.press("next")
    thread = threading.Thread(target=wall.session_loop.run)
    beats = wall.beats
    thread.start()
    while wall.beats < beats + 4:
        wall.session.post(Posted(None, Pressed(0.0, "about")))
        threading.Event().wait(0.02)
    wall.session_loop.ended.set()
    wall.session.post(Posted(None, Pressed(0.0, "about")))
    thread.join(5)
    assert not thread.is_alive()
