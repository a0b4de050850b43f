"""A voice and a recogniser without espeak-ng and Vosk; they pass the contract tests of the real ones."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from voice_backcare.session.ports import RATE_HZ, VoiceError


@dataclass
class FakeVoice:
    """Voice that writes silence as long as the text would take. ``failing``: texts that cannot be spoken. ``said``:
    texts spoken.
    """

    failing: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    versions: tuple[str, ...] = ("fake",)

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        """Write silence to ``path``; raises ``VoiceError`` for a failing text."""
        self.said.append(text)
        if text in self.failing or not text.strip():
            raise VoiceError(f"{text!r} cannot be spoken")
        count = round(RATE_HZ * max(1, len(text.split())) * 60 / rate_wpm)
        try:
            with path.open("wb") as target, wave.open(target, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes(bytes(2 * count))
        except OSError as error:
            raise VoiceError(f"the voice's file cannot be kept: {error}") from error


@dataclass
class FakeRecogniser:
    """Recogniser that understands the sounds that ``known`` maps to words, whatever pre-roll and silence are around
    them.
    """

    known: Mapping[bytes, str] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    _fed: bytearray | None = None

    def begin(self, grammar: str) -> None:
        """Start an utterance, and remember the grammar context."""
        self.begun.append(grammar)
        self._fed = bytearray()

    def feed(self, pcm: bytes) -> None:
        """Add sound to the utterance."""
        if self._fed is None:
            raise RuntimeError("feed before begin")
        self._fed += pcm

    def result(self) -> str:
        """End the utterance and return its words."""
        fed, self._fed = bytes(self._fed or b""), None
        return next((text for sound, text in self.known.items() if sound in fed), "")
