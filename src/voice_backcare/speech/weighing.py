"""Weighing an utterance: how well single words explain it, and common words that are no answer."""

from __future__ import annotations

from collections.abc import Mapping

from voice_backcare.ports import RATE_HZ
from voice_backcare.speech.rejection import Hearing
from voice_backcare.speech.vosk_hearing import VoskHearing

# What is weighed in one answer of ten, and three of them one after another would be most of its delay; None is the
# common words. The other single words are wanted so seldom that they are heard when they are.
_ALONGSIDE = ("no", "yes", None)


class Scales:
    """One hearing for each word, and one for None, the common words. Utterances over ``longest_s`` are not weighed.

    What is mostly wanted is heard while the utterance is spoken, unless the machine is too slow for that (``spare``).
    """

    def __init__(self, hearings: Mapping[str | None, VoskHearing], longest_s: float) -> None:
        self._hearings = hearings
        self._longest_bytes = 2 * round(longest_s * RATE_HZ)
        self._alongside: tuple[str | None, ...] = _ALONGSIDE
        self._running: tuple[str | None, ...] = ()
        self._weighed: dict[str | None, Hearing] = {}
        self._pcm = bytearray()

    def begin(self) -> None:
        """An utterance begins."""
        self._running = self._alongside
        for word in self._running:
            self._hearings[word].begin()
        self._weighed.clear()
        self._pcm.clear()

    def feed(self, pcm: bytes) -> None:
        """More of the utterance: mono, 16 bit, ``RATE_HZ``."""
        self._pcm += pcm
        if len(self._pcm) <= self._longest_bytes:
            for word in self._running:
                self._hearings[word].feed(pcm)

    def weigh(self, word: str | None) -> Hearing:
        """The utterance, bound to this one word."""
        if word not in self._weighed:
            hearing = self._hearings[word]
            self._weighed[word] = hearing.result() if word in self._running else hearing.hear(bytes(self._pcm))
        return self._weighed[word]

    def spare(self) -> None:
        """From the next utterance on, hear nothing that is not asked for."""
        self._alongside = ()
