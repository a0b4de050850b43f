"""Vosk as the program's recogniser: one model, heard bound to what is expected at a place, and bound to nothing.

The free hearing is the second opinion that ``rejection`` and ``understanding`` want. Both run while somebody speaks,
and so does what is mostly wanted in doubt, so that the decision is there when the hangover is over.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path

from voice_backcare.audio.recognition.rejection import NO_WORDS, Thresholds
from voice_backcare.audio.recognition.understanding import Hearings, recognised
from voice_backcare.audio.recognition.vocabulary import Vocabulary
from voice_backcare.audio.recognition.vosk_decoder import Dither, RecogniserError, VoskHearing, VoskModel, load_model
from voice_backcare.audio.recognition.word_scorer import Scales
from voice_backcare.core.grammar.matcher import UNKNOWN
from voice_backcare.session.ports import Recognised

# The search graph of the free hearing is built as it is needed and only ever grows, by 17 MB in the
# first ten utterances and a third of one in each after: begin afresh now and then, which costs 0.3 s of one core.
_FREE_LASTS_UTTERANCES = 25
_PLACES_KEPT = 2  # whose hearings are ready: a place, and the one before or after it
# A bare answer is over by then; what is longer is heard for the words of sentences too, while it goes on.
_SENTENCE_FROM_S = 1.2

# Of the time that a sound lasts, what hearing it may cost of one core; a slower machine would fall behind the speaker.
_KEEPS_UP = 0.6
_WEIGHING_TOO = 2.0  # times the cost of hearing alone


class VoskRecogniser:
    """Implementation of ``ports.Recogniser`` over a model's folder, or a model that others use too (``load_model``)."""

    def __init__(self, model: Path | VoskModel, vocabulary: Vocabulary, *, limits: Thresholds | None = None) -> None:
        self._model = load_model(model) if isinstance(model, Path) else model
        self._vocabulary = vocabulary
        # Put together once for the places whose hearings are kept, not for each utterance.
        self._bare_at = lru_cache(_PLACES_KEPT)(vocabulary.bare)
        self._sentences_at = lru_cache(_PLACES_KEPT)(vocabulary.sentences)
        self._limits = limits or Thresholds()
        self._bound: OrderedDict[tuple[str, ...], VoskHearing] = OrderedDict()  # by phrases, the last used last
        self._free = VoskHearing(self._model, None)
        self._free_utterances = 0
        common = VoskHearing(self._model, [*self._sayable(vocabulary.decoys), UNKNOWN])
        scales: dict[str | None, VoskHearing] = {None: common}
        for word in (*NO_WORDS, "yes"):
            scales[word] = VoskHearing(self._model, self._sayable([word]))
        self._scales = Scales(scales, self._limits.longest_weighed_s)
        self._place: str | None = None
        self._bare: VoskHearing = common
        self._sentence: VoskHearing | None = None  # made where it is wanted
        self._unheard = bytearray()  # by it
        self._dither = Dither()
        self._keeps_up = True
        self._spent_s = 0.0

    def begin(self, place: str) -> None:
        """See ``ports.Recogniser``."""
        if self._free_utterances >= _FREE_LASTS_UTTERANCES:
            del self._free  # first: both at once would be the most memory that is ever needed
            self._free, self._free_utterances = VoskHearing(self._model, None), 0
        self._free_utterances += 1
        self._place = place
        self._bare = self._bound_to(self._bare_at(place))
        self._bare.begin()
        self._sentence = None
        self._unheard.clear()
        self._free.begin()
        self._scales.begin(alongside=self._keeps_up)
        self._dither.begin()
        self._spent_s = 0.0

    def feed(self, pcm: bytes) -> None:
        """See ``ports.Recogniser``. Raises ``RecogniserError`` before ``begin``."""
        if self._place is None:
            raise RecogniserError("feed before begin")
        if not pcm:
            return
        began_s = time.thread_time()
        pcm = self._dither.onto(pcm)
        for hearing in (self._bare, self._free, self._scales):
            hearing.feed(pcm)
        self._unheard += pcm
        if self._keeps_up and self._scales.duration_s > _SENTENCE_FROM_S:
            self._hear_sentence(self._place)
        self._spent_s += time.thread_time() - began_s

    def result(self) -> Recognised:
        """See ``ports.Recogniser``."""
        place, self._place = self._place, None
        duration_s = self._scales.duration_s
        if place is None or not duration_s:
            return Recognised()
        cost_s = self._spent_s * (1.0 if self._keeps_up else _WEIGHING_TOO)
        self._keeps_up = cost_s <= _KEEPS_UP * duration_s
        return recognised(
            Hearings(self._bare.result(), self._free.result(), lambda: self._hear_sentence(place).result()),
            partial(self._vocabulary.reading, place),
            frozenset(self._bare_at(place)),
            self._scales.weigh,
            duration_s=duration_s,
            limits=self._limits,
            confirming=self._vocabulary.confirms(place),
        )

    def _hear_sentence(self, place: str) -> VoskHearing:
        """The hearing for the words of sentences, with all of the utterance so far."""
        if self._sentence is None:
            self._sentence = self._bound_to(self._sentences_at(place))
            self._sentence.begin()
        self._sentence.feed(bytes(self._unheard))
        self._unheard.clear()
        return self._sentence

    def _bound_to(self, phrases: Sequence[str]) -> VoskHearing:
        key = tuple(phrases)
        if key not in self._bound:
            while len(self._bound) >= 2 * _PLACES_KEPT:
                self._bound.popitem(last=False)
            self._bound[key] = VoskHearing(self._model, [*self._sayable(phrases), UNKNOWN])
        self._bound.move_to_end(key)
        return self._bound[key]

    def _sayable(self, phrases: Iterable[str]) -> list[str]:
        """Vosk drops a word that the model does not know, which would leave another phrase than was meant."""
        return [p for p in dict.fromkeys(phrases) if p and all(self._known(word) for word in p.split())]

    def _known(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)
