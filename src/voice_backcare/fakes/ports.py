"""Ports without a machine behind them: for tests, for the text conversation, for whoever builds on a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.core.events import Event, Failed, Finished, Heard, Line, NoMatch, Say, Show
from voice_backcare.session.ports import Post, Posted, SpeechStarted


@dataclass
class FakeClock:
    """A clock that goes only when told to."""

    at_s: float = 0.0

    def now_s(self) -> float:
        return self.at_s

    def advance(self, seconds: float) -> None:
        self.at_s += seconds


@dataclass
class FakeEars:
    """Hears what a test gives it; ``open`` is the (grammar, turn) it listens with, None while closed."""

    post: Post
    clock: FakeClock
    open: tuple[str, int] | None = None
    opened: list[str] = field(default_factory=list)

    def listen(self, grammar: str, turn: int) -> None:
        self.open = (grammar, turn)
        self.opened.append(grammar)

    def stop(self) -> None:
        self.open = None

    def hear(self, heard: Heard | NoMatch) -> None:
        """Somebody speaks into the open ears; nobody hears it where they are closed."""
        if self.open is None:
            return
        turn = self.open[1]
        self.open = None
        self.post(Posted(turn, SpeechStarted(self.clock.now_s())))
        self.post(Posted(turn, heard))


@dataclass
class FakeMouth:
    """Speaks in no time; ``failing`` lines cannot be spoken at all, ``slow`` ones wait for ``finish``."""

    post: Post
    clock: FakeClock
    failing: bool = False
    slow: bool = False
    said: list[Line] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)
    adjusted: list[str] = field(default_factory=list)
    speaking: int | None = None

    def duration_s(self, line: Line) -> float:
        return 0.4 * len(line.text.split()) if self.slow else 0.0

    def say(self, line: Line, turn: int) -> None:
        if self.failing:
            self.post(Posted(turn, Failed(self.clock.now_s())))
            return
        self.said.append(line)
        self.speaking = turn
        if not self.slow:
            self.finish()

    def finish(self) -> None:
        """The line that is being said comes to its end."""
        turn, self.speaking = self.speaking, None
        if turn is not None:
            self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        self.speaking = None

    def tone(self, name: str) -> None:
        self.tones.append(name)

    def adjust(self, what: str) -> None:
        self.adjusted.append(what)


@dataclass
class FakeScreen:
    """Remembers what it was given."""

    shown: list[Show] = field(default_factory=list)
    asked: list[Say] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ended: tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]] | None = None

    def show(self, show: Show, turn: int) -> None:
        self.shown.append(show)

    def asking(self, say: Say) -> None:
        self.asked.append(say)

    def event(self, event: Event) -> None:
        self.events.append(event)

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        self.ended = (outcome, because, answers)
