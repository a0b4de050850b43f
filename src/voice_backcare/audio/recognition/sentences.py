"""Whole sentences from two hearings: which of what the recogniser offers is read, and how far it is believed."""

from __future__ import annotations

from collections.abc import Callable

from voice_backcare.audio.recognition.rejection import (
    UNKNOWN,
    YES_WORDS,
    Hearing,
    Thresholds,
    denies,
    emergency_explains,
    words,
)
from voice_backcare.core.understanding.agreement import together
from voice_backcare.core.understanding.reading import EMERGENCY, MAYBE_EMERGENCY, NO, NOTHING, Reading

Read = Callable[[str], Reading]
"""What a text means at the place that is listened for."""

SENTENCE_WORDS = 3  # fewer are a bare answer, which the rejection policy weighs by its sound


def is_sentence(*hearings: Hearing) -> bool:
    """Whether any hearing has more words than a bare answer."""
    return any(len(_known(hearing.text).split()) >= SENTENCE_WORDS for hearing in hearings)


def read_sentence(bound: Hearing, free: Hearing, read: Read) -> Reading:
    """The reading of a sentence that was heard bound to phrases and freely.

    The phrases put emergencies together from ordinary words ("going to the loo": "going blue"). So one that only the
    bound hearing has counts only where it explains the sound about as well as free speech does, or where half of its
    words were heard freely too. A "no" that one hearing alone reads must have a word for no in it, and no word for
    yes may be in either.
    """
    heard_bound, heard_free = read(_known(bound.text)), read(_known(free.text))
    if heard_bound.meaning in (EMERGENCY, MAYBE_EMERGENCY) and not emergency_explains(bound, free, Thresholds()):
        heard_bound = NOTHING
    reading = together(heard_bound, heard_free)
    if reading.meaning == NO and not _no_is_sure(heard_bound, heard_free, bound, free):
        return NOTHING
    return reading


def _known(text: str) -> str:
    return " ".join(word for word in text.split() if word != UNKNOWN)


def _no_is_sure(heard_bound: Reading, heard_free: Reading, bound: Hearing, free: Hearing) -> bool:
    if (words(bound.text) | words(free.text)) & frozenset(YES_WORDS):
        return False
    if heard_bound.meaning == heard_free.meaning == NO:
        return True
    alone = bound if heard_bound.meaning == NO else free
    return any(map(denies, words(alone.text)))
