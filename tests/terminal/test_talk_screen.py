"""The screen of ``talk``: its words, and a level meter that disturbs nothing."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from voice_backcare.audio.devices.levels import MeasuredLevel
from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import DeviceBack, DeviceLost, Heard, Line, NoMatch, Say, Show
from voice_backcare.terminal.talk_screen import TalkScreen

_SAY = Say((), (Line("E1_ask", "Is it hard to breathe?", ("E1",)),), "question", "E1")
_SOFT, _LOUD = MeasuredLevel(-30.0, 0.0), MeasuredLevel(-3.0, 0.4)


class Terminal:
    """What a terminal of this kind was sent."""

    def __init__(self, *, terminal: bool, kind: str = "xterm") -> None:
        self.sent = io.StringIO()
        console = Console(file=self.sent, force_terminal=terminal, width=80, color_system=None, _environ={"TERM": kind})
        self.screen = TalkScreen(console, build(load()).prompts)

    def take(self) -> str:
        text = self.sent.getvalue()
        self.sent.seek(0)
        self.sent.truncate()
        return text


def test_the_meter_moves_with_the_level_and_is_taken_off_for_words() -> None:
    """A bar on the line of its own, drawn over itself, and gone before anything is printed."""
    terminal = Terminal(terminal=True)
    terminal.screen.asking(_SAY)
    terminal.take()
    terminal.screen.level(_SOFT)
    first = terminal.take()
    assert "listening" in first and first.count("█") == 10 and "\n" not in first
    terminal.screen.level(_LOUD)
    second = terminal.take()
    assert second.startswith("\r\x1b[2K") and second.count("█") > 10 and "too loud" in second
    terminal.screen.event(Heard(0.0, "no", "no"))
    assert terminal.take() == "\r\x1b[2K> no\n"


def test_a_level_that_stays_is_drawn_once() -> None:
    """A still room costs the terminal nothing."""
    terminal = Terminal(terminal=True)
    terminal.screen.level(_SOFT)
    terminal.take()
    for _ in range(100):
        terminal.screen.level(_SOFT)
    assert terminal.take() == ""


@pytest.mark.parametrize(("terminal", "kind"), [(False, "xterm"), (True, "dumb"), (True, "unknown")])
def test_there_is_no_meter_where_nothing_can_be_drawn_over(terminal: bool, kind: str) -> None:
    """A file, a pipe and a dumb terminal get the words alone."""
    shown = Terminal(terminal=terminal, kind=kind)
    for level in (_SOFT, _LOUD):
        shown.screen.level(level)
    shown.screen.event(NoMatch(0.0))
    text = shown.take()
    assert text == "> (not understood)\n"


def test_a_meter_that_is_late_leaves_nothing_on_the_screen() -> None:
    """One that is drawn after the ears closed is taken off by the next line."""
    terminal = Terminal(terminal=True)
    terminal.screen.event(NoMatch(0.0))
    terminal.screen.level(_SOFT)
    terminal.take()
    terminal.screen.show(Show("question", "E1", _SAY.asked), 1)
    assert terminal.take().startswith("\r\x1b[2K")


@pytest.mark.parametrize("device", ["microphone", "loudspeaker", "recogniser"])
def test_a_lost_device_is_told_with_what_to_do(device: str) -> None:
    """Each in a sentence of its own."""
    terminal = Terminal(terminal=False)
    terminal.screen.event(DeviceLost(0.0, device))
    assert terminal.take().count(".") >= 2
    if device != "recogniser":
        terminal.screen.event(DeviceBack(0.0, device))
        assert terminal.take() == f"The {device} is back.\n"


def test_talk_in_the_background_scrolls_nothing_away() -> None:
    """Words that mean nothing are told once, however often they come, until something is said or understood."""
    terminal = Terminal(terminal=True)
    terminal.screen.show(Show("standby", "coach_on", (Line("on", "Ice on now.", ("own",)),)), 1)
    for _ in range(50):
        terminal.screen.asking(_SAY)
        terminal.screen.event(NoMatch(0.0))
    assert terminal.take().count("\n") == 3, "the line, the hint, and one not understood"
    terminal.screen.event(Heard(0.0, "how_long", "how long is left"))
    terminal.screen.event(NoMatch(0.0))
    assert terminal.take() == "> how long is left\n> (not understood)\n"
