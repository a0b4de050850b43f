"""An utterance taken apart: fillers off, then one ``Clause`` for each thing that is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from voice_backcare.core.understanding.lexicon import Lexicon
from voice_backcare.core.understanding.text import ASKED, BOUNDARY

Link = Literal["", "contrast", "condition", "link"]

_POSSESSIVES = frozenset({"his", "her", "their"})
_PARTICLES = frozenset({"up", "down", "off", "out", "to", "in", "on", "when", "if", "and", "again"})


@dataclass(slots=True)
class Clause:
    """``tokens`` in order. ``polarity``: "yes" or "no" where the clause is that word alone.

    ``link``: how it hangs on what came before. ``asked``: it is a question. ``pause``: a comma or a pause, and no
    word, parts it from what came before.
    """

    tokens: list[str] = field(default_factory=list)
    polarity: str = ""
    link: Link = ""
    asked: bool = False
    pause: bool = False


class Splitter:
    """Takes utterances apart by the word classes of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        classes = lexicon.classes
        self._yes, self._no = classes["yes_words"], classes["no_words"]
        self._subjects = classes["subject"] | classes["others_unless_called"]
        self._before_verb = classes["subject_before_verb"]
        self._verbs = (
            classes["auxiliaries"] | lexicon.finite | {"just", "not", "cannot", "only", "always", "never", "keep"}
        )
        self._empty = classes["fillers"] | classes["strengtheners"] | classes["limits"]
        self._wants = classes["wants"]
        self._inverting = classes["inverting"]

    def clauses(self, tokens: Sequence[str]) -> list[Clause]:
        """The clauses of an utterance, in order; none where it has only fillers."""
        words = self._without_fillers(list(tokens))
        found: list[Clause] = [Clause()]
        for at, word in enumerate(words):
            self._take(words, at, word, found)
        result = [clause for clause in found if clause.tokens or clause.polarity]
        for clause in result:
            clause.asked = clause.asked or self._is_question(clause.tokens)
        return result

    def _take(self, words: list[str], at: int, word: str, found: list[Clause]) -> None:
        classes, clause = self._lexicon.classes, found[-1]
        if word in (BOUNDARY, ASKED):
            clause.asked = clause.asked or word == ASKED
            if clause.tokens or clause.polarity:
                found.append(Clause(pause=True))
        elif word in self._yes or (word in self._no and self._answers(words, at)):
            polarity = "yes" if word in self._yes else "no"
            link = clause.link if not clause.tokens else ""
            found.append(Clause([word], polarity, link))
            found.append(Clause())
        elif word in classes["contrast"]:
            if word == "though" and at + 1 == len(words):
                clause.link = "contrast"
            else:
                found.append(Clause(link="contrast"))
        elif word in classes["links"] and self._links(words, at, clause):
            found.append(Clause(link="condition" if word in classes["conditions"] else "link"))
        elif word == "and" and self._new_part(words, at):
            # "If he coughs and he can't breathe": still what would be.
            found.append(Clause(link="condition" if clause.link == "condition" else "link"))
        elif self._starts(words, at, clause) or self._calls(words, at, clause):
            found.append(Clause([word]))
        else:
            clause.tokens.append(word)

    def _answers(self, words: list[str], at: int) -> bool:
        """Whether this "no" is an answer ("no he fainted") and not part of "no fever", "no idea"."""
        if words[at] != "no" or at + 1 == len(words):
            return True
        following, classes = words[at + 1], self._lexicon.classes
        if following in self._yes | self._no or following in (BOUNDARY, ASKED):
            return True
        if following in ("more", "longer", "one", "way", "other"):
            return False
        small = (
            classes["child"] | classes["oneself"] | classes["listener"] | classes["auxiliaries"] | classes["negations"]
        )
        if following in small - {"get"} or following in classes["limits"] | classes["contrast"] | classes["links"]:
            return True
        if following in classes["when_and_where"]:  # "no, at night", but of "no last night he slept" it is a part
            return self._subjects.isdisjoint(words[at + 2 :])
        if following in classes["determiners"] | classes["appearance"] | classes["fillers"] | classes["questions"]:
            return True
        if following in classes["well_words"]:
            return True
        if following.endswith("ly") and following not in ("belly", "family", "jelly", "bully"):
            return True  # "no, hopefully not"
        return following in self._lexicon.finite and self._lexicon.lemmas[following] not in (
            "need",
            "change",
            "hurt",
            "limp",
            "ache",
            "burn",
            "fall",
            "cramp",
        )

    def _links(self, words: list[str], at: int, clause: Clause) -> bool:
        """Whether this word joins what follows; at the end, "before" says when ("she was fine before")."""
        last = words[at] == "before" and at + 1 == len(words)
        return not (last or (words[at] == "so" and self._follows(clause)) or self._asks_when(words, at))

    def _asks_when(self, words: list[str], at: int) -> bool:
        """Whether a question begins with this "when" ("when will it stop"), and no condition."""
        return words[at] == "when" and at + 1 < len(words) and words[at + 1] in self._inverting

    def _follows(self, clause: Clause) -> bool:
        """Whether "so" only strengthens what comes: "it's so bad", "i don't think so"."""
        return bool(clause.tokens)

    def _new_part(self, words: list[str], at: int) -> bool:
        if at + 1 == len(words):
            return True
        following, classes = words[at + 1], self._lexicon.classes
        return (
            following in self._subjects | self._before_verb | classes["auxiliaries"] | classes["negations"]
            or following in self._yes | self._no
            or following in classes["child"] | classes["oneself"]
            or following in self._lexicon.finite
        )

    def _calls(self, words: list[str], at: int, clause: Clause) -> bool:
        """Whether a last "help" is called out, and is not what somebody needs or sends."""
        last = words[at] == "help" and at + 1 == len(words)
        return last and bool(clause.tokens) and clause.tokens[-1] not in self._wants

    def _starts(self, words: list[str], at: int, clause: Clause) -> bool:
        """Whether a subject begins a sentence here, in the middle of a clause."""
        word = words[at]
        if not any(token not in self._empty for token in clause.tokens):
            return False
        before = clause.tokens[-1]
        if before in self._lexicon.classes["goes_on"] or (
            before in self._inverting
            and (len(clause.tokens) == 1 or clause.tokens[0] in self._lexicon.classes["questions"] | {"when"})
        ):
            return False
        following = words[at + 1] if at + 1 < len(words) else ""
        if word in _POSSESSIVES and following not in _PARTICLES:  # "he didn't faint | his eyes rolled"
            return any(after in self._verbs or after.startswith("'") for after in words[at + 2 : at + 3])
        if word in self._lexicon.classes["questions"]:
            return following in self._inverting
        if word in self._subjects:
            return following in self._verbs or following.startswith("'") or word in ("i", "he", "she", "we", "they")
        return word in self._before_verb and (following in self._verbs or following.startswith("'"))

    def _is_question(self, tokens: list[str]) -> bool:
        classes = self._lexicon.classes
        at = 0
        while at < len(tokens) and tokens[at] in classes["fillers"] | {"and", "okay", "so", "well"}:
            at += 1
        rest = tokens[at:]
        if not rest:
            return False
        if rest[0] in classes["questions"] and not (rest[0] == "what" and rest[1:2] == ["a"]):
            return True
        if rest[0] == "when" and len(rest) > 1 and rest[1] in self._inverting:
            return True
        if len(rest) < 2 or rest[0] not in self._inverting:
            return False
        second = rest[1:3] if rest[1] == "not" else rest[1:2]
        subjects = (
            classes["child"]
            | classes["oneself"]
            | classes["listener"]
            | classes["others"]
            | {"there", "this", "that", "the", "a"}
            | classes["others_unless_called"]
        )
        return (
            bool(second)
            and second[-1] in subjects
            and not (rest[0] in ("have", "had", "has") and second[-1] in ("a", "the", "this", "that"))
        )

    def _without_fillers(self, words: list[str]) -> list[str]:
        """Groups of words that say nothing, and what a speaker begins with, are left out; so is a stammer."""
        lexicon = self._lexicon
        kept: list[str] = []
        at = 0
        while at < len(words):
            if length := self._phrase_at(words, at, lexicon.filler_phrases):
                at += length
                continue
            if length := self._phrase_at(words, at, lexicon.contrast_phrases):
                kept.append("but")
                at += length
                continue
            if not (kept and kept[-1] == words[at] and words[at] not in ("no", "that")):
                kept.append(words[at])
            at += 1
        first = lexicon.classes["first_fillers"] | lexicon.classes["fillers"] | {BOUNDARY}
        start = 0
        while start < len(kept) - 1 and kept[start] in first and kept[start + 1] != ASKED:
            start += 1
        return kept[start:]

    @staticmethod
    def _phrase_at(words: list[str], at: int, phrases: frozenset[tuple[str, ...]]) -> int:
        for length in (4, 3, 2):
            if at + length <= len(words) and tuple(words[at : at + length]) in phrases:
                return length
        return 0
