"""Synthesised phrases through the real recogniser: a sample of what ``scripts/benchmarks/phrases.py`` proves whole."""

from __future__ import annotations

import pytest

from benchmarks import phrases


@pytest.fixture(scope="module")
def heard() -> list[tuple[str, str, str, str, str]]:
    """Every 36th phrase of a question, in two voices."""
    return [row for voice in phrases.VOICES for row in phrases.hear_all((voice, ("any",), 36))]


def test_yes_and_no_are_never_swapped(heard: list[tuple[str, str, str, str, str]]) -> None:
    """No phrase of "no" is heard as "yes", and none of "yes" as "no"."""
    print(phrases.table(heard))
    swaps, _ = phrases.summary(heard)
    assert not swaps


def test_emergency_phrases_are_recognised(heard: list[tuple[str, str, str, str, str]]) -> None:
    """Of the emergency phrases, at least nine in ten of the sample are heard as such."""
    _, share = phrases.summary(heard)
    assert share >= 0.9


def test_nothing_else_is_taken_for_an_emergency(heard: list[tuple[str, str, str, str, str]]) -> None:
    """No answer and no command sounds like an emergency."""
    assert not [row for row in heard if row[4] == "emergency" and row[3] != "emergency"]
