"""Reading and playing the conversations in ``transcripts/*.txt``; the README there tells their format."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from oracle import QUESTIONS
from places import TRANSCRIPTS

from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.content import Personal
from voice_backcare.terminal.json_writer import JsonWriter
from voice_backcare.terminal.text_conversation import TypedConversation

FOLDER = TRANSCRIPTS
FILES = sorted(FOLDER.glob("*.txt"))
KINDS = ("question", "read_back", "confirmation", "offer", "check", "standby")


@dataclass
class Turn:
    """What the person says (None: nothing yet, the opening) and the lines expected after it."""

    person: str | None
    number: int
    expected: list[tuple[int, str]] = field(default_factory=list)


def questions(text: str) -> list[str]:
    """The ids of "E1-E3 F2", in the order they are asked."""
    ids: list[str] = []
    for part in text.split():
        first, _, last = part.partition("-")
        ids += QUESTIONS[QUESTIONS.index(first) : QUESTIONS.index(last or first) + 1]
    return ids


def begins(text: str) -> str:
    """What the file begins with: "start", or one of the hour's beginnings."""
    named = re.search(r"^begins (\w+)$", text, re.MULTILINE)
    return named[1] if named else "start"


def parse(text: str) -> list[Turn]:
    """A transcript file's turns."""
    turns = [Turn(None, 1)]
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith(("with ", "begins ")):
            continue
        if line.startswith(">"):
            turns.append(Turn(line[1:].strip(), number))
        elif line.startswith("no to "):
            for question in questions(line.removeprefix("no to ")):
                turns[-1].expected.append((number, f"question {question}"))
                turns.append(Turn("no", number))
        elif line and not line.startswith("#"):
            turns[-1].expected.append((number, line))
    return turns


def personal(text: str) -> Personal:
    """What the person has set: the file's lines "with KEY: VALUE"."""
    given = (line.removeprefix("with ").partition(": ") for line in text.splitlines() if line.startswith("with "))
    return Personal(**{key: value for key, _, value in given})


@cache
def parts(own: Personal) -> tuple[conversation.Conversation, grammar.Grammar]:
    facts = content.personalise(content.load(), own)
    return conversation.build(facts), grammar.load(number=own.emergency_number)


def play(lines: list[str], own: Personal | None = None, start: str = "start") -> list[dict[str, Any]]:
    """Every event of a typed conversation with these input lines."""
    out = io.StringIO()
    TypedConversation(*parts(own or Personal()), JsonWriter(out)).run(lines, start=start)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def by_turn(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The events that follow each input line: each turn ends with an ask or the end."""
    turns: list[list[dict[str, Any]]] = [[]]
    for event in events:
        turns[-1].append(event)
        if event["event"] in ("ask", "end"):
            turns.append([])
    return turns[:-1]


class Wrong(AssertionError):
    """An expected line that did not come; the text names file and line."""


@dataclass
class Reader:
    """Goes through the events of one turn as its expected lines ask for them."""

    where: str
    events: list[dict[str, Any]]

    def check(self, expected: list[tuple[int, str]]) -> None:
        said = [event for event in self.events if event["event"] == "say"]
        for number, line in expected:
            word, _, rest = line.partition(" ")
            what, _, text = rest.partition(": ")
            if word == "say":
                while said and not (said[0]["id"] == what and text in said[0]["say"]):
                    said.pop(0)
                if not said:
                    self.fail(number, line)
                said.pop(0)
            elif not self.holds(word, what, text):
                self.fail(number, line)

    def holds(self, word: str, what: str, text: str) -> bool:
        last = self.events[-1]
        match word:
            case "heard":
                return self.events[0]["event"] == "heard" and self.events[0]["meaning"] == what
            case "not":
                return all(event.get("id") != what for event in self.events)
            case "end":
                outcome, *because = what.split()
                return last["event"] == "end" and (last["outcome"], last["because"]) == (outcome, because)
            case "answers":
                wanted = dict(pair.split("=") for pair in what.split())
                return wanted.items() <= last.get("answers", {}).items()
            case "unanswered":
                return not set(what.split()) & set(last.get("answers", {}))
            case kind if kind in KINDS:
                return (last["event"], last.get("kind"), last.get("id")) == ("ask", kind, what) and text in last["say"]
        raise Wrong(f"{self.where}: unknown line {word!r}")

    def fail(self, number: int, line: str) -> None:
        came = "\n  ".join(json.dumps(event) for event in self.events)
        raise Wrong(f"{self.where}, line {number}: expected {line!r}, but there came:\n  {came}")
