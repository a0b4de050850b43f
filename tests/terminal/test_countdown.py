"""The time that is left of a phase of ice or heat is on the terminal without asking (C3)."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from voice_backcare.core import grammar
from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import Phase, Show
from voice_backcare.terminal.countdown import countdown
from voice_backcare.terminal.human_writer import FriendlyWriter
from voice_backcare.terminal.talk_screen import TalkScreen
from voice_backcare.terminal.text_conversation import TypedConversation

ON = Phase("ice", True, 0.0, 1200.0, 0.0)
OFF = Phase("heat", False, 1200.0, 2400.0, 0.0)


@dataclass(frozen=True)
class _Level:
    dbfs: float = -30.0
    too_loud: bool = False


@pytest.mark.parametrize(
    ("phase", "now_s", "text"),
    [
        (ON, 0.0, "Ice on, 20:00 left"),
        (ON, 0.5, "Ice on, 20:00 left"),
        (ON, 331.0, "Ice on, 14:29 left"),
        (ON, 1195.0, "Ice on, 0:05 left"),
        (ON, 1300.0, "Ice on, 0:00 left"),
        (OFF, 1200.0, "Heat off, 20:00 left"),
    ],
)
def test_minutes_and_seconds_are_left(phase: Phase, now_s: float, text: str) -> None:
    """Never more than there is when rounded up to a second, and never below nothing."""
    assert countdown(phase, now_s) == text


class Terminal:
    """A voice conversation's screen on a clock that the test moves."""

    def __init__(self, *, terminal: bool) -> None:
        self.now_s = 0.0
        self.sent = io.StringIO()
        env = {"TERM": "xterm"}
        self.screen = TalkScreen(
            Console(file=self.sent, force_terminal=terminal, width=80, color_system=None, _environ=env),
            build(load()).prompts,
        )
        self.screen.follow(lambda: self.now_s)

    def take(self) -> str:
        text = self.sent.getvalue()
        self.sent.seek(0)
        self.sent.truncate()
        return text


def test_the_terminal_counts_down_while_it_listens() -> None:
    """Once a second beside the level, and not at all once the phase is over."""
    terminal = Terminal(terminal=True)
    terminal.screen.show(Show("standby", "coach_on", (), phase=ON), 1)
    assert terminal.take() == "Ice on, 20:00 left\n"
    for now_s, left in ((61.0, "18:59"), (62.0, "18:58")):
        terminal.now_s = now_s
        terminal.screen.level(_Level())
        assert f"Ice on, {left} left" in terminal.take()
        terminal.screen.level(_Level())
        assert terminal.take() == ""
    terminal.screen.show(Show("standby", "coach_off", ()), 2)
    terminal.take()
    terminal.screen.level(_Level())
    assert "left" not in terminal.take()


def test_a_file_gets_it_with_every_line() -> None:
    """Where nothing can be drawn over, it is written whenever something is shown, a line that could not be said too."""
    terminal = Terminal(terminal=False)
    terminal.screen.show(Show("check", "awake", (), phase=ON), 1)
    terminal.now_s = 300.0
    terminal.screen.show(Show("check", "awake", (), attention=True), 1)
    lines = terminal.take().splitlines()
    assert (lines[0], lines[-1]) == ("Ice on, 20:00 left", "Ice on, 15:00 left")
    terminal.screen.level(_Level())
    assert terminal.take() == ""


def test_a_typed_conversation_shows_it_after_every_line() -> None:
    """Also after a line that moved only the clock; where nothing is timed, nothing is shown."""
    sent = io.StringIO()
    conversation = build(load())
    console = Console(file=sent, width=100, color_system=None)
    writer = FriendlyWriter(console, conversation.prompts, hints=False, echo=True)
    typed = TypedConversation(conversation, grammar.load(), writer)
    typed.run(["yes", "+5m", "+15m", "took it off", "no", "+90s", "stop"], start="start_ice")
    shown = [line for line in sent.getvalue().splitlines() if line.endswith(" left")]
    assert shown == [
        "Ice on, 20:00 left",
        "Ice on, 15:00 left",
        "Ice off, 20:00 left",
        "Ice off, 20:00 left",
        "Ice off, 18:30 left",
    ]
