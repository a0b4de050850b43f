"""The summary as FHIR R4B: the library takes it, and what the library does not look at holds too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.core.coach.care_log import HomeCareDone, PackPhase
from voice_backcare.core.content import Personal, load, personalise
from voice_backcare.core.state import Record
from voice_backcare.core.summary import Summary, When, summarise
from voice_backcare.report import render

CONTENT = load()
STARTED = datetime(2026, 11, 22, 21, 0, tzinfo=timezone(timedelta(hours=-5)))
V2 = "http://terminology.hl7.org/CodeSystem/v2-0136"
# What R4B's value set http://hl7.org/fhir/ValueSet/yesnodontknow holds, with the displays of the code systems.
CODED = {
    "yes": (V2, "Y", "Yes"),
    "no": (V2, "N", "No"),
    "unsure": ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown", "Asked But Unknown"),
}
STATUSES = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
TYPES = {"group", "choice", "boolean", "string", "dateTime", "integer"}
VALUES = {
    "choice": "valueCoding",
    "boolean": "valueBoolean",
    "string": "valueString",
    "dateTime": "valueDateTime",
    "integer": "valueInteger",
}
ANSWERS = st.dictionaries(st.sampled_from(sorted(CONTENT.questions)), st.sampled_from(sorted(CODED)))
PHASES = st.lists(
    st.builds(
        PackPhase,
        st.sampled_from(("ice", "heat")),
        st.none() | st.floats(0, 10_000),
        st.none() | st.floats(0, 10_000),
        st.none() | st.floats(0, 20),
    ),
    max_size=6,
)


def data_of(summary: Summary) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(render(summary, "fhir"))
    return result


def every(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from every(item.get("item", []))


def check(data: dict[str, Any]) -> None:
    """All that the library accepts though it is wrong."""
    (questionnaire,) = data["contained"]
    asked = {item["linkId"]: item for item in every(questionnaire["item"])}
    assert len(asked) == len(list(every(questionnaire["item"]))), "every linkId once"
    assert data["questionnaire"] == f"#{questionnaire['id']}"
    assert data["status"] in STATUSES and questionnaire["status"] == "active"
    for item in asked.values():
        assert item["type"] in TYPES and item["text"].strip()
        assert (item["type"] == "group") == bool(item.get("item"))
        assert ("answerValueSet" in item) == (item["type"] == "choice")
    allowed = list(CODED.values())
    check_level(data["item"], questionnaire["item"])
    for item in every(data["item"]):
        question = asked[item["linkId"]]
        assert item["text"] == question["text"]
        assert bool(item.get("answer")) != bool(item.get("item")), "no empty item, no empty answer"
        assert len(item.get("answer", [])) <= 1 or question.get("repeats")
        for answer in item.get("answer", []):
            ((kind, value),) = answer.items()
            assert kind == VALUES[question["type"]]
            assert value not in ("", None)
            if kind == "valueCoding":
                assert (value["system"], value["code"], value["display"]) in allowed


def check_level(items: list[dict[str, Any]], questions: list[dict[str, Any]]) -> None:
    """Items stand where their questions stand, in the same order, and more than once only where those repeat."""
    order = [question["linkId"] for question in questions]
    ids = [item["linkId"] for item in items]
    assert ids == sorted(ids, key=order.index)
    for item in items:
        question = questions[order.index(item["linkId"])]
        assert ids.count(item["linkId"]) == 1 or question.get("repeats")
        check_level(item.get("item", []), question.get("item", []))


def accepted(data: dict[str, Any]) -> None:
    """The library reads it, and writes the same again."""
    response = QuestionnaireResponse.model_validate(data)
    assert json.loads(response.model_dump_json()) == data
    Questionnaire.model_validate(data["contained"][0])


@given(ANSWERS, st.booleans(), st.booleans(), PHASES, st.booleans(), st.sets(st.sampled_from(("emergency", "urgent"))))
def test_whatever_was_answered_is_valid(
    answers: dict[str, str],
    phrase: bool,
    ended: bool,
    phases: list[PackPhase],
    known: bool,
    unresolved: set[str],
) -> None:
    """Any answers, any home care, with the clock known or not: valid, coded, nothing empty, every answer in it."""
    record = Record(answers=tuple(answers.items()), phrase=phrase, unresolved=frozenset(unresolved))
    when = When(STARTED, STARTED + timedelta(hours=2)) if known else When()
    summary = summarise(CONTENT, record, ended=ended, done=HomeCareDone(tuple(phases), None), when=when)
    data = data_of(summary)
    accepted(data)
    check(data)
    given_back = {
        item["linkId"]: tuple(item["answer"][0]["valueCoding"].values())
        for item in every(data["item"])
        if item["linkId"] in CONTENT.questions
    }
    assert given_back == {question: CODED[answer] for question, answer in answers.items()}
    assert ("authored" in data) == known


@pytest.mark.parametrize(
    ("record", "ended", "status"),
    [
        (Record(), True, "stopped"),
        (Record(answers=(("E1", "no"),)), False, "in-progress"),
        (Record(answers=(("E1", "yes"),)), False, "in-progress"),
        (Record(answers=(("E1", "yes"),)), True, "completed"),
    ],
)
def test_the_status_says_how_it_ended(record: Record, ended: bool, status: str) -> None:
    """Completed where a disposition was reached, stopped where not, in progress while it goes on."""
    assert data_of(summarise(CONTENT, record, ended=ended))["status"] == status


def test_what_was_volunteered_and_what_was_not_sure_are_data() -> None:
    """D2, D14: by their names; a no that is not sure is coded as asked, but not known."""
    record = Record(answers=(("E1", "soft_no"), ("R1", "yes")), volunteered=frozenset({"R1"}))
    data = data_of(summarise(CONTENT, record))
    accepted(data)
    check(data)
    told = {item["linkId"]: item["answer"] for item in every(data["item"]) if "answer" in item}
    assert told["volunteered"] == [{"valueString": "a fever"}] and told["not_sure"] == [
        {"valueString": "hard to breathe"}
    ]
    assert told["E1"][0]["valueCoding"]["code"] == "asked-unknown"


def test_home_care_and_times_are_data_too() -> None:
    """Each phase with its times, to the second and with the offset from UTC, and the minutes in all."""
    done = HomeCareDone((PackPhase("ice", 60.0, 1260.0, 20.0), PackPhase("heat", 2460.0, None, None)), 41.0)
    data = data_of(summarise(CONTENT, Record(), done=done, when=When(STARTED, None), started_at_s=0.0))
    check(data)
    values = [
        (item["linkId"], next(iter(item["answer"][0].values())))
        for item in every(data["item"][-1]["item"])
        if "answer" in item
    ]
    assert values == [
        ("phase.pack", "ice"),
        ("phase.on", "2026-11-22T21:01:00-05:00"),
        ("phase.off", "2026-11-22T21:21:00-05:00"),
        ("phase.minutes", 20),
        ("phase.pack", "heat"),
        ("phase.on", "2026-11-22T21:41:00-05:00"),
        ("total_minutes", 41),
    ]
    assert data["authored"] == "2026-11-22T21:00:00-05:00"


def test_nothing_says_who_the_child_is() -> None:
    """No subject, no author; the provider's name and number are only in the advice that was given."""
    own = personalise(CONTENT, Personal("911", "Dr. Ada Lee", "555-0142"))
    data = data_of(summarise(own, Record(answers=(("R1", "yes"),))))
    assert not {"subject", "author", "source", "identifier", "encounter"} & data.keys()
    advice = next(item for item in data["item"] if item["linkId"] == "advice")
    assert "Dr. Ada Lee is your child's provider." in [answer["valueString"] for answer in advice["answer"]]
    assert json.dumps(data).count("555-0142") == 1


def test_the_checks_would_see_it() -> None:
    """A made-up status or code, an empty answer, a doubled linkId: what the library alone would take."""
    good = json.dumps(data_of(summarise(CONTENT, Record(answers=(("E1", "no"),)))))
    changes = [
        ('"status": "stopped"', '"status": "done"'),
        ('"code": "N"', '"code": "Q"'),
        ('"linkId": "E2", "prefix"', '"linkId": "E1", "prefix"'),
        ('"valueString": "incomplete"', '"valueString": ""'),
    ]
    for old, new in changes:
        assert old in good
        with pytest.raises(AssertionError):
            check(json.loads(good.replace(old, new)))
