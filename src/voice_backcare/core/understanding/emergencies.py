"""Emergencies inside an utterance: at once, worth asking for, or denied (D5)."""

from __future__ import annotations

from collections.abc import Sequence

from voice_backcare.core.understanding.evidence import Evidence, Said
from voice_backcare.core.understanding.reading import EMERGENCY, MAYBE_EMERGENCY, Reading

_PLAIN = frozenset({"cry", "event", "call"})
_ASKS = frozenset({"ask", "called"})
NO_SINGLE_SIGN = "emergency"


def emergency(said: Sequence[Said], asked: frozenset[str], *, led: str) -> Reading | None:
    """The most urgent of the emergencies in an utterance; None where there is none, or where it is denied.

    ``asked``: the signs of the question; ``led``: "yes" or "no" where the utterance begins with one. What fits the
    question is an answer to it, and no cry, but for what is life and death.
    """
    worst: Reading | None = None
    for at, one in enumerate(said):
        before = said[at - 1].clause.polarity if at else ""
        after = said[at + 1].clause.polarity if at + 1 < len(said) else ""
        for evidence in one.evidence:
            reading = _cry(one, evidence, asked, led, before, after)
            if reading and reading.meaning == EMERGENCY:
                return reading
            worst = worst or reading
    return worst


def _cry(one: Said, evidence: Evidence, asked: frozenset[str], led: str, before: str, after: str) -> Reading | None:
    kind, sign = evidence.kind, evidence.sign.removeprefix("@")
    if kind == "fits":
        return None if led or evidence.voided else Reading(MAYBE_EMERGENCY, evidence.phrase, sign=NO_SINGLE_SIGN)
    if kind in _ASKS:
        return Reading(MAYBE_EMERGENCY, evidence.phrase, sign=NO_SINGLE_SIGN) if evidence.there else None
    if kind not in _PLAIN or not evidence.there:
        return None
    sign = sign or NO_SINGLE_SIGN
    own = sign in asked
    if own and not evidence.voided and (kind == "event" or led == "yes"):
        return None  # an answer to the question
    if own and evidence.voided and kind == "event":
        return None
    if (one.clause.asked or one.fragment) and after == "no":
        return None  # "unconscious? no"
    unplain = evidence.voided or bool(one.kinds & {"almost", "doubt", "earlier", "long_ago", "soft_no"})
    torn = before == "no" and one.fragment and kind == "event"  # "no passed out"
    return Reading(MAYBE_EMERGENCY if unplain or torn else EMERGENCY, evidence.phrase, sign=sign)
