"""A bedside for the ice and heat hour: the real session, a mouth that takes its time, and a watch of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.core.content import load
from voice_backcare.core.conversation import build
from voice_backcare.core.events import Event, Heard, Line, NoMatch, Pressed, Show
from voice_backcare.core.state import Position, Record, State
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.ports import Notice, Posted, SpeechStarted
from voice_backcare.session.session import Session

CORE = build(load())
CALM = Record(tuple((q, "no") for q in load().questions), confirmed=frozenset(("emergency", "urgent")))
HOME = State(Position("home_care", "1", speaking=False), CALM)
ON_S, OFF_S, MOST_S = 20 * 60.0, 20 * 60.0, 90 * 60.0
SLACK_S = 8.5  # what somebody is just saying is heard out
SECONDS_A_WORD = 0.35
OFF_LINES = {"coach_off", "coach_take_off", "coach_held"}


class TimedMouth(FakeMouth):
    """A line takes as long as its words do."""

    ends_at_s = 0.0

    def duration_s(self, line: Line) -> float:
        return SECONDS_A_WORD * len(line.text.split())

    def say(self, line: Line, turn: int) -> None:
        self.ends_at_s = self.clock.now_s() + self.duration_s(line)
        super().say(line, turn)


@dataclass
class DatedScreen(FakeScreen):
    """Remembers when each line was last shown."""

    clock: FakeClock = field(default_factory=FakeClock)
    at_s: dict[str, float] = field(default_factory=dict)

    def show(self, show: Show, turn: int) -> None:
        super().show(show, turn)
        self.at_s |= {line.id: self.clock.now_s() for line in show.lines}


@dataclass
class Watch:
    """Keeps the time from outside, by nothing but its clock and whether the pack is on.

    ``worn_s``: on the skin since it was last off for 20 minutes. ``first_on_s``: the first "on" of this hour.
    """

    seen_s: float = 0.0
    was: str = ""
    worn_s: float = 0.0
    off_since_s: float | None = None
    first_on_s: float | None = None
    awake_s: float = 0.0

    def see(self, stage: str, now_s: float) -> None:
        if self.was == "on":
            self.worn_s += now_s - self.seen_s
        if stage == "on":
            if self.was != "on":
                self.awake_s = now_s
                if self.off_since_s is None or now_s - self.off_since_s >= OFF_S - 1e-6:
                    self.worn_s = 0.0
                if self.first_on_s is None:
                    self.first_on_s = now_s
            self.off_since_s = None
        elif stage != "off" and self.off_since_s is None:
            self.off_since_s = now_s
        if stage in ("none", "over") and self.first_on_s is not None and now_s - self.first_on_s >= MOST_S - 120.0:
            self.first_on_s = None
        self.seen_s, self.was = now_s, stage


class Bedside:
    """A session and its fakes; after everything that happens the watch is looked at."""

    def __init__(self, start: str, *, at_home: bool) -> None:
        self.clock = FakeClock(100.0)
        self.events: list[Event] = []
        self.failing = False
        self.touched_s = 0.0
        self.base = HOME if at_home else State()
        self._open(self.base)
        self.watch = Watch(seen_s=self.clock.at_s)
        self.begin(start)

    def _open(self, state: State) -> None:
        def post(posted: Posted) -> None:
            self.session.post(posted)

        self.ears = FakeEars(post, self.clock)
        self.mouth = TimedMouth(post, self.clock, slow=True, failing=self.failing)
        self.screen = DatedScreen(clock=self.clock)
        self.session = Session(CORE, self.ears, self.mouth, self.screen, self.clock, state=state, decided=self._decided)

    def _decided(self, event: Event, after: State) -> None:
        """Before its actions are done: what starts a pack, and what says that the child is awake, is looked at here."""
        self.events.append(event)
        before = self.session.state
        if after.treatment is None or after.treatment.stage != "on":
            return
        yes = isinstance(event, Heard | Pressed) and event.meaning == "yes"
        if before.treatment is None or before.treatment.stage != "on":
            position = before.position
            assert yes and (position.id, position.speaking) == ("ready", False), "it began without its check"
        elif yes and before.position.id == "awake":
            self.watch.awake_s = event.at_s

    @property
    def stage(self) -> str:
        return self.session.state.treatment.stage if self.session.state.treatment else "none"

    # --- what happens ----------------------------------------------------------------------

    def begin(self, start: str) -> None:
        self.session.start(start)
        self._after()

    def post(self, what: Notice, turn: int | None = None) -> None:
        self.session.post(Posted(turn, what))
        self._after()

    def hear(self, what: Heard | NoMatch) -> None:
        self.touched_s = self.clock.at_s
        self.ears.hear(what)
        self._after()

    def answer(self, meaning: str) -> None:
        """When all lines have been said, this."""
        for _ in range(120):
            if not self.session.state.position.speaking or self.session.ended is not None:
                break
            self.wait(1.0)
        self.hear(Heard(self.clock.at_s, meaning))

    def press(self, meaning: str) -> None:
        self.touched_s = self.clock.at_s
        self.post(Pressed(self.clock.at_s, meaning))

    def begin_to_speak(self) -> None:
        """Somebody makes a sound, and it does not end."""
        if self.ears.open:
            self.post(SpeechStarted(self.clock.at_s), self.ears.open[1])

    def fail(self, failing: bool) -> None:
        self.failing = self.mouth.failing = failing

    def wait(self, seconds: float, *, at: str = "") -> None:
        """Time passes as it does: everything happens at its moment, lines end when they are said.

        ``at``: no longer than the conversation stays at the place of this id.
        """
        until_s = self.clock.at_s + seconds
        while self.session.ended is None:
            if at and self.session.state.position.id != at:
                return
            moments = [self.session.next_due_s(), self.mouth.ends_at_s if self.mouth.speaking is not None else None]
            next_s = min((at_s for at_s in moments if at_s is not None), default=until_s)
            if next_s > until_s:
                break
            self.clock.at_s = max(self.clock.at_s, next_s)
            if self.mouth.speaking is not None and self.mouth.ends_at_s <= self.clock.at_s:
                self.mouth.finish()
            self._after()
            if next_s == until_s:
                break
        self.clock.at_s = until_s
        self._after()

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: the clock jumps, nothing happens on the way."""
        self.clock.at_s += seconds
        self.touched_s = self.clock.at_s
        self._after()

    def die(self, away_s: float | None, *, same_boot: bool) -> None:
        """The process dies; the next one starts from what the events come to."""
        state = self.base
        for event in self.events:
            state, _ = CORE.step(state, event)
        assert state == self.session.state, "the events do not come to the state"
        if away_s is not None and same_boot:
            self.clock.at_s += away_s
        self.touched_s = self.clock.at_s
        self._open(state)
        self.session.resume(away_s, same_boot=same_boot)
        self._after()

    # --- what must hold --------------------------------------------------------------------

    def _after(self) -> None:
        """All that is in the inbox, and all that is due: a state at a time, each looked at."""
        self.session.settle()
        self.session.tick()
        self.session.settle()
        self.check()

    def check(self) -> None:
        watch, was, now_s, stage = self.watch, self.watch.was, self.clock.at_s, self.stage
        watch.see(stage, now_s)
        if self.session.ended is not None:
            assert not self.session._due.timers, "a timer outlives the conversation"
            self.watch = Watch(seen_s=now_s)
            return
        if stage == "on":
            self._while_on(now_s)
        elif was == "on":
            said = {line_id for line_id in OFF_LINES if self.screen.at_s.get(line_id) == now_s}
            assert said, "it came off and nobody was told"
        if stage == "off":
            self._while_off(now_s)

    def _while_on(self, now_s: float) -> None:
        watch = self.watch
        assert watch.worn_s <= ON_S + SLACK_S, "on for more than 20 minutes"
        assert watch.first_on_s is not None
        assert now_s <= watch.first_on_s + MOST_S + SLACK_S, "on after 90 minutes"
        treatment = self.session.state.treatment
        assert treatment is not None
        if treatment.pack == "heat" and now_s - self.touched_s > 100.0:
            assert now_s - watch.awake_s <= 360.0 + 60.0 + SLACK_S, "nobody was asked whether the child is awake"

    def _while_off(self, now_s: float) -> None:
        """Said again after 1, 2 and 5 minutes, by the screen's own times."""
        treatment = self.session.state.treatment
        assert treatment is not None
        due = [treatment.since_at_s + after_s for after_s in (0.0, 60.0, 120.0, 300.0)]
        last_due_s = max((at_s for at_s in due if at_s + SLACK_S < now_s), default=None)
        if last_due_s is not None:
            assert self.screen.at_s.get("coach_off", -1.0) >= last_due_s, "nobody was told again to take it off"
