"""The ice and heat hour in the real session: what comes together there comes out right (C3, C5, D5)."""

from __future__ import annotations

from typing import Any

import pytest

from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import DeviceBack, DeviceLost, Heard, NoMatch
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.due_times import HEARD_WITHIN_S
from voice_backcare.session.ports import Posted, SpeechStarted
from voice_backcare.session.session import Session

CORE = build(load())
ON_S = 1200.0


class Bedside:
    """A session with ice or heat on, its ports fakes, and what was said by id."""

    def __init__(self, pack: str = "ice") -> None:
        self.clock = FakeClock()
        self.ears = FakeEars(lambda posted: self.session.post(posted), self.clock)  # noqa: PLW0108 (it is made later)
        self.mouth = FakeMouth(lambda posted: self.session.post(posted), self.clock)  # noqa: PLW0108
        self.screen = FakeScreen()
        self.session = Session(CORE, self.ears, self.mouth, self.screen, self.clock)
        self.session.start(f"start_{pack}")
        self.session.settle()
        self.hear("yes")
        assert self.stage == "on"

    @property
    def stage(self) -> str:
        return self.session.state.treatment.stage if self.session.state.treatment else "none"

    def post(self, what: Any) -> None:
        self.session.post(Posted(self.session.turn, what))
        self.session.settle()

    def hear(self, meaning: str, **sign: Any) -> None:
        self.post(Heard(self.clock.now_s(), meaning, meaning, **sign))

    def wait(self, seconds: float) -> None:
        """Time passes as it does: everything that is due on the way happens at its moment."""
        until_s = self.clock.at_s + seconds
        while (due_s := self.session.next_due_s()) is not None and due_s <= until_s and self.session.ended is None:
            self.clock.at_s = max(due_s, self.clock.at_s)
            self.session.tick()
            self.session.settle()
        self.clock.at_s = until_s

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: nothing happens on the way."""
        self.clock.at_s += seconds
        self.session.tick()
        self.session.settle()

    @property
    def said(self) -> list[str]:
        return [line.id for line in self.mouth.said]

    @property
    def shown(self) -> list[str]:
        return [line.id for show in self.screen.shown for line in show.lines]


def test_a_timer_waits_for_the_end_of_what_somebody_says() -> None:
    """The phrase that was begun before "off" is heard out: it may be for 911."""
    bedside = Bedside()
    bedside.wait(ON_S - 1)
    bedside.post(SpeechStarted(bedside.clock.now_s()))
    bedside.wait(2)
    assert bedside.stage == "on"
    bedside.hear("emergency", sign="E1")
    assert bedside.session.state.position.id == "call_911"
    assert bedside.said.index("call_911") < bedside.said.index("coach_take_off")
    assert "coach_off" not in bedside.said


def test_off_comes_right_after_what_was_said_and_never_later_than_one_utterance() -> None:
    """A noise that goes on and on holds "off" back no longer than the longest utterance."""
    bedside = Bedside()
    bedside.wait(ON_S - 1)
    bedside.post(SpeechStarted(bedside.clock.now_s()))
    bedside.wait(HEARD_WITHIN_S + 0.5)
    assert bedside.stage == "off"
    bedside = Bedside()
    bedside.wait(ON_S - 1)
    bedside.post(SpeechStarted(bedside.clock.now_s()))
    bedside.wait(3)
    bedside.post(NoMatch(bedside.clock.now_s()))
    bedside.wait(0)
    assert bedside.stage == "off"


@pytest.mark.parametrize("away_s", [601.0, 1205.0, 1800.0, 3600.0, 36_000.0])
def test_a_sleep_of_the_machine_is_time_that_has_passed(away_s: float) -> None:
    """What was due meanwhile is not announced late: what holds now is said, "off" first (C6)."""
    bedside = Bedside()
    bedside.sleep(away_s)
    if away_s < ON_S:
        assert bedside.said[-2:] == ["coach_halfway", "coach_stays_ice"]
        bedside.wait(ON_S - away_s)
    assert bedside.stage == "off"
    assert bedside.said[-2:] == ["coach_off", "coach_off_hint"]


def test_off_interrupts_what_is_being_said() -> None:
    """ "Off" does not wait for the end of a line that was asked for."""
    bedside = Bedside()
    bedside.wait(ON_S - 0.1)
    bedside.mouth.slow = True
    bedside.hear("help")
    bedside.wait(0.2)
    assert bedside.stage == "off"


def test_off_while_the_loudspeaker_is_lost_is_shown() -> None:
    """It is tried again once, then shown, and said again until somebody acknowledges it (D9)."""
    bedside = Bedside()
    bedside.post(DeviceLost(bedside.clock.now_s(), "loudspeaker"))
    bedside.mouth.failing = True
    bedside.wait(ON_S + 1)
    assert bedside.stage == "off"
    assert "coach_off" in bedside.shown
    assert bedside.screen.shown[-1].attention
    bedside.mouth.failing = False
    bedside.post(DeviceBack(bedside.clock.now_s(), "loudspeaker"))
    assert "coach_off" in bedside.said[-3:]


def test_heat_comes_off_while_the_microphone_is_lost() -> None:
    """Nobody can answer, so nobody has said that the child is awake (C4)."""
    bedside = Bedside("heat")
    bedside.post(DeviceLost(bedside.clock.now_s(), "microphone"))
    bedside.wait(300 + 31)
    assert bedside.stage == "off"


def test_a_pause_holds_no_phase_open() -> None:
    """While somebody waits the pack is off, and at 90 minutes it is over by itself (C3)."""
    bedside = Bedside()
    bedside.wait(300)
    bedside.hear("wait")
    assert bedside.stage == "held"
    assert "coach_held" in bedside.said
    bedside.wait(5400)
    assert bedside.session.ended is not None
    assert bedside.session.ended.outcome == "coach_done"


def test_a_second_stop_finds_nothing_to_stop() -> None:
    """The first stop says that the pack comes off, the second ends the last words at once."""
    bedside = Bedside()
    bedside.mouth.slow = True
    bedside.hear("stop")
    bedside.hear("stop")
    assert bedside.session.ended is not None
    assert bedside.session.ended.outcome == "coach_stopped"
    assert "coach_take_off" in bedside.shown
