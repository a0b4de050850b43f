"""What is believed of two hearings that may disagree."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from voice_backcare.audio.recognition.rejection import Hearing, Thresholds, decide
from voice_backcare.core.grammar.matcher import UNKNOWN

MEANINGS = {
    "yes": "yes",
    "yup": "yes",
    "she did": "yes",
    "yes she does": "yes",
    "no": "no",
    "nope": "no",
    "she didn't": "no",
    "i don't know": "unsure",
    "stop": "stop",
}


@dataclass
class Found:
    meaning: str


def match(text: str) -> Found | None:
    if "not breathing" in text:
        return Found("emergency")
    return Found(MEANINGS[text]) if text in MEANINGS else None


def believe(
    closed: tuple[str, float],
    free: tuple[str, float],
    weighed: dict[str | None, tuple[str, float]] | None = None,
    duration_s: float = 1.0,
    *,
    confirming: bool = False,
) -> str:
    """``weighed`` None: it must not be weighed."""

    def weigh(word: str | None) -> Hearing:
        assert weighed is not None, "weighed without need"
        return Hearing(*weighed[word])

    return decide(
        Hearing(*closed),
        Hearing(*free),
        match,
        weigh,
        duration_s=duration_s,
        limits=Thresholds(),
        confirming=confirming,
    )


CLEAR_NO: dict[str | None, tuple[str, float]] = {
    "no": ("no", 106),
    "nope": ("", 90),
    "yes": ("", 80),
    None: ("dough", 95),
}
LIKE_GO: dict[str | None, tuple[str, float]] = {
    "no": ("no", 99),
    "nope": ("", 90),
    "yes": ("", 80),
    None: ("go", 103),
}


@pytest.mark.parametrize("phrase", ["yes", "no", "yes she does", "i don't know", "stop"])
def test_what_both_hear_is_believed_at_once(phrase: str) -> None:
    """Where both hearings agree on a phrase, nothing is weighed and no time is spent."""
    assert believe((phrase, 80), (phrase, 100)) == phrase


@pytest.mark.parametrize(("phrase", "opposite"), [("she did", "no"), ("she didn't", "yes")])
def test_a_short_answer_is_weighed_against_the_opposite_word(phrase: str, opposite: str) -> None:
    """No swap: a "no" with another voice over it may be written "they are" by both hearings."""
    assert believe((phrase, 80), (phrase, 80), {opposite: (opposite, 68)}) == phrase
    assert believe((phrase, 80), (phrase, 80), {opposite: (opposite, 77)}) == UNKNOWN
    assert believe((phrase, 80), (phrase, 80), {opposite: ("", 77)}) == phrase
    assert believe((phrase, 80), (phrase, 80), None, duration_s=4.0) == phrase


def test_nothing_heard_by_both_is_nothing() -> None:
    """Silence is told apart from a word that is not believed."""
    assert believe(("", 60), ("", 58)) == ""


def test_a_no_that_the_free_hearing_writes_otherwise_is_weighed() -> None:
    """Where "now" was written for "no", but the sound is far nearer to "no" than to any other word, it is no."""
    assert believe(("no", 100), ("now", 102), CLEAR_NO) == "no"
    assert believe(("not", 100), ("no", 102), CLEAR_NO) == "no"


@pytest.mark.parametrize("free", ["go", "now", "though", "well"])
def test_a_no_that_is_as_near_to_a_common_word_is_not_believed(free: str) -> None:
    """A reprompt is better than a "no" that was never said."""
    assert believe(("no", 98), (free, 101), LIKE_GO) == UNKNOWN


def test_a_no_that_sounds_more_like_yes_is_not_believed() -> None:
    """No swap: the yes must explain the sound worse."""
    assert believe(("no", 100), ("now", 102), {**CLEAR_NO, "yes": ("yes", 107)}) == UNKNOWN


def test_a_long_utterance_is_never_a_bare_no() -> None:
    """A "no" found in seconds of a television is not weighed but refused."""
    assert believe(("no", 100), ("now", 102), None, duration_s=4.0) == UNKNOWN


def test_a_yes_outside_the_grammar_s_hearing_is_found() -> None:
    """A slurred "yes" that neither hearing wrote down is believed where the sound is that of "yes"."""
    assert believe(("is", 90), ("this", 92), {"yes": ("yes", 91), "no": ("no", 70), None: ("is", 90)}) == "yes"
    assert believe(("is", 90), ("this", 92), {"yes": ("yes", 80), "no": ("no", 70), None: ("is", 90)}) == UNKNOWN


def test_a_slurred_no_that_the_grammar_takes_for_nothing_is_found() -> None:
    """Where the grammar hears nothing and free speech something odd, the sound decides; a noise is none."""
    assert believe(("", 100), ("the", 102), CLEAR_NO) == "no"
    assert believe(("", 98), ("the", 101), LIKE_GO) == UNKNOWN
    assert believe(("", 100), ("the", 102), {**CLEAR_NO, None: ("", 90)}) == UNKNOWN
    assert believe(("out", 100), ("the", 102), CLEAR_NO) == UNKNOWN


def test_a_whole_phrase_is_believed_of_the_free_hearing_alone() -> None:
    """Several words that nothing bound to the grammar are what was said; a single one or half of a pair may not be."""
    assert believe(("[unk] don't know", 98), ("i don't know", 100)) == "i don't know"
    assert believe(("to stop", 98), ("stop", 100)) == "stop"
    no_bare_yes: dict[str | None, tuple[str, float]] = {"yes": ("yes", 85), "no": ("no", 80)}
    assert believe(("top", 98), ("stop", 100), no_bare_yes) == UNKNOWN
    assert believe(("she is", 98), ("she did", 100), no_bare_yes) == UNKNOWN


def test_a_minimal_pair_wants_both_hearings() -> None:
    """ "She did" and "she didn't" differ by one weak sound: where the hearings differ, neither is believed."""
    no_bare_yes: dict[str | None, tuple[str, float]] = {"yes": ("yes", 85), "no": ("no", 80)}
    assert believe(("she did", 100), ("she did it", 100), no_bare_yes) == UNKNOWN
    assert believe(("she didn't", 100), ("she added", 100), no_bare_yes) == UNKNOWN


def test_a_phrase_that_explains_the_sound_badly_is_not_believed() -> None:
    """The grammar must take something; far worse than free speech means that it was something else."""
    assert believe(("i don't know", 85), ("i told her to sit down", 100)) == UNKNOWN
    assert believe(("i don't know", 98), ("i dunno", 100)) == "i don't know"
    assert believe(("stop", 95), ("shop", 100)) == UNKNOWN


def test_an_emergency_counts_inside_what_the_grammar_does_not_know() -> None:
    """The free hearing alone is enough for an emergency phrase inside a long sentence."""
    assert "not breathing" in believe(("yes she does", 40), ("please hurry she is not breathing any more", 90))


def test_an_emergency_of_the_grammar_wants_to_fit_the_sound() -> None:
    """An emergency phrase is believed where it explains the sound well, or half of its words were heard freely."""
    assert believe(("not breathing", 97), ("not breeding", 100)) == "not breathing"
    assert believe(("she is not breathing", 60), ("see is not bleeding", 100)) == "she is not breathing"
    assert believe(("not breathing", 80), ("turn the light off", 100)) == UNKNOWN


@pytest.mark.parametrize(
    ("closed", "free"),
    [
        (("no she did", 100.0), ("she did", 99.0)),
        (("she did", 100.0), ("no she did", 99.0)),
        (("she did", 100.0), ("she didn't", 99.0)),
        (("yes she does", 100.0), ("no she does", 99.0)),
        (("she didn't", 100.0), ("yes she didn't", 99.0)),
    ],
)
def test_an_answer_with_a_word_of_the_opposite_one_in_it_is_not_believed(
    closed: tuple[str, float], free: tuple[str, float]
) -> None:
    """What one hearing denies and the other affirms is neither yes nor no."""
    assert believe(closed, free, CLEAR_NO) == UNKNOWN


@pytest.mark.parametrize("closed", ["yes", "yes it's"])
@pytest.mark.parametrize("free", ["yes", "yes it is", "the as it"])
def test_where_something_is_confirmed_only_a_bare_yes_is_a_yes(closed: str, free: str) -> None:
    """D13: where either hearing has more words to it, it is none."""
    weighed: dict[str | None, tuple[str, float]] = {"yes": ("yes", 100), "no": ("", 80), None: ("yet", 90)}
    believed = believe((closed, 100), (free, 99), weighed, confirming=True)
    assert believed == ("yes" if closed == free == "yes" else UNKNOWN) or MEANINGS.get(believed) != "yes"
    assert believe(("yes", 100), ("yet", 99), weighed, confirming=True) == "yes"
