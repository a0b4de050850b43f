"""Registry of recognisers and voices: entry points of installed distributions, of this program or of others.

An entry point of the group ``voice_backcare.recognisers`` names a ``RecogniserEngine``, one of
``voice_backcare.voices`` a ``VoiceEngine``. An engine may need an extra that is not installed; then it says how to
install it.
"""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from voice_backcare.audio.engines.builtin import PYTTSX3, VOSK
from voice_backcare.audio.engines.interface import Engine, RecogniserEngine, VoiceEngine

_LOG = logging.getLogger(__name__)

RECOGNISERS, VOICES = "voice_backcare.recognisers", "voice_backcare.voices"
DEFAULT_RECOGNISER, DEFAULT_VOICE_ENGINE = "vosk", "pyttsx3"
_KINDS = {RECOGNISERS: ("recogniser", "recogniser"), VOICES: ("voice", "voice_engine")}


class UnknownEngine(Exception):
    """Error: the settings name a recogniser or a voice that is not installed; ``str()`` says which are."""


def recogniser_engine(name: str = DEFAULT_RECOGNISER) -> RecogniserEngine:
    """Recogniser engine of this name. Raises ``UnknownEngine`` where there is none, or what it needs is not
    installed.
    """
    if name == DEFAULT_RECOGNISER:  # a search through all distributions at every start is too slow
        return VOSK
    return cast(RecogniserEngine, _engine(RECOGNISERS, name))


def voice_engine(name: str = DEFAULT_VOICE_ENGINE) -> VoiceEngine:
    """Voice engine of this name. Raises ``UnknownEngine`` as ``recogniser_engine`` does."""
    if name == DEFAULT_VOICE_ENGINE:
        return PYTTSX3
    return cast(VoiceEngine, _engine(VOICES, name))


def _engine(group: str, name: str) -> Engine:
    known = {point.name: point for point in entry_points(group=group)}
    if name in known:
        try:
            engine: Engine = known[name].load()
        except Exception as error:  # another distribution may raise anything
            broken = f"{_called(group, name)} cannot be loaded ({error})."
            raise UnknownEngine(f"{broken} {_others(group, known)}") from error
        if not (missing := engine.missing()):
            return engine
        raise UnknownEngine(f"{_called(group, name)} is not installed: {missing}. {_others(group, known)}")
    raise UnknownEngine(f"There is no {_KINDS[group][0]} {name!r}. {_others(group, known)}")


def _called(group: str, name: str) -> str:
    return f"The {_KINDS[group][0]} {name!r}"


def _others(group: str, known: dict[str, EntryPoint]) -> str:
    """Sentence that lists the engines that can be chosen, and those that could be installed."""
    setting = _KINDS[group][1]
    here = {DEFAULT_RECOGNISER if group == RECOGNISERS else DEFAULT_VOICE_ENGINE}
    wanted = []
    for name, point in known.items():
        try:
            engine: Any = point.load()
            missing = engine.missing()
        except Exception as error:  # another distribution may raise anything
            _LOG.debug("The engine %s cannot be loaded: %s", name, error)
            continue
        if missing:
            wanted.append(f"{name} ({missing})")
        else:
            here.add(name)
    more = f"; to be had: {', '.join(sorted(wanted))}" if wanted else ""
    return f"Choose with {setting} in the settings. Installed here: {', '.join(sorted(here))}{more}."
