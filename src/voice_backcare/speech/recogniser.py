"""Vosk as the program's recogniser: one model, one grammar for each context."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import vosk

from voice_backcare.ports import RATE_HZ

UNKNOWN = "[unk]"


class RecogniserError(Exception):
    """The recogniser cannot work; the text says why."""


class VoskRecogniser:
    """Implements ``ports.Recogniser``. Check the model's digests first: Vosk crashes on a truncated graph."""

    def __init__(self, model_path: Path, phrases: Callable[[str], Sequence[str]], decoys: Sequence[str]) -> None:
        vosk.SetLogLevel(-1)
        try:
            # By path only: Vosk's other ways to name a model go to the network.
            self._model = vosk.Model(model_path=str(model_path))
        except Exception as error:  # Vosk raises nothing more precise
            raise RecogniserError(f"the speech model in {model_path} cannot be loaded: {error}") from error
        self._phrases = phrases
        self._decoys = tuple(decoys)
        self._grammars: dict[str, Any] = {}
        self._current: Any = None

    def begin(self, grammar: str) -> None:
        if grammar not in self._grammars:
            self._grammars[grammar] = self._grammar([*self._phrases(grammar), *self._decoys])
        self._current = self._grammars[grammar]
        self._current.Reset()

    def feed(self, pcm: bytes) -> None:
        if self._current is None:
            raise RecogniserError("feed before begin")
        if pcm:
            self._current.AcceptWaveform(bytes(pcm))  # Vosk takes no memoryview

    def result(self) -> str:
        if self._current is None:
            return ""
        text = str(json.loads(self._current.FinalResult()).get("text", ""))
        self._current = None
        return " ".join(text.split())

    def _grammar(self, phrases: Sequence[str]) -> Any:
        sayable = [p for p in dict.fromkeys(phrases) if p and all(self._known(word) for word in p.split())]
        # An empty grammar crashes the process; "[unk]" keeps it from ever being empty.
        return vosk.KaldiRecognizer(self._model, RATE_HZ, json.dumps([*sayable, UNKNOWN], ensure_ascii=False))

    def _known(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)
