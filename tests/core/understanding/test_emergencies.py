"""Emergencies: every phrase, every negator, every doubt (D5)."""

from __future__ import annotations

import pytest
from understanding_data import EMERGENCY_SIGNS, SIGNS, reader, sign_words


def _cries() -> list[tuple[str, str]]:
    """One phrase of each that are compared as the same words."""
    lexicon = reader().lexicon
    kinds = ("cry", "alone_cry", "event", "call")
    found = {
        (sign, kind, tuple(word for word, _ in lexicon.reduced(lexicon.split(words)))): (sign, words)
        for sign in EMERGENCY_SIGNS
        for kind in kinds
        for words in sign_words(sign, kind)
    }
    return list(found.values())


CRIES = _cries()
NEGATED = (
    "not",
    "n't",
    "cannot",
    "no ",
    "barely",
    "hardly",
    "unable",
    "scarcely",
    "stop",
    "quit",
    "nothing",
    "lifeless",
)
# What a denial can be put before: the phrase denies nothing itself.
DENIABLE = [(sign, words) for sign, words in CRIES if not any(negation in f"{words} " for negation in NEGATED)]
DENIALS = (
    "he is not {}",
    "he's not {}",
    "she isn't {}",
    "he has not {}",
    "she hasn't {}",
    "he never {}",
    "he didn't {}",
    "without {}",
    "no he hasn't {}",
    "we don't need {}",
    "no need to {}",
    "don't {}",
    "nobody {}",
    "he is neither {}",
    "she has never {}",
    "he wasn't {}",
    "i'm not {}",
    "he hasn't been {}",
    "he does not {}",
)


@pytest.mark.parametrize("place", ["E2", "R1", "read_back_emergency", "coach_on", "home_care"])
def test_a_cry_counts_everywhere(place: str) -> None:
    """Each emergency phrase, anywhere inside an utterance, in every state, is at least asked about."""
    for _sign, words in CRIES:
        for said in (words, f"oh god {words}", f"no he {words}", f"please hurry he is {words}", f"she {words}, help"):
            assert reader().read(place, said).meaning in ("emergency", "maybe_emergency"), said


def test_a_plain_cry_is_one_at_once() -> None:
    """Said alone, each emergency phrase is an emergency, and a yes to its sign."""
    for sign, words in CRIES:
        read = reader().read("R1", words)
        assert (read.meaning, read.sign) == ("emergency", sign) or read.sign in ("E1", "E3", "E4", "emergency"), words


@pytest.mark.parametrize("denial", DENIALS)
def test_a_denied_cry_is_none(denial: str) -> None:
    """No emergency phrase with a negator before it leads to 911 at once."""
    for _sign, words in DENIABLE:
        for place in ("E1", "R1"):
            assert reader().read(place, denial.format(words)).meaning != "emergency", denial.format(words)


@pytest.mark.parametrize(
    "doubted",
    [
        "is he {}?",
        "is he {}",
        "he almost {}",
        "his grandma {}",
        "my husband {} on the couch",
        "what if he {}",
        "if he {}",
        "his brother {} last year",
        "he {} years ago",
        "maybe he {}",
        "should i say he {}",
    ],
)
def test_an_unplain_cry_is_asked_about(doubted: str) -> None:
    """A question, another person or time, a hedge: never 911 at once."""
    for sign, words in DENIABLE:
        if sign == "E4":
            assert reader().read("R1", doubted.format(words)).meaning == "maybe_emergency", doubted.format(words)


@pytest.mark.parametrize("said", ["i need help", "help me", "please help me", "help us"])
def test_a_call_for_help_asks(said: str) -> None:
    """Whether help is needed at once is asked; "help" alone is the command."""
    assert reader().read("R1", said).meaning == "maybe_emergency"
    assert reader().read("R1", "help").meaning == "help"


@pytest.mark.parametrize(
    "said",
    [
        "i'm dying to get some sleep",
        "is this an emergency",
        "i already called 911",
        "don't call 911",
        "he faints easily",
        "my husband passed out on the couch",
        "no need to call an ambulance",
        "i almost passed out when i saw him",
        "my phone is dead",
        "he's not having any trouble breathing",
        "she hasn't fainted",
        "we don't need an ambulance",
        "he loves his blue pajamas",
        "it came out of the blue",
        "the foot is dead",
    ],
)
@pytest.mark.parametrize("place", [*SIGNS, "coach_on", "home_care"])
def test_ordinary_words_are_no_emergency(place: str, said: str) -> None:
    """What only sounds like one leads to 911 nowhere."""
    assert reader().read(place, said).meaning != "emergency"


def test_it_fits_the_question_that_is_asked() -> None:
    """ "He doesn't wake up" at night (R7) is asked about, and a "no" with it is an answer."""
    assert reader().read("R7", "he doesn't wake up").meaning == "maybe_emergency"
    assert reader().read("R7", "no he doesn't wake up").meaning == "no"
    assert reader().read("R6", "he doesn't wake up").meaning == "emergency"
    assert reader().read("E4", "he fainted").meaning == "yes"
    assert reader().read("E1", "yes he can't breathe").meaning == "yes"
