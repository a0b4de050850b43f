"""What must hold for every utterance: a "no" is firm only where nothing speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding_data import SIGNS, reader, sign_words, steadily, things, words_of

from voice_backcare.core.understanding.measures import measured

ANSWERS = ("yes", "no")
NO = ("no", "nope", "no he's fine", "no not at all", "no she isn't", "no nothing like that", "nah")
signs = st.sampled_from(SIGNS)
no = st.sampled_from(NO)


@steadily
@given(signs, no, st.sampled_from([w for kind in ("doubt", "hedge", "soft_no") for w in words_of(kind)]))
def test_a_hedge_takes_the_firmness_away(sign: str, answer: str, hedge: str) -> None:
    """Whoever says "no" and doubts it, before or after, has not said a firm "no"."""
    for said in (f"{answer} {hedge}", f"{hedge} {answer}", f"{answer}, {hedge}", f"{answer} but {hedge}"):
        assert reader().read(sign, said).meaning != "no", said


@steadily
@given(signs, no, st.data())
def test_the_signs_own_words_take_it_back(sign: str, answer: str, data: st.DataObject) -> None:
    """Words for *there* after a "no" never leave it a firm "no"."""
    there = data.draw(st.sampled_from(sign_words(sign, "there") + sign_words(sign, "asked_there")))
    for said in (f"{answer} but he is {there}", f"{answer} well he has {there}", f"he is {there} but {answer}"):
        assert reader().read(sign, said).meaning != "no", said


@steadily
@given(signs, st.sampled_from(("purple", "for a second", "if we carry him", "takes forever", "on tuesdays")), st.data())
def test_what_is_left_over_takes_it_back(sign: str, rest: str, data: st.DataObject) -> None:
    """Words for *not there* are a firm "no" by themselves, and not beside words that nothing accounts for."""
    not_there = data.draw(st.sampled_from(sign_words(sign, "not_there") + sign_words(sign, "asked_not_there")))
    words = reader().lexicon.split(not_there)
    if reader().lexicon.classes["negations"].isdisjoint(words) and not measured(sign, words):
        assert reader().read(sign, f"he is {not_there} {rest}").meaning != "no"


@steadily
@given(signs, st.sampled_from(("no", "not", "never", "without")), st.data())
def test_what_a_negation_is_said_of_counts(sign: str, negation: str, data: st.DataObject) -> None:
    """ "No strength in his arms": a negation that some other word stands behind leaves no firm "no"."""
    there = data.draw(st.sampled_from(sign_words(sign, "there") + sign_words(sign, "asked_there")))
    assert reader().read(sign, f"he has {negation} purple {there}").meaning != "no"


@steadily
@given(signs, no, st.data())
def test_a_contrast_takes_it_back(sign: str, answer: str, data: st.DataObject) -> None:
    """ "No, but ..." is never a bare "no", whatever follows that is not itself one."""
    after = data.draw(
        st.sampled_from(("just at night", "he did say something", "purple", "a little", "it comes and goes"))
    )
    for contrast in ("but", "although", "except", "however", "apart from"):
        assert reader().read(sign, f"{answer} {contrast} {after}").meaning != "no"


@pytest.mark.parametrize("sign", SIGNS)
def test_some_of_it_is_never_none(sign: str) -> None:
    """ "A little", "sometimes": never a "no", also where one was said first; but a mild cramp is no strong one."""
    own = {*sign_words(sign, "not_there"), *sign_words(sign, "asked_not_there")}
    for degree in {*words_of("low"), *words_of("soft_yes")} - own:
        for said in (degree, f"no {degree}", f"no only {degree}"):
            assert reader().read(sign, said).meaning != "no", said


@pytest.mark.parametrize("sign", SIGNS)
def test_a_word_of_one_sign_is_no_answer_to_another(sign: str) -> None:
    """ "No fever" says nothing of the legs: another sign's absence is never a firm "no"."""
    own = set(sign_words(sign, "not_there") + sign_words(sign, "asked_not_there"))
    for other in SIGNS:
        for words in things(other, "not_there")[::2] if other != sign else ():
            if words not in own and not (set(words.split()) & {"everything", "nothing", "himself"}):
                said = f"his {words}"
                read = reader().read(sign, said)
                assert read.meaning != "no" or _says_it_too(sign, words), (sign, other, said, read)


def _says_it_too(sign: str, words: str) -> bool:
    """Whether the words are compared as the sign's own are, or as a general "no" or well-being."""
    lexicon = reader().lexicon
    reduced = [word for word, _ in lexicon.reduced(lexicon.split(words))]
    tags = [tag for one in lexicon.phrases.find(reduced, frozenset({sign, f"@{sign}"})) for tag in one.tags]
    return any(tag.sign in (sign, f"@{sign}") or tag.kind in ("no", "well", "trouble", "bad") for tag in tags)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    "said",
    [
        "his brother {}",
        "my husband has {}",
        "is he {}",
        "does she have {}",
        "what if he is {}",
        "my mom had {}",
        "did he have {}",
    ],
)
def test_another_person_or_a_question_is_no_answer(sign: str, said: str) -> None:
    """What is said of somebody else, or asked, is neither a yes nor a no."""
    for words in things(sign, "there")[::4]:
        assert reader().read(sign, said.format(words)).meaning not in ANSWERS, words


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_is_known_by_its_words(sign: str) -> None:
    """Every word for *there* is a yes, or more, to its question; every word for *not there* is never a yes."""
    for words in things(sign, "there") + things(sign, "asked_there"):
        assert reader().read(sign, words).meaning in ("yes", "soft_yes", "emergency", "maybe_emergency", "unsure"), (
            words
        )
    for words in sign_words(sign, "not_there") + sign_words(sign, "asked_not_there"):
        assert reader().read(sign, words).meaning not in ("yes", "emergency"), words


@steadily
@given(signs, st.sampled_from(SIGNS), st.data())
def test_a_sign_beside_the_answer_is_volunteered(sign: str, other: str, data: st.DataObject) -> None:
    """ "No, but he has a fever" notes the fever, and is no firm "no" to what was asked (D14)."""
    there = data.draw(st.sampled_from(things(other, "there")))
    read = reader().read(sign, f"no but he has {there}")
    assert read.meaning != "no"
    assert all(found in SIGNS and found != sign for found in read.signs)


@steadily
@given(st.sampled_from(reader().places), st.text(max_size=80))
def test_anything_at_all_can_be_read(place: str, text: str) -> None:
    """No text is an error."""
    assert reader().read(place, text).meaning
