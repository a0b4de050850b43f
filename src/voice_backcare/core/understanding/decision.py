"""From what the clauses say to one answer: what makes a "no" firm, and what takes it back.

Whatever is in doubt is doubt: a "no" is firm only where nothing in the utterance speaks against it.
"""

from __future__ import annotations

from voice_backcare.core.understanding.reading import NO, NO_MATCH, SOFT_NO, SOFT_YES, UNSURE, YES
from voice_backcare.core.understanding.weighing import Question, Weighed


def decide(w: Weighed, question: Question) -> str:
    """The answer: "yes", "no", "soft_yes", "soft_no", "unsure" or "no_match"."""
    if w.yes and w.no:
        if w.led == "no" and not w.yes_word and w.denies and _nothing_against(w):
            return NO
        return SOFT_YES if (w.there and not w.not_there) or w.answers > 1 else UNSURE
    if w.yes:
        return _yes(w)
    if w.no:
        return _no(w, question)
    return _content(w, question)


def _nothing_against(w: Weighed) -> bool:
    return not (
        w.there or w.there_soft or w.low or w.bad or w.others or w.against or w.doubt or w.soft_no or w.soft_yes
        or w.voided or w.statement
    )  # fmt: skip


def _yes(w: Weighed) -> str:
    there = w.there or w.there_soft
    if w.well and not (there or w.not_there or w.not_soft or w.soft_no) and w.statement:
        return SOFT_YES
    if not there and (w.not_there or w.not_soft or w.well or w.soft_no):
        return UNSURE
    if not there and (w.voided or w.doubt):
        return SOFT_YES
    return SOFT_YES if not w.there and (w.soft_yes or w.low or w.there_soft or w.doubt) else YES


def _no(w: Weighed, question: Question) -> str:
    if w.there or w.there_soft:
        return SOFT_YES if w.there and w.contrast else UNSURE
    if w.doubt or w.low or w.against or w.voided or w.others or w.bad or w.unable:
        return UNSURE
    if w.condition and question.emergency:  # "no, he's fine when he's awake"
        return UNSURE
    if question.emergency and (w.not_seen or (w.unexplained and not w.led)):
        return SOFT_NO
    return SOFT_NO if w.soft_no or (w.not_soft and not w.not_seen) or w.soft_yes else NO


def _content(w: Weighed, question: Question) -> str:
    if w.there:
        return SOFT_YES if w.not_there or w.doubt or w.soft_no else YES
    if w.there_soft:
        return UNSURE if w.not_there or w.soft_no else SOFT_YES
    if w.condition and w.voided and not (w.doubt or w.not_there or w.statement or w.asked):
        return SOFT_YES
    if w.doubt or w.voided or w.mild:
        return UNSURE
    if w.not_there or w.well or w.not_soft:
        if w.low or (w.others and not w.not_there) or w.bad or w.soft_yes or w.against or w.condition:
            return UNSURE
        if (
            w.unexplained
            or w.not_soft
            or w.soft_no
            or w.not_seen
            or w.closing
            or (w.well and not w.not_there and question.emergency)
        ):
            return SOFT_NO
        return NO
    if w.soft_no or w.not_seen:
        return SOFT_NO
    if w.soft_yes or w.low:
        return SOFT_YES
    if w.condition and not w.statement:
        return SOFT_YES
    if w.asked and not question.any_sign:
        return UNSURE
    if question.any_sign and w.statement == "has":
        return SOFT_YES
    return NO_MATCH


def decide_at(kind: str, w: Weighed) -> str:
    """The answer at a place that is no question of the handout: only a heard yes is a yes, doubt is none (D2)."""
    no = w.no or w.not_there
    if kind == "read_back":
        return _confirmed(w)
    if kind == "which":
        return _which(w)
    if kind == "changed":
        if w.others or w.bad or w.there or (w.yes and not no):
            return UNSURE if w.there_soft and no else YES
        hedged = w.doubt or w.soft_no or w.soft_yes or w.there_soft or w.against or w.low or w.yes
        return NO if (no or w.well) and not hedged else _unsure(w)
    if kind == "off":
        if w.no or w.not_there or w.doubt:
            return UNSURE
        return "acknowledge" if w.yes or w.there else NO_MATCH
    if kind == "call_911":  # a no takes it back; nothing else is an answer there (D6)
        return NO if no and not (w.yes or w.there or w.others or w.bad) else NO_MATCH
    if kind == "commands":
        return NO_MATCH
    yes = w.yes or w.there
    if kind == "confirm" and yes and w.of_child:
        return UNSURE
    if yes and not no and not (w.doubt or w.there_soft or w.low or w.soft_yes):
        return YES
    if no and not yes:
        return UNSURE if w.doubt or w.against else NO
    if kind == "offer" and w.soft_no:
        return NO
    return _unsure(w)


def _confirmed(w: Weighed) -> str:
    """What was taken is right, wrong or doubted; a sign named there says that it is wrong (D13)."""
    if w.others or w.bad or w.not_there or (w.not_soft and not w.there):
        return NO
    if w.doubt or w.soft_no or w.low or w.against or w.there_soft or (w.yes and w.of_child):
        return UNSURE
    if w.there or (w.yes and not w.no):
        return YES
    return NO if w.no else _unsure(w)


def _which(w: Weighed) -> str:
    """Only "none" says that what was taken is right after all; a sign named says that it is wrong (D13)."""
    if w.others or w.bad:
        return NO
    if w.there and not (w.doubt or w.soft_no or w.soft_yes or w.low or w.against or w.there_soft or w.of_child):
        return YES
    return NO if w.no and not (w.yes or w.there or w.doubt or w.soft_no) else _unsure(w)


def _unsure(w: Weighed) -> str:
    said = w.yes or w.no or w.doubt or w.soft_no or w.soft_yes or w.low or w.there_soft or w.there or w.not_there
    return UNSURE if said else NO_MATCH
