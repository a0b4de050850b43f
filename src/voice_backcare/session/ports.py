"""Ports: what a session needs from outside (ears, mouth, screen, clock), and what ears and mouth need in turn (a
recogniser, a voice).

The real ones are in ``audio``, ``terminal`` and ``kiosk``. The fakes in ``fakes`` pass the same contract tests
(tests/contract).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from voice_backcare.core.events import Event, Line, Say, Show
from voice_backcare.core.grammar.matcher import Match

RATE_HZ = 16_000  # of every sound inside the program: mono, signed 16 bit, little endian


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Notice that the ears hear somebody begin to speak, at ``at_s``. A ``Heard``, ``NoMatch`` or ``NoSpeech`` of the
    same turn always follows.
    """

    at_s: float


@dataclass(frozen=True, slots=True)
class NoSpeech:
    """Notice that what began was no speech: a click, a breath. The ears are still open, for the same turn."""

    at_s: float


Notice: TypeAlias = Event | SpeechStarted | NoSpeech


@dataclass(frozen=True, slots=True)
class Posted:
    """An event on its way to the session, with the number of the turn it belongs to; None where it belongs to no turn
    (a lost device, a key of a terminal).
    """

    turn: int | None
    what: Notice


Post = Callable[[Posted], None]


class Clock(Protocol):
    """A clock in seconds since some fixed moment. It never goes back, and time spent in suspend counts (C6)."""

    def now_s(self) -> float:
        """Seconds since the clock's fixed moment."""


class Level(Protocol):
    """Loudness at the microphone, as a screen shows it; ``audio.devices.levels.MeasuredLevel`` is one."""

    @property
    def dbfs(self) -> float:
        """Power of the sound in dB relative to full scale; never above 0."""

    @property
    def too_loud(self) -> bool:
        """Whether the sound is distorted because it is too loud for the microphone."""


class Ears(Protocol):
    """Speech input: recognises one utterance at a time, and only between ``listen`` and its result or ``stop``."""

    def listen(self, place: str, turn: int) -> None:
        """Open for one utterance, which is read for ``place`` (``understanding.places``); what is heard is posted with
        ``turn``. Replaces an earlier ``listen``.
        """

    def stop(self) -> None:
        """Close at once. Nothing of the closed turn is posted afterwards."""


class Mouth(Protocol):
    """Speech output: speaks one line at a time."""

    def duration_s(self, line: Line) -> float:
        """How long ``line`` takes to say, in seconds; 0 where speaking takes no time."""

    def say(self, line: Line, turn: int) -> None:
        """Speak ``line``. Posts ``Finished`` with ``turn`` after its last sample was heard, or ``Failed``;
        never both.
        """

    def stop(self) -> None:
        """Fall silent at once. Nothing of the stopped turn is posted afterwards."""

    def tone(self, name: str) -> None:
        """Play a short tone: "listen" (the ears are open now) or "fault" (look at the screen). Blocks no longer than it
        sounds.
        """

    def adjust(self, what: str) -> None:
        """Change the voice from the next line on: "slower", "faster", "louder" or "quieter"; "raised" is a step louder
        until "usual".
        """


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """The ears and the mouth that work on this machine; None for one that does not.

    ``close`` closes them. ``alive_at_s`` returns the time on the session's clock at which the ears last got a frame or
    tried to get frames again; None where there is nothing to watch.
    """

    ears: Ears | None
    mouth: Mouth | None
    close: Callable[[], None]
    alive_at_s: Callable[[], float] | None = None


class Screen(Protocol):
    """Output to read: what is said, asked and understood."""

    def show(self, show: Show, turn: int) -> None:
        """Display what ``show`` contains; ``turn`` is the turn that an answer given on this screen belongs to."""

    def asking(self, say: Say) -> None:
        """Display that the prompt ``say`` has been said to its end and the ears are open."""

    def event(self, event: Event) -> None:
        """Display what was understood; called with every event that ``step`` was given."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Display the end of the conversation: its outcome, the ids that caused it, and pairs of question id and
        answer.
        """


@dataclass(frozen=True, slots=True)
class Recognised:
    """One utterance as it was recognised. ``text``: its words in lower case; "" where nothing was said. ``found``: what
    they mean at the place that was listened for; None where they mean nothing there.
    """

    text: str = ""
    found: Match | None = None


class Recogniser(Protocol):
    """Speech recognition of one utterance after the other. Not to be used from two threads at once."""

    def begin(self, place: str) -> None:
        """Start a new utterance, which is read for ``place``."""

    def feed(self, pcm: bytes) -> None:
        """Add more of the utterance: mono, signed 16 bit, ``RATE_HZ``."""

    def result(self) -> Recognised:
        """End the utterance and return what was recognised."""


class Voice(Protocol):
    """Speech synthesis: turns the text of a line into a sound file."""

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        """Write a complete WAV file to ``path``, spoken at ``rate_wpm`` words a minute. Raises ``VoiceError`` and
        leaves no file where that failed.
        """


class VoiceError(Exception):
    """Error: a line could not be synthesised; ``str()`` says why."""
