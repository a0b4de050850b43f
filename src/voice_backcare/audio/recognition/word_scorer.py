"""Weighing an utterance: how well single words explain it, and common words that are no answer."""

from __future__ import annotations

from collections.abc import Mapping

from voice_backcare.audio.recognition.rejection import Hearing
from voice_backcare.audio.recognition.vosk_decoder import VoskHearing
from voice_backcare.session.ports import RATE_HZ

# What is weighed in one answer of ten, and three of them one after another would be most of its delay; None is the
# common words. The other single words are wanted so seldom that they are heard when they are.
_ALONGSIDE = ("no", "yes", None)


class Scales:
    """One hearing for each word, and one for None, the common words. Utterances over ``longest_s`` are not weighed."""

    def __init__(self, hearings: Mapping[str | None, VoskHearing], longest_s: float) -> None:
        self._hearings = hearings
        self._longest_s = longest_s
        self._running: tuple[str | None, ...] = ()
        self._weighed: dict[str | None, Hearing] = {}
        self._pcm = bytearray()

    @property
    def duration_s(self) -> float:
        """How long the utterance is by now."""
        return len(self._pcm) / 2 / RATE_HZ

    def begin(self, *, alongside: bool) -> None:
        """An utterance begins. ``alongside``: what is mostly wanted is heard while it is spoken, not when asked for."""
        self._running = _ALONGSIDE if alongside else ()
        for word in self._running:
            self._hearings[word].begin()
        self._weighed.clear()
        self._pcm.clear()

    def feed(self, pcm: bytes) -> None:
        """More of the utterance: mono, 16 bit, ``RATE_HZ``."""
        self._pcm += pcm
        if self.duration_s <= self._longest_s:
            for word in self._running:
                self._hearings[word].feed(pcm)

    def weigh(self, word: str | None) -> Hearing:
        """The utterance, bound to this one word."""
        if word not in self._weighed:
            hearing = self._hearings[word]
            self._weighed[word] = hearing.result() if word in self._running else hearing.hear(bytes(self._pcm))
        return self._weighed[word]
