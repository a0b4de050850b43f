"""What an utterance means at a place: one ``Reading``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Stance = Literal["yes", "no", "soft_yes", "soft_no", "unsure"]
YES, NO, SOFT_YES, SOFT_NO, UNSURE = "yes", "no", "soft_yes", "soft_no", "unsure"
EMERGENCY, MAYBE_EMERGENCY, NO_MATCH = "emergency", "maybe_emergency", "no_match"
QUESTION = "question"  # of the listener; ``topic`` is the command that answers it


@dataclass(frozen=True, slots=True)
class Reading:
    """One utterance, read at one place.

    ``meaning``: "yes", "no", "soft_yes", "soft_no", "unsure", "emergency", "maybe_emergency", "question", "no_match",
    or a command's name. ``signs``: handout ids of the signs named beside the answer; each is a yes to its question
    (D14). ``sign``: of an emergency the sign that it is a yes to, or "emergency" where it is no single one's (D5).
    ``topic``: of a question the command that answers it. ``phrase``: the words that decided.
    """

    meaning: str
    phrase: str = ""
    signs: frozenset[str] = field(default_factory=frozenset)
    sign: str | None = None
    topic: str | None = None


NOTHING = Reading(NO_MATCH)
