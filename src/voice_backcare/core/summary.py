"""Summary of a conversation as one frozen value: questions and answers, what could not be ruled out, advice, home care.

It is made from the content and the state of a conversation; ``report`` renders it, ``Prompts.summary`` says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from voice_backcare.core.coach.care_log import NOTHING_DONE, HomeCareDone
from voice_backcare.core.content import PARTS, Content, Personal
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID, Triage
from voice_backcare.core.state import UNSURE, YES, Record

INCOMPLETE = "incomplete"
_WHOLE_PARTS = {"emergency": "the emergency signs as a whole", "urgent": "the urgent signs as a whole"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the handout. ``answer``: "yes", "no", "unsure" (asked, not known), "soft_no" (a no, not sure);
    None where it was not asked. ``volunteered``: the sign was named before it was asked about (D14).
    """

    id: str
    part: str
    question: str
    sign: str
    answer: str | None
    sources: tuple[str, ...]
    volunteered: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Moments on the wall clock, with their offset from UTC; None where the clock is not known."""

    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Summary of a conversation.

    ``outcome``: the disposition reached, or "incomplete". ``advice``: what was advised, as it is shown. ``because``:
    the ids that caused it. ``not_ruled_out``: in words, the signs in doubt, and the parts whose read-back was refused
    twice (D2, D13). ``asked_for_help``: an emergency phrase was heard that belongs to no single sign. ``started_at_s``:
    the session's clock when it began, from which the times of ``done`` count. ``parts``: title of each part, in the
    order in which they are asked.
    """

    outcome: str
    advice: tuple[str, ...]
    because: tuple[str, ...]
    asked: tuple[Asked, ...]
    not_ruled_out: tuple[str, ...]
    asked_for_help: bool
    ended: bool
    done: HomeCareDone
    when: When
    started_at_s: float
    personal: Personal
    source: str
    parts: Mapping[str, str]

    @property
    def volunteered(self) -> tuple[Asked, ...]:
        """The signs that were named before they were asked about, in the order of the questions."""
        return tuple(asked for asked in self.asked if asked.volunteered)

    def answered(self, answer: str) -> tuple[Asked, ...]:
        """The questions with this answer, in the order in which they are asked."""
        return tuple(asked for asked in self.asked if asked.answer == answer)


def summarise(
    content: Content,
    record: Record,
    *,
    ended: bool = True,
    done: HomeCareDone = NOTHING_DONE,
    when: When | None = None,
    started_at_s: float = 0.0,
) -> Summary:
    """Summary of ``record``. ``ended``: False while the conversation goes on, which is then "incomplete" so far."""
    triage = Triage(content)
    prompts = Prompts(content, triage)
    disposition = triage.disposition(record)
    caused = triage.causes(record)
    return Summary(
        outcome=disposition or INCOMPLETE,
        advice=tuple(line.text for line in prompts.outcomes.advice(record)),
        because=caused[1] if caused else (),
        asked=tuple(
            Asked(q.id, q.part, q.ask, q.sign, record.answer(q.id), q.sources, _volunteered(record, q.id))
            for part in PARTS
            for q in (content.questions[question_id] for question_id in content.part(part))
        ),
        not_ruled_out=_not_ruled_out(content, record),
        asked_for_help=record.phrase,
        ended=ended,
        done=done,
        when=when or When(),
        started_at_s=started_at_s,
        personal=content.personal,
        source=f"{content.source['title']}, {content.source['publisher']}, {content.source['years']}",
        parts={part: each.title for part, each in content.part_titles.items()},
    )


def _volunteered(record: Record, question_id: str) -> bool:
    """Whether the sign was named unasked, and has not been taken back since."""
    return question_id in record.volunteered and record.answer(question_id) == YES


def _not_ruled_out(content: Content, record: Record) -> tuple[str, ...]:
    signs = [q.sign for q in content.questions.values() if record.answer(q.id) == UNSURE]
    return (*signs, *(_WHOLE_PARTS[part] for part in READ_BACK_ID if part in record.unresolved))
