"""Ports without devices: for tests, and for whoever builds on a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.core.events import Event, Failed, Finished, Heard, Line, NoMatch, Say, Show
from voice_backcare.session.ports import NoSpeech, Post, Posted, SpeechStarted


@dataclass
class FakeClock:
    """Clock that stands still at ``at_s`` seconds until it is moved."""

    at_s: float = 0.0

    def now_s(self) -> float:
        """Seconds, as ``ports.Clock`` has them."""
        return self.at_s

    def advance(self, seconds: float) -> None:
        """Move the clock on by ``seconds``."""
        self.at_s += seconds


@dataclass
class FakeEars:
    """Ears that hear what a test gives them. ``open``: the grammar context and turn they listen for, None while closed.
    ``opened``: the grammar context of every opening.
    """

    post: Post
    clock: FakeClock
    open: tuple[str, int] | None = None
    opened: list[str] = field(default_factory=list)

    def listen(self, grammar: str, turn: int) -> None:
        """Open for one utterance."""
        self.open = (grammar, turn)
        self.opened.append(grammar)

    def stop(self) -> None:
        """Close."""
        self.open = None

    def click(self) -> None:
        """Make a sound without words."""
        if self.open is not None:
            self.post(Posted(self.open[1], SpeechStarted(self.clock.now_s())))
            self.post(Posted(self.open[1], NoSpeech(self.clock.now_s())))

    def hear(self, heard: Heard | NoMatch) -> None:
        """Speak ``heard`` into the ears; nothing happens where they are closed."""
        if self.open is None:
            return
        turn = self.open[1]
        self.open = None
        self.post(Posted(turn, SpeechStarted(self.clock.now_s())))
        self.post(Posted(turn, heard))


@dataclass
class FakeMouth:
    """Mouth that speaks in no time. ``failing``: no line can be spoken. ``slow``: a line is being said until
    ``finish``. ``said``, ``tones``, ``adjusted``: what it was asked for. ``speaking``: turn of the line that is
    being said, or None.
    """

    post: Post
    clock: FakeClock
    failing: bool = False
    slow: bool = False
    said: list[Line] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)
    adjusted: list[str] = field(default_factory=list)
    speaking: int | None = None

    def duration_s(self, line: Line) -> float:
        """0.4 s a word where it is slow, otherwise 0."""
        return 0.4 * len(line.text.split()) if self.slow else 0.0

    def say(self, line: Line, turn: int) -> None:
        """Speak ``line``, or post ``Failed``."""
        if self.failing:
            self.post(Posted(turn, Failed(self.clock.now_s())))
            return
        self.said.append(line)
        self.speaking = turn
        if not self.slow:
            self.finish()

    def finish(self) -> None:
        """Finish the line that is being said."""
        turn, self.speaking = self.speaking, None
        if turn is not None:
            self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        """Fall silent."""
        self.speaking = None

    def tone(self, name: str) -> None:
        """Remember the tone."""
        self.tones.append(name)

    def adjust(self, what: str) -> None:
        """Remember the adjustment."""
        self.adjusted.append(what)


@dataclass
class FakeScreen:
    """Screen that remembers what it was given."""

    shown: list[Show] = field(default_factory=list)
    asked: list[Say] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ended: tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]] | None = None

    def show(self, show: Show, turn: int) -> None:
        """Remember ``show``."""
        self.shown.append(show)

    def asking(self, say: Say) -> None:
        """Remember the prompt."""
        self.asked.append(say)

    def event(self, event: Event) -> None:
        """Remember the event."""
        self.events.append(event)

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Remember the end."""
        self.ended = (outcome, because, answers)
