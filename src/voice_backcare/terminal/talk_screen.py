"""What a terminal shows during a spoken conversation: the words, what was heard, and a level meter."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.markup import escape

from voice_backcare.content import USUAL_NUMBER
from voice_backcare.events import DeviceBack, DeviceLost, Event, Heard, NoInput, NoMatch, Pressed, Say, Show
from voice_backcare.terminal.friendly import HINTS, FriendlyWriter

_QUIETEST_DBFS = -60.0
_BARS = 20


class TalkScreen:
    """Implements ``ports.Screen``; ``level`` may be called from the ears' thread."""

    def __init__(self, console: Console, emergency_number: str = USUAL_NUMBER) -> None:
        self._console = console
        self._number = emergency_number
        self._live = console.is_terminal
        self._listening = False
        self._lock = threading.Lock()

    def show(self, show: Show, turn: int) -> None:
        with self._lock:
            self._clear()
            for line in show.lines:
                style = "bold red" if self._number in line.text or show.attention else "default"
                self._console.print(f"[{style}]{escape(line.text)}[/]")
            if show.attention:
                self._console.print("[bold yellow]I can not say this aloud. Please read it.[/]")

    def asking(self, say: Say) -> None:
        with self._lock:
            hint = HINTS[say.kind] if self._live and say.kind else "(listening)"
            self._console.print(f"[dim]{hint}[/]")
            self._listening = True

    def event(self, event: Event) -> None:
        with self._lock:
            match event:
                case Heard(phrase=phrase, meaning=meaning):
                    self._told(f"[cyan]> {escape(phrase or meaning)}[/]")
                case NoMatch():
                    self._told("[dim]> (not understood)[/]")
                case NoInput():
                    self._told("[dim]> (silence)[/]")
                case Pressed(meaning=meaning) if meaning not in ("start", "repeat"):
                    self._told(f"[cyan]> [{meaning.replace('_', ' ')}][/]")
                case DeviceLost(device=device):
                    self._told(f"[bold yellow]The {device} is gone. Plug it in again, or use the keys.[/]")
                case DeviceBack(device=device):
                    self._told(f"[green]The {device} is back.[/]")

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        with self._lock:
            self._clear()
            writer = FriendlyWriter(self._console, hints=False, echo=False, emergency_number=self._number)
            writer.end(outcome, because, answers)

    def notice(self, text: str) -> None:
        """Something about the program, beside the conversation."""
        with self._lock:
            self._told(f"[yellow]{escape(text)}[/]")

    def level(self, dbfs: float) -> None:
        """The microphone's level: a bar that is drawn over itself while the ears are open."""
        with self._lock:
            if not (self._live and self._listening):
                return
            share = min(1.0, max(0.0, 1.0 - dbfs / _QUIETEST_DBFS))
            bar = "█" * round(share * _BARS)
            self._console.file.write(f"\r  listening {bar:<{_BARS}} ")
            self._console.file.flush()

    def _told(self, text: str) -> None:
        self._clear()
        self._console.print(text)

    def _clear(self) -> None:
        """Take the meter off the line."""
        if self._live and self._listening:
            self._console.file.write("\r\x1b[2K")
        self._listening = False
