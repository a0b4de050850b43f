"""The summary as data: a FHIR R4B ``QuestionnaireResponse`` that contains its ``Questionnaire``.

Answers are those of HL7's value set "yesnodontknow": Y and N of table 0136, and asked-unknown. Nothing says who the
child is. A question that was not asked has no item in the response; a "call 911" at the first answer is complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from voice_backcare import __version__
from voice_backcare.core.summary import INCOMPLETE, Asked, Summary
from voice_backcare.report.page import at_moment

YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
VALUE_SET = "http://hl7.org/fhir/ValueSet/yesnodontknow"
CODES = {
    "yes": {"system": YES_NO, "code": "Y", "display": "Yes"},
    "no": {"system": YES_NO, "code": "N", "display": "No"},
    "unsure": {"system": ABSENT, "code": "asked-unknown", "display": "Asked But Unknown"},
    "soft_no": {
        "system": ABSENT,
        "code": "asked-unknown",
        "display": "Asked But Unknown",
    },  # a no, not sure, is no "no"
}
_ID = "questionnaire"

Json = dict[str, Any]


def render(summary: Summary) -> bytes:
    """Indented JSON in UTF-8."""
    return (json.dumps(resource(summary), ensure_ascii=False, indent=2) + "\n").encode()


def resource(summary: Summary) -> Json:
    """The response, with the questionnaire in it."""
    authored = summary.when.ended or summary.when.started
    return {
        "resourceType": "QuestionnaireResponse",
        "language": "en",
        "contained": [questionnaire(summary)],
        "questionnaire": f"#{_ID}",
        "status": _status(summary),
        **({"authored": _moment(authored)} if authored else {}),
        "item": list(_answers(summary)),
    }


def questionnaire(summary: Summary) -> Json:
    """The questionnaire: every question, whether it was asked or not."""
    return {
        "resourceType": "Questionnaire",
        "id": _ID,
        "language": "en",
        "version": __version__,
        "name": "BackSpasmNoTraumaChild",
        "title": "Red flags in a child's back spasm that did not follow an injury",
        "status": "active",
        "subjectType": ["Patient"],
        "description": f"Asked by voice-backcare, a guide and not a doctor. From one family handout: {summary.source}.",
        "item": list(_questions(summary)),
    }


def _status(summary: Summary) -> str:
    if not summary.ended:
        return "in-progress"
    return "stopped" if summary.outcome == INCOMPLETE else "completed"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


# --- the questions -------------------------------------------------------------------------


def _questions(summary: Summary) -> Iterator[Json]:
    for part, text in summary.parts.items():
        yield _group(part, text, [_question(asked) for asked in summary.asked if asked.part == part])
    yield _question_item("asked_for_help", "Help was asked for at once", "boolean")
    yield _question_item("volunteered", "Named without being asked", "string", repeats=True)
    yield _question_item("not_sure", "Thought not to be there, not sure", "string", repeats=True)
    yield _question_item("not_ruled_out", "Could not be ruled out", "string", repeats=True)
    yield _question_item("outcome", "What it comes to", "string")
    yield _question_item("advice", "What was advised", "string", repeats=True)
    phase = [
        _question_item("phase.pack", "Ice or heat", "string"),
        _question_item("phase.on", "On", "dateTime"),
        _question_item("phase.off", "Off", "dateTime"),
        _question_item("phase.minutes", "Minutes on", "integer"),
    ]
    total = _question_item("total_minutes", "Minutes since the first time, pauses included", "integer")
    yield _group("done", "Done at home so far", [_group("phase", "One time ice or heat was on", phase, True), total])


def _question(asked: Asked) -> Json:
    return {
        "linkId": asked.id,
        "prefix": asked.id,
        "text": asked.question,
        "type": "choice",
        "answerValueSet": VALUE_SET,
    }


def _question_item(link_id: str, text: str, kind: str, *, repeats: bool = False) -> Json:
    return {"linkId": link_id, "text": text, "type": kind, **({"repeats": True} if repeats else {})}


def _group(link_id: str, text: str, items: list[Json], repeats: bool = False) -> Json:
    return _question_item(link_id, text, "group", repeats=repeats) | {"item": items}


# --- the answers ---------------------------------------------------------------------------


def _answers(summary: Summary) -> Iterator[Json]:
    texts = {item["linkId"]: item["text"] for item in _every(_questions(summary))}

    def item(link_id: str, kind: str, values: Iterable[Any]) -> list[Json]:
        answers = [{f"value{kind}": value} for value in values if value is not None]
        return [{"linkId": link_id, "text": texts[link_id], "answer": answers}] if answers else []

    def group(link_id: str, items: list[Json]) -> list[Json]:
        return [{"linkId": link_id, "text": texts[link_id], "item": items}] if items else []

    for part in summary.parts:
        asked = [one for one in summary.asked if one.part == part and one.answer is not None]
        yield from group(part, [each for one in asked for each in item(one.id, "Coding", [CODES[str(one.answer)]])])
    yield from item("asked_for_help", "Boolean", [summary.asked_for_help])
    yield from item("volunteered", "String", (asked.sign for asked in summary.volunteered))
    yield from item("not_sure", "String", (asked.sign for asked in summary.answered("soft_no")))
    yield from item("not_ruled_out", "String", summary.not_ruled_out)
    yield from item("outcome", "String", [summary.outcome])
    yield from item("advice", "String", summary.advice)
    phases = [
        each
        for phase in summary.done.phases
        for each in group(
            "phase",
            [
                *item("phase.pack", "String", [phase.pack]),
                *item("phase.on", "DateTime", [_at(summary, phase.on_at_s)]),
                *item("phase.off", "DateTime", [_at(summary, phase.off_at_s)]),
                *item("phase.minutes", "Integer", [_whole(phase.minutes)]),
            ],
        )
    ]
    total = item("total_minutes", "Integer", [_whole(summary.done.total_minutes)])
    yield from group("done", [*phases, *total])


def _every(items: Iterable[Json]) -> Iterator[Json]:
    for item in items:
        yield item
        yield from _every(item.get("item", ()))


def _at(summary: Summary, at_s: float | None) -> str | None:
    moment = at_moment(summary, at_s)
    return _moment(moment) if moment else None


def _whole(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes)
