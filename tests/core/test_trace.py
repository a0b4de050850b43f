"""A long, fixed conversation comes out as it did before: every state, every action, every line's id."""

from __future__ import annotations

import hashlib
import random

from voice_backcare.core import grammar
from voice_backcare.core.content import load
from voice_backcare.core.conversation import Conversation, build
from voice_backcare.core.events import (
    Action,
    DeviceBack,
    DeviceLost,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Say,
    Show,
)
from voice_backcare.core.state import State

# Changes with every change of behaviour, not with a change of wording. Where it is meant, the new value goes here.
TRACE = "8be567e480c59460"
STEPS = 6_000
TIMERS = ("safety_net", "reminder", "give_up", "wait", "retry_911")


def straight_on(state: State) -> Event:
    position = state.position
    if position.name == "idle":
        return Pressed(0.0, "start")
    if position.speaking:
        return Finished(0.0)
    if position.name in ("paused", "waiting"):
        return Heard(0.0, "continue")
    if position.name == "home_care":
        return Heard(0.0, "next")
    if position.name == "outcome":
        return Heard(0.0, "go_back")
    return Heard(0.0, "yes" if position.name in ("read_back", "offer", "confirm") else "no")


def anything(dice: random.Random, meanings: list[str]) -> Event:
    at_s = 0.0
    return dice.choice(
        (
            Heard(at_s, dice.choice(meanings)),
            Heard(at_s, dice.choice(("yes", "no", "unsure", "go_back", "meant_yes", "stop", "wait"))),
            Heard(at_s, "emergency", sign=dice.choice(("E1", "E3", "E4", "emergency"))),
            Pressed(at_s, dice.choice(meanings)),
            NoMatch(at_s),
            NoInput(at_s),
            NoInput(at_s),
            Finished(at_s),
            Failed(at_s),
            Failed(at_s),
            Fired(at_s, dice.choice(TIMERS)),
            dice.choice((DeviceLost, DeviceBack))(at_s, dice.choice(("microphone", "loudspeaker"))),
            Resumed(at_s, dice.choice((None, 10.0, 900.0, 900.5)), dice.random() < 0.5),
        )
    )


def short(action: Action) -> str:
    """The action without its words."""
    if isinstance(action, Say | Show):
        lines = [(line.id, line.sources) for line in action.lines]
        rest = (action.kind, action.id, getattr(action, "interruptible", None), getattr(action, "attention", None))
        return f"{type(action).__name__} {rest} {lines}"
    return repr(action)


def trace(talk: Conversation) -> str:
    dice = random.Random(12)
    words = grammar.load()
    meanings = sorted({meaning for place in words.reader.places for meaning in words.meanings(place)})
    digest = hashlib.sha256()
    state = State()
    for number in range(STEPS):
        often = (0.6, 0.85, 0.97)[number // 400 % 3]
        event = straight_on(state) if dice.random() < often else anything(dice, meanings)
        state, actions = talk.step(state, event)
        record = state.record
        flags = [sorted(parts) for parts in (record.confirmed, record.refused, record.unresolved)]
        seen = (
            state.position,
            record.answers,
            record.phrase,
            record.continue_after_urgent,
            flags,
            [short(action) for action in actions],
        )
        digest.update(repr(seen).encode())
    return digest.hexdigest()[:16]


def test_a_long_conversation_comes_out_as_before() -> None:
    """Nothing in the order, the state or the actions of a long conversation changes unseen."""
    assert trace(build(load())) == TRACE
