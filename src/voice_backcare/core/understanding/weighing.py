"""What an utterance says for and against a "yes", counted over its clauses; ``decision`` makes one answer of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_backcare.core.understanding.evidence import LIMITS, Evidence, Said

_CHILD = frozenset({"he", "she", "they"})
_PAST = frozenset({"was", "were", "had", "did"})
_TELLING = frozenset({"said", "says", "say", "told", "answered"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ``own`` the names its words have ("E1", "@E1"), ``emergency`` whether it is one of E1 to E6.

    ``any_sign``: nothing is known of the question but that yes means there. ``limits``: words that take back some of a
    "no" ("just at night"), but for those before one of ``verbs`` ("i just looked"). ``harmless``: words that take back
    nothing ("everything"). ``when_and_where``: words that say when, where or how often ("once", "at").
    """

    own: frozenset[str]
    emergency: bool = False
    any_sign: bool = False
    limits: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()
    when_and_where: frozenset[str] = frozenset()


@dataclass(slots=True)
class Weighed:
    """All that an utterance says to a question, counted."""

    yes: bool = False
    no: bool = False
    yes_word: bool = False  # another one than "yeah", which many only say to go on
    led: str = ""
    denies: bool = False
    there: bool = False
    there_soft: bool = False
    not_there: bool = False
    not_soft: bool = False
    well: bool = False
    voided: bool = False
    asked: bool = False
    doubt: bool = False
    soft_no: bool = False
    soft_yes: bool = False
    low: bool = False
    unable: bool = False  # "he can't"
    not_seen: bool = False
    condition: bool = False  # "if he runs", and nothing else: then it is there
    mild: bool = False
    closing: bool = False  # "that's about it"
    contrast: bool = False
    answers: int = 0  # how many more yes words than no words
    against: bool = False  # something that takes a "no" back
    others: bool = False  # another sign is there
    bad: bool = False
    of_child: bool = False  # "she does": an answer about the child, and to no confirmation
    statement: str = ""  # of a question nobody knows: "has", "has no"
    unexplained: bool = False  # words that no phrase accounts for


def weigh(said: Sequence[Said], question: Question) -> Weighed:
    """Count what ``said`` has for and against a "yes"."""
    w = Weighed(unexplained=_unexplained(said, question))
    for at, one in enumerate(said):
        if one.clause.polarity and _of_something_else(said, at, question):
            continue
        if one.clause.polarity:
            w.led = w.led or ("" if _anything(w) else one.clause.polarity)
            w.yes = w.yes or one.clause.polarity == "yes"
            w.yes_word = w.yes_word or (one.clause.polarity == "yes" and one.clause.tokens != ["yeah"])
            w.no = w.no or one.clause.polarity == "no"
            w.answers += 1 if one.clause.polarity == "yes" else -1
            continue
        w.contrast = w.contrast or (w.no and one.clause.link == "contrast")
        echo = _echo(said, at)
        for evidence in one.evidence:
            _count(w, evidence, question, echo)
        _count_clause(w, one, question)
        if one.clause.link == "condition" and not one.clause.asked and (one.unknown or one.evidence):
            w.condition = True
        if (w.no or w.not_there or w.well) and (
            _takes_back(one, question, led_no=w.no)
            or _limits_what_follows(said, at, question)
            or _only_when(said, at, question)
            or _cut_off(said, at)
        ):
            w.against = True
    return w


def _unexplained(said: Sequence[Said], question: Question) -> bool:
    """Whether words that no phrase accounts for follow a "not there" or a "fine" that has no negation: "wakes up for a
    second", "goes away after a week". They may take it back, so it is no firm "no". At the danger signs the same holds
    of what follows "just" ("not hard just noisy"), and a "nothing" ("nothing unusual for asthma").
    """
    plain = False
    for one in said:
        if question.emergency and one.unknown and (one.denies or LIMITS.intersection(one.clause.tokens[1:])):
            return True
        plain = plain or any(
            (e.kind == "well" or (e.kind == "not_there" and e.sign in question.own))
            and e.phrase.split()[0] not in question.negations
            for e in one.evidence
        )
        if plain and set(one.unknown) - question.harmless and not one.clause.asked:
            return True
    return False


def _of_something_else(said: Sequence[Said], at: int, question: Question) -> bool:
    """Whether an answer is no answer to the question: one that is told of ("he said yes to the deal"), or that is given
    to another sign by name ("the fever is a yes", "I meant yes to the chills": D7).
    """
    before = said[at - 1] if at else None
    after = said[at + 1] if at + 1 < len(said) else None
    told = before is not None and before.clause.tokens[-1:] and before.clause.tokens[-1] in _TELLING
    to = after is not None and after.clause.tokens[:1] == ["to"]
    if after is not None and to and (_names_another(after, question) or (told and after.unknown)):
        return True
    return before is not None and before.clause.tokens[-1:] == ["a"] and _names_another(before, question)


def _names_another(one: Said, question: Question) -> bool:
    """Whether the clause names signs, and not the one that is asked about."""
    signs = {evidence.sign for evidence in one.evidence if evidence.kind in ("there", "event", "cry")}
    return bool(signs) and not signs & question.own


def _anything(w: Weighed) -> bool:
    return w.yes or w.no or w.there or w.there_soft or w.not_there


def _echo(said: Sequence[Said], at: int) -> str:
    """ "Rashes? No": the answer that follows the sign's bare name."""
    one = said[at]
    if not (one.fragment or one.clause.asked) or at + 1 == len(said) or said[at + 1].clause.link == "contrast":
        return ""
    return said[at + 1].clause.polarity


def _count(w: Weighed, evidence: Evidence, question: Question, echo: str) -> None:
    if evidence.kind in ("well", "bad", "trouble"):
        _count_general(w, evidence, question)
    elif evidence.kind in ("there", "not_there", "event", "cry", "fits"):
        if evidence.sign in question.own:
            _count_own(w, evidence, echo)
        elif not evidence.voided:
            _count_other(w, evidence, question)


def _count_general(w: Weighed, evidence: Evidence, question: Question) -> None:
    """Words for good, bad and trouble, which name no sign."""
    there, kind = evidence.there and not evidence.voided, evidence.kind
    if kind == "well":
        w.well, w.bad = w.well or there, w.bad or not evidence.there
    elif kind == "bad" and evidence.there:
        w.bad = True
    elif kind == "bad":  # "no pain" is no answer to every question
        w.not_there = w.not_there or question.any_sign
        w.not_soft = w.not_soft or not (question.any_sign or w.no)
    elif evidence.there:
        w.there_soft = w.there_soft or there
    else:
        w.not_soft = w.not_soft or evidence.hedged
        w.not_there = w.not_there or not (evidence.hedged or evidence.voided)


def _count_own(w: Weighed, evidence: Evidence, echo: str) -> None:
    """Words of the sign that is asked about."""
    if echo and evidence.kind == "there" and evidence.there:
        return
    if evidence.kind == "fits":
        w.not_there = w.not_there or w.led == "no"
    elif evidence.voided:
        w.voided, w.asked = True, w.asked or evidence.asked
    elif evidence.there:
        w.there, w.there_soft = w.there or not evidence.hedged, w.there_soft or evidence.hedged
    else:
        w.not_there, w.not_soft = w.not_there or not evidence.hedged, w.not_soft or evidence.hedged


def _count_other(w: Weighed, evidence: Evidence, question: Question) -> None:
    """Words of another sign; of a question that nobody knows it may be the one."""
    w.others = w.others or (evidence.there and evidence.kind != "fits")
    if question.any_sign and evidence.there:
        w.statement = "has"
    elif question.any_sign and evidence.kind != "not_there":
        w.not_there, w.not_soft = w.not_there or not evidence.hedged, w.not_soft or evidence.hedged


def _count_clause(w: Weighed, one: Said, question: Question) -> None:
    kinds = one.kinds
    w.doubt = w.doubt or "doubt" in kinds
    if one.clause.asked:
        w.asked = True
        return
    w.yes, w.no, w.denies = w.yes or one.affirms, w.no or one.denies, w.denies or one.denies
    w.yes_word, w.unable = w.yes_word or one.affirms, w.unable or one.unable
    # One half of a sign that has two: alone it leans to a "no", after a "no" it goes with it.
    w.soft_no = w.soft_no or "soft_no" in kinds or ("half" in kinds and not w.no)
    w.soft_yes = w.soft_yes or "soft_yes" in kinds or "hedge" in kinds
    w.not_seen = w.not_seen or "not_seen" in kinds
    w.mild, w.closing = w.mild or "mild" in kinds, w.closing or "closing" in kinds
    own_not = any(e.sign in question.own and not e.there for e in one.evidence)
    w.low = w.low or ("low" in kinds and not own_not and "mild" not in kinds) or "almost" in kinds
    past = "earlier" in kinds and bool(_PAST & set(one.clause.tokens))
    then = "earlier" in kinds and (one.affirms or one.denies)  # "he said no earlier"
    then = then or (past and not (one.evidence or one.unknown))  # "he was earlier"
    was_well = own_not or any(e.kind == "well" and e.there for e in one.evidence)
    then = then or (past and was_well and (question.emergency or not w.no))  # "she was breathing fine before"
    w.voided = w.voided or then or bool(kinds & {"no_longer", "long_ago"})
    w.of_child = w.of_child or (one.affirms and bool(set(one.clause.tokens) & _CHILD))
    if one.no_such and question.any_sign:
        w.no = True
    if one.unknown and not one.negated and one.clause.link != "condition":
        w.statement = "has" if one.has else w.statement or "says"


def _takes_back(one: Said, question: Question, *, led_no: bool) -> bool:
    """Whether a clause after a "no" makes it less than firm."""
    supports = _supports(one, question)
    if one.clause.link in ("contrast", "condition") and not supports:
        return True
    if one.clause.asked:
        return len(one.clause.tokens) < 2
    if one.cannot and not supports:
        return True
    unplain = question.emergency or not led_no
    if unplain and one.negated and one.unknown and not one.no_such and not supports:
        return True
    tokens = one.clause.tokens
    limited = any(
        word in question.limits and tokens[at - 1 : at] != ["no"] and not set(tokens[at + 1 : at + 2]) & question.verbs
        for at, word in enumerate(tokens)
    )
    return limited and bool(one.unknown) and not supports


def _supports(one: Said, question: Question) -> bool:
    """Whether a clause after a "no" says the same as the "no"."""
    return bool(one.denies or one.kinds & {"closing", "mild", "not_seen", "half"}) or any(
        (e.kind in ("well", "trouble") or e.sign in question.own) and e.there == (e.kind == "well") and not e.hedged
        for e in one.evidence
    )


def _cut_off(said: Sequence[Said], at: int) -> bool:
    """ "Never before midnight", "not until he lies down": a bare negation that the clause belongs to."""
    return bool(said[at].clause.link) and at > 0 and said[at - 1].clause.tokens in (["not"], ["never"])


def _only_when(said: Sequence[Said], at: int, question: Question) -> bool:
    """ "No, this morning", "no, once": when or how often, and nothing that was so then."""
    one, following = said[at], said[at + 1].clause if at + 1 < len(said) else None
    if _supports(one, question) or one.clause.asked or (following and not following.link and not following.polarity):
        return False
    return (one.kinds == {"earlier"} and one.fragment) or one.clause.tokens[0] in question.when_and_where


def _limits_what_follows(said: Sequence[Said], at: int, question: Question) -> bool:
    """ "No, just after school": a limit by itself, before a part of its own."""
    tokens = said[at].clause.tokens
    return bool(tokens) and set(tokens) <= question.limits and at + 1 < len(said) and bool(said[at + 1].clause.link)
