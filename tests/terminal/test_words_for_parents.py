"""No internal name and no id of the handout is shown to a parent at a terminal (D12)."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from voice_backcare.core import content, grammar
from voice_backcare.core.conversation import build
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID
from voice_backcare.core.events import Heard, Pressed
from voice_backcare.core.state import PHRASE, SOFT_NO, UNSURE, YES
from voice_backcare.core.understanding.reader import load
from voice_backcare.terminal import spoken_names
from voice_backcare.terminal.human_writer import FriendlyWriter
from voice_backcare.terminal.spoken_names import OUTCOMES, meaning_in_words
from voice_backcare.terminal.talk_screen import TalkScreen
from voice_backcare.terminal.text_conversation import TypedConversation

CONTENT = content.load()
CONVERSATION = build(CONTENT)
WORDS = grammar.load()
INTERNAL = re.compile(r"\b(?:[A-Z]\d{1,2}|[a-z0-9]+(?:_[a-z0-9]+)+)\b")
FULL_FLOW = ["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"] + ["no"] * 4


def console(sent: io.StringIO) -> Console:
    return Console(file=sent, width=200, color_system=None)


def simulated(answers: list[str], start: str = "start") -> str:
    sent = io.StringIO()
    writer = FriendlyWriter(console(sent), CONVERSATION.prompts, hints=True, echo=True)
    TypedConversation(CONVERSATION, WORDS, writer, keys=True, notices=True).run(answers, start=start)
    return sent.getvalue()


def walked(ended_by: str, at: int) -> list[str]:
    """Answers of the whole triage with ``ended_by`` at the question ``at``, and what comes after an outcome."""
    return [*FULL_FLOW[:at], ended_by, ended_by, "repeat", "what do I tell them", "yes", *["no"] * 12, "stop", "yes"]


@pytest.mark.parametrize("at", range(len(FULL_FLOW)))
@pytest.mark.parametrize("answer", ["yes", "maybe", "not that I know of", "call 911", "purple", ""])
def test_a_typed_conversation_names_nothing_internal(at: int, answer: str) -> None:
    """Every answer at every step, to the end: what is shown are words."""
    shown = simulated(walked(answer, at))
    assert INTERNAL.findall(shown) == [], shown


@pytest.mark.parametrize("start", ["start_ice", "start_heat", "start_coach"])
def test_the_coach_names_nothing_internal(start: str) -> None:
    """An hour of ice and of heat with its commands, to its end."""
    answers = [
        "two days",
        "yes",
        "how long is left",
        "+10m",
        "it hurts",
        "+20m",
        "yes",
        "switch",
        "yes",
        "+20m",
        "done",
    ]
    shown = simulated([*answers, "no", "pause", "continue", "stop", "yes", "took it off", "no"], start)
    assert INTERNAL.findall(shown) == [], shown


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("answer", [YES, UNSURE, SOFT_NO])
def test_the_end_says_why_in_words(outcome: str, answer: str) -> None:
    """Each sign by its words, in a sentence that says how it was answered; causes that are no sign too."""
    sent = io.StringIO()
    writer = FriendlyWriter(console(sent), CONVERSATION.prompts, hints=False, echo=False)
    causes = (*CONTENT.questions, PHRASE, *READ_BACK_ID.values())
    writer.end(outcome, causes, tuple((question, answer) for question in CONTENT.questions))
    shown = sent.getvalue()
    assert INTERNAL.findall(shown) == []
    assert [q.sign for q in CONTENT.questions.values() if q.sign not in shown] == []
    assert {YES: "You said yes", UNSURE: "could not rule this out", SOFT_NO: "not sure"}[answer] in shown
    assert "ask for help at once" in shown and "could not rule out the danger signs" in shown


def test_every_outcome_has_a_heading() -> None:
    """Each end that the conversation knows, and only those."""
    ends = {"call_911", "call_provider_now", "follow_up", "home_care"}
    assert set(OUTCOMES) == ends | {"out_of_scope", "incomplete", "coach_done", "coach_stopped"}


def test_every_meaning_is_shown_in_words() -> None:
    """Whatever is understood or pressed at any place, in writing and while talking."""
    reader = load()
    meanings = sorted({meaning for place in reader.places for meaning in reader.meanings(place)})
    assert len(meanings) > 20
    assert set(spoken_names._MEANINGS) <= set(meanings), "no word for what is never meant"
    sent = io.StringIO()
    screen = TalkScreen(console(sent), CONVERSATION.prompts)
    for meaning in meanings:
        screen.event(Heard(0.0, meaning, ""))
        screen.event(Pressed(0.0, meaning))
        sent.write(f"{meaning_in_words(meaning)}\n")
    assert INTERNAL.findall(sent.getvalue()) == []


def test_another_emergency_number_stands_in_the_heading() -> None:
    """Where 112 is set, no 911 is left at the end."""
    settings = content.Personal(emergency_number="112")
    prompts = build(content.personalise(CONTENT, settings)).prompts
    sent = io.StringIO()
    FriendlyWriter(console(sent), prompts, hints=False, echo=False).end("call_911", ("E1",), (("E1", "yes"),))
    assert "Call 112 now" in sent.getvalue() and "911" not in sent.getvalue()
