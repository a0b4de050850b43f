"""For the tests of the ice and heat hour: states of it, single steps, and what one can see of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import (
    Action,
    CancelTimer,
    End,
    Event,
    Finished,
    Fired,
    Heard,
    Listen,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Say,
    Show,
    StartTimer,
)
from voice_backcare.core.state import Position, Record, State, TreatmentState

CONTENT = load()
TALK = build(CONTENT)
MINUTE = 60.0
TIMER = "coach"
CALM = Record(tuple((q, "no") for q in CONTENT.questions), confirmed=frozenset(("emergency", "urgent")))
ALONE = Record()
NET = ["safety_net_1", "safety_net_2"]


@dataclass(frozen=True)
class Turn:
    """What one event came to."""

    state: State
    actions: tuple[Action, ...]

    @property
    def treatment(self) -> TreatmentState:
        assert self.state.treatment is not None
        return self.state.treatment

    @property
    def position(self) -> tuple[str, str]:
        return self.state.position.name, self.state.position.id

    @property
    def say(self) -> Say:
        (say,) = (action for action in self.actions if isinstance(action, Say))
        return say

    @property
    def lead(self) -> list[str]:
        return [line.id for line in self.say.lead]

    @property
    def asked(self) -> list[str]:
        return [line.id for line in self.say.asked]

    @property
    def said(self) -> list[str]:
        return [line.id for line in self.say.lines]

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.say.lines]

    @property
    def kind(self) -> tuple[str | None, str]:
        return self.say.kind, self.say.id

    @property
    def timer_s(self) -> float | None:
        """After how many seconds the hour's timer fires; None where it was left as it was."""
        armed = [a.after_s for a in self.actions if isinstance(a, StartTimer) and a.name == TIMER]
        assert len(armed) < 2
        return armed[0] if armed else None

    @property
    def cancelled(self) -> list[str]:
        return [action.name for action in self.actions if isinstance(action, CancelTimer)]

    @property
    def show(self) -> Show:
        (show,) = (action for action in self.actions if isinstance(action, Show))
        return show

    @property
    def listens(self) -> Listen:
        (listen,) = (action for action in self.actions if isinstance(action, Listen))
        return listen

    @property
    def ends(self) -> End:
        (end,) = (action for action in self.actions if isinstance(action, End))
        return end


def at(
    place_id: str, treatment: TreatmentState, record: Record = ALONE, *, speaking: bool = False, **rest: object
) -> State:
    return State(replace(Position("coach", place_id, speaking=speaking), **rest), record, treatment)


def step(state: State, event: Event) -> Turn:
    return Turn(*TALK.step(state, event))


def heard(state: State, meaning: str, at_s: float, **rest: str) -> Turn:
    """The word, when the lines before it have been said."""
    if state.position.speaking:
        state = step(state, Finished(at_s)).state
    return step(state, Heard(at_s, meaning, **rest))


def fired(state: State, at_s: float) -> Turn:
    """The hour's timer, when the lines before it have been said."""
    if state.position.speaking:
        state = step(state, Finished(at_s)).state
    return step(state, Fired(at_s, TIMER))


def begun(meaning: str = "start_ice", at_s: float = 0.0) -> Turn:
    """The hour alone, by a key."""
    return step(State(), Pressed(at_s, meaning))


def on_hour(pack: str = "ice", since_s: float = 0.0, **changes: object) -> TreatmentState:
    """A pack that has been on since then, in the first phase unless the changes say otherwise."""
    treatment = TreatmentState(pack, True, "0", "on", since_s, since_s, since_s, checked_at_s=since_s)
    return replace(treatment, **changes)


def on(pack: str = "ice", since_s: float = 0.0, record: Record = ALONE, **changes: object) -> State:
    return at("on", on_hour(pack, since_s, **changes), record)


def off(pack: str = "ice", at_s: float = 1200.0, record: Record = ALONE, **changes: object) -> State:
    return at("off", on_hour(pack, 0.0, stage="off", since_at_s=at_s, now_at_s=at_s, **changes), record)


def resting(place_id: str = "resting", at_s: float = 1200.0, record: Record = ALONE, **changes: object) -> State:
    """Off since then; ``place_id`` is also "changed" or "go_on"."""
    return at(place_id, on_hour(**{"stage": "resting", "since_at_s": at_s, "now_at_s": at_s, **changes}), record)


def missed(state: State, at_s: float, *, noise: bool = False) -> Turn:
    return step(state, NoMatch(at_s) if noise else NoInput(at_s))


def resumed(state: State, at_s: float, away_s: float | None, *, same_boot: bool = True) -> Turn:
    return step(state, Resumed(at_s, away_s, same_boot))
