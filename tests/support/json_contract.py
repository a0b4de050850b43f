"""Driving ``simulate --json`` in this process, and what its events must look like."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

from oracle import HANDOUT, QUESTIONS
from places import SRC

from voice_backcare.core import content, conversation, grammar
from voice_backcare.terminal.json_writer import JsonWriter
from voice_backcare.terminal.text_conversation import TypedConversation

Event = dict[str, Any]

COMMAND = [sys.executable, "-m", "voice_backcare", "simulate", "--json"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SRC)}
FIELDS = {
    "ask": {"event", "kind", "id", "say", "sources"},
    "say": {"event", "id", "say", "sources"},
    "heard": {"event", "text", "meaning"},
    "end": {"event", "outcome", "because", "answers"},
}
KINDS = {"question", "read_back", "confirmation", "offer", "check", "standby"}
OUTCOMES = {"call_911", "call_provider_now", "follow_up", "home_care", "out_of_scope", "incomplete"}
TO_READ_BACK = ["no"] * 6
TO_SCOPE = [*TO_READ_BACK, "yes"]
TO_SECOND_READ_BACK = [*TO_SCOPE, *["no"] * 9]
TO_HOME_CARE = [*TO_SECOND_READ_BACK, "yes", *["no"] * 4]
CONVERSATIONS: list[list[str]] = [
    [],
    ["yes"],
    ["", "", "", "", ""],
    ["maybe", "maybe", "go back", "no", "yes", "stop", "stop"],
    ["call 911", "what do I tell them", "repeat", "stop"],
    ["help", "why", "wait", "continue", "louder", "who are you", "start over", "yes", "stop"],
    [*TO_READ_BACK, "no", *TO_READ_BACK, "maybe"],
    [*TO_SCOPE, "yes", "repeat"],
    [*TO_SCOPE, "no", "no", "yes", "yes", "maybe", "maybe", *["no"] * 9, "what do I tell them", "why"],
    [*TO_SECOND_READ_BACK, "yes", "yes", "no", "maybe", "maybe", "no", "no"],
    [*TO_HOME_CARE, "yes", *["next"] * 9],
    [*TO_HOME_CARE, "yes", "what is a spasm", "the part about heat", "", "", "he passed out", "stop"],
    [*TO_HOME_CARE, "+20m"],
    ["no", "+20m"],
    ["tv", "tv", "tv", "tv", "continue", "no", "+7m", "+10m"],
]


@cache
def parts() -> tuple[conversation.Conversation, grammar.Grammar]:
    return conversation.build(content.load()), grammar.load()


def written(lines: Iterable[str]) -> str:
    """All that comes out for these input lines."""
    out = io.StringIO()
    TypedConversation(*parts(), JsonWriter(out)).run(lines)
    return out.getvalue()


def play(lines: Iterable[str]) -> list[Event]:
    """Every event of a conversation in this process."""
    return [json.loads(line) for line in written(lines).split("\n")[:-1]]


def turns(events: Iterable[Event]) -> list[list[Event]]:
    """The events up to each ask or end; nothing is left over."""
    result: list[list[Event]] = [[]]
    for event in events:
        result[-1].append(event)
        if event["event"] in ("ask", "end"):
            result.append([])
    assert result.pop() == [], "events after the last ask or end"
    return result


def check_event(event: Event) -> None:
    """The fields are those of the contract, and so are their values."""
    assert set(event) == FIELDS[event["event"]]
    match event["event"]:
        case "ask" | "say":
            assert event["id"] and event["say"].strip() and event["sources"]
            assert set(event["sources"]) <= {*HANDOUT, "own"}
            assert "{" not in event["say"], "a gap in a line was not filled in"
            if event["event"] == "ask":
                assert event["kind"] in KINDS
                assert (event["kind"] == "question") == (event["id"] in QUESTIONS)
                assert event["kind"] != "question" or event["id"] in event["sources"]
        case "heard":
            assert isinstance(event["text"], str) and event["meaning"]
        case "end":
            assert event["outcome"] in OUTCOMES
            assert set(event["answers"]) <= set(QUESTIONS)
            assert set(event["answers"].values()) <= {"yes", "no", "unsure", "soft_no"}


def check_conversation(lines: list[str], events: list[Event]) -> None:
    """What holds for every conversation, whatever was said."""
    for event in events:
        check_event(event)
    came = turns(events)
    assert [turn[-1]["event"] for turn in came] == ["ask"] * (len(came) - 1) + ["end"]
    assert all(event["event"] == "say" for event in came[0][:-1])
    for line, turn in zip(lines, came[1:], strict=False):
        heard = [event for event in turn if event["event"] == "heard"]
        moves_the_clock = re.fullmatch(r"\+(\d+h)?(\d+m)?(\d+s)?", line, re.IGNORECASE) and line != "+"
        assert [event["text"] for event in heard] == ([] if moves_the_clock else [line])
        assert heard == turn[: len(heard)], "heard comes first"
        assert not heard or bool(line) or heard[0]["meaning"] == "no_input"
