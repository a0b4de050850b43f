"""Vosk as the program's recogniser: one model, heard through a grammar for each context and through none.

The hearing without a grammar is the second opinion that ``rejection`` wants. Both run while somebody
speaks, and so does what is mostly wanted in doubt, so that the decision is there when the hangover is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from voice_backcare.audio.recognition.rejection import (
    NO_WORDS,
    UNKNOWN,
    HasMeaning,
    Hearing,
    Thresholds,
    decide,
)
from voice_backcare.audio.recognition.vosk_decoder import Dither, RecogniserError, VoskHearing, VoskModel, load_model
from voice_backcare.audio.recognition.word_scorer import Scales

# The search graph of the free hearing is built as it is needed and only ever grows, by 17 MB in the
# first ten utterances and a third of one in each after: begin afresh now and then, which costs 0.3 s of one core.
_FREE_LASTS_UTTERANCES = 25

# Of the time that a sound lasts, what hearing it may cost of one core; a slower machine would fall behind the speaker.
_KEEPS_UP = 0.6
_WEIGHING_TOO = 2.0  # times the cost of hearing alone

_CONFIRMING = frozenset({"read_back", "confirmation"})


class VoskRecogniser:
    """Implements ``ports.Recogniser``, over a model's folder, or a model that others use too (``load_model``).

    ``match`` is ``Grammar.match``: with it an emergency phrase is also believed inside a longer sentence of which the
    grammar knows nothing else.
    """

    def __init__(
        self,
        model: Path | VoskModel,
        phrases: Callable[[str], Sequence[str]],
        decoys: Sequence[str],
        match: Callable[[str, str], HasMeaning | None] | None = None,
        *,
        limits: Thresholds | None = None,
    ) -> None:
        self._model = load_model(model) if isinstance(model, Path) else model
        self._phrases = phrases
        self._match = match
        self._limits = limits or Thresholds()
        self._contexts: dict[str, VoskHearing] = {}
        self._free = VoskHearing(self._model, None)
        self._free_utterances = 0
        common = VoskHearing(self._model, [*self._sayable(decoys), UNKNOWN])
        scales: dict[str | None, VoskHearing] = {None: common}
        for word in (*NO_WORDS, "yes"):
            scales[word] = VoskHearing(self._model, self._sayable([word]))
        self._scales = Scales(scales, self._limits.longest_weighed_s)
        self._context: str | None = None
        self._closed: VoskHearing = common
        self._dither = Dither()
        self._keeps_up = True
        self._spent_s = 0.0
        self.hearings: tuple[Hearing, Hearing] | None = None  # of the last utterance: bound to phrases, and free

    def begin(self, grammar: str) -> None:
        if grammar not in self._contexts:
            self._contexts[grammar] = VoskHearing(self._model, [*self._sayable(self._phrases(grammar)), UNKNOWN])
        if self._free_utterances >= _FREE_LASTS_UTTERANCES:
            del self._free  # first: both at once would be the most memory that is ever needed
            self._free, self._free_utterances = VoskHearing(self._model, None), 0
        self._free_utterances += 1
        self._context = grammar
        self._closed = self._contexts[grammar]
        self._closed.begin()
        self._free.begin()
        self._scales.begin(alongside=self._keeps_up)
        self._dither.begin()
        self._spent_s = 0.0

    def feed(self, pcm: bytes) -> None:
        if self._context is None:
            raise RecogniserError("feed before begin")
        if not pcm:
            return
        began_s = time.thread_time()
        pcm = self._dither.onto(pcm)
        for hearing in (self._closed, self._free, self._scales):
            hearing.feed(pcm)
        self._spent_s += time.thread_time() - began_s

    def result(self) -> str:
        context, self._context = self._context, None
        duration_s = self._scales.duration_s
        if context is None or not duration_s:
            return ""
        cost_s = self._spent_s * (1.0 if self._keeps_up else _WEIGHING_TOO)
        self._keeps_up = cost_s <= _KEEPS_UP * duration_s
        closed, free = self._closed.result(), self._free.result()
        self.hearings = (closed, free)
        return decide(
            closed,
            free,
            self._matcher(context),
            self._scales.weigh,
            duration_s=duration_s,
            limits=self._limits,
            confirming=context in _CONFIRMING,
        )

    def _matcher(self, context: str) -> Callable[[str], HasMeaning | None]:
        match = self._match
        if match is not None:
            return lambda text: match(context, text)
        phrases = frozenset(self._phrases(context))
        return lambda text: _Phrase() if text in phrases else None

    def _sayable(self, phrases: Iterable[str]) -> list[str]:
        """Vosk drops a word that the model does not know, which would leave another phrase than was meant."""
        return [p for p in dict.fromkeys(phrases) if p and all(self._known(word) for word in p.split())]

    def _known(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)


class _Phrase:
    """A phrase of the context whose meaning is not known here."""

    meaning = ""
