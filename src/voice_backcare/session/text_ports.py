"""Ports where speaking takes no time: for text ways in, and for assistants that have a voice of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_backcare.core.events import Event, Finished, Line, Say, Show
from voice_backcare.session.ports import Post, Posted


@dataclass
class ManualClock:
    """A clock that stands where it was last put; ``at_s`` in seconds."""

    at_s: float = 0.0

    def now_s(self) -> float:
        return self.at_s

    def advance(self, seconds: float) -> None:
        self.at_s += seconds


@dataclass
class TextPorts:
    """Ears, mouth and screen in one: what is said is kept until it is taken.

    ``voice`` is given every line as it is said. ``adjusted``: what the voice was last asked to be ("louder", ...).
    """

    clock: ManualClock
    post: Post = lambda posted: None
    voice: Callable[[Line], None] = lambda line: None
    said: list[Line] = field(default_factory=list)
    asked: Say | None = None
    adjusted: str | None = None

    def listen(self, grammar: str, turn: int) -> None:
        """The text comes by itself."""

    def stop(self) -> None:
        """There is nothing to silence."""

    def duration_s(self, line: Line) -> float:
        return 0.0

    def say(self, line: Line, turn: int) -> None:
        self.said.append(line)
        self.voice(line)
        self.post(Posted(turn, Finished(self.clock.now_s())))

    def tone(self, name: str) -> None:
        """Text has no tones."""

    def adjust(self, what: str) -> None:
        self.adjusted = what

    def show(self, show: Show, turn: int) -> None:
        """The lines come through ``say``."""

    def asking(self, say: Say) -> None:
        self.asked = say

    def event(self, event: Event) -> None:
        """Whoever brings the text shows what was heard."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        self.asked = None

    def take(self) -> list[Line]:
        """The lines said since the last call."""
        said, self.said = self.said, []
        return said

    def take_adjusted(self) -> str | None:
        """What the voice was asked to be since the last call."""
        adjusted, self.adjusted = self.adjusted, None
        return adjusted
