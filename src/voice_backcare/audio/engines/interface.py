"""What a speech engine must offer: a recogniser of its kind, or a voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from voice_backcare.audio.recognition.rejection import Match as AnyMatch
from voice_backcare.session.ports import Recogniser, Voice

Phrases = Callable[[str], Sequence[str]]
Match = Callable[[str, str], AnyMatch | None]


class Engine(Protocol):
    """What both kinds tell of themselves; looking at an engine imports nothing heavy."""

    @property
    def name(self) -> str: ...

    def missing(self) -> str:
        """How to install what it wants; "" where everything is here."""


class RecogniserEngine(Engine, Protocol):
    """Makes a ``ports.Recogniser``."""

    @property
    def repair(self) -> str:
        """What to do where it is here but does not work."""

    def loader(
        self, folder: Path | None, phrases: Phrases, decoys: Sequence[str], match: Match | None
    ) -> Callable[[], Recogniser]:
        """Check the model now, load it when the result is called; ``NoModel`` where it is missing or damaged.

        ``folder``: another one than the usual, for an engine whose model has one.
        """


class EngineVoice(Voice, Protocol):
    """A ``ports.Voice`` that may be started, interrupted and ended; safe for use from several threads."""

    @property
    def voice(self) -> str: ...

    @property
    def versions(self) -> tuple[str, ...]:
        """All that decides, beside text and rate, how a file sounds: the engine first."""

    def start(self) -> None: ...

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


class VoiceEngine(Engine, Protocol):
    """Makes a voice; ``choose`` tells where the names of its voices are."""

    @property
    def usual(self) -> str:
        """The voice that speaks where none is named."""

    @property
    def choose(self) -> str: ...

    @property
    def repair(self) -> str:
        """What to do where it is here but cannot speak."""

    def make(self, voice: str | None = None, *, spelled: Sequence[str] = ()) -> EngineVoice:
        """``spelled``: numbers that are said digit by digit. ``NoVoice`` where a part of the system is missing."""
