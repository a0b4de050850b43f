"""What an utterance means from its two hearings: bare answers weighed by their sound, whole sentences read."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from voice_backcare.audio.recognition.rejection import (
    NO_WORDS,
    YES_WORDS,
    Hearing,
    Thresholds,
    Weigh,
    decide,
    denies,
    known,
    words,
)
from voice_backcare.core.grammar.matcher import UNKNOWN, Match, match_of
from voice_backcare.core.state import ANSWERS
from voice_backcare.core.understanding.agreement import CRIES, together
from voice_backcare.core.understanding.reading import (
    EMERGENCY,
    MAYBE_EMERGENCY,
    NO,
    NO_MATCH,
    NOTHING,
    SOFT_NO,
    UNSURE,
    YES,
    Reading,
)
from voice_backcare.session.ports import Recognised

Read = Callable[[str], Reading]
"""What a text means at the place that is listened for."""

_IN_DOUBT = {EMERGENCY: MAYBE_EMERGENCY, YES: UNSURE}
SENTENCE_WORDS = 3  # fewer are a bare answer, which the rejection policy weighs by its sound


@dataclass(frozen=True, slots=True)
class Hearings:
    """One utterance as it was heard: bound to what may be all that is said, bound to nothing, and, where that is asked
    for, bound to the words of sentences.
    """

    bare: Hearing
    free: Hearing
    sentence: Callable[[], Hearing]


def recognised(
    heard: Hearings,
    read: Read,
    expected: Container[str],
    weigh: Weigh,
    *,
    duration_s: float,
    limits: Thresholds,
    confirming: bool = False,
) -> Recognised:
    """What was said and what it means.

    ``expected``: what may be all that is said; only that is a bare answer or command. ``weigh``, ``duration_s``,
    ``limits``, ``confirming``: see ``rejection.decide``, which judges it. All else is read as a sentence.
    """

    def match(text: str) -> Match | None:
        found = match_of(read(text), text)
        return found if found and (text in expected or found.meaning in CRIES) else None

    bare, free = heard.bare, heard.free
    if not is_sentence(bare, free):
        text = decide(bare, free, match, weigh, duration_s=duration_s, limits=limits, confirming=confirming)
        found = match(text)
        if found and " " in text and _contradicted(found, bare, free, read):
            return Recognised(text)
        if (found and found.meaning not in CRIES) or not text:
            return Recognised(text, found)
    sentence = heard.sentence()
    if _is_plain_cry(sentence, free, read):
        return Recognised(sentence.text, match(sentence.text))
    reading = read_sentence(_bound(bare, free, sentence, read), free, read, confirming=confirming)
    if _denied_better(sentence, free, reading) or (reading.meaning == YES and read(_as_said(bare)).meaning == NO):
        reading = replace(reading, meaning=_IN_DOUBT[reading.meaning])
    text = known(free.text) or known(sentence.text) or UNKNOWN
    return Recognised(text, match_of(reading, text))


def _denied_better(sentence: Hearing, free: Hearing, reading: Reading) -> bool:
    """Whether a hearing that explains the sound better than free speech denies the sign or the cry that was read. One
    that has a denial in its own words ("not breathing") is not denied by another.
    """
    own = words(reading.phrase)
    if reading.meaning not in _IN_DOUBT or sentence.score < free.score or any(map(denies, own)):
        return False
    return any(map(denies, words(known(sentence.text)) - own - words(free.text)))


def _bound(bare: Hearing, free: Hearing, sentence: Hearing, read: Read) -> Hearing:
    """The bound hearing to believe: the one for sentences, but where that means nothing plain and the other agrees."""
    plain = read(_as_said(sentence)).meaning not in (NO_MATCH, MAYBE_EMERGENCY)
    return sentence if plain or read(_as_said(bare)).meaning != read(_as_said(free)).meaning else bare


def _is_plain_cry(bound: Hearing, free: Hearing, read: Read) -> bool:
    """Whether a cry explains the sound better than free speech does, which neither denies it nor answers otherwise.

    Free speech answers where it has a word for yes or no, or most of the cry's words: "he can move" and "he can't move"
    are one sound to a recogniser. What else it reads of garbled words ("god I love well") is no answer.
    """
    cry, other = read(_as_said(bound)), read(_as_said(free)).meaning
    if cry.meaning != EMERGENCY or bound.score < free.score or _one_word(bound):
        return False
    said, freely = words(cry.phrase), words(free.text)
    denied = any(map(denies, freely - words(bound.text)))
    answers = any(denies(word) or word in YES_WORDS for word in freely) or 2 * len(said & freely) >= len(said)
    return not denied and not (answers and other in (NO, SOFT_NO, UNSURE))


def is_sentence(*hearings: Hearing) -> bool:
    """Whether any hearing has more words than a bare answer."""
    return any(len(known(hearing.text).split()) >= SENTENCE_WORDS for hearing in hearings)


def read_sentence(bound: Hearing, free: Hearing, read: Read, *, confirming: bool = False) -> Reading:
    """The reading of a sentence that was heard bound to phrases and freely.

    The phrases put emergencies and answers together from ordinary words ("going to the loo": "going blue"), so one that
    only the bound hearing has must be explained (``_explained``). A "no" that one hearing alone reads must have a word
    for no in it, and no word for yes may be in either; a "yes" that one hearing alone reads may have no word for no
    beside it. ``confirming``: a "yes" needs both hearings. What one hearing alone reads must be a sentence, or a cry
    of two words; one word is no answer here: a bare one is weighed by its sound instead.
    """
    heard_bound, heard_free = read(_as_said(bound)), read(_as_said(free))
    alone = heard_bound.meaning in CRIES or heard_free.meaning == NO_MATCH
    if alone and not _explained(heard_bound, bound, free):
        heard_bound = NOTHING
    reading = together(heard_bound, heard_free)
    agreed = heard_bound.meaning == heard_free.meaning
    if not agreed and not _says_enough(heard_bound, heard_free, bound, free):
        return NOTHING
    if reading.meaning not in CRIES and not is_sentence(bound, free) and _one_word(bound, free):
        return NOTHING
    either = words(bound.text) | words(free.text)
    if reading.meaning == NO and (either & frozenset(YES_WORDS) or not (agreed or _denied(heard_bound, bound, free))):
        return NOTHING
    if reading.meaning == YES and not agreed and (confirming or either & frozenset(NO_WORDS)):
        return NOTHING
    return reading


def _as_said(hearing: Hearing) -> str:
    """The text to read: where a word was not understood is a pause, so that the words around it do not run together."""
    return hearing.text.replace(UNKNOWN, ",")


def _says_enough(heard_bound: Reading, heard_free: Reading, bound: Hearing, free: Hearing) -> bool:
    """Whether the hearing that alone means something has enough words for it."""
    if NO_MATCH not in (heard_bound.meaning, heard_free.meaning):
        return True
    reading, alone = (heard_bound, bound) if heard_free.meaning == NO_MATCH else (heard_free, free)
    return len(known(alone.text).split()) >= (2 if reading.meaning in CRIES else SENTENCE_WORDS)


def _one_word(*hearings: Hearing) -> bool:
    return any(" " not in known(hearing.text) for hearing in hearings)


def _denied(heard_bound: Reading, bound: Hearing, free: Hearing) -> bool:
    """Whether the one hearing that reads a "no" has a word for it."""
    alone = bound if heard_bound.meaning == NO else free
    return any(map(denies, words(alone.text)))


def _explained(reading: Reading, bound: Hearing, free: Hearing) -> bool:
    """Whether most of the words that decided were heard freely too; a cry may also explain the sound about as well as
    free speech does.
    """
    said = words(reading.phrase)
    as_well = reading.meaning in CRIES and bound.score - free.score >= Thresholds().phrase
    return as_well or 2 * len(said & words(free.text)) > len(said)


def _contradicted(found: Match, bound: Hearing, free: Hearing, read: Read) -> bool:
    """Whether a hearing reads another answer than the one found."""
    meanings = {read(_as_said(hearing)).meaning for hearing in (bound, free)} & set(ANSWERS)
    return found.meaning in ANSWERS and bool(meanings - {found.meaning})
