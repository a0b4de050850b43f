"""The wordings of the questions: each keeps every half of its sign, and says what hurts; and how long it all takes."""

from __future__ import annotations

import re

import pytest
from oracle import QUESTIONS

from transcripts import play
from voice_backcare.core.content import load

CONTENT = load()
# Each half of each sign of the handout, as words that a parent knows. A wording that lacks one asks for less than it.
HALVES: dict[str, tuple[str, ...]] = {
    "E1": ("breath",),
    "E2": ("confused|mixed up",),
    "E3": ("sleepy", "hard to wake"),
    "E4": ("faint", "pass(ed)? out|black out"),
    "E5": ("fast", "very slow"),
    "E6": ("pee", "poop", "control|come out"),
    "S1": ("injury|fall", "back pain|the pain"),
    "R1": ("100.4 F", "38 C", "limit", "reached|or more"),
    "R2": ("chills|cold",),
    "R3": ("cramps", "very (strong|bad)"),
    "R4": ("last", "stay after (a )?stretch", "come back|coming back"),
    "R5": ("weak", "pain|sore|hurt", "tingl", "leg"),
    "R6": ("walk", "hard"),
    "R7": ("wake", "night"),
    "R8": ("weight", "los"),
    "F2": ("weak", "numb|without feeling"),
    "F5": ("pee", "poop", "problem|trouble"),
    "F6": ("fall(ing)? (asleep|or staying)", "stay(ing)? asleep"),
    "F7": ("more than a few days", "worse"),
}
BACK_IS_SAID = ("S1", "R3", "R7", "F6", "F7")  # the first wording of each pain that could be of another place
ALL_NO = ["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"] + ["no"] * 4
ASKS_MOST, WORDS_MOST, TURN_WORDS_MOST = 22, 270, 30
# D13 wants both confirmations and D15 an offer after the nineteen questions: 22 asks is the least there can be.


def test_every_question_has_its_halves() -> None:
    """No question of the handout is left out of the table."""
    assert tuple(HALVES) == QUESTIONS


@pytest.mark.parametrize("wording", ["ask", "again", "plain"])
@pytest.mark.parametrize("question_id", QUESTIONS)
def test_every_wording_keeps_every_half_of_its_sign(question_id: str, wording: str) -> None:
    """Asked again, or after doubt, a question is about the whole sign: a drowsy child who wakes is not lost."""
    text = getattr(CONTENT.questions[question_id], wording)
    assert [half for half in HALVES[question_id] if not re.search(half, text)] == []


def test_the_back_is_named_where_another_pain_could_be_meant() -> None:
    """The first question about pain or cramps in a part says whose: a sore throat is not asked about."""
    assert [each for each in BACK_IS_SAID if not re.search(r"\bback\b", CONTENT.questions[each].ask)] == []


def test_how_a_sign_is_noticed_is_said() -> None:
    """E5 says where to feel it, E6 what does not count; neither leaves a parent to guess, in any wording."""
    heart, control = CONTENT.questions["E5"], CONTENT.questions["E6"]
    assert all(re.search("chest", text) for text in (heart.ask, heart.again, heart.plain))
    assert all(re.search("[Dd]iapers", text) for text in (control.ask, control.again, control.plain))


def test_no_question_leans_on_another() -> None:
    """Each stands alone: nobody remembers what was asked twelve questions before."""
    for question in CONTENT.questions.values():
        for text in (question.ask, question.again, question.plain):
            assert not re.search(r"\b(other|else|also|too|besides)\b(?! sleepy)", text), text


def test_the_first_wording_of_each_question_is_a_sentence() -> None:
    """A verb comes first, or a request before it: nobody has to guess what is asked of a bare list."""
    verbs = r"(Is|Are|Does|Do|Has|Did)\b"
    for question in CONTENT.questions.values():
        assert re.match(rf"((Feel the chest\.|Diapers aside,) )?{verbs}", question.ask, re.IGNORECASE), question.ask


def turns() -> list[list[str]]:
    """What is said between two answers of a triage that is all "no", up to the outcome's own lines."""
    said: list[list[str]] = [[]]
    for event in play(ALL_NO):
        if event["event"] in ("say", "ask"):
            said[-1].append(event["say"])
        if event["event"] == "ask":
            said.append([])
            if event["id"] == "offer_home_care":
                break
    return said[:-1]


def test_the_opening_says_what_it_is_for_and_how_to_call_for_help() -> None:
    """What this is for, that it is no doctor, and that "call 911" may be said at any time: before anything is asked."""
    opening = " ".join(turns()[0])
    assert re.search("child's sore back, not a doctor.*say call 911 any time", opening)
    assert len(opening.split()) <= TURN_WORDS_MOST


def test_a_triage_without_any_sign_is_short() -> None:
    """At most 22 asks and 270 words up to the advice, and no turn of more than 30 words before it."""
    *questions, advice = turns()
    assert len(questions) + 1 <= ASKS_MOST
    assert sum(len(text.split()) for turn in questions for text in turn) <= WORDS_MOST
    assert max(sum(len(text.split()) for text in turn) for turn in questions) <= TURN_WORDS_MOST
    assert "home" in advice[-1]
