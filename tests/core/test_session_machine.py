"""The real session on fake ports, through anything that can happen: nothing is lost, nothing is assumed."""

from __future__ import annotations

import random

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from voice_backcare.core import grammar
from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import (
    DeviceBack,
    DeviceLost,
    Event,
    Finished,
    Heard,
    NoMatch,
    Pressed,
    Resumed,
)
from voice_backcare.core.state import State
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.ports import Posted, SpeechStarted
from voice_backcare.session.session import Session

TALK = build(load())
WORDS = grammar.load()
MEANINGS = sorted({m for place in WORDS.reader.places for m in WORDS.meanings(place)} - {"emergency"})
SIGNS = ("E1", "E3", "E4", "emergency")
DEVICES = st.sampled_from(("microphone", "loudspeaker"))


class Bench:
    """A session with everything around it, and the record of what its core was given."""

    def __init__(self, *, slow: bool) -> None:
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.noes_given: set[str] = set()
        self.shadow = State()
        self._slow = slow
        self.open_session(State())

    def open_session(self, state: State) -> None:
        self.ears = FakeEars(self._post, self.clock)
        self.mouth = FakeMouth(self._post, self.clock, slow=self._slow)
        self.screen = FakeScreen()
        self.session = Session(TALK, self.ears, self.mouth, self.screen, self.clock, state=state, decided=self._decided)

    def _post(self, posted: Posted) -> None:
        self.session.post(posted)

    def _decided(self, event: Event, after: State) -> None:
        self.events.append(event)
        self.shadow, _ = TALK.step(self.shadow, event)
        position = self.session.state.position
        if isinstance(event, Heard | Pressed) and event.meaning in ("no", "yes"):
            self.noes_given |= {position.id, position.subject}

    def folded(self) -> State:
        """What the events alone come to: how a journal brings a conversation back."""
        state = State()
        for event in self.events:
            state, _ = TALK.step(state, event)
        return state

    def start(self) -> None:
        if self.session.state.position.name == "idle":
            self.session.start()
        self.session.settle()

    def hear(self, what: Heard | NoMatch) -> None:
        self.ears.hear(what)
        self.session.settle()

    def press(self, meaning: str) -> None:
        self.session.post(Posted(None, Pressed(self.clock.now_s(), meaning)))
        self.session.settle()

    def late(self, what: Event, back: int) -> None:
        """A port speaks of an earlier turn: nothing may come of it."""
        before, given = self.session.state, len(self.events)
        self.session.post(Posted(self.session.turn - back, what))
        self.session.settle()
        assert self.session.state == before
        assert len(self.events) == given

    def device(self, event: DeviceLost | DeviceBack) -> None:
        self.session.post(Posted(None, event))
        self.session.settle()

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.session.tick()
        self.session.settle()

    def finish(self) -> None:
        self.mouth.finish()
        self.session.settle()

    def fail(self, failing: bool) -> None:
        self.mouth.failing = failing

    def crash(self, away_s: float | None, same_boot: bool) -> None:
        """The process dies; the next one folds the journal, and says that it was away."""
        state = self.folded()
        assert state == self.session.state
        self.open_session(state)
        self.session.handle(Resumed(self.clock.now_s(), away_s, same_boot))
        self.session.settle()

    def check(self) -> None:
        """Nothing lost, nothing assumed, nobody left without an answer."""
        session, record = self.session, self.session.state.record
        assert self.shadow == session.state
        assert {question for question, answer in record.answers if answer == "no"} <= self.noes_given
        if session.ended:
            assert session.state == State()
            assert self.ears.open is None
            return
        position = session.state.position
        if position.name == "idle":
            return
        speaking = self.mouth.speaking is not None
        in_gap = position.speaking and self.ears.open is not None
        assert speaking or in_gap or not position.speaking or self.mouth.failing, "it waits for a mouth that is silent"
        if not position.speaking:
            assert self.ears.open is not None, "it listens for nobody"
            assert session.silence_until_s is not None or position.id == "call_911" or position.name == "home_care"


class SessionMachine(RuleBasedStateMachine):
    """Anything, in any order."""

    @initialize(slow=st.booleans())
    def begin(self, slow: bool) -> None:
        self.bench = Bench(slow=slow)
        self.bench.start()

    @rule(meaning=st.sampled_from(MEANINGS))
    def somebody_says_something(self, meaning: str) -> None:
        self.bench.hear(Heard(self.bench.clock.now_s(), meaning))

    @rule(count=st.integers(1, 8))
    def somebody_says_no(self, count: int) -> None:
        for _ in range(count):
            self.bench.hear(Heard(self.bench.clock.now_s(), "no"))
            for _ in range(3):
                self.bench.finish()

    @rule(sign=st.sampled_from(SIGNS))
    def somebody_calls_for_help(self, sign: str) -> None:
        heard = self.bench.ears.open is not None and not self.bench.session.ended
        self.bench.hear(Heard(self.bench.clock.now_s(), "emergency", sign=sign))
        position = self.bench.session.state.position
        if heard and self.bench.events and position.name != "idle":
            assert position.id == "call_911"

    @rule()
    def a_television_talks(self) -> None:
        self.bench.hear(NoMatch(self.bench.clock.now_s(), "and now the weather"))

    @rule()
    def somebody_begins_to_speak_and_says_nothing_of_use(self) -> None:
        if self.bench.ears.open:
            turn = self.bench.ears.open[1]
            self.bench.session.post(Posted(turn, SpeechStarted(self.bench.clock.now_s())))
            self.bench.session.post(Posted(turn, NoMatch(self.bench.clock.now_s())))
            self.bench.ears.open = None
            self.bench.session.settle()

    @rule(meaning=st.sampled_from([*MEANINGS, "emergency"]))
    def a_key_is_pressed(self, meaning: str) -> None:
        self.bench.press(meaning)

    @rule(back=st.integers(1, 3), meaning=st.sampled_from(("yes", "no", "stop")))
    def a_stale_touch(self, back: int, meaning: str) -> None:
        self.bench.late(Pressed(self.bench.clock.now_s(), meaning), back)

    @rule(back=st.integers(1, 3))
    def a_late_end_of_a_prompt(self, back: int) -> None:
        self.bench.late(Finished(self.bench.clock.now_s()), back)

    @rule(seconds=st.sampled_from((0.5, 1.0, 6.0, 10.0, 15.0, 40.0, 120.0, 601.0, 3700.0)))
    def time_passes(self, seconds: float) -> None:
        self.bench.wait(seconds)

    @rule(count=st.integers(1, 6))
    def the_mouth_comes_to_an_end(self, count: int) -> None:
        for _ in range(count):
            self.bench.finish()

    @rule(failing=st.booleans())
    def the_mouth_fails_from_now_on(self, failing: bool) -> None:
        self.bench.fail(failing)

    @rule(device=DEVICES)
    def a_device_is_lost(self, device: str) -> None:
        self.bench.device(DeviceLost(self.bench.clock.now_s(), device))

    @rule(device=DEVICES)
    def a_device_is_back(self, device: str) -> None:
        self.bench.device(DeviceBack(self.bench.clock.now_s(), device))

    @precondition(lambda self: not self.bench.session.ended)
    @rule(away_s=st.sampled_from((None, 1.0, 900.0, 901.0)), same_boot=st.booleans())
    def the_process_dies(self, away_s: float | None, same_boot: bool) -> None:
        self.bench.crash(away_s, same_boot)

    @precondition(lambda self: self.bench.session.ended)
    @rule()
    def somebody_starts_again(self) -> None:
        self.bench.start()

    @invariant()
    def nothing_is_lost_and_nothing_assumed(self) -> None:
        if hasattr(self, "bench"):
            self.bench.check()


TestSession = SessionMachine.TestCase
TestSession.__doc__ = "Anything in any order, two hundred times: no exception, no lost state, no assumed answer."
TestSession.settings = settings(
    max_examples=200,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def test_ten_thousand_random_events() -> None:
    """Ten thousand events, one after the other: no exception, no lost state, no assumed answer."""
    dice = random.Random(911)
    bench = Bench(slow=True)
    bench.start()
    while len(bench.events) < 10_000:
        bench.start()
        match dice.randrange(12):
            case 0 | 1 | 2:
                bench.hear(Heard(bench.clock.now_s(), "no"))
            case 3:
                bench.hear(Heard(bench.clock.now_s(), dice.choice(MEANINGS)))
            case 4:
                bench.press(dice.choice(MEANINGS))
            case 5:
                bench.hear(NoMatch(bench.clock.now_s()))
            case 6:
                bench.wait(dice.choice((1.0, 7.0, 16.0, 130.0)))
            case 7:
                bench.device(
                    dice.choice((DeviceLost, DeviceBack))(
                        bench.clock.now_s(), dice.choice(("microphone", "loudspeaker"))
                    )
                )
            case 8:
                bench.fail(dice.random() < 0.2)
            case 9 if dice.random() < 0.1:
                bench.hear(Heard(bench.clock.now_s(), "emergency", sign=dice.choice(SIGNS)))
            case 10:
                bench.late(Finished(bench.clock.now_s()), 1)
            case _:
                for _ in range(5):
                    bench.finish()
        bench.check()
    assert bench.folded() == bench.session.state
