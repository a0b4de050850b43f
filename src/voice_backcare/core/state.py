"""State of a conversation: where it is (``Position``), and apart from that what has been answered (``Record``)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from voice_backcare.core.coach.state import Application, TreatmentState

PositionName = Literal[
    "idle",  # nobody is being asked; waits for "start"
    "question",  # id: the question's
    "read_back",  # id: the part's
    "offer",  # id: "rest" or "home_care"
    "recheck",  # id: what caused the outcome, asked again (D7)
    "confirm",  # id: "withdraw", "stop", "start_over", "same_child", "need_help"
    "paused",  # nobody answered (D3)
    "waiting",  # somebody said wait
    "outcome",  # id: the disposition, said and standing
    "home_care",  # id: the number of the step, from "0"
    "coach",  # id: "choose", "ready", "on", "awake", "off", "changed", "go_on", "resting" or "held"
    "closing",  # id: the outcome that the last words end with
]

YES, NO, UNSURE = "yes", "no", "unsure"
SOFT_YES, SOFT_NO = "soft_yes", "soft_no"  # "a little", "not that I know of" (D2)
ANSWERS = (YES, NO, UNSURE, SOFT_YES, SOFT_NO)
WHICH = "which"
PHRASE = "emergency"  # the cause where an emergency phrase belongs to no single sign (D5)


@dataclass(frozen=True, slots=True)
class Position:
    """Position in a conversation, with its counters.

    ``speaking``: its lines are still being said. ``tries``: no-inputs and no-matches so far (D3). ``doubted``: an
    answer that was not firm was heard, "soft_yes", or "unsure" for any other (D2). ``failures``: prompts that could
    not be spoken (D9). ``uninterruptible``: the 911 instruction is being said (D6). ``revisited``: it is a question
    that was gone back to, so "I meant yes" is said of it (D7). ``return_to``: the position after a pause, a wait or
    a confirmation; never one of these itself, except for "same_child", where None means to go on by the record
    alone, because every "no" has gone stale (D11). ``subject``: for a "withdraw" confirmation the cause that would
    be withdrawn; for "closing" whether the outcome was told; for a "read_back" that was refused ``WHICH``: the sign is
    asked for (D13).
    """

    name: PositionName
    id: str = ""
    speaking: bool = True
    tries: int = 0
    doubted: str = ""
    failures: int = 0
    uninterruptible: bool = False
    revisited: bool = False
    return_to: Position | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What was answered, in the order it was answered, and what became of the read-backs.

    ``answers``: each question's id with "yes", "no", "unsure" (doubted twice) or "soft_no" (a no, not sure; D2).
    ``phrase``: an emergency phrase was heard that belongs to no single sign (D5). ``confirmed``: parts whose read-back
    was confirmed. ``refused``: parts asked a second time after a refused or doubted read-back. ``unresolved``: parts
    whose read-back was refused or doubted twice (D13). ``continue_after_urgent``: whether the remaining questions are
    wanted after an urgent sign ("", "accepted" or "declined"). ``heard``: the latest emergency phrase in its words, to
    be said with the 911 instruction (D6). ``changed``: something has changed since then, so that no advice below a
    call to the provider now holds until all was asked again (D15). ``volunteered``: signs that were named before they
    were asked about (D14).
    """

    answers: tuple[tuple[str, str], ...] = ()
    phrase: bool = False
    confirmed: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    unresolved: frozenset[str] = frozenset()
    continue_after_urgent: str = ""
    heard: str = ""
    changed: bool = False
    volunteered: frozenset[str] = frozenset()

    def answer(self, question_id: str) -> str | None:
        """The answer to the question with this id, one of ``ANSWERS``; None where it has none."""
        return dict(self.answers).get(question_id)

    def with_answer(self, question_id: str, answer: str) -> Record:
        """The record with this answer as its latest, instead of an earlier one to the same question."""
        return replace(self.without(question_id), answers=(*self.without(question_id).answers, (question_id, answer)))

    def without(self, *question_ids: str) -> Record:
        """The record without answers to the questions with these ids."""
        return replace(self, answers=tuple(a for a in self.answers if a[0] not in question_ids))


@dataclass(frozen=True, slots=True)
class State:
    """State of a conversation.

    ``position``: where it is. ``record``: what was answered. ``treatment``: the ice and heat hour, once one was begun.
    ``applications``: the times that a pack was on the child.
    """

    position: Position = field(default_factory=lambda: Position("idle", speaking=False))
    record: Record = field(default_factory=Record)
    treatment: TreatmentState | None = None
    applications: tuple[Application, ...] = ()
