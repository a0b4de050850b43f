"""A microphone that comes later: fitted between two conversations, never in the middle of one."""

from __future__ import annotations

from dataclasses import dataclass, field

from wall import Wall

from voice_backcare.core.events import DeviceLost
from voice_backcare.fakes.ports import FakeEars, FakeMouth
from voice_backcare.kiosk.hotplug import Refit
from voice_backcare.kiosk.null_devices import SilentMouth
from voice_backcare.session.ports import SoundDevices


@dataclass
class Bench:
    """A kiosk that begins without sound, and what is plugged in."""

    plugged: str = ""
    opened: int = 0
    closed: int = 0
    wall: Wall = field(default_factory=lambda: Wall(microphone=False, loudspeaker=False))

    def __post_init__(self) -> None:
        wall = self.wall
        self.refit = Refit(
            wall.session,
            wall.screen,
            wall.switched,
            SilentMouth(wall.inbox.post, wall.clock),
            self._open,
            lambda: self.plugged,
        )
        wall.attendant.beat = self.refit.look
        self.refit.fit()

    def _open(self) -> SoundDevices:
        self.opened += 1
        wall = self.wall
        ears = FakeEars(wall.switched.post, wall.clock) if "capture" in self.plugged else None
        mouth = FakeMouth(wall.inbox.post, wall.clock) if "playback" in self.plugged else None
        return SoundDevices(ears, mouth, self._close)

    def _close(self) -> None:
        self.closed += 1

    @property
    def state(self) -> tuple[str, str]:
        return self.wall.seen["microphone"], self.wall.seen["loudspeaker"]


def test_what_is_plugged_in_later_is_used() -> None:
    """A loudspeaker and then a microphone, each found while idle; after that nothing is opened again."""
    bench = Bench()
    assert bench.state == ("missing", "missing")
    bench.plugged = "playback"
    bench.wall.pass_time(2)
    assert bench.state == ("missing", "on")
    bench.plugged = "playback capture"
    bench.wall.pass_time(2)
    assert bench.state == ("on", "on")
    assert bench.wall.seen["voice"] == "listening"
    bench.plugged = "playback capture more"
    bench.wall.pass_time(60)
    assert (bench.opened, bench.closed) == (3, 2)


def test_nothing_is_tried_while_nothing_changed() -> None:
    """On a machine that never had sound nothing is opened again, for months."""
    bench = Bench()
    bench.wall.pass_time(600)
    assert bench.opened == 1


def test_a_conversation_is_not_disturbed() -> None:
    """What is plugged in during a conversation waits for its end."""
    bench = Bench()
    bench.wall.press("start")
    bench.plugged = "playback capture"
    bench.wall.pass_time(5)
    assert bench.opened == 1
    bench.wall.press("stop")
    bench.wall.pass_time(2)
    assert bench.state == ("on", "on")


def test_the_new_microphone_hears_at_once() -> None:
    """What the old ears were open for, the new ones are open for; muted ones stay closed."""
    bench = Bench()
    bench.plugged = "capture"
    bench.wall.pass_time(2)
    ears = bench.wall.switched.ears
    assert isinstance(ears, FakeEars)
    assert ears.open is not None and ears.open[0] == "idle"
    bench.wall.press("mute")
    bench.plugged = "capture playback"
    bench.wall.pass_time(2)
    ears = bench.wall.switched.ears
    assert isinstance(ears, FakeEars)
    assert ears.open is None
    assert bench.state == ("muted", "on")


def test_closing_closes_the_sound_once() -> None:
    """At the end of the program all is closed, and closing twice does nothing more."""
    bench = Bench(plugged="capture playback")
    bench.refit.close()
    bench.refit.close()
    assert bench.closed == 1
    assert bench.wall.switched.ears is None


def test_ears_that_do_not_understand_are_none() -> None:
    """Where the recogniser is gone, the page asks for touches: it does not claim to listen."""
    bench = Bench(plugged="capture playback")
    bench.wall.screen.event(DeviceLost(0.0, "recogniser"))
    assert bench.wall.seen["microphone"] == "missing"
    assert bench.wall.seen["voice"] != "listening"
