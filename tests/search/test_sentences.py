"""Ten thousand random sentences, read as typed ones are: the rules hold, and an end is always in reach."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from exploring import Transition, conversation, in_the_hour, words
from rules import checker

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import (
    Action,
    End,
    Event,
    Finished,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Say,
)
from voice_backcare.core.state import State

SEEDS = range(4)
SENTENCES = 2_500  # for each seed
CALM = 25  # so many answers that find nothing lead to the home-care steps
JOINTS = (" ", " ", ", ", " but ", " and ", " because ", " no wait ", " i mean ")
SHORT = (
    "yes",
    "no",
    "no",
    "no",
    "no",
    "okay",
    "i don't know",
    "not that i know of",
    "a little",
    "maybe",
    "what",
    "none",
)
WORDS = (
    "he",
    "she",
    "my",
    "son",
    "not",
    "is",
    "isn't",
    "was",
    "has",
    "yesterday",
    "sister",
    "very",
    "really",
    "please",
)
QUIET: tuple[Event, ...] = (NoInput(0.0), *(Fired(0.0, timer) for timer in ("wait", "safety_net", "not_understood")))


def phrases() -> tuple[str, ...]:
    """Every phrase that the reader waits for anywhere, of signs and of commands."""
    reader = words().reader
    spoken = (*reader.lexicon.spoken.values(), *reader.commands.spoken.values())
    return tuple(sorted({phrase for texts in spoken for phrase in texts}))


def sentence(rng: random.Random, known: tuple[str, ...]) -> str:
    """A short answer, or up to four pieces of anything that can be said."""
    if rng.random() < 0.45:
        return rng.choice(SHORT)
    pieces = [
        rng.choice(known) if rng.random() < 0.6 else rng.choice((*SHORT, *WORDS)) for _ in range(rng.randint(1, 4))
    ]
    return "".join(piece + rng.choice(JOINTS) for piece in pieces).strip()


def typed(talk: Conversation, state: State, text: str) -> Event:
    """What the sentence is read as there, as in the conversation in writing."""
    match = words().read(talk.moves.place(state), text)
    return Heard(0.0, match.meaning, match.phrase, match.sign, match.signs) if match else NoMatch(0.0, text)


class Talk:
    """One conversation, every step of which is held against the rules."""

    def __init__(self) -> None:
        self.core = conversation()
        self.check = checker(self.core)
        self.state = State()
        self.seen: Counter[str] = Counter()

    def take(self, event: Event) -> tuple[Action, ...]:
        """The actions of the event; what is said is said to its end."""
        before = self.state
        self.state, actions = self.core.step(before, event)
        if not in_the_hour(before) and not in_the_hour(self.state):
            self.check(Transition(before, event, self.state, actions))
        if any(isinstance(action, End) for action in actions):
            self.seen["end"] += 1
            return actions
        if any(isinstance(action, Say) for action in actions):
            return (*actions, *self.take(Finished(0.0)))
        return actions

    def begin(self, calm: int) -> None:
        """From the first question on; after so many answers that find nothing."""
        self.state = State()
        self.take(Heard(0.0, "start"))
        for _ in range(calm):
            self.take(typed(self.core, self.state, "no" if self.state.position.name == "question" else "yes"))

    def can_end(self) -> bool:
        """Whether "stop", said again where it asks whether that is meant, ends it from here."""
        state = self.state
        for _ in range(6):
            for event in (Heard(0.0, "stop"), Finished(0.0)):
                state, actions = self.core.step(state, event)
                if any(isinstance(action, End) for action in actions):
                    return True
                if state.position.id == "need_help":  # nothing else goes by that question (D5)
                    state, _ = self.core.step(self.core.step(state, Finished(0.0))[0], Heard(0.0, "no"))
        return False


@pytest.mark.parametrize("seed", SEEDS)
def test_random_sentences_break_nothing(seed: int) -> None:
    """No exception, no dead end, no urgency lowered unconfirmed, no rule broken, whatever is typed wherever."""
    rng, known, talk = random.Random(seed), phrases(), Talk()
    talk.begin(0)
    for number in range(SENTENCES):
        text = sentence(rng, known)
        talk.seen[talk.state.position.name] += 1
        talk.take(typed(talk.core, talk.state, text))
        if talk.state.position.name == "idle":
            talk.begin(rng.randrange(CALM))
        elif rng.random() < 0.1:
            talk.take(rng.choice(QUIET))
        assert not talk.state.position.speaking, "what was said is over, so somebody is listened to"
        if number % 50 == 0:
            assert talk.can_end(), (talk.state, text)
        over = talk.state.position.id == "call_911" and rng.random() < 0.2
        if number % 60 == 59 or over or in_the_hour(talk.state):
            talk.begin(rng.randrange(CALM))
    places = ("question", "read_back", "offer", "outcome", "recheck", "confirm", "waiting", "home_care", "end")
    assert set(places) <= set(talk.seen)
