"""The rules of the triage over what was answered: which disposition holds, and what comes next (D1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.content import Content
from voice_backcare.core.state import NO, PHRASE, SOFT_NO, SOFT_YES, UNSURE, YES, Position, Record

# The parts that are read back, and what a read-back refused twice stands for (D13).
# A refusal alone is never "call 911".
READ_BACK_DISPOSITION = {"emergency": "call_provider_now", "urgent": "call_provider_now"}
READ_BACK_ID = {part: f"read_back_{part}" for part in READ_BACK_DISPOSITION}
READ_BACK_PARTS = {read_back_id: part for part, read_back_id in READ_BACK_ID.items()}

# Most urgent first; a positive answer in the part makes the disposition.
TIERS = (
    ("emergency", "call_911"),
    ("scope", "out_of_scope"),
    ("urgent", "call_provider_now"),
    ("follow_up", "follow_up"),
)
# Most urgent first. An injury ends the questions, but takes nothing away from an urgent sign (D1).
URGENCY = ("call_911", "call_provider_now", "out_of_scope", "follow_up")
BY_URGENCY = tuple(sorted(TIERS, key=lambda tier: URGENCY.index(tier[1])))
# A "no" that is not sure keeps the least disposition one tier up: the part, and what its signs then amount to (D2).
NOT_SURE = {"call_provider_now": "emergency", "follow_up": "urgent"}
REST = ("scope", "urgent", "follow_up")  # what "the rest" after an urgent sign is made of


@dataclass(frozen=True)
class Triage:
    """The rules, bound to the questions of ``content``. All methods are pure."""

    content: Content

    def positive(self, record: Record, part: str) -> tuple[str, ...]:
        """The part's signs that were answered yes, or doubted twice (D2), in the order they are asked."""
        given = dict(record.answers)
        return tuple(q for q in self.content.part(part) if given.get(q) in (YES, UNSURE))

    def not_sure(self, record: Record, part: str) -> tuple[str, ...]:
        """The part's signs that were a "no, not sure" (D2), in the order they are asked."""
        given = dict(record.answers)
        return tuple(q for q in self.content.part(part) if given.get(q) == SOFT_NO)

    def firm(self, question_id: str, meaning: str) -> str | None:
        """The answer that ``meaning`` is by itself; None where the question is asked once more (D2)."""
        if meaning == SOFT_YES and question_id not in self.content.part("emergency"):
            return YES
        return meaning if meaning in (YES, NO) else None

    def settled(self, question_id: str, before: str, meaning: str) -> str:
        """The answer where the question was asked twice: doubt counts as yes, a second soft no as "no, not sure" (D2).

        ``before`` is the first answer. A soft yes that becomes a soft no is doubt.
        """
        return SOFT_NO if meaning == SOFT_NO and before != SOFT_YES else UNSURE

    def unanswered(self, record: Record, part: str) -> tuple[str, ...]:
        """Ids of the questions of ``part`` that have no answer yet, in the order they are asked."""
        given = dict(record.answers)
        return tuple(q for q in self.content.part(part) if q not in given)

    def causes(self, record: Record) -> tuple[str, tuple[str, ...]] | None:
        """The most urgent disposition so far and what caused it; None while nothing did (D1)."""
        for part, disposition in BY_URGENCY:
            causes = self.positive(record, part)
            if part == "emergency" and record.phrase:
                causes = (*causes, PHRASE)
            causes = (*causes, *self._unresolved(record, disposition))
            if disposition in NOT_SURE:
                causes = (*self.not_sure(record, NOT_SURE[disposition]), *causes)
            if causes:
                void = disposition == "follow_up" and record.changed and self._left_to_ask(record)
                return None if void else (disposition, causes)
        return None

    def _left_to_ask(self, record: Record) -> bool:
        """Whether a question, or a read-back, of what is more urgent than a follow-up is left."""
        parts = ("emergency", "scope", "urgent")
        asked = any(self.unanswered(record, part) for part in parts)
        return asked or any(self._to_read_back(record, part) for part in READ_BACK_DISPOSITION)

    def _unresolved(self, record: Record, disposition: str) -> tuple[str, ...]:
        """The read-backs, refused twice, that make this disposition (D13)."""
        made = (part for part, its_disposition in READ_BACK_DISPOSITION.items() if its_disposition == disposition)
        return tuple(READ_BACK_ID[part] for part in made if part in record.unresolved)

    def disposition(self, record: Record) -> str | None:
        """What stands now: the most urgent cause's, home care once all was asked and confirmed, else None."""
        caused = self.causes(record)
        if caused:
            return caused[0]
        all_answered = not any(self.unanswered(record, part) for part, _ in TIERS)
        return "home_care" if all_answered and record.confirmed >= READ_BACK_DISPOSITION.keys() else None

    def next_place(self, record: Record) -> Position:
        """Where the conversation goes on, from what was answered alone."""
        disposition = self.disposition(record)
        if disposition == "call_911":
            return Position("outcome", disposition)
        if question := next(iter(self.unanswered(record, "emergency")), None):
            return Position("question", question)
        if "emergency" in record.unresolved:
            return self._after_urgent(record)
        if self._to_read_back(record, "emergency"):
            return Position("read_back", "emergency")
        if disposition == "out_of_scope":
            return Position("outcome", disposition)
        if self.unanswered(record, "scope"):
            return Position("question", self.unanswered(record, "scope")[0])
        if disposition == "call_provider_now":
            return self._after_urgent(record)
        if question := next(iter(self.unanswered(record, "urgent")), None):
            return Position("question", question)
        if self._to_read_back(record, "urgent"):
            return Position("read_back", "urgent")
        if question := next(iter(self.unanswered(record, "follow_up")), None):
            return Position("question", question)
        return Position("offer", "home_care")

    def rest(self, record: Record) -> tuple[str, ...]:
        """The questions that are left after an urgent sign."""
        return tuple(q for part in REST for q in self.unanswered(record, part))

    def _after_urgent(self, record: Record) -> Position:
        rest = self.rest(record)
        if rest and not record.continue_after_urgent:
            return Position("offer", "rest")
        if rest and record.continue_after_urgent == "accepted":
            return Position("question", rest[0])
        return Position("outcome", "call_provider_now")

    # --- what a read-back and a correction do to the record --------------------------------

    def _to_read_back(self, record: Record, part: str) -> bool:
        return part not in record.confirmed | record.unresolved and bool(self.taken_as_no(record, part))

    def taken_as_no(self, record: Record, part: str) -> tuple[str, ...]:
        """What the part's read-back names: its answers "no" that were sure."""
        return tuple(q for q in self.read_back_part(part) if record.answer(q) == NO)

    def read_back_part(self, part: str) -> tuple[str, ...]:
        """The questions that the part's read-back names: the injury is confirmed with the urgent signs."""
        return (
            (*self.content.part("scope"), *self.content.part("urgent")) if part == "urgent" else self.content.part(part)
        )

    def confirm(self, record: Record, part: str) -> Record:
        """The record with the read-back of ``part`` confirmed (D13)."""
        return replace(record, confirmed=record.confirmed | {part}, unresolved=record.unresolved - {part})

    def refuse(self, record: Record, part: str) -> Record:
        """Refused or doubted once: every "no" of its part is asked again. Twice: it could not be ruled out (D13)."""
        if part in record.refused:
            return replace(record, unresolved=record.unresolved | {part})
        return replace(record, refused=record.refused | {part}).without(*self.taken_as_no(record, part))

    def answered(self, record: Record, question_id: str, answer: str) -> Record:
        """Record an answer; a part that had been confirmed has to be read back again."""
        return self._unconfirm(record.with_answer(question_id, answer), question_id)

    def unanswer(self, record: Record, question_id: str) -> Record:
        """Take back a "no", so that the question is asked again."""
        return self._unconfirm(record.without(question_id), question_id)

    def withdraw(self, record: Record, cause: str) -> Record:
        """A cause is taken back after a heard "no" and a heard "yes" (D7)."""
        record = replace(record, continue_after_urgent="", heard="")
        if cause == PHRASE:
            return replace(record, phrase=False)
        for part, read_back_id in READ_BACK_ID.items():
            if cause == read_back_id:
                return self.confirm(record, part)
        return self.answered(record, cause, NO)

    def stale(self, record: Record) -> Record:
        """After a long interruption: yes and doubt stand, every "no" is asked again (D11)."""
        return replace(
            record.without(*(q for q, answer in record.answers if answer == NO)),
            confirmed=frozenset(),
            refused=frozenset(),
        )

    def _unconfirm(self, record: Record, question_id: str) -> Record:
        parts = {part for part in READ_BACK_DISPOSITION if question_id in self.read_back_part(part)}
        return replace(record, confirmed=record.confirmed - parts)
