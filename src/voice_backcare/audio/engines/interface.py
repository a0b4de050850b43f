"""Interface of a speech engine: a kind of recogniser, or a kind of voice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from voice_backcare.audio.recognition.vocabulary import Vocabulary
from voice_backcare.session.ports import Recogniser, Voice


class Engine(Protocol):
    """Part of the interface that both kinds share. Looking at an engine imports nothing heavy."""

    @property
    def name(self) -> str:
        """Name of the engine in the settings."""

    def missing(self) -> str:
        """Command that installs what the engine needs; "" where everything is there."""


class RecogniserEngine(Engine, Protocol):
    """Factory of a ``ports.Recogniser``."""

    @property
    def repair(self) -> str:
        """What to do where it is installed but does not work, as an end of a sentence."""

    def loader(self, folder: Path | None, vocabulary: Vocabulary) -> Callable[[], Recogniser]:
        """Check the model now and return the function that loads it. Raises ``NoModel`` where it is missing or damaged.

        ``folder``: folder of the model, None for the usual one. ``vocabulary``: what is expected, and what it means.
        """


class EngineVoice(Voice, Protocol):
    """A ``ports.Voice`` that can be started, interrupted and closed; thread-safe."""

    @property
    def voice(self) -> str:
        """Name of the voice within its engine."""

    @property
    def versions(self) -> tuple[str, ...]:
        """Everything beside text and rate that decides how a file sounds, the engine first."""

    def start(self) -> None:
        """Start ahead of the first text."""

    def interrupt(self) -> None:
        """Give up the text that is being synthesised, if any."""

    def close(self) -> None:
        """End; a text that is being synthesised fails."""


class VoiceEngine(Engine, Protocol):
    """Factory of a voice."""

    @property
    def usual(self) -> str:
        """Name of the voice that speaks where the settings name none."""

    @property
    def choose(self) -> str:
        """Sentence that says where the names of its voices are found."""

    @property
    def repair(self) -> str:
        """What to do where it is installed but cannot speak, as an end of a sentence."""

    def make(self, voice: str | None = None, *, spelled: Sequence[str] = ()) -> EngineVoice:
        """The voice of this name, None for the usual one. ``spelled``: numbers that are said digit by digit. Raises
        ``NoVoice`` where a part of the system is missing.
        """
