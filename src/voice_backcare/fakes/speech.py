"""A voice, a recogniser and an echo canceller without espeak-ng, Vosk, WebRTC; they pass the real ones' contracts."""

from __future__ import annotations

import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voice_backcare.core import grammar
from voice_backcare.session.ports import RATE_HZ, Recognised, VoiceError


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

    def begin(self, place: str) -> None:
        """Start an utterance, and remember its place."""
        self.begun.append(place)
        self._fed = bytearray()

    def feed(self, pcm: bytes) -> None:
        """Add sound to the utterance."""
        if self._fed is None:
            raise RuntimeError("feed before begin")
        self._fed += pcm

    def result(self) -> Recognised:
        """End the utterance; its words mean what they mean in writing."""
        fed, self._fed = bytes(self._fed or b""), None
        text = next((text for sound, text in self.known.items() if sound in fed), "")
        return Recognised(text, grammar.load().read(self.begun[-1], text) if text else None)


@dataclass
class FakeEchoCanceller:
    """Takes out of the microphone's sound the one delayed copy of the loudspeaker's that fits best."""

    longest_s: float = 0.3
    _far: np.ndarray = field(default_factory=lambda: np.zeros(0))
    _near: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def process(self, near: bytes, far: bytes) -> bytes:
        """The frame ``near`` without the copy of ``far`` in it."""
        heard, most = np.frombuffer(near, "<i2").astype(float), round(self.longest_s * RATE_HZ)
        self._near = np.concatenate([self._near, heard])[-RATE_HZ // 2 :]
        self._far = np.concatenate([self._far, np.frombuffer(far, "<i2").astype(float)])[-RATE_HZ // 2 :]
        size = 2 * len(self._near)
        spectrum = np.conj(np.fft.rfft(self._far, size)) * np.fft.rfft(self._near, size)
        delay = int(np.abs(np.fft.irfft(spectrum, size)[:most]).argmax())
        copy = np.concatenate([np.zeros(delay), self._far])[: len(self._far)]
        power = float(copy @ copy)
        share = float(copy @ self._near) / power if power else 0.0
        left = heard - share * copy[-len(heard) :]
        return bytes(np.clip(np.rint(left), -32768, 32767).astype("<i2").tobytes())
