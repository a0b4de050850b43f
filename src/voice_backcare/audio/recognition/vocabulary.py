"""Vocabulary: what a recogniser expects to hear, and what it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from voice_backcare.core.understanding.reading import Reading


class Vocabulary(Protocol):
    """What can be said at each place (``understanding.places``); ``core.grammar.matcher.Grammar`` is one."""

    @property
    def decoys(self) -> Sequence[str]:
        """Common words that are no answer."""

    def bare(self, place: str) -> Sequence[str]:
        """What may be all that is said at ``place``, in lower case: answers, commands, cries. Words that the recogniser
        does not know may be among them.
        """

    def sentences(self, place: str) -> Sequence[str]:
        """Phrases that show which words follow which in a sentence at ``place``, ``bare`` among them."""

    def reading(self, place: str, text: str) -> Reading:
        """What ``text`` means at ``place``."""

    def confirms(self, place: str) -> bool:
        """Whether a "yes" at ``place`` takes something as settled, so that it is only believed bare (D13)."""
