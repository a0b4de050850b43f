"""Synthesised phrases through the real recogniser: a sample of what ``scripts/bench_phrases.py`` proves whole."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The script, as a module."""
    path = Path(__file__).parents[2] / "scripts" / "bench_phrases.py"
    spec = importlib.util.spec_from_file_location("bench_phrases", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_phrases"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def heard(bench: ModuleType) -> list[tuple[str, str, str, str, str]]:
    """Every 12th phrase of a question, in two voices."""
    return [row for voice in bench.VOICES for row in bench.hear_all((voice, ("question",), 12))]


def test_yes_and_no_are_never_swapped(bench: ModuleType, heard: list[tuple[str, str, str, str, str]]) -> None:
    """No phrase of "no" is heard as "yes", and none of "yes" as "no"."""
    print(bench.table(heard))
    swaps, _ = bench.summary(heard)
    assert not swaps


def test_emergency_phrases_are_recognised(bench: ModuleType, heard: list[tuple[str, str, str, str, str]]) -> None:
    """Of the emergency phrases, at least nine in ten of the sample are heard as such."""
    _, share = bench.summary(heard)
    assert share >= 0.9


def test_nothing_else_is_taken_for_an_emergency(heard: list[tuple[str, str, str, str, str]]) -> None:
    """No answer and no command sounds like an emergency."""
    assert not [row for row in heard if row[4] == "emergency" and row[3] != "emergency"]
