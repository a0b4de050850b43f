"""What one clause says: its signs, there or not there, with the doubt, the person and the time they are said with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voice_backcare.core.understanding.clauses import Clause
from voice_backcare.core.understanding.lexicon import Lexicon
from voice_backcare.core.understanding.phrases import Found, Tag
from voice_backcare.core.understanding.text import as_spoken

_WEAK_NEGATIONS = frozenset({"hardly", "barely"})
_CRIES = frozenset({"cry", "event", "call", "called", "ask", "fits"})
_HAVING = frozenset({"have", "has", "had", "having", "got", "gets", "get", "'ve", "getting"})
_KEPT = frozenset({"cry", "event", "call", "called", "ask", "doubt", "hedge", "earlier", "almost"})
_NO_SUBJECTS = frozenset({"my", "our", "it", "its", "his", "her", "their", "him", "them", "me", "us"})
LIMITS = frozenset({"just", "only"})
_CALLS = frozenset({"call", "called", "ask"})
_CLAUSE_KINDS = frozenset(
    {
        "doubt",
        "hedge",
        "soft_no",
        "soft_yes",
        "low",
        "almost",
        "long_ago",
        "earlier",
        "no_longer",
        "explain",
        "closing",
        "not_seen",
        "mild",
        "half",
    }
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One phrase of one clause. ``sign``: of "there" the sign's or the place's; of a cry what it is a yes to.

    ``there``: the sign is there, after all negations. ``hedged``: doubted or softened. ``voided``: said of another
    person, another time, as a question or under a condition, and so no answer.
    """

    kind: str
    sign: str
    phrase: str
    there: bool = True
    hedged: bool = False
    voided: bool = False
    asked: bool = False
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Negation:
    """The negations before a phrase. ``last``: where the last of them is, among the words that are compared.

    ``weak``: "hardly". ``answered``: "no" right before the phrase. ``loose``: a word that nothing accounts for stands
    between, so that it may be that word which is negated ("no strength in his arms").
    """

    last: int | None = None
    weak: bool = False
    answered: bool = False
    loose: bool = False

    @property
    def negated(self) -> bool:
        """Whether the phrase is turned round."""
        return self.last is not None and not self.weak


@dataclass(slots=True)
class Said:
    """A clause, read. ``kinds``: of its phrases that belong to no sign ("doubt", "low" ...).

    ``affirms``, ``denies``: "it does", "he hasn't" and the like. ``unknown``: words that no phrase accounts for.
    ``negated``: one of those stands behind a negation; ``cannot``: behind "can't". ``unable``: "he can't" is all of it.
    """

    clause: Clause
    kinds: set[str] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    affirms: bool = False
    denies: bool = False
    unknown: list[str] = field(default_factory=list)
    negated: bool = False
    cannot: bool = False
    no_such: bool = False
    fragment: bool = False
    unable: bool = False
    has: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing that counts is said."""
        return not (self.kinds or self.evidence or self.affirms or self.denies or self.unknown or self.negated)


class ClauseReader:
    """Reads clauses by the phrases of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        classes = lexicon.classes
        self._negations = classes["negations"]
        self._auxiliaries = classes["auxiliaries"]
        self._strengtheners = classes["strengtheners"]
        self._quantities = classes["quantities"]
        self._fillers = classes["fillers"] - {"like"}
        self._persons = classes["child"] | classes["oneself"]
        self._others = classes["others"] | classes["others_unless_called"]

    def read(self, clause: Clause, places: frozenset[str]) -> Said:
        """The clause with all its phrases; ``places``: whose own words count (``PhraseTree.find``)."""
        said = Said(clause)
        if clause.polarity:
            return said
        if not clause.asked:
            places -= {"@topic"}  # a topic is asked about; its longer phrases must not hide what a statement says
        lexicon = self._lexicon
        if clause.tokens and clause.tokens[0] in ("well", "so", "okay", "alright") and len(clause.tokens) > 1:
            clause.tokens = clause.tokens[1:]
        pairs = lexicon.reduced(clause.tokens)
        reduced = [word for word, _ in pairs]
        at_token = [at for _, at in pairs]
        found = lexicon.phrases.find(reduced, places)
        if all(word in self._negations for word in reduced) and (tags := self._small(clause.tokens, places)):
            found, reduced, at_token = (Found(0, 1, tags),), ["-"], [len(clause.tokens) - 1]
        covered = {at for f in found for at in range(f.start, f.end)}
        leans = [f.end for f in found if any(tag.kind in ("soft_no", "not_seen") for tag in f.tags)]
        for one in found:
            # In "i think he's not breathing" the "not" is the cry's own, and turns nothing round.
            leaning = any(end <= one.start for end in leans)
            self._take(said, one, reduced, at_token, found, places, leaning=leaning)
        self._soften(said)
        self._elliptic(said, reduced)
        self._leftover(said, reduced, covered)
        said.has = any(t in _HAVING for t in clause.tokens) and not clause.asked
        has_verb = any(t in self._auxiliaries or t in self._persons for t in clause.tokens)
        said.fragment = bool(found) and not has_verb and not said.unknown and not said.negated
        return said

    def _small(self, tokens: Sequence[str], places: frozenset[str]) -> tuple[Tag, ...]:
        """What a phrase of small words alone stands for: "i did", "just now"."""
        small, phrases = self._persons | self._auxiliaries, self._lexicon.small_phrases
        start = next((at for at, t in enumerate(tokens) if t not in small), 0)
        without_fillers = tuple(t for t in tokens if t not in self._fillers)
        bare = tuple(t for t in without_fillers if t not in self._strengtheners)
        forms = (tuple(tokens), tuple(tokens[start:]), without_fillers, bare)
        tags = next((phrases[form] for form in forms if form in phrases), ())
        return tuple(tag for tag in tags if not tag.sign.startswith("@") or tag.sign in places)

    def _take(
        self, said: Said, one: Found, reduced: Sequence[str], at_token: Sequence[int], found: Sequence[Found],
        places: frozenset[str], *, leaning: bool,
    ) -> None:  # fmt: skip
        start_token, tokens = at_token[one.start], said.clause.tokens
        negation = self._negation(one, found, reduced)
        after = tokens[at_token[negation.last] + 1 : start_token] if negation.last is not None else []
        # "No pain just tingling": what is named after "just" is there. "Not just" and "not only" begin with it.
        negated = negation.negated and not LIMITS & set(after[1:])
        own_negation = any(word in self._negations for word in reduced[one.start : one.end])
        if negation.answered and (own_negation or all(tag.kind in ("well", "not_there") for tag in one.tags)):
            negated, said.denies = False, True  # "no, fine", "no, stretching doesn't help"
            if one.end == one.start + 1 and tokens[start_token].endswith("ing"):
                said.kinds.add("doubt")  # "no walking"
        # "Not every night", "not as high as yesterday".
        some = negated and (tokens[start_token] in self._quantities or after[:1] == ["as"])
        joined = negation.last is not None and "and" in tokens[at_token[negation.last] : start_token]
        other = self._said_of_another(tokens, start_token, at_token[one.end - 1] + 1)
        heard = as_spoken(said.clause.tokens[start_token : at_token[one.end - 1] + 1])
        own = any(tag.sign in places and tag.sign != "@topic" for tag in one.tags)
        fits = any(tag.kind == "fits" for tag in one.tags)
        for tag in self._of_child(one.tags, said.clause.tokens[:start_token]):
            if own and tag.sign not in places and tag.kind not in _KEPT:
                continue  # the words of what is asked say more than any others
            if fits and tag.kind in _CRIES and tag.kind != "fits":
                continue
            if tag.kind in ("there", "not_there", "well", "trouble", "bad") or tag.kind in _CRIES:
                there = ((tag.kind != "not_there") != negated) != (leaning and tag.kind not in ("well", "bad"))
                there = there or (tag.kind == "not_there" and negation.weak) or (tag.kind == "there" and some)
                said.evidence.append(
                    Evidence(
                        tag.kind, tag.sign, heard, there,
                        hedged=joined or (negated and negation.loose) or some,
                        voided=other and tag.kind not in _CALLS, weak=negation.weak,
                    )
                )  # fmt: skip
            elif tag.kind in ("yes", "no") and not other:
                if negated and tag.kind == "yes":
                    said.kinds.add("low" if some else "soft_no")  # "not every day", "not frequently"
                elif negated:
                    said.kinds.add("doubt")
                elif tag.kind == "yes":
                    said.affirms = True
                else:
                    said.denies = True
            elif tag.kind.startswith("topic:") and said.clause.asked:
                said.evidence.append(Evidence(tag.kind, tag.sign, heard))
            elif tag.kind in _CLAUSE_KINDS or tag.kind == "nothing":
                said.kinds.add("soft_no" if negation.negated and tag.kind in ("low", "soft_yes") else tag.kind)

    def _negation(self, one: Found, found: Sequence[Found], reduced: Sequence[str]) -> Negation:
        """The negations before a phrase that are no part of another."""
        covered = {at for f in found for at in range(f.start, f.end)}
        before = {
            at
            for f in found
            if f.end <= one.start and not any(tag.kind == "no" for tag in f.tags)
            for at in range(f.start, f.end)
        }
        negators = [at for at in range(one.start) if at not in before and reduced[at] in self._negations]
        negators += self._list_negator(one, found, reduced)
        if not negators:
            return Negation()
        last = negators[-1]
        between = {reduced[at] for at in range(last + 1, one.start) if at not in covered}
        return Negation(
            last,
            weak=any(reduced[at] in _WEAK_NEGATIONS for at in negators),
            answered=last == one.start - 1 and reduced[last] == "no",
            loose=bool(between - self._negations - {"or", "more"}),
        )

    def _list_negator(self, one: Found, found: Sequence[Found], reduced: Sequence[str]) -> list[int]:
        """The "not" of "not cold or shaking", which is part of the phrase before the "or"."""
        if not one.start or reduced[one.start - 1] != "or":
            return []
        return [f.start for f in found if f.end == one.start - 1 and reduced[f.start] in self._negations]

    def names_child(self, said: Said) -> bool:
        """Whether the child, or who speaks, is named in the clause."""
        return any(token in self._persons for token in said.clause.tokens)

    def _of_child(self, tags: Sequence[Tag], before: Sequence[str]) -> Sequence[Tag]:
        """The tags without signs where who speaks doubts: "i don't know" is no sign, as "he doesn't know" is."""
        persons = [token for token in before if token in self._persons or token in self._others]
        speaker = bool(persons) and persons[-1] in self._lexicon.classes["oneself"]
        doubts = any(tag.kind == "doubt" for tag in tags)
        return [tag for tag in tags if tag.kind in _KEPT] if speaker and doubts else tags

    def _said_of_another(self, tokens: Sequence[str], start: int, end: int) -> bool:
        """Whether the phrase from ``start`` up to ``end`` is said of somebody else ("can't wake my husband"). A phrase
        that names another itself is not ("somebody pushed him").
        """
        return bool(self._others & set(tokens[end : end + 2])) or self._of_another(tokens[:start])

    def _of_another(self, tokens: Sequence[str]) -> bool:
        """Whether the last person named is not the child."""
        for token in reversed(tokens):
            if token in self._others:
                return True
            if token in self._persons and token not in _NO_SUBJECTS:
                return False
        return False

    def _soften(self, said: Said) -> None:
        """What the clause says with doubt, of another time or as a question, all its signs are said with."""
        kinds, clause = said.kinds, said.clause
        hedged = bool(kinds & {"doubt", "hedge", "soft_no", "soft_yes", "almost", "not_seen"})
        low = "low" in kinds  # a little of it is a little; a little better is better
        past = bool(kinds & {"long_ago", "no_longer"})
        voided = clause.asked or past or clause.link == "condition"
        said.evidence = [
            Evidence(
                e.kind, e.sign, e.phrase, e.there,
                e.hedged or hedged or e.weak or (low and e.there), e.voided or voided, clause.asked,
            )
            for e in said.evidence
        ]  # fmt: skip

    def _elliptic(self, said: Said, reduced: Sequence[str]) -> None:
        """ "It does", "he hasn't": a verb that stands for the question's own."""
        tokens = said.clause.tokens
        if said.clause.asked or not all(word in self._negations for word in reduced):
            return
        auxiliary = any(t in self._auxiliaries - {"to", "'d", "going"} for t in tokens) or "cannot" in tokens
        person = any(t in self._persons or t in ("there", "that", "this", "'s") for t in tokens)
        if reduced and any(word in ("not", "never", "none", "nobody", "cannot", "neither") for word in reduced):
            said.denies = said.denies or auxiliary or reduced in (["never"], ["none"], ["neither"])
            said.unable = "cannot" in reduced
        elif (
            not reduced
            and tokens[:2] != ["that", "'s"]
            and auxiliary
            and person
            and not set(tokens) & self._others
            and not tokens[-1].startswith("'")
        ):
            said.affirms = True

    def _leftover(self, said: Said, reduced: Sequence[str], covered: set[int]) -> None:
        left = [(at, word) for at, word in enumerate(reduced) if at not in covered]
        said.unknown = [word for _, word in left if word not in self._negations and word != "or"]
        negations = [(at, word) for at, word in left if word in self._negations]
        if not negations or said.denies:
            return
        last = max(at for at, word in left if word not in self._negations) if said.unknown else -1
        said.negated = any(at < last for at, _ in negations) or not said.evidence
        said.cannot = any(word in ("cannot", "unable") and at + 1 < len(reduced) for at, word in negations)
        said.no_such = said.negated and negations[0][1] == "no" and negations[0][0] == 0
