"""Whole sentences from two hearings: what is believed of them."""

from __future__ import annotations

from functools import partial

import pytest
from understanding_data import reader

from voice_backcare.audio.recognition.rejection import Hearing
from voice_backcare.audio.recognition.understanding import is_sentence, read_sentence


def read(place: str, bound: str, free: str, margin: float = -40.0) -> str:
    return read_sentence(Hearing(bound, margin), Hearing(free, 0.0), partial(reader().read, place)).meaning


@pytest.mark.parametrize(
    ("place", "bound", "free", "meaning"),
    [
        ("E1", "no [unk] breathing [unk]", "no she's breathing fine", "no"),
        ("E2", "no [unk]", "no he's not confused", "no"),
        ("R1", "no [unk]", "yes he has a fever", "no_match"),  # one says no, the other yes
        ("E1", "[unk]", "her breathing is fine", "no_match"),  # one hearing alone, and no word for no in it
        ("E1", "yeah my [unk]", "the breathing is not hard", "no_match"),  # a yes word in either
        ("R1", "[unk] fever", "he has a fever", "yes"),
        ("R1", "[unk]", "i'm not sure about that", "unsure"),
        ("R3", "[unk] [unk]", "our top story tonight", "no_match"),
    ],
)
def test_a_sentence_is_read_from_both(place: str, bound: str, free: str, meaning: str) -> None:
    """A firm "no" needs a word for it, and nothing against it in either hearing."""
    assert read(place, bound, free) == meaning


def test_an_emergency_of_the_phrases_alone_must_explain_the_sound() -> None:
    """Ordinary words that the phrases turn into a cry are none; what explains the sound is asked about."""
    assert read("F5", "no probably was going blue", "oh no problems going to the loo") == "no"
    assert read("F5", "he passed out", "he passed owls", margin=-2.0) == "maybe_emergency"
    assert read("F5", "he's not breathing", "he's not breathing", margin=-2.0) == "emergency"


def test_a_spoken_denial_is_no_911() -> None:
    """D5: where one hearing has lost the "not", it is asked about, and never 911 at once."""
    assert read("R3", "she has fainted", "she hasn't fainted", margin=-3.0) == "maybe_emergency"
    assert read("R3", "she hasn't fainted", "she hasn't fainted") == "no_match"


def test_a_bare_answer_is_no_sentence() -> None:
    """What has one or two words is weighed by its sound instead."""
    assert not is_sentence(Hearing("no [unk]", 0.0), Hearing("oh no", 0.0))
    assert is_sentence(Hearing("no", 0.0), Hearing("no she isn't", 0.0))
