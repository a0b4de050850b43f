"""Recognisers and voices by name: entry points of what is installed, be it ours or somebody else's.

One of the group ``voice_backcare.recognisers`` names a ``RecogniserEngine``, one of ``voice_backcare.voices`` a
``VoiceEngine``. What it wants may be an extra that is not installed: then it says how to install it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol, cast

from voice_backcare.audio.recognition.rejection import Match as AnyMatch
from voice_backcare.session.ports import Recogniser, Voice

RECOGNISERS, VOICES = "voice_backcare.recognisers", "voice_backcare.voices"
DEFAULT_RECOGNISER, DEFAULT_VOICE_ENGINE = "vosk", "pyttsx3"
_KINDS = {RECOGNISERS: ("recogniser", "recogniser"), VOICES: ("voice", "voice_engine")}

Phrases = Callable[[str], Sequence[str]]
Match = Callable[[str, str], AnyMatch | None]


class UnknownEngine(Exception):
    """The settings name a recogniser or a voice that is not here; ``str()`` says which are."""

    exit_code = 8  # as every setting that will not do


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


def recogniser_engine(name: str = DEFAULT_RECOGNISER) -> RecogniserEngine:
    """``UnknownEngine`` where there is none of this name, or what it wants is not installed."""
    if name == DEFAULT_RECOGNISER:  # at every start: the search through all distributions is spared
        from voice_backcare.audio.engines.builtin import VOSK

        return VOSK
    return cast(RecogniserEngine, _engine(RECOGNISERS, name))


def voice_engine(name: str = DEFAULT_VOICE_ENGINE) -> VoiceEngine:
    """As ``recogniser_engine``."""
    if name == DEFAULT_VOICE_ENGINE:
        from voice_backcare.audio.engines.builtin import PYTTSX3

        return PYTTSX3
    return cast(VoiceEngine, _engine(VOICES, name))


def _engine(group: str, name: str) -> Engine:
    known = {point.name: point for point in entry_points(group=group)}
    if name in known:
        try:
            engine: Engine = known[name].load()
        except Exception as error:  # of somebody else's distribution: anything
            broken = f"{_called(group, name)} cannot be loaded ({error})."
            raise UnknownEngine(f"{broken} {_others(group, known)}") from error
        if not (missing := engine.missing()):
            return engine
        raise UnknownEngine(f"{_called(group, name)} is not installed: {missing}. {_others(group, known)}")
    raise UnknownEngine(f"There is no {_KINDS[group][0]} {name!r}. {_others(group, known)}")


def _called(group: str, name: str) -> str:
    return f"The {_KINDS[group][0]} {name!r}"


def _others(group: str, known: dict[str, EntryPoint]) -> str:
    """The engines that can be chosen, and those that could be."""
    setting = _KINDS[group][1]
    here = {DEFAULT_RECOGNISER if group == RECOGNISERS else DEFAULT_VOICE_ENGINE}
    wanted = []
    for name, point in known.items():
        with contextlib.suppress(Exception):
            engine: Any = point.load()
            if missing := engine.missing():
                wanted.append(f"{name} ({missing})")
            else:
                here.add(name)
    more = f"; to be had: {', '.join(sorted(wanted))}" if wanted else ""
    return f"Choose with {setting} in the settings. Installed here: {', '.join(sorted(here))}{more}."
