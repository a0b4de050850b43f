"""What two hearings of one utterance mean together.

A recogniser hears an utterance twice: bound to phrases, and freely. Both are read. A firm "no", and an emergency at
once, need that neither hearing reads anything against it. What only one of them has may make a question come again; it
never takes urgency away (D5).
"""

from __future__ import annotations

from dataclasses import replace

from voice_backcare.core.understanding.reading import (
    EMERGENCY,
    MAYBE_EMERGENCY,
    NO,
    NO_MATCH,
    NOTHING,
    SOFT_NO,
    SOFT_YES,
    UNSURE,
    YES,
    Reading,
)

CRIES = frozenset({EMERGENCY, MAYBE_EMERGENCY})
# Two readings that do not contradict each other, and the one of them that is less firm.
_LESS_FIRM = {
    frozenset({YES, SOFT_YES}): SOFT_YES,
    frozenset({YES, UNSURE}): UNSURE,
    frozenset({SOFT_YES, UNSURE}): UNSURE,
    frozenset({NO, SOFT_NO}): SOFT_NO,
    frozenset({NO, UNSURE}): UNSURE,
    frozenset({SOFT_NO, UNSURE}): UNSURE,
}


def together(bound: Reading, free: Reading) -> Reading:
    """The reading of an utterance from its two hearings, both read at the same place.

    Signs count where both hearings have them. An emergency that only one has is ``maybe_emergency``. Yes against no is
    ``no_match``, so that it is asked again; so are two commands that differ.
    """
    signs = bound.signs & free.signs
    if bound.meaning in CRIES or free.meaning in CRIES:
        cry = bound if bound.meaning in CRIES else free
        plain = bound.meaning == free.meaning == EMERGENCY
        return replace(cry, meaning=EMERGENCY if plain else MAYBE_EMERGENCY, signs=signs)
    if bound.meaning == free.meaning:
        return replace(free, signs=signs)
    if NO_MATCH in (bound.meaning, free.meaning):
        only = free if bound.meaning == NO_MATCH else bound
        return replace(only, signs=signs)
    less_firm = _LESS_FIRM.get(frozenset({bound.meaning, free.meaning}))
    if less_firm is None:
        return replace(NOTHING, signs=signs)
    return replace(free if free.meaning == less_firm else bound, signs=signs)
