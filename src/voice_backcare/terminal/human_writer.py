"""Output of a conversation as text for a person: on a terminal, or as a transcript."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.events import AskKind
from voice_backcare.terminal.countdown import countdown
from voice_backcare.terminal.spoken_names import causes_in_words, meaning_in_words, outcome_in_words
from voice_backcare.terminal.text_conversation import Turn

HINTS: dict[AskKind, str] = {
    "question": "y yes · n no · d I don't know · r repeat · b go back · w wait · h help · q stop",
    "read_back": "y yes · n no · r repeat · b go back · q stop",
    "confirmation": "y yes · n no",
    "offer": "y yes · n no · r repeat · q stop",
    "check": "y yes · n no",
    "standby": "type what you would say, h for help, q to stop",
}
PROMPT = "> "


class FriendlyWriter:
    """Implementation of ``Writer`` for a person. ``prompts``: the words of this conversation. ``hints``: say what can
    be typed. ``echo``: write the input too, because it is not on the screen already.
    """

    def __init__(self, console: Console, prompts: Prompts, *, hints: bool, echo: bool) -> None:
        self._console = console
        self._prompts = prompts
        self._hints = hints
        self._echo = echo
        self._number = prompts.content.personal.emergency_number

    def heard(self, text: str, meaning: str) -> None:
        """Write the input, if it is echoed, and what it was understood as."""
        if self._echo:
            self._console.print(f"[cyan]{PROMPT}{escape(text) or '(silence)'}[/]")
        if meaning in ("no_match", "no_input"):
            return
        words = meaning_in_words(meaning, self._number)
        if text.lower() != words:
            self._console.print(f"  [dim]understood: {words}[/]")

    def turn(self, turn: Turn) -> None:
        """Write the lines that were said, the question, and how much is left of a phase of ice or heat (C3)."""
        for line in turn.said:
            style = "bold red" if self._number in line.text else "default"
            self._console.print(f"[{style}]{escape(line.text)}[/]")
        if turn.asked and turn.asked.asked:
            text = " ".join(line.text for line in turn.asked.asked)
            self._console.print(f"[bold]{escape(text)}[/]")
            if self._hints and turn.asked.kind:
                self._console.print(f"[dim]{HINTS[turn.asked.kind]}[/]")
        if turn.phase:
            self._console.print(f"[bold]{countdown(turn.phase, turn.now_s)}[/]")

    def notice(self, text: str) -> None:
        """Write a message about the input."""
        self._console.print(f"[yellow]{escape(text)}[/]")

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Write how the conversation ended, and why, in words."""
        heading = outcome_in_words(outcome, self._number)
        body = "\n".join((f"[bold]{escape(heading)}[/]", *map(escape, self._causes(because, answers))))
        self._console.print(Panel(body, border_style="red" if outcome == "call_911" else "green"))

    def _causes(self, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
        return causes_in_words(self._prompts, because, dict(answers))


def typed_lines(*, prompt: bool) -> Iterator[str]:
    """Lines of standard input. ``prompt``: show a prompt on a terminal. Bytes that are not text are replaced."""
    while True:
        if prompt:
            # Not input(), which writes its prompt to standard error, where the sound libraries' messages are discarded.
            sys.stdout.write(PROMPT)
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line
