"""A kiosk without sound hardware: the real session, screen and server; fake ears and mouth; a clock to push."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from voice_backcare.core import content, conversation
from voice_backcare.core.events import Event, Fired, Heard, NoMatch, Pressed
from voice_backcare.core.state import Position, Record, State
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth
from voice_backcare.journal import Boot
from voice_backcare.kiosk.app import KioskApp, Surroundings
from voice_backcare.kiosk.screen import layouts as books
from voice_backcare.kiosk.session_loop import ABANDONED_S
from voice_backcare.session.ports import Posted, SoundDevices
from voice_backcare.settings.schema import Settings

EMERGENCY = ("E1", "E2", "E3", "E4", "E5", "E6")
_QUIET = 12  # looks without an event: most of what is posted is the end of a line among others
URGENT = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")


@cache
def the_book() -> books.Book:
    return books.load(content.load())


@cache
def the_core() -> conversation.Conversation:
    return conversation.build(content.load(), give_up_s=ABANDONED_S)


def answered(*no: str, yes: tuple[str, ...] = (), confirmed: tuple[str, ...] = ()) -> Record:
    answers = (*((question, "no") for question in no), *((question, "yes") for question in yes))
    return Record(answers=answers, confirmed=frozenset(confirmed))


class PushedClock(FakeClock):
    """Goes by itself like the system's, and can be pushed on."""

    def now_s(self) -> float:
        return self.at_s + time.monotonic()


@dataclass(frozen=True)
class FakeManner:
    volume: float = 0.5


@dataclass
class AdjustableMouth(FakeMouth):
    """A mouth that knows how loud it is, in eight steps."""

    manner: FakeManner = field(default_factory=FakeManner)

    def adjust(self, what: str) -> None:
        super().adjust(what)
        step = {"louder": 1 / 7, "quieter": -1 / 7}.get(what, 0.0)
        self.manner = FakeManner(min(1.0, max(0.0, self.manner.volume + step)))


@dataclass
class Wall:
    """``page``: serve it too. Without it nothing moves but by ``pump``, on a clock that stands still."""

    page: bool = False
    microphone: bool = True
    loudspeaker: bool = True
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        self.clock: FakeClock = PushedClock() if self.page else FakeClock()
        self.told: list[str] = []
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        around = Surroundings(
            self.folder,
            boot=Boot("one", self.clock.now_s),
            clock=self.clock,
            open_sound=self._sound,
            sound_devices=lambda: "",
        )
        self.app = app = KioskApp(self.settings, self.told.append, 0, around)
        self.inbox, self.screen, self.switched = app.inbox, app.screen, app.ears
        self.session, self.session_loop, self.volume_reset = app.session, app.session_loop, app.volume_reset
        self.events: list[Event] = []
        self.beats = 0
        self._beat = self.session_loop.beat
        self.session_loop.beat = self._count
        self.lock = threading.RLock()
        self._closed = threading.Event()
        app.start(serve=self.page)
        app.recorder.begin(app.session, "repeat", also=self.events.append)
        self.pump()
        if self.page:
            self.server = app.server
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _count(self) -> None:
        self.beats += 1
        self._beat()

    def _sound(self, app: KioskApp) -> SoundDevices:
        self.ears = FakeEars(app.ears.post, self.clock)
        self.mouth = AdjustableMouth(app.inbox.post, self.clock)
        return SoundDevices(
            self.ears if self.microphone else None, self.mouth if self.loudspeaker else None, lambda: None
        )

    def _run(self) -> None:
        while not self._closed.wait(0.01):
            self.pump()

    def close(self) -> None:
        self._closed.set()
        if self.page:
            self._thread.join(5)
        self.app.close()
        self._folder.cleanup()

    # --- what happens ----------------------------------------------------------------------

    def pump(self) -> None:
        """Everything that is in the inbox or due by now."""
        with self.lock:
            quiet = 0
            while quiet < _QUIET:
                before = self.session.turn, len(self.events)
                self.session_loop.turn_over(0.0)
                if self.session.ended is not None:
                    self.session_loop.begin()
                quiet = quiet + 1 if before == (self.session.turn, len(self.events)) else 0

    def put(self, state: State, *, slow: bool = False) -> None:
        """Come to ``state`` as if the conversation had got there; ``slow``: its lines are still being said."""
        with self.lock:
            if self.screen.view.ended:
                self.screen.dismiss()
            self.screen.devices(ears=self.microphone, mouth=self.loudspeaker)
            self.mouth.slow = slow
            self.session.ended = None
            self.session.state = state
            now_s = self.clock.now_s()
            standing = state.position.name == "paused"
            self.session.handle(Fired(now_s, "safety_net") if standing else Pressed(now_s, "repeat"))
            self.session.settle()
            self.mouth.slow = False

    def on(self, question: str, *no: str, **values: tuple[str, ...]) -> None:
        """At this question, with "no" to ``no``."""
        self.put(State(Position("question", question), answered(*no, **values)))

    def press(self, meaning: str, turn: int | None = None) -> str:
        """A touch once the bounce is over."""
        self.clock.advance(1.0)
        result = self.session_loop.press(meaning, self.session.turn if turn is None else turn)
        self.pump()
        return result

    def hear(self, meaning: str, phrase: str = "", sign: str | None = None) -> None:
        with self.lock:
            self.ears.hear(Heard(self.clock.now_s(), meaning, phrase or meaning, sign))
            self.pump()

    def noise(self) -> None:
        with self.lock:
            self.ears.hear(NoMatch(self.clock.now_s(), "the weather"))
            self.pump()

    def post(self, event: Event) -> None:
        with self.lock:
            self.session.post(Posted(None, event))
            self.pump()

    def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        """In small steps, so that all happens in its order."""
        left = seconds
        while left > 0:
            self.clock.advance(min(step_s, left))
            left -= step_s
            self.pump()

    @property
    def seen(self) -> dict[str, Any]:
        return self.screen.snapshot()


@contextmanager
def wall(**options: Any) -> Iterator[Wall]:
    made = Wall(**options)
    try:
        yield made
    finally:
        made.close()


def wait_for(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    """Until ``condition`` holds; fails after ``within_s``."""
    end_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end_s, "it never came to that"
        time.sleep(0.01)
