"""What every mouth promises (``ports.Mouth``): the fake, the kiosk's, and the real one on a virtual loudspeaker."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from voice_backcare.audio.devices.loudspeaker import Loudspeaker
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.output.mouth import SpokenMouth
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import SynthesisQueue
from voice_backcare.core.events import Event, Failed, Finished, Line
from voice_backcare.fakes.ports import FakeClock, FakeMouth
from voice_backcare.fakes.speech import FakeVoice
from voice_backcare.kiosk.worded_mouth import WordedMouth
from voice_backcare.session.ports import Mouth, Notice, Posted
from voice_backcare.system.monotonic_clock import SystemClock

_SHORT = Line("short", "Yes.", ("own",))
_LONG = Line("long", "One two three four five six seven eight.", ("own",))
_BAD = Line("bad", "This cannot be spoken.", ("own",))


def _as_it_is(line: Line) -> Line:
    return line


@dataclass
class Harness:
    mouth: Mouth
    inbox: queue.Queue[Posted]

    def next(self) -> tuple[int | None, Notice]:
        posted = self.inbox.get(timeout=10)
        return posted.turn, posted.what

    def ends(self, turn: int, kind: type[Event]) -> None:
        got_turn, what = self.next()
        assert (got_turn, type(what)) == (turn, kind)


@pytest.fixture(params=["fake", "worded", "real"])
def spoken(request: pytest.FixtureRequest) -> Iterator[Harness]:
    inbox: queue.Queue[Posted] = queue.Queue()
    if request.param in ("fake", "worded"):
        fake = FakeMouth(inbox.put, FakeClock())

        class Choosy(FakeMouth):
            def say(self, line: Line, turn: int) -> None:
                self.failing, self.slow = line is _BAD, line is _LONG
                super().say(line, turn)

        fake.__class__ = Choosy
        yield Harness(fake if request.param == "fake" else WordedMouth(fake, _as_it_is, inbox.put, fake.clock), inbox)
        return
    request.getfixturevalue("rig")
    clock, portaudio = SystemClock(), PortAudio()
    prompts = SynthesisQueue(PromptCache(FakeVoice({_BAD.text}), None))
    mouth = SpokenMouth(prompts, Loudspeaker(portaudio, clock), inbox.put, clock, portaudio, rate_wpm=240)
    yield Harness(mouth, inbox)
    mouth.close()


def test_a_line_ends_with_one_finished_of_its_turn(spoken: Harness) -> None:
    """``Finished`` comes once for each line, with the turn it was said in."""
    for turn in (3, 4):
        spoken.mouth.say(_SHORT, turn)
        spoken.ends(turn, Finished)
    assert spoken.inbox.empty()


def test_what_cannot_be_spoken_fails_and_the_next_line_is_said(spoken: Harness) -> None:
    """``Failed``, never ``Finished`` too; the mouth goes on working."""
    spoken.mouth.say(_BAD, 1)
    spoken.ends(1, Failed)
    spoken.mouth.say(_SHORT, 2)
    spoken.ends(2, Finished)
    assert spoken.inbox.empty()


def test_nothing_of_a_stopped_turn_is_posted(spoken: Harness) -> None:
    """After ``stop`` the line's end is not told; what is said next is the next thing told."""
    spoken.mouth.say(_LONG, 1)
    spoken.mouth.stop()
    spoken.mouth.say(_SHORT, 2)
    spoken.ends(2, Finished)
    assert spoken.inbox.empty()


def test_a_new_line_replaces_the_one_being_said(spoken: Harness) -> None:
    """Only the last line's end is told."""
    spoken.mouth.say(_LONG, 1)
    spoken.mouth.say(_SHORT, 2)
    spoken.ends(2, Finished)
    assert spoken.inbox.empty()


def test_tones_and_adjustments_tell_nothing(spoken: Harness) -> None:
    """They post no event and leave the next line working."""
    for name in ("listen", "fault"):
        spoken.mouth.tone(name)
    for what in ("slower", "faster", "louder", "quieter"):
        spoken.mouth.adjust(what)
    spoken.mouth.say(_SHORT, 5)
    spoken.ends(5, Finished)
    assert spoken.inbox.empty()


def test_the_duration_is_known_before_it_is_said(spoken: Harness) -> None:
    """Never negative, and for a line that cannot be spoken a guess instead of an error."""
    assert spoken.mouth.duration_s(_LONG) >= spoken.mouth.duration_s(_SHORT) >= 0
    assert spoken.mouth.duration_s(_BAD) >= 0
