"""Screen of the voice conversation on a terminal: what is said, what was heard, and a level meter."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rich.console import Console
from rich.control import Control
from rich.markup import escape
from rich.segment import ControlType
from rich.text import Text

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.events import DeviceBack, DeviceLost, Event, Heard, NoInput, NoMatch, Phase, Pressed, Say, Show
from voice_backcare.session.ports import Level
from voice_backcare.system.paths import program
from voice_backcare.terminal.countdown import countdown
from voice_backcare.terminal.human_writer import HINTS, FriendlyWriter
from voice_backcare.terminal.spoken_names import meaning_in_words

_QUIETEST_DBFS = -60.0
_BARS = 20
_LOST = {
    "microphone": "The microphone is gone. Plug it in again, or use the keys.",
    "loudspeaker": "The loudspeaker is gone. Plug it in again. Until then, read here what I would say.",
    "recogniser": "What understands speech does not work. Use the keys. Afterwards run: {program} doctor",
}


_NOT_UNDERSTOOD = "> (not understood)"


class TalkScreen:
    """Implementation of ``ports.Screen``; ``level`` may be called from the ears' thread. ``prompts``: the words of the
    conversations.
    """

    def __init__(self, console: Console, prompts: Prompts) -> None:
        self._console = console
        self._prompts = prompts
        self._number = prompts.content.personal.emergency_number
        self._meter = console.is_terminal and not console.is_dumb_terminal
        self._drawn = ""
        self._stands = ""  # the hint or the "not understood" that was written last, with nothing after it
        self._lock = threading.Lock()
        self._phase: Phase | None = None
        self._now_s: Callable[[], float] = lambda: 0.0

    def follow(self, now_s: Callable[[], float]) -> None:
        """Count down by ``now_s``, which returns seconds on the session's clock, from now on."""
        self._now_s = now_s

    def show(self, show: Show, turn: int) -> None:
        """Write the lines of ``show``, and how much is left of a phase of ice or heat (C3)."""
        with self._lock:
            self._clear()
            self._stands = ""
            if not show.attention:  # what could not be spoken is shown within the phase that runs
                self._phase = show.phase
            for line in show.lines:
                style = "bold red" if self._number in line.text or show.attention else "default"
                self._console.print(f"[{style}]{escape(line.text)}[/]")
            if show.attention:
                self._console.print("[bold yellow]I can not say this aloud. Please read it.[/]")
            if self._phase:
                self._console.print(f"[bold]{countdown(self._phase, self._now_s())}[/]")

    def asking(self, say: Say) -> None:
        """Write that the ears are open, and which keys there are."""
        with self._lock:
            self._clear()
            self._once(HINTS[say.kind] if self._console.is_terminal and say.kind else "(listening)")

    def event(self, event: Event) -> None:
        """Write what was heard."""
        with self._lock:
            self._clear()
            if isinstance(event, NoMatch):
                self._once(_NOT_UNDERSTOOD)
                return
            self._stands = ""
            match event:
                case Heard(phrase=phrase, meaning=meaning):
                    self._console.print(f"[cyan]> {escape(phrase or meaning_in_words(meaning, self._number))}[/]")
                case NoInput():
                    self._console.print("[dim]> (silence)[/]")
                case Pressed(meaning=meaning) if meaning != "repeat" and not meaning.startswith("start"):
                    pressed = escape(f"[{meaning_in_words(meaning, self._number)}]")
                    self._console.print(f"[cyan]> {pressed}[/]")
                case DeviceLost(device=device):
                    self._console.print(f"[bold yellow]{_LOST[device].format(program=program())}[/]")
                case DeviceBack(device=device):
                    self._console.print(f"[green]The {device} is back.[/]")

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Write how the conversation ended."""
        with self._lock:
            self._clear()
            self._stands = ""
            writer = FriendlyWriter(self._console, self._prompts, hints=False, echo=False)
            writer.end(outcome, because, answers)

    def notice(self, text: str) -> None:
        """Write a message about the program, apart from the conversation."""
        with self._lock:
            self._clear()
            self._stands = ""
            self._console.print(f"[yellow]{escape(text)}[/]")

    def level(self, level: Level) -> None:
        """Draw the microphone's level while the ears are open, and the countdown of a phase: a line that overwrites
        itself, on a terminal that can do that.
        """
        if not self._meter:
            return
        share = min(1.0, max(0.0, 1.0 - level.dbfs / _QUIETEST_DBFS))
        bar = "█" * round(share * _BARS)
        drawn = f"  listening {bar:<{_BARS}} {'too loud' if level.too_loud else ''}"
        with self._lock:
            if self._phase:
                drawn = f"  {countdown(self._phase, self._now_s())}{drawn}"
            if drawn == self._drawn:  # an unchanged bar is not written again
                return
            self._clear()
            self._drawn = drawn
            self._console.print(Text(drawn, style="red" if level.too_loud else "green"), end="")

    def _once(self, text: str) -> None:
        """Write ``text``, unless it stands there already: talk in the background does not scroll away what matters."""
        if self._stands not in (text, _NOT_UNDERSTOOD):
            self._console.print(f"[dim]{text}[/]")
            self._stands = text

    def _clear(self) -> None:
        """Erase the level meter."""
        if self._drawn:
            self._drawn = ""
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
