"""Which of what the recogniser offers is believed (docs/evidence/hearing.md says what each rule bought).

Two hearings of one utterance are compared: ``closed``, bound to the phrases of the context, and ``free``, bound to
nothing. Each has a score: the logarithm of its likelihood, so a difference says how much better one explains the sound.
Where they disagree about a short answer, the sound is weighed once more: the answer alone against common
words of one syllable. A reprompt costs a few seconds; a "no" that was never said costs more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from voice_backcare.core.grammar.matcher import UNKNOWN

# What the free hearing may write down when the word was said: it has no homophones to choose from but these.
NO_SOUNDS = frozenset({"no", "now", "know", "nope", "nah"})
NO_WORDS = ("no", "nope", "nah")
YES_WORDS = ("yes", "yeah", "yep", "yup")
YES_LIKE_NOPE = ("yep", "yup")
_OPPOSITE = {"yes": "no", "no": "yes"}
_AUXILIARIES = frozenset({"do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "can"})


@dataclass(frozen=True, slots=True)
class Hearing:
    """Words and the logarithm of their likelihood, up to a constant of the utterance."""

    text: str
    score: float


class HasMeaning(Protocol):
    """``grammar.Match``, as far as it matters here."""

    @property
    def meaning(self) -> str:
        """Name of the meaning: an answer, "emergency" or a command."""


Matcher = Callable[[str], HasMeaning | None]
Weigh = Callable[[str | None], Hearing]
"""Hear the utterance once more, bound to this one word; None for the common words that are no answer."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on human clips; docs/evidence/hearing.md says how they hold for each half of the speakers."""

    phrase: float = -6.5  # closed against free, a phrase of several words
    word: float = -3.0  # the same, one word
    no: float = 4.0  # a no-word against free, and against common words, added up
    yes: float = -3.0  # a yes-word against free
    yes_word: float = -2.0  # a yes-word against common words
    pair: float = 3.0  # "yep" and "yup" against "nope"
    short: float = 5.0  # "they are" against a bare "no", "they aren't" against a bare "yes"
    longest_weighed_s: float = 2.5  # a bare answer is never longer, pre-roll and hangover included


def decide(
    closed: Hearing,
    free: Hearing,
    match: Matcher,
    weigh: Weigh,
    *,
    duration_s: float,
    limits: Thresholds,
    confirming: bool = False,
) -> str:
    """The words to believe; UNKNOWN where something was said but not this, "" where nothing was said at all.

    An answer is never believed where either hearing has a word of the opposite one in it. ``confirming``: a "yes" is
    only believed bare (D13), so not where either hearing has more words to it.
    """
    text = _believed(closed, free, match, weigh, duration_s=duration_s, limits=limits)
    return guarded(text, closed, free, match, confirming=confirming)


def guarded(text: str, closed: Hearing, free: Hearing, match: Matcher, *, confirming: bool) -> str:
    """``text``, or UNKNOWN where it is an answer that one of the hearings speaks against."""
    found = match(text)
    either = words(closed.text) | words(free.text)
    if found is not None and found.meaning == "yes" and any(map(denies, either)):
        return UNKNOWN
    if confirming and found is not None and found.meaning == "yes" and not _bare(text, closed, free):
        return UNKNOWN
    if found is not None and found.meaning == "no" and either & frozenset(YES_WORDS) and text not in NO_WORDS:
        return UNKNOWN
    return text


def _believed(
    closed: Hearing, free: Hearing, match: Matcher, weigh: Weigh, *, duration_s: float, limits: Thresholds
) -> str:
    """The text to believe before the check for opposite answers, or UNKNOWN.

    The first rule that applies decides. Rules that guard a short answer stand before those that believe a phrase,
    because a falsely heard "no" costs most:

    1. An emergency phrase in the free hearing.
    2. "yep" and "yup" in the closed hearing, which sound like "nope".
    3. Both hearings have the same words, and these match a phrase or are none at all.
    4. A no-word in the closed hearing, or, where that matches no phrase, a sound like one in the free hearing.
    5. A yes-word that explains the sound about as well as free speech does.
    6. A matched phrase with a sufficient score.
    7. Any other matched phrase that is no minimal pair is rejected.
    8. A phrase of the free hearing alone.
    9. A slurred "yes"; then, where the closed hearing has no words, a slurred "no". Only in an utterance short
       enough to be weighed.
    """
    found, freely = match(closed.text), match(free.text)
    # An emergency phrase counts anywhere inside an utterance, and most of what stands around it no grammar knows.
    if freely is not None and freely.meaning == "emergency":
        return free.text
    weighable = duration_s <= limits.longest_weighed_s
    if closed.text in YES_LIKE_NOPE:
        return closed.text if weighable and closed.score - weigh("nope").score >= limits.pair else UNKNOWN
    if closed.text == free.text and (found is not None or not closed.text):
        return UNKNOWN if weighable and _may_be_the_opposite(closed, found, weigh, limits) else closed.text
    if closed.text in NO_WORDS or (found is None and free.text in NO_SOUNDS):
        return _no(closed, free, weigh, limits) if weighable else UNKNOWN
    if closed.text in YES_WORDS and closed.score - free.score >= limits.phrase:
        return closed.text
    if found is not None and _believable(closed, free, found, limits):
        return closed.text
    if found is not None and not minimal_pair(closed.text):
        return UNKNOWN
    if freely is not None and _heard_freely(closed, free):
        return free.text
    if not weighable:
        return UNKNOWN
    # "He has" is a slurred "yes" as well; a slurred "no" is nothing to the grammar, and something odd to free speech.
    answer = _yes(free, weigh, limits)
    return _slurred_no(closed, free, weigh, limits) if answer == UNKNOWN and not closed.text else answer


def _may_be_the_opposite(closed: Hearing, found: HasMeaning | None, weigh: Weigh, limits: Thresholds) -> bool:
    """Whether "they are" may as well be a "no" that somebody else spoke into."""
    if found is None or found.meaning not in _OPPOSITE or not minimal_pair(closed.text):
        return False
    word = _OPPOSITE[found.meaning]
    other = weigh(word)
    return other.text == word and closed.score - other.score < limits.short


def _no(closed: Hearing, free: Hearing, weigh: Weigh, limits: Thresholds) -> str:
    word = closed.text if closed.text in NO_WORDS else "no"
    no = weigh(word)
    if no.text != word:
        return UNKNOWN
    margin = (no.score - free.score) + (no.score - weigh(None).score)
    return word if margin >= limits.no and no.score > weigh("yes").score else UNKNOWN


def _slurred_no(closed: Hearing, free: Hearing, weigh: Weigh, limits: Thresholds) -> str:
    """What no common word explains at all is no word but a noise."""
    return _no(closed, free, weigh, limits) if weigh(None).text else UNKNOWN


def _yes(free: Hearing, weigh: Weigh, limits: Thresholds) -> str:
    yes = weigh("yes")
    if yes.text != "yes" or yes.score - free.score < limits.yes:
        return UNKNOWN
    sure = yes.score > weigh("no").score and yes.score - weigh(None).score >= limits.yes_word
    return "yes" if sure else UNKNOWN


def _believable(closed: Hearing, free: Hearing, found: HasMeaning, limits: Thresholds) -> bool:
    margin = closed.score - free.score
    if found.meaning == "emergency":
        said = words(closed.text) - {UNKNOWN}
        agreed = len(said & words(free.text))
        return margin >= limits.phrase or (len(said) >= 3 and 2 * agreed >= len(said))
    if minimal_pair(closed.text):
        return False
    return margin >= (limits.phrase if " " in closed.text else limits.word)


def _heard_freely(closed: Hearing, free: Hearing) -> bool:
    """Whether a phrase that only the free hearing has is believed: several words do not fit a phrase by chance."""
    if " " in free.text and not minimal_pair(free.text):
        return True
    return words(free.text) <= words(closed.text)


def _bare(text: str, *hearings: Hearing) -> bool:
    return all(hearing.text == text or " " not in hearing.text for hearing in hearings)


def denies(word: str) -> bool:
    """Whether the word is a "no", or makes one of what it stands in."""
    return word in NO_WORDS or word == "not" or word.endswith("n't")


def minimal_pair(text: str) -> bool:
    """Whether it is like "she did" or "she didn't": a weak final sound turns one into the other, so both hearings
    must agree to the letter."""
    words = text.split()
    return len(words) == 2 and words[-1].removesuffix("n't") in _AUXILIARIES


def words(text: str) -> frozenset[str]:
    """The different words of ``text``."""
    return frozenset(text.split())


def known(text: str) -> str:
    """``text`` without the words that were not understood."""
    return " ".join(word for word in text.split() if word != UNKNOWN)
