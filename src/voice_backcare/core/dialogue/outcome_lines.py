"""The lines of what is advised, and why: the outcome, what to watch for after it, and the summary to tell somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voice_backcare.core.coach.care_log import HomeCareDone
from voice_backcare.core.content.lines import Lines, amount, chunks, spoken
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID, READ_BACK_PARTS, Triage
from voice_backcare.core.events import Line
from voice_backcare.core.state import NO, PHRASE, SOFT_NO, UNSURE, YES, Record

PROVIDER_OUTCOMES = ("call_provider_now", "out_of_scope", "follow_up")
PROVIDER_NOW = ("call_provider_now", "out_of_scope")


@dataclass(frozen=True)
class OutcomeLines:
    """Bound to the lines of one content."""

    texts: Lines
    triage: Triage

    def outcome(self, record: Record) -> tuple[Line, ...]:
        """The disposition, why, and F8 in every case; the 911 instruction is said twice (D6)."""
        disposition = self.triage.disposition(record)
        because = self.because(record)
        if disposition is None:
            return ()
        if disposition == "call_911":
            instruction = self.texts.lines("call_911", "cannot_dial")
            return (*instruction, *because, *instruction)
        return (*self.told(disposition), *because, *self._afterwards(disposition))

    def told(self, disposition: str) -> tuple[Line, ...]:
        """What is advised, in one or two lines, and whom to call."""
        advice = self.texts.lines(disposition, *(("out_of_scope_advice",) if disposition == "out_of_scope" else ()))
        return (*advice, *(self.contact() if disposition in PROVIDER_OUTCOMES else ()))

    def advice(self, record: Record) -> tuple[Line, ...]:
        """What is advised by what was answered so far, in as few lines as can stand alone."""
        disposition = self.triage.disposition(record)
        if disposition is None:
            return (*self.texts.lines("incomplete_advice"), *self.contact(), *self.texts.safety_net())
        told = self.told(disposition)
        return told if disposition == "call_911" else (*told, *self._afterwards(disposition))

    def _afterwards(self, disposition: str) -> tuple[Line, ...]:
        """What comes after every disposition below 911: the return precautions (D15), and F8.

        Where the provider is to be called right now, the urgent signs and keeping in touch would say less than that.
        """
        if disposition in PROVIDER_NOW:
            return (*self.texts.safety_net(), *self.texts.lines("provider_first"))
        return (*self.return_precautions(), *self.texts.lines("in_any_case"))

    def return_precautions(self) -> tuple[Line, ...]:
        """The danger signs as "call 911 if", the urgent signs as "call right away if" (D15)."""
        first, second = chunks(self.texts.content.part("urgent"))
        urgent = (
            *self.texts.signs("call_again_1", first, joint="or"),
            *self.texts.signs("call_again_2", second, joint="or"),
        )
        return (*self.texts.safety_net(), *urgent)

    def contact(self) -> tuple[Line, ...]:
        """Who the child's provider is, and the number, where the person has set them."""
        return spoken(self.texts.content.contact)

    def because(self, record: Record) -> tuple[Line, ...]:
        """Why that is advised: the signs, what was heard, and what could not be ruled out."""
        caused = self.triage.causes(record)
        if not caused:
            return self.not_sure(record, self.texts.content.questions)
        causes = caused[1]
        lines = [*self.texts.signs("because_yes", (c for c in causes if record.answer(c) == YES))]
        lines += self.texts.signs("because_unsure", (c for c in causes if record.answer(c) == UNSURE))
        if caused[0] == "call_911" and record.heard:
            lines += [self.texts.line("because_heard", phrase=record.heard)]
        elif PHRASE in causes:
            lines += [self.texts.line("because_phrase")]
        lines += self.unresolved(frozenset(part for rb, part in READ_BACK_PARTS.items() if rb in causes))
        lines += () if caused[0] == "call_911" else self.not_sure(record, self.texts.content.questions)
        return tuple(lines)

    def not_sure(self, record: Record, question_ids: Iterable[str]) -> tuple[Line, ...]:
        """The answers "no, not sure" (D2)."""
        return self.texts.signs("not_sure", (q for q in question_ids if record.answer(q) == SOFT_NO))

    def unresolved(self, parts: frozenset[str]) -> tuple[Line, ...]:
        """The parts whose read-back was refused twice (D13)."""
        return tuple(self.texts.line(f"because_{part}_read_back") for part in READ_BACK_ID if part in parts)

    def summary(self, record: Record, done: HomeCareDone, *, at_outcome: bool) -> tuple[Line, ...]:
        """What was answered, in the order a dispatcher or nurse wants it: what, yes, not sure, no; then what was
        advised, where that is not what stands anyway, and what was done at home.
        """
        questions = self.texts.content.questions
        by_answer = {
            answer: tuple(q for q in questions if record.answer(q) == answer and (q, answer) != ("S1", NO))
            for answer in (YES, UNSURE, NO)
        }
        if not record.answers and not record.phrase:
            return (*self.texts.lines("summary_nothing"), *self._done(done))
        disposition = self.triage.disposition(record)
        return (
            *(self.contact() if at_outcome and disposition in PROVIDER_OUTCOMES else ()),
            *self.texts.lines("summary_start" if at_outcome else "summary_so_far"),
            *(self.texts.lines("summary_phrase") if record.phrase else ()),
            *self.texts.signs("summary_yes", by_answer[YES]),
            *self.texts.signs("summary_unsure", by_answer[UNSURE]),
            *self.not_sure(record, questions),
            *self.unresolved(record.unresolved),
            *(self.texts.lines("summary_no_injury") if record.answer("S1") == NO else ()),
            *self.texts.signs("summary_no", by_answer[NO]),
            *(self.told(disposition) if disposition and not at_outcome else ()),
            *self._done(done),
        )

    def _done(self, done: HomeCareDone) -> tuple[Line, ...]:
        lines = []
        for pack, times, minutes in done.packs():
            often = ("once", "twice")[times - 1] if times < 3 else f"{times} times"
            lasted = {"minutes": amount(minutes)} if minutes is not None else {}
            line_id = "summary_pack" if lasted else "summary_pack_untimed"
            lines.append(self.texts.line(line_id, pack=pack.capitalize(), times=often, **lasted))
        return tuple(lines)
