"""pocketsphinx as the program's recogniser: the English model of its wheel, heard through phrases and through none.

Two hearings of one utterance, as with Vosk: bound to the phrases of the context, and free, with the wheel's language
model. Their scores cannot be compared, so what counts is what both say. A bare yes or no is heard twice more, as that
word alone and as one of the common words that are no answer: it must explain the sound better than those do.
docs/running/engines.md says what that reaches.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from voice_backcare.audio.recognition.rejection import (
    NO_SOUNDS,
    NO_WORDS,
    YES_WORDS,
    Hearing,
    Matcher,
    guarded,
    known,
    minimal_pair,
    words,
)
from voice_backcare.audio.recognition.understanding import Read, is_sentence
from voice_backcare.audio.recognition.vocabulary import Vocabulary
from voice_backcare.core.grammar.matcher import UNKNOWN, Match, match_of
from voice_backcare.core.state import ANSWERS
from voice_backcare.core.understanding.agreement import CRIES, together
from voice_backcare.core.understanding.reading import NOTHING, Reading
from voice_backcare.session.ports import Recognised

_OTHER, _WORD = "other words", "word "
_START, _END = 0, 1
_STILL = 1  # of 32768: digital silence, which no microphone has, and with which the features come out wrong
_SHORTEST_SAMPLES = 1600
_SCORE = 1e4  # the logarithm of a score, in the units in which pocketsphinx counts


@dataclass(frozen=True, slots=True)
class Limits:
    """How much better than common words a bare answer must explain the sound; chosen on one eighth of the clips."""

    no: float = 100.0
    yes: float = -100.0


class SphinxError(Exception):
    """The recogniser was not used as it must be; the text says how."""


class SphinxRecogniser:
    """Implementation of ``ports.Recogniser``.

    All is decoded when the utterance is over, as a whole: features are then normalised over all of it, and nothing
    of the one before goes on into it.
    """

    def __init__(self, vocabulary: Vocabulary, *, limits: Limits | None = None) -> None:
        from pocketsphinx import Decoder, get_model_path

        self._vocabulary = vocabulary
        self._limits = limits or Limits()
        self._decoder: Any = Decoder(
            hmm=get_model_path("en-us/en-us"),
            dict=get_model_path("en-us/cmudict-en-us.dict"),
            lm=get_model_path("en-us/en-us.lm.bin"),
            cmn="batch",
            loglevel="FATAL",
        )
        self._free: str = self._decoder.current_search()
        self._searches = {self._free}
        self._add(_OTHER, vocabulary.decoys)
        for word in (*NO_WORDS, *YES_WORDS):
            self._add(_WORD + word, [word])
        self._place: str | None = None
        self._pcm = bytearray()

    def begin(self, place: str) -> None:
        """See ``ports.Recogniser``."""
        if place not in self._searches:
            self._add(place, self._vocabulary.sentences(place))
        self._place = place
        self._pcm.clear()

    def feed(self, pcm: bytes) -> None:
        """See ``ports.Recogniser``. Raises ``SphinxError`` before ``begin``."""
        if self._place is None:
            raise SphinxError("feed before begin")
        self._pcm += pcm

    def result(self) -> Recognised:
        """See ``ports.Recogniser``; decodes the whole utterance."""
        place, self._place = self._place, None
        pcm = _without_stillness(bytes(self._pcm)) if place is not None else b""
        if place is None or not pcm:
            return Recognised()
        closed, free = self._hear(place, pcm), self._hear(self._free, pcm)
        read = partial(self._vocabulary.reading, place)

        def match(text: str) -> Match | None:
            return match_of(read(text), text)

        if is_sentence(closed, free):
            return Recognised(free.text, match_of(both_read(closed.text, free.text, read), free.text))
        text = believed(closed.text, free.text, match)
        if (word := _answer(text)) and not self._better_than_others(word, pcm):
            text = UNKNOWN
        text = guarded(text, closed, free, match, confirming=self._vocabulary.confirms(place))
        return Recognised(text, match(text))

    def _better_than_others(self, word: str, pcm: bytes) -> bool:
        alone = self._hear(_WORD + word, pcm)
        if alone.text != word:
            return False
        least = self._limits.no if word in NO_WORDS else self._limits.yes
        return alone.score - self._hear(_OTHER, pcm).score >= least

    def _hear(self, search: str, pcm: bytes) -> Hearing:
        if search not in self._searches:
            return Hearing("", -math.inf)
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.start_stream()  # called unnecessary, but without it the noise of the one before is taken off this one
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None or best.score <= 0:
            return Hearing("", -math.inf)
        return Hearing(str(best.hypstr), math.log(best.score) * _SCORE)

    def _add(self, search: str, phrases: Iterable[str]) -> None:
        """A grammar of these phrases as a tree: what begins alike is searched once, which is twenty times as fast.

        It is what pocketsphinx would make of JSGF, without the text between. Where no phrase is known there is none.
        """
        known = [p for p in dict.fromkeys(phrases) if p and all(map(self._decoder.lookup_word, p.split()))]
        nodes: dict[tuple[str, ...], int] = {(): _START}
        steps: dict[tuple[int, int, str], None] = {}
        for phrase in known:
            said = tuple(phrase.split())
            for at, word in enumerate(said):
                here = nodes[said[:at]]
                there = _END if at + 1 == len(said) else nodes.setdefault(said[: at + 1], len(nodes) + 1)
                steps[here, there, word] = None
        chances = [(here, there, 1.0, word) for here, there, word in steps]
        if chances:
            self._decoder.add_fsg(search, self._decoder.create_fsg(search, _START, _END, chances))
            self._searches.add(search)


def both_read(closed: str, free: str, read: Read) -> Reading:
    """The reading of a sentence from its two hearings; an answer only where both read the same one.

    An emergency of the bound hearing counts where a third of its words were heard freely too.
    """
    bound, freely = read(known(closed)), read(known(free))
    if bound.meaning in CRIES and 3 * _alike(closed, free) < len(words(closed)):
        bound = NOTHING
    reading = together(bound, freely)
    return NOTHING if reading.meaning in ANSWERS and bound.meaning != freely.meaning else reading


def believed(closed: str, free: str, match: Matcher) -> str:
    """What both hearings say; UNKNOWN where they say something else, "" where the free one hears nothing."""
    found, freely = match(closed), match(free)
    if freely is not None and freely.meaning == "emergency":
        return free
    if not free:
        return ""
    if found is not None and found.meaning == "emergency":
        return closed if 3 * _alike(closed, free) >= len(words(closed)) else UNKNOWN
    if closed == free:
        return closed if found is not None else UNKNOWN
    if closed in NO_WORDS and free in NO_SOUNDS:
        return "no"
    if closed in YES_WORDS and free in YES_WORDS:
        return "yes"
    if minimal_pair(closed) or minimal_pair(free):
        return UNKNOWN
    if freely is not None and (" " in free or words(free) <= words(closed)):
        return free
    agreed = _alike(closed, free) >= 2 and 2 * _alike(closed, free) >= len(words(closed))
    return closed if found is not None and agreed else UNKNOWN


def _alike(closed: str, free: str) -> int:
    """How many words are in both."""
    return len(words(closed) & words(free))


def _answer(text: str) -> str:
    """The bare answer that ``text`` is, or ""."""
    return text if text in NO_WORDS or text in YES_WORDS else ""


def _without_stillness(pcm: bytes) -> bytes:
    samples = np.frombuffer(pcm, "<i2").astype(np.int32)
    loud = np.flatnonzero(np.abs(samples) > _STILL)
    if len(loud) < _SHORTEST_SAMPLES // 2 or loud[-1] - loud[0] < _SHORTEST_SAMPLES:
        return b""
    return pcm[2 * loud[0] : 2 * (loud[-1] + 1)]
