"""Ports on which speaking takes no time: for conversations in text, and for assistants that have a voice of
their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_backcare.core.events import Event, Finished, Line, Say, Show
from voice_backcare.session.ports import Post, Posted


@dataclass
class ManualClock:
    """A clock that stands still at ``at_s`` seconds until it is moved."""

    at_s: float = 0.0

    def now_s(self) -> float:
        """Seconds, as ``ports.Clock`` has them."""
        return self.at_s

    def advance(self, seconds: float) -> None:
        """Move the clock on by ``seconds``."""
        self.at_s += seconds


@dataclass
class TextPorts:
    """Ears, mouth and screen in one object: it keeps the lines that are said until somebody takes them.

    ``voice``: called with every line as it is said. ``asked``: the question that waits for an answer. ``adjusted``: how
    the voice was last asked to change ("louder", ...); None if not since ``take_adjusted``.
    """

    clock: ManualClock
    post: Post = lambda posted: None
    voice: Callable[[Line], None] = lambda line: None
    said: list[Line] = field(default_factory=list)
    asked: Say | None = None
    adjusted: str | None = None

    def listen(self, grammar: str, turn: int) -> None:
        """Do nothing: text comes without being listened for."""

    def stop(self) -> None:
        """Do nothing: no sound is being made."""

    def duration_s(self, line: Line) -> float:
        """0 seconds: text takes no time to say."""
        return 0.0

    def say(self, line: Line, turn: int) -> None:
        """Keep ``line`` and post ``Finished`` at once."""
        self.said.append(line)
        self.voice(line)
        self.post(Posted(turn, Finished(self.clock.now_s())))

    def tone(self, name: str) -> None:
        """Do nothing: text has no tones."""

    def adjust(self, what: str) -> None:
        """Keep ``what`` for ``take_adjusted``."""
        self.adjusted = what

    def show(self, show: Show, turn: int) -> None:
        """Do nothing: the same lines come through ``say``."""

    def asking(self, say: Say) -> None:
        """Keep ``say`` as the question that waits for an answer."""
        self.asked = say

    def event(self, event: Event) -> None:
        """Do nothing: whoever brings the text displays what was understood."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Forget the question: none waits for an answer any more."""
        self.asked = None

    def take(self) -> list[Line]:
        """Return and forget the lines said since the last call."""
        said, self.said = self.said, []
        return said

    def take_adjusted(self) -> str | None:
        """Return and forget how the voice was asked to change since the last call."""
        adjusted, self.adjusted = self.adjusted, None
        return adjusted
