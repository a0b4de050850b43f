"""What is believed of pocketsphinx's two hearings: what they do not both say is nothing, and never a "no"."""

from __future__ import annotations

from functools import partial

import installed
import numpy
import pytest

from voice_backcare.audio.recognition.pocketsphinx_recogniser import SphinxRecogniser, believed, both_read
from voice_backcare.audio.recognition.rejection import Hearing, guarded
from voice_backcare.audio.recognition.understanding import is_sentence
from voice_backcare.core import grammar
from voice_backcare.core.grammar.matcher import UNKNOWN
from voice_backcare.core.understanding.reading import NO_MATCH
from voice_backcare.session.ports import RATE_HZ, Recognised, Recogniser

_WORDS = grammar.load()


def _meaning(closed: str, free: str, place: str = "any") -> str:
    """What the two hearings mean together; the text that is believed where they mean nothing."""
    hearings = Hearing(closed, 0.0), Hearing(free, 0.0)
    if is_sentence(*hearings):
        reading = both_read(closed, free, partial(_WORDS.reading, place))
        return UNKNOWN if reading.meaning == NO_MATCH else reading.meaning
    match = partial(_WORDS.read, place)
    text = guarded(believed(closed, free, match), *hearings, match, confirming=_WORDS.confirms(place))
    found = match(text)
    return found.meaning if found else text


@pytest.mark.parametrize(
    ("closed", "free", "meaning"),
    [
        ("no", "no", "no"),
        ("nope", "no", "no"),
        ("no", "now", "no"),
        ("yes", "yeah", "yes"),
        ("yes it", "yes", "yes"),
        ("no she doesn't", "oh she doesn't", "no"),
        ("i don't know", "i don't know", "unsure"),
        ("go back", "go back", "go_back"),
    ],
)
def test_what_both_hear_counts(closed: str, free: str, meaning: str) -> None:
    """Alike to the letter, or alike as answers go."""
    assert _meaning(closed, free) == meaning


@pytest.mark.parametrize(
    ("closed", "free"),
    [
        ("no", "go"),
        ("no", "snow"),
        ("no", "yes"),
        ("yes", "no"),
        ("nope", "oh"),
        ("go", "no"),
        ("she did", "she didn't"),
        ("she doesn't", "she does"),
        ("yes", "guess"),
        ("stop", "so"),
        ("no one", "norm"),
        ("no she doesn't", "yes she does"),
    ],
)
def test_what_only_one_hears_is_not_understood(closed: str, free: str) -> None:
    """Asked again; never taken for a "no", nor for anything else that acts."""
    assert _meaning(closed, free) == UNKNOWN


def test_what_the_free_hearing_does_not_hear_was_not_said() -> None:
    """A click that the phrases make a word of is no utterance."""
    assert _meaning("no", "") == ""


@pytest.mark.parametrize(
    ("closed", "free", "meaning"),
    [
        ("she's not", "she's not breathing", "maybe_emergency"),
        ("help me", "hope she's not breathing in all", "maybe_emergency"),
        ("call nine one one", "coal mine one one", "maybe_emergency"),
        ("can't wake her", "can't wake", "emergency"),
    ],
)
def test_a_cry_for_help_counts_where_either_hears_it(closed: str, free: str, meaning: str) -> None:
    """At once where both hear it, asked about where one does: a false one costs a question, a missed one more (D5)."""
    assert _meaning(closed, free) == meaning


@pytest.mark.parametrize(
    ("closed", "free", "meaning"),
    [
        ("yes", "yes", "yes"),
        ("that's right", "that's right", "yes"),
        ("yes", "yes it is not", UNKNOWN),
        ("yes", "yes she does", UNKNOWN),
        ("that's wrong", "that's right", UNKNOWN),
    ],
)
def test_a_read_back_is_confirmed_by_a_bare_yes_alone(closed: str, free: str, meaning: str) -> None:
    """D13: where either hearing has more to it, it is no confirmation."""
    assert _meaning(closed, free, "read_back") in (meaning, "unsure" if meaning == UNKNOWN else meaning)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return installed.recogniser("pocketsphinx").loader(None, _WORDS)()


def test_digital_silence_and_a_click_are_nothing(recogniser: Recogniser) -> None:
    """No words, and no error of a library that is given nothing."""
    for pcm in (b"", bytes(RATE_HZ), bytes(RATE_HZ) + b"\xff\x7f" * 20 + bytes(RATE_HZ)):
        recogniser.begin("any")
        recogniser.feed(pcm)
        assert recogniser.result() == Recognised()


@pytest.mark.filterwarnings("ignore:start_stream")
def test_an_utterance_is_heard_alike_whatever_came_before(recogniser: Recogniser) -> None:
    """Nothing of another utterance goes on into the next: its score is the same to the last digit."""
    assert isinstance(recogniser, SphinxRecogniser)
    noise = numpy.random.default_rng(5)
    one, other = (noise.normal(0, level, RATE_HZ).astype("<i2").tobytes() for level in (300, 6000))
    first, between, again = (recogniser._hear(recogniser._free, pcm) for pcm in (one, other, one))
    assert first == again != between


# Words of the data that its dictionary does not have: a phrase with one of them is heard freely or not at all.
_UNKNOWN_TO_IT = """
bedwetting blacking brb conked convulsing crapped drowsier faints febrile goosebumps grayed keeled majorly pillowcase
pooping roughhousing sciatica shivery sleepier smidge tingles tingly toasty unpause urinated urinates urination
wakened wets wheezy whimpers zonked
"""


def test_every_word_of_every_answer_is_known_to_its_dictionary(recogniser: Recogniser) -> None:
    """A phrase with an unknown word would be left out without a trace: none in an answer, few elsewhere."""
    from pocketsphinx import Decoder, get_model_path

    decoder = Decoder(
        hmm=get_model_path("en-us/en-us"), dict=get_model_path("en-us/cmudict-en-us.dict"), lm=None, loglevel="FATAL"
    )
    phrases = {phrase for place in _WORDS.reader.places for phrase in _WORDS.sentences(place)}
    unknown = {word for phrase in phrases for word in phrase.split() if decoder.lookup_word(word) is None}
    assert unknown == set(_UNKNOWN_TO_IT.split())
    assert not unknown & {word for phrase in _WORDS.expected.answers for word in phrase.split()}
