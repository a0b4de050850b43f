"""Two hearings of one utterance: what they mean together, for every pair of meanings (D5)."""

from __future__ import annotations

import itertools

import pytest

from voice_backcare.core.understanding.agreement import together
from voice_backcare.core.understanding.reading import Reading

MEANINGS = ("yes", "no", "soft_yes", "soft_no", "unsure", "no_match", "emergency", "maybe_emergency", "stop", "repeat")
PAIRS = list(itertools.product(MEANINGS, repeat=2))
CRIES = {"emergency", "maybe_emergency"}


def meaning(bound: str, free: str) -> str:
    return together(Reading(bound, bound), Reading(free, free)).meaning


@pytest.mark.parametrize(("bound", "free"), PAIRS)
def test_a_firm_no_has_nothing_against_it(bound: str, free: str) -> None:
    """A "no" comes of two, or of one where the other hearing means nothing."""
    assert (meaning(bound, free) == "no") == ({bound, free} in ({"no"}, {"no", "no_match"}))


@pytest.mark.parametrize(("bound", "free"), PAIRS)
def test_911_at_once_needs_both(bound: str, free: str) -> None:
    """An emergency that one hearing has is asked about; none is ever lost."""
    found = meaning(bound, free)
    assert (found == "emergency") == (bound == free == "emergency")
    assert (found in CRIES) == bool({bound, free} & CRIES)


@pytest.mark.parametrize(("bound", "free"), PAIRS)
def test_neither_hearing_is_more_than_the_other(bound: str, free: str) -> None:
    """What they mean together does not hang on which of them says what."""
    assert meaning(bound, free) == meaning(free, bound)


@pytest.mark.parametrize(("bound", "free"), PAIRS)
def test_opposites_are_asked_again(bound: str, free: str) -> None:
    """Yes against no, and two commands that differ, are no answer."""
    sides = ({"yes", "soft_yes"}, {"no", "soft_no"})
    torn = any({bound, free} & one and {bound, free} & other for one, other in itertools.permutations(sides, 2))
    if torn or {bound, free} == {"stop", "repeat"}:
        assert meaning(bound, free) == "no_match"


def test_a_sign_counts_where_both_have_it() -> None:
    """D14: nothing is noted that only one hearing has."""
    both = together(Reading("no", signs=frozenset({"R1", "R2"})), Reading("no", signs=frozenset({"R2", "R3"})))
    assert both.signs == {"R2"}
