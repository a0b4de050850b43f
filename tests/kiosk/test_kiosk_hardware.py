"""Push buttons and the light over gpiozero's mock pins: they do what a touch does, and show what the page shows."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from scenes import SCENES
from wall import EMERGENCY, Wall, answered, the_book, wait_for

from voice_backcare.core.events import DeviceLost
from voice_backcare.core.state import Position, State
from voice_backcare.kiosk.gpio.buttons import meaning_of
from voice_backcare.kiosk.gpio.hardware import Hardware, PinSettings, open_hardware
from voice_backcare.kiosk.gpio.light import PATTERNS, signal_of
from voice_backcare.system.monotonic_clock import SystemClock

ALL = PinSettings(yes=17, no=27, unsure=22, start=23, light=24)
_HELD_S = 0.12
_RESTS_S = 0.06


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    """A Raspberry Pi without metal."""
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.close()


class Bench:
    """A kiosk with push buttons and a light on the mock board."""

    def __init__(self, board: MockFactory, pins: PinSettings = ALL) -> None:
        self.wall = Wall()
        self.told: list[str] = []
        self.pressed: list[tuple[str, str]] = []
        self._pins = {name: board.pin(pin) for name, pin in pins.buttons.items() if pin < 28}
        self.light = board.pin(24)
        self.hardware: Hardware = open_hardware(
            pins, the_book(), self.wall.screen.snapshot, self._press, SystemClock(), self.told.append
        )
        self.wall.screen.changed = self.hardware.changed

    def _press(self, meaning: str, turn: int) -> str:
        result = self.wall.session_loop.press(meaning, turn)
        self.pressed.append((meaning, result))
        return result

    def down(self, name: str) -> None:
        self._pins[name].drive_low()

    def up(self, name: str) -> None:
        self._pins[name].drive_high()

    def push(self, name: str) -> None:
        """Press it like a person does, once the question has been read."""
        self.wall.clock.advance(1.0)
        self.down(name)
        time.sleep(_HELD_S)
        self.up(name)
        time.sleep(_RESTS_S)
        self.wall.pump()

    def seen_light(self, seconds: float) -> list[float]:
        """How long each state of the light lasted."""
        self.light.clear_states()
        time.sleep(seconds)
        return [round(state.timestamp, 2) for state in self.light.states[1:]]


@pytest.fixture
def bench(board: MockFactory) -> Iterator[Bench]:
    made = Bench(board)
    yield made
    made.hardware.close()


# --- push buttons -----------------------------------------------------------------------------


def test_buttons_alone_lead_through_a_conversation(bench: Bench) -> None:
    """Start, no to a sign, don't know twice to the next: "call 911", as by touch; Start says it again."""
    bench.push("start")
    assert (bench.wall.seen["screen"], bench.wall.seen["id"]) == ("question", "E1")
    bench.push("no")
    assert dict(bench.wall.session.state.record.answers) == {"E1": "no"}
    bench.push("unsure")
    bench.push("unsure")
    assert bench.wall.seen["screen"] == "call_911"
    bench.push("start")
    assert bench.pressed[-1] == ("repeat", "taken")
    bench.push("yes")
    bench.push("no")
    assert bench.wall.seen["screen"] == "call_911"
    assert [result for _, result in bench.pressed] == ["taken"] * 5
    assert bench.told == []


@pytest.mark.parametrize(
    ("scene", "button", "meaning"),
    [
        ("idle", "start", "start"),
        ("idle", "yes", None),
        ("question", "start", "repeat"),
        ("offer", "unsure", None),
        ("read_back", "yes", "yes"),
        ("paused", "start", "continue"),
        ("paused", "no", None),
        ("home_care", "yes", "next"),
        ("home_care", "start", "repeat"),
        ("home_care", "no", None),
        ("pack_off", "yes", "acknowledge"),
        ("pack_held", "no", None),
        ("finished", "start", "start"),
        ("finished_911", "start", None),
        ("call_911", "no", None),
    ],
)
def test_a_button_means_what_the_screen_offers(scene: str, button: str, meaning: str | None) -> None:
    """Start begins or repeats, Yes also goes on; a button that the screen does not offer does nothing."""
    wall = Wall()
    SCENES[scene](wall)
    assert meaning_of(the_book().hardware[button], wall.seen) == meaning


def test_a_bounce_is_one_answer(bench: Bench) -> None:
    """A contact that chatters for some milliseconds answers one question, and doubt is not counted twice."""
    bench.push("start")
    bench.wall.clock.advance(1.0)
    for _ in range(6):
        bench.down("unsure")
        time.sleep(0.002)
        bench.up("unsure")
    bench.push("unsure")
    position = bench.wall.session.state.position
    assert (position.id, position.doubted) == ("E1", "unsure")
    assert bench.pressed[1:] == [("unsure", "taken")]


def test_two_buttons_at_once_answer_nothing(bench: Bench) -> None:
    """Yes and No pressed together are no answer; one of them after that is."""
    bench.push("start")
    bench.wall.clock.advance(1.0)
    bench.down("yes")
    bench.push("no")
    bench.up("yes")
    time.sleep(_RESTS_S)
    bench.wall.pump()
    assert dict(bench.wall.session.state.record.answers) == {}
    bench.push("no")
    assert dict(bench.wall.session.state.record.answers) == {"E1": "no"}


def test_a_press_belongs_to_what_was_on_the_screen(bench: Bench) -> None:
    """A finger that came down at one question answers no other: somebody said "no" meanwhile."""
    bench.push("start")
    bench.wall.clock.advance(1.0)
    bench.down("no")
    bench.wall.hear("no")
    bench.wall.clock.advance(1.0)
    time.sleep(_HELD_S)
    bench.up("no")
    time.sleep(_RESTS_S)
    bench.wall.pump()
    assert bench.pressed[-1] == ("no", "stale")
    assert dict(bench.wall.session.state.record.answers) == {"E1": "no"}


def test_the_second_of_two_quick_presses_is_dropped(bench: Bench) -> None:
    """Pressed again before anybody can have heard the next question: no answer to that."""
    bench.push("start")
    bench.push("no")
    bench.down("no")
    time.sleep(_HELD_S)
    bench.up("no")
    wait_for(lambda: len(bench.pressed) == 3)
    assert bench.pressed[-1] == ("no", "bounced")
    bench.wall.pump()
    assert dict(bench.wall.session.state.record.answers) == {"E1": "no"}


def test_a_button_that_is_down_at_the_start_presses_nothing(board: MockFactory) -> None:
    """A button that is stuck, or a finger on it, when the program starts, is no press."""
    board.pin(23).pull = "up"
    board.pin(23).drive_low()
    bench = Bench(board)
    device = bench.hardware
    assert device.buttons is not None
    time.sleep(_HELD_S)
    bench.up("start")
    time.sleep(_RESTS_S)
    bench.push("start")
    assert [meaning for meaning, _ in bench.pressed] == ["start"]
    device.close()


# --- the light --------------------------------------------------------------------------------


def test_the_light_says_what_the_page_says() -> None:
    """Listening, speaking and ready as the page has it; what does not work comes first; muted is no fault."""
    wall = Wall()
    assert signal_of(wall.seen) == "listening"
    wall.put(State(Position("question", "E3"), answered(*EMERGENCY[:2])), slow=True)
    assert signal_of(wall.seen) == "speaking"
    wall.mouth.finish()
    wall.pump()
    wall.press("mute")
    assert signal_of(wall.seen) in ("ready", "speaking")
    wall.press("unmute")
    wall.post(DeviceLost(0.0, "microphone"))
    assert signal_of(wall.seen) == "fault"


def test_the_patterns_can_be_told_apart() -> None:
    """On, off, slow, and three flashes: nobody has to count quickly."""
    assert PATTERNS["listening"] == (1.0,) and PATTERNS["ready"] == (0.0,)
    assert min(PATTERNS["speaking"]) > 4 * PATTERNS["fault"][0]
    assert len(PATTERNS["fault"]) == 6


def test_the_light_follows(bench: Bench) -> None:
    """Steady while it listens; three short flashes and a pause once the microphone is gone."""
    wait_for(lambda: bool(bench.light.state))
    assert bench.seen_light(0.3) == []
    bench.wall.post(DeviceLost(0.0, "microphone"))
    lengths = bench.seen_light(2.6)
    assert len(lengths) >= 6
    assert sum(length > 0.8 for length in lengths) == 1
    assert sum(length < 0.4 for length in lengths) >= len(lengths) - 1


def test_the_light_goes_out_at_the_end(board: MockFactory) -> None:
    """A program that has ended leaves no light on."""
    bench = Bench(board)
    wait_for(lambda: bool(bench.light.state))
    bench.hardware.close()
    assert not bench.light.state or bench.light.function == "input"
    assert not [thread for thread in threading.enumerate() if thread.name in ("light", "buttons")]


def test_a_light_that_fails_is_told_and_left_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The board's driver fails while it runs: one sentence, and the buttons go on."""
    wait_for(lambda: bool(bench.light.state))

    def fail(value: bool) -> None:
        raise OSError("remote I/O error")

    monkeypatch.setattr(bench.light, "_set_state", fail)
    bench.wall.post(DeviceLost(0.0, "microphone"))
    wait_for(lambda: bool(bench.told))
    assert len(bench.told) == 1
    assert "light" in bench.told[0] and "remote I/O error" in bench.told[0]
    bench.push("start")
    assert bench.wall.seen["id"] == "E1"


# --- what is missing --------------------------------------------------------------------------


def _opened(pins: PinSettings) -> tuple[Hardware, list[str]]:
    told: list[str] = []
    wall = Wall()
    hardware = open_hardware(
        pins, the_book(), wall.screen.snapshot, wall.session_loop.press, SystemClock(), told.append
    )
    hardware.changed()
    return hardware, told


def test_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no pin set gpiozero is not even imported, and nothing is said."""
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    assert _opened(PinSettings()) == (Hardware(), [])


@pytest.mark.parametrize("missing", ["gpiozero", "lgpio"])
def test_missing_libraries_are_told(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Pins are set but the libraries are not there: one sentence with what to install."""
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    hardware, told = _opened(ALL)
    assert hardware == Hardware()
    assert len(told) == 1 and "voice-backcare[gpio]" in told[0] and "goes on" in told[0]
    assert f"the library {missing}:" in told[0]


class _NoChip(Exception):
    """lgpio's own error is no OSError either."""


@pytest.mark.parametrize("error", [_NoChip("can not open gpiochip"), PermissionError("not permitted")])
def test_a_machine_without_pins_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """No Raspberry Pi, or no right to its pins: one sentence, and the kiosk goes on."""

    def refuse() -> Any:
        raise error

    monkeypatch.setattr("voice_backcare.kiosk.gpio.hardware._factory", refuse)
    hardware, told = _opened(ALL)
    assert hardware == Hardware()
    assert len(told) == 1 and str(error) in told[0] and "group gpio" in told[0]


def test_the_real_driver_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that is no Raspberry Pi it is told; the folder it was started in stays as it was."""
    monkeypatch.chdir(tmp_path)
    hardware, told = _opened(ALL)
    hardware.close()
    assert len(told) == 1 or hardware.factory is not None
    assert list(tmp_path.iterdir()) == []
    assert Path.cwd() == tmp_path


@pytest.mark.parametrize(
    ("pins", "names"),
    [
        (PinSettings(yes=99, no=27), ["GPIO99"]),
        (PinSettings(yes=17, no=17, start=27), ["GPIO17", "GPIO17"]),
        (PinSettings(no=27, light=27, start=22), ["GPIO27", "GPIO27"]),
        (PinSettings(no=27, light=99), ["GPIO99"]),
    ],
)
def test_a_wrong_pin_is_left_out(board: MockFactory, pins: PinSettings, names: list[str]) -> None:
    """A number that the board has not, or that stands at two things: a sentence each; the rest works."""
    hardware, told = _opened(pins)
    assert [sentence.split()[0] for sentence in told] == names
    assert all("[gpio]" in sentence for sentence in told)
    assert hardware.buttons is not None
    hardware.close()
