"""Conversations with random answers through OpenVoiceOS, beside the table of ``oracle``: same asks, same end."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("ovoscope", reason="OpenVoiceOS is not installed here; scripts/test-ovos runs these")

import oracle
from household import OPENING, Household, Person, spoken

from voice_backcare.assistants.turns import TurnConversation
from voice_backcare.core import content

CONTENT = content.load()
WORDS = {
    "yes": ("yes", "Yes.", "yeah", "yes he does"),
    "no": ("no", "nope", "No!", "no she doesn't"),
    "unsure": ("I don't know", "not sure", "maybe"),
}
SAMPLE = range(30)
SURENESS = {"yes": 1, "no": 14, "unsure": 2}


def asked(talk: TurnConversation) -> str:
    """The id of what the conversation waits for."""
    return talk._ports.asked.id if talk._ports.asked else ""


def given_by(person: Person, talk: TurnConversation, chance: random.Random) -> oracle.Given:
    """Answers at random up to the outcome; each ask, and the words of each question, are the table's."""
    given: dict[str, str] = {}
    while True:
        ask = oracle.next_ask(given)
        assert asked(talk) == ask, given
        if ask not in oracle.KINDS and ask not in oracle.QUESTIONS:
            return given
        if ask in oracle.QUESTIONS:
            assert person.spoken[-1].endswith(spoken(CONTENT.questions[ask].ask)), ask
        kind = oracle.kind(ask)
        if kind == "standby" or ask == "offer_home_care":
            return given
        meaning = chance.choices(list(SURENESS), list(SURENESS.values()))[0]
        if kind == "read_back":
            confirmed = chance.random() < 0.8
            person.say("that's right" if confirmed else "no")
            given = {**given, ask: "confirmed"} if confirmed else oracle.read_back_refused(given, ask)
            continue
        person.say(chance.choice(WORDS[meaning]))
        if kind == "question" and meaning == "unsure":
            assert asked(talk) == ask, "doubt gets the question again"
            person.say(chance.choice(WORDS[meaning]))
        given = {**given, ask: meaning}


@pytest.mark.parametrize("seed", SAMPLE)
def test_random_answers_end_as_the_table_says(house: Household, seed: int) -> None:
    """D1, D2, D13: what is asked, the outcome, what caused it and the answers are those of the table."""
    chance = random.Random(seed)
    person = Person(house, f"room {seed}", keeps=bool(seed % 2))
    person.say(OPENING)
    room = house.skill._room(person.room)
    assert room
    talk = room.talk
    given = given_by(person, talk, chance)
    for _ in range(3):
        if talk.under_way:
            person.say("stop")
    ended = talk.session.ended
    assert ended
    answers = {key: value for key, value in given.items() if key in oracle.QUESTIONS}
    assert ended.outcome == (oracle.outcome(given) or "incomplete")
    assert sorted(ended.because) == sorted(oracle.because(given))
    assert dict(ended.answers) == answers
