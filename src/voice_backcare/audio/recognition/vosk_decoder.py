"""Vosk itself: its model, and one hearing of an utterance with it.

Heard twice, an utterance is to have the same words and the same score: what is believed hangs on differences of
scores. Two things of Vosk's stand against that, its dithering and its own idea of where an utterance ends.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from voice_backcare.audio.recognition.rejection import Hearing
from voice_backcare.core.grammar.matcher import UNKNOWN
from voice_backcare.session.ports import RATE_HZ

# Vosk imports what it would download models with. It never downloads one here, and that import costs 5 MB.
_OF_THE_NETWORK = "requests"
_stands_in = _OF_THE_NETWORK not in sys.modules
if _stands_in:
    sys.modules[_OF_THE_NETWORK] = ModuleType(_OF_THE_NETWORK)
import vosk  # noqa: E402

if _stands_in:
    del sys.modules[_OF_THE_NETWORK]

VoskModel: TypeAlias = vosk.Model

_SETTINGS = Path("conf", "mfcc.conf")
_DITHER_S = 4.0  # then the same again


class RecogniserError(Exception):
    """The recogniser cannot work; the text says why."""


def load_model(path: Path) -> VoskModel:
    """The model, for one recogniser or several. Check its digests first: Vosk crashes on a truncated graph."""
    vosk.SetLogLevel(-1)
    try:
        with tempfile.TemporaryDirectory(prefix="voice-backcare-") as folder:
            return _load(_without_dither(path, Path(folder)))
    except OSError:  # nowhere to write a few links: with its own dithering it hears nearly as well
        return _load(path)


def _load(path: Path) -> VoskModel:
    try:
        # By path only: Vosk's other ways to name a model go to the network.
        return vosk.Model(model_path=str(path))
    except Exception as error:  # Vosk raises nothing more precise
        raise RecogniserError(f"the speech model in {path} cannot be loaded: {error}") from error


def _without_dither(model: Path, folder: Path) -> Path:
    """The same model in ``folder``, by links, but for that one setting: its own files are checked by their digests."""
    for entry in model.resolve().iterdir():
        if entry.name != _SETTINGS.parent.name:
            (folder / entry.name).symlink_to(entry)
    # Without their permissions: a model may be there to be read only.
    shutil.copytree(model / _SETTINGS.parent, folder / _SETTINGS.parent, copy_function=shutil.copyfile)
    with (folder / _SETTINGS).open("a", encoding="utf-8") as file:
        file.write("\n--dither=0\n")
    return folder


class Dither:
    """The faint noise that a model wants below every sound, digital silence included; the same in every utterance.

    Vosk's own is another one each time, and with it one score of one utterance varied by 1.4 (standard deviation),
    half of a threshold: an answer was believed or not by chance.
    """

    _LOUDNESS = 1.0  # of 32,768, as Vosk's

    def __init__(self) -> None:
        noise = np.random.default_rng(0).normal(0.0, self._LOUDNESS, round(_DITHER_S * RATE_HZ))
        self._noise = np.rint(noise).astype(np.int16)
        self._at = 0

    def begin(self) -> None:
        """An utterance begins."""
        self._at = 0

    def onto(self, pcm: bytes) -> bytes:
        """More of the utterance (mono, 16 bit), with its noise."""
        samples = np.frombuffer(pcm, "<i2").astype(np.int32)
        where = (self._at + np.arange(len(samples))) % len(self._noise)
        self._at += len(samples)
        return bytes(np.clip(samples + self._noise[where], -32768, 32767).astype("<i2"))


class VoskHearing:
    """One hearing of one utterance, all of it at once: where it ends is our endpointer's to say."""

    def __init__(self, model: Any, phrases: Sequence[str] | None) -> None:
        # An empty grammar crashes the process, and so does a change of grammar in mid-utterance: one
        # recogniser for each, whose grammar never changes.
        grammar = [] if phrases is None else [json.dumps([*phrases] or [UNKNOWN], ensure_ascii=False)]
        self._vosk = vosk.KaldiRecognizer(model, RATE_HZ, *grammar)
        self._vosk.SetMaxAlternatives(1)  # with alternatives a result has a score
        self._busy = False

    def begin(self) -> None:
        """Start a new utterance."""
        # FinalResult makes Vosk start afresh with the next sound. Reset would not: the features
        # and the speaker adaptation of the utterance before would go on into this one.
        if self._busy:
            self._vosk.FinalResult()
        self._busy = True

    def feed(self, pcm: bytes) -> None:
        """Add more of the utterance: mono, 16 bit, ``RATE_HZ``."""
        if pcm:
            # Where Vosk would end the utterance it is not asked for a result: that would leave out the last frames,
            # and a score of fewer frames cannot be compared with another one.
            self._vosk.AcceptWaveform(pcm)

    def result(self) -> Hearing:
        """End the utterance and return its words and score."""
        self._busy = False
        for best in json.loads(self._vosk.FinalResult()).get("alternatives", [])[:1]:
            return Hearing(str(best.get("text", "")), float(best.get("confidence", 0.0)))
        return Hearing("", 0.0)

    def hear(self, pcm: bytes) -> Hearing:
        """A whole utterance at once."""
        self.begin()
        self.feed(pcm)
        return self.result()
