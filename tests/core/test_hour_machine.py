"""The ice and heat hour in the real session, whatever is said and whatever breaks, at any moment: the times hold."""

from __future__ import annotations

import hypothesis.strategies as st
from hour_bench import ON_S, Bedside
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from voice_backcare.core import grammar
from voice_backcare.core.events import DeviceBack, DeviceLost, Heard, NoMatch

WORDS = grammar.load()
PLACES = [place for place in WORDS.reader.places if place.startswith("coach_")]
MEANINGS = sorted({m for place in PLACES for m in WORDS.meanings(place)} - {"emergency"})
STARTS = ("start_ice", "start_heat", "start_coach")
ONWARD = {
    "ready": "yes",
    "awake": "yes",
    "off": "acknowledge",
    "changed": "no",
    "go_on": "yes",
    "held": "continue",
    "paused": "continue",
}
DEVICES = st.sampled_from(("microphone", "loudspeaker"))
MOMENTS = st.one_of(st.floats(0.0, 130.0), st.floats(0.0, 1500.0), st.sampled_from((60.0, 300.0, 600.0, ON_S)))


class HourMachine(RuleBasedStateMachine):
    """Anything, at any moment; the watch is looked at after every single event."""

    @initialize(start=st.sampled_from(STARTS), at_home=st.booleans())
    def begin(self, start: str, at_home: bool) -> None:
        self.bedside = Bedside(start, at_home=at_home)

    def running(self) -> bool:
        return self.bedside.session.ended is None

    @precondition(running)
    @rule(seconds=MOMENTS)
    def time_passes(self, seconds: float) -> None:
        self.bedside.wait(seconds)

    @precondition(running)
    @rule(steps=st.integers(1, 40))
    def somebody_goes_on_as_they_should(self, steps: int, until: str = "") -> None:
        """After the lines were said, the word that leads on; where none is waited for, it waits for what comes."""
        for _ in range(steps):
            self.bedside.wait(3.0)
            if not self.running() or self.bedside.stage == until:
                return
            position = self.bedside.session.state.position
            word = ONWARD.get(position.id or position.name)
            if word:
                self.bedside.answer(word)
            else:
                self.bedside.wait(ON_S, at=position.id)

    @precondition(running)
    @rule(meaning=st.sampled_from(("switch", *STARTS)), on_s=st.floats(200.0, 1190.0))
    def somebody_pauses_and_wants_it_otherwise(self, meaning: str, on_s: float) -> None:
        """The longest way round: some minutes on, a pause, another word at the question before it goes on."""
        self.somebody_goes_on_as_they_should(30, until="on")
        self.bedside.wait(on_s)
        for word in ("wait", "continue", meaning, "yes"):
            if not self.running():
                return
            self.bedside.answer(word)
        self.bedside.wait(on_s)

    @precondition(running)
    @rule(seconds=MOMENTS, meaning=st.sampled_from(MEANINGS))
    def somebody_says_something(self, seconds: float, meaning: str) -> None:
        self.bedside.wait(seconds)
        if self.running():
            self.bedside.answer(meaning)

    @precondition(running)
    @rule(seconds=MOMENTS, meaning=st.sampled_from(("switch", "wait", "continue", "hurts", *STARTS)))
    def somebody_wants_it_otherwise(self, seconds: float, meaning: str) -> None:
        self.bedside.wait(seconds)
        if self.running():
            self.bedside.answer(meaning)

    @precondition(running)
    @rule(meaning=st.sampled_from(MEANINGS))
    def a_key_is_pressed(self, meaning: str) -> None:
        self.bedside.press(meaning)

    @precondition(running)
    @rule()
    def a_television_talks(self) -> None:
        self.bedside.hear(NoMatch(self.bedside.clock.at_s))

    @precondition(running)
    @rule()
    def somebody_begins_to_speak(self) -> None:
        self.bedside.begin_to_speak()

    @precondition(running)
    @rule(sign=st.sampled_from(("E1", "emergency")))
    def somebody_calls_for_help(self, sign: str) -> None:
        heard = self.bedside.ears.open is not None
        self.bedside.hear(Heard(self.bedside.clock.at_s, "emergency", sign=sign))
        if heard:
            assert self.bedside.session.state.position.id == "call_911"
            assert self.bedside.stage not in ("on", "off", "held", "ready", "resting")

    @precondition(running)
    @rule(failing=st.booleans())
    def the_mouth_fails_from_now_on(self, failing: bool) -> None:
        self.bedside.fail(failing)

    @precondition(running)
    @rule(device=DEVICES, lost=st.booleans())
    def a_device_comes_or_goes(self, device: str, lost: bool) -> None:
        self.bedside.post((DeviceLost if lost else DeviceBack)(self.bedside.clock.at_s, device))

    @precondition(running)
    @rule(seconds=st.floats(0.0, 7200.0))
    def the_machine_sleeps(self, seconds: float) -> None:
        self.bedside.sleep(seconds)

    @precondition(running)
    @rule(away_s=st.one_of(st.none(), st.floats(0.0, 1000.0)), same_boot=st.booleans())
    def the_process_dies(self, away_s: float | None, same_boot: bool) -> None:
        self.bedside.die(away_s, same_boot=same_boot)
        assert self.bedside.stage != "on" or (away_s is not None and same_boot)

    @precondition(lambda self: not self.running())
    @rule(start=st.sampled_from(STARTS))
    def somebody_begins_another(self, start: str) -> None:
        self.bedside.begin(start)


TestHour = HourMachine.TestCase
TestHour.__doc__ = "On never longer than 20 minutes nor after 90, off told on time, heat watched: whatever happens."
TestHour.settings = settings(
    max_examples=60,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
