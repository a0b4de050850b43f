"""Whole sentences from two hearings: what is believed of them."""

from __future__ import annotations

from functools import partial

import pytest
from understanding_data import reader

from voice_backcare.audio.recognition.rejection import Hearing, Thresholds
from voice_backcare.audio.recognition.understanding import Hearings, is_sentence, read_sentence, recognised


def read(place: str, bound: str, free: str, margin: float = -40.0) -> str:
    return read_sentence(Hearing(bound, margin), Hearing(free, 0.0), partial(reader().read, place)).meaning


def understood(place: str, bound: str, free: str, margin: float = 1.0, bare: str = "[unk] [unk] [unk]") -> str | None:
    """What the three hearings mean together; the one for short phrases heard ``bare``: nothing that it knows."""
    sentence = Hearing(bound, margin)
    heard = Hearings(Hearing(bare, -40.0), Hearing(free, 0.0), lambda: sentence)
    found = recognised(
        heard,
        partial(reader().read, place),
        frozenset(),
        lambda word: Hearing("", -99.0),
        duration_s=2.0,
        limits=Thresholds(),
    ).found
    return found.meaning if found else None


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


def test_a_denial_in_one_of_three_hearings_is_asked_about() -> None:
    """D5: two hearings have lost the "not", the third has it: no 911 at once, and no firm yes to the sign."""
    lost = "he knocked unconscious"
    assert understood("home_care", "he's not unconscious", lost, bare=lost) == "maybe_emergency"
    assert understood("E4", "he's knocked unconscious", lost, bare="he's not unconscious") == "unsure"
    assert understood("home_care", "he's knocked unconscious", lost, bare=lost) == "emergency"
    assert understood("home_care", "he's not breathing", "he's not breathing", bare="he's not breathing") == "emergency"


def test_a_bare_answer_is_no_sentence() -> None:
    """What has one or two words is weighed by its sound instead."""
    assert not is_sentence(Hearing("no [unk]", 0.0), Hearing("oh no", 0.0))
    assert is_sentence(Hearing("no", 0.0), Hearing("no she isn't", 0.0))


def test_a_cry_is_plain_where_the_free_hearing_reads_nothing_against_it() -> None:
    """D5: at once where the phrases explain the sound better; asked about where free speech reads a no or a denial."""
    assert understood("any", "call nine one one", "called nine one one") == "emergency"
    assert understood("R4", "no he can't move his legs", "no he can move his legs") == "maybe_emergency"
    assert understood("R3", "she has fainted", "she hasn't fainted") == "maybe_emergency"


@pytest.mark.parametrize(
    ("bound", "free", "meaning"),
    [
        ("has that", "as the oil", None),  # a noise: one hearing alone, of two words
        ("limp", "lab", None),
        ("right", "right", None),  # one word is no sentence
        ("breathing hard", "breathing hard", "yes"),
    ],
)
def test_what_is_too_little_for_a_sentence_means_nothing(bound: str, free: str, meaning: str | None) -> None:
    """What one hearing alone reads must be a sentence, or a cry of two words."""
    assert understood("E1", bound, free) == meaning


@pytest.mark.parametrize("place", reader().places)
@pytest.mark.parametrize("bound", ["yes she does", "no she doesn't", "a little", "she's not breathing", "the weather"])
@pytest.mark.parametrize("free", ["yes she does", "no she doesn't", "not really", "she's not breathing", "the weather"])
def test_a_firm_answer_has_nothing_against_it(place: str, bound: str, free: str) -> None:
    """Never a firm "no" or an emergency where a hearing reads the opposite."""
    meaning, readings = understood(place, bound, free), {reader().read(place, text).meaning for text in (bound, free)}
    if meaning == "no":
        assert not readings & {"yes", "soft_yes", "unsure", "emergency", "maybe_emergency"}
    if meaning == "emergency":
        assert not readings & {"no", "soft_no", "unsure"}
