"""Faults put into the real reader on purpose: what must hold of sentences sees each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from voice_backcare.core.understanding import emergencies, evidence, reading, weighing
from voice_backcare.core.understanding.clauses import Splitter
from voice_backcare.core.understanding.evidence import ClauseReader
from voice_backcare.core.understanding.lexicon import Lexicon
from voice_backcare.core.understanding.reader import Reader, load

# What each sentence may be taken for, at its place.
SENTENCES: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType({
    ("E2", "he isn't confused"): frozenset({"no"}),
    ("R3", "he hasn't fainted"): frozenset({"no_match"}),
    ("R1", "no but he felt hot an hour ago"): frozenset({"unsure", "soft_yes"}),
    ("F2", "no just at night"): frozenset({"unsure", "soft_yes", "soft_no"}),
    ("F2", "no just after school"): frozenset({"unsure", "soft_yes"}),
    ("E2", "no but i don't like how he looks"): frozenset({"unsure"}),
    ("E2", "no i don't think so"): frozenset({"soft_no"}),
    ("E2", "i'm not sure"): frozenset({"unsure"}),
    ("R1", "his sister has a fever"): frozenset({"no_match", "unsure"}),
    ("R1", "he had a fever last year"): frozenset({"unsure", "soft_yes", "no_match"}),
    ("E2", "is he confused?"): frozenset({"unsure", "no_match"}),
    ("R3", "his dad fainted"): frozenset({"maybe_emergency"}),
    ("R3", "he almost fainted"): frozenset({"maybe_emergency"}),
    ("R1", "no but his legs are numb"): frozenset({"unsure"}),
    ("E3", "he wakes up for a second"): frozenset({"soft_no", "unsure"}),
    ("F2", "no purple in his arms"): frozenset({"soft_no", "unsure", "yes"}),
    ("R7", "not every night"): frozenset({"soft_yes", "unsure"}),
    ("E1", "i can't wake my husband"): frozenset({"maybe_emergency"}),
})  # fmt: skip


def _wrong() -> list[tuple[str, str]]:
    """The sentences that a reader made now takes for something else."""
    known = load()
    reader = Reader(known.lexicon, known.commands)
    return [(place, text) for (place, text), may in SENTENCES.items() if reader.read(place, text).meaning not in may]


def _negation_scope(patch: pytest.MonkeyPatch) -> None:
    made = ClauseReader.__init__

    def blind(self: Any, lexicon: Any) -> None:
        made(self, lexicon)
        self._negations = frozenset()

    patch.setattr(ClauseReader, "__init__", blind)


def _contrast(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(weighing, "_takes_back", lambda one, question, *, led_no: False)


def _hedge(patch: pytest.MonkeyPatch) -> None:
    kept = evidence._CLAUSE_KINDS - {"doubt", "hedge", "soft_no", "soft_yes", "low"}
    patch.setattr(evidence, "_CLAUSE_KINDS", kept)
    patch.setattr(Lexicon, "doubts", lambda self, tokens: False)


def _another_person(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ClauseReader, "_of_another", lambda self, tokens: False)


def _another_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(evidence, "_CLAUSE_KINDS", evidence._CLAUSE_KINDS - {"long_ago", "no_longer", "earlier"})


def _question(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Splitter, "_is_question", lambda self, tokens: False)
    patch.setattr(ClauseReader, "_soften", lambda self, said: None)


def _unplain_cry(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(emergencies, "MAYBE_EMERGENCY", reading.EMERGENCY)


def _other_sign(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(weighing, "_count_other", lambda w, evidence, question: None)
    patch.setattr(weighing, "_takes_back", lambda one, question, *, led_no: False)


def test_every_sentence_is_taken_for_what_it_may_be() -> None:
    """Without a fault none of the sentences is wrong."""
    assert _wrong() == []


@pytest.mark.parametrize(
    "lost",
    [_negation_scope, _contrast, _hedge, _another_person, _another_time, _question, _unplain_cry, _other_sign],
    ids=lambda lost: lost.__name__.strip("_"),
)
def test_the_loss_is_seen(lost: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that drops one of its rules takes a sentence for what it must not be."""
    lost(monkeypatch)
    assert _wrong() != []
