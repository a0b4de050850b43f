"""What the outside must offer to a session: ears, mouth, screen, clock; and below the ears and
the mouth, what a recogniser and a voice must offer. Real ones live in ``speech``, ``terminal``
and ``kiosk``; fakes that pass the same contract suite ship in ``fakes``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from voice_backcare.core.events import Event, Line, Say, Show

RATE_HZ = 16_000  # of every sound inside the program: mono, signed 16 bit, little endian


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The ears hear somebody begin; a ``Heard`` or ``NoMatch`` of the same turn always follows."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Posted:
    """What a port puts in the session's inbox; ``turn`` None belongs to no turn (devices, keys of a terminal)."""

    turn: int | None
    what: Event | SpeechStarted


Post = Callable[[Posted], None]


class Clock(Protocol):
    """Seconds since some fixed moment, never going back, counting suspend as time passed."""

    def now_s(self) -> float: ...


class Level(Protocol):
    """How loud it is at the ears; ``audio.devices.levels.Level`` tells."""

    @property
    def dbfs(self) -> float: ...

    @property
    def too_loud(self) -> bool: ...


class Ears(Protocol):
    """Hears one utterance at a time, and only between ``listen`` and its result or ``stop``."""

    def listen(self, grammar: str, turn: int) -> None:
        """Open for one utterance with this grammar context; replaces an earlier ``listen``."""

    def stop(self) -> None:
        """Close at once; nothing of the closed turn is posted afterwards."""


class Mouth(Protocol):
    """Speaks one line at a time."""

    def duration_s(self, line: Line) -> float:
        """How long the line takes to say, in seconds; 0 where speaking takes no time."""

    def say(self, line: Line, turn: int) -> None:
        """Speak; post ``Finished`` when the last sample was heard, or ``Failed``; never both."""

    def stop(self) -> None:
        """Be quiet at once; nothing of the stopped turn is posted afterwards."""

    def tone(self, name: str) -> None:
        """A short sound: "listen" (now I listen) or "fault" (look at the screen). Never blocks for longer than it."""

    def adjust(self, what: str) -> None:
        """ "slower", "faster", "louder" or "quieter", from the next line on."""


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """What of the machine's sound works; ``close`` ends it.

    ``alive_at_s`` tells when the ears last had a frame, or tried to have frames again.
    """

    ears: Ears | None
    mouth: Mouth | None
    close: Callable[[], None]
    alive_at_s: Callable[[], float] | None = None


class Screen(Protocol):
    """Shows what is said, asked and heard."""

    def show(self, show: Show, turn: int) -> None: ...

    def asking(self, say: Say) -> None:
        """The lines of ``say`` have been said and the ears are open now."""

    def event(self, event: Event) -> None:
        """What ``step`` was just given, so that a person can see what was heard."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None: ...


class Recogniser(Protocol):
    """Turns one utterance into words. Not safe for use from two threads at once."""

    def begin(self, grammar: str) -> None:
        """Start a fresh utterance with the grammar context of this name."""

    def feed(self, pcm: bytes) -> None:
        """More of the utterance: mono, 16 bit, ``RATE_HZ``."""

    def result(self) -> str:
        """The words heard, lower case, "" for nothing understood; ends the utterance."""


class Voice(Protocol):
    """Turns a line's shown text into a sound file."""

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        """Write a complete WAV file at ``path``; ``VoiceError`` where that failed, and no file then."""


class VoiceError(Exception):
    """A line could not be synthesised."""
