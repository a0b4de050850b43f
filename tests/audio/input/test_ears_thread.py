"""The ears and who opens them: nobody waits for a recogniser that loads, works or fails."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from fake_portaudio import FakeLibrary, FakePortAudio

from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.formats.frames import FRAME_BYTES
from voice_backcare.audio.input.ears import SpokenEars
from voice_backcare.audio.recognition.background_loader import LoadingRecogniser
from voice_backcare.core import content, conversation
from voice_backcare.core.events import DeviceBack, DeviceLost, Heard, NoMatch
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.fakes.speech import FakeRecogniser
from voice_backcare.session.ports import Posted, Recogniser, SpeechStarted
from voice_backcare.session.session import Session
from voice_backcare.system.monotonic_clock import SystemClock

_QUIET = bytes(FRAME_BYTES)


def _buzz() -> list[bytes]:
    """A voice, as far as the endpointer can tell: a rich tone at an ordinary level, for 0.4 s."""
    import numpy

    times = numpy.arange(round(0.4 * 16_000)) / 16_000
    wave = sum(numpy.sin(2 * numpy.pi * pitch * times) / k for k, pitch in enumerate(range(140, 2000, 140), 1))
    pcm = (4_000 * numpy.asarray(wave)).astype("<i2").tobytes()
    return [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]


@dataclass
class Bed:
    """Ears on a microphone that a test speaks into by hand."""

    recogniser: Recogniser
    inbox: queue.Queue[Posted] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self.library = FakeLibrary(channels=1)
        portaudio, clock = FakePortAudio(self.library), SystemClock()
        self.ears = SpokenEars(
            Microphone(portaudio, clock, stall_s=30), self.recogniser, self.inbox.put, clock, portaudio
        )
        self.ears.start()

    def hear(self, *frames: bytes) -> None:
        for frame in frames:
            self.library.opened[-1].capture(frame)

    def say_a_word(self) -> None:
        self.hear(*[_QUIET] * 20, *_buzz(), *[_QUIET] * 20)

    def close(self) -> None:
        self.library.opened[-1].finished()
        self.ears.close()


class Loader:
    """Loads when it is let to; then everything is understood as "no"."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go_on, self.asked, self._fails = threading.Event(), threading.Event(), fails

    def __call__(self) -> Recogniser:
        assert self.go_on.wait(20)
        if self._fails:
            raise RuntimeError("no memory")
        return FakeRecogniser({b"": "no"})


@pytest.fixture
def loader() -> Iterator[Loader]:
    made = Loader()
    yield made
    made.go_on.set()


def test_a_key_does_not_wait_for_the_model(loader: Loader) -> None:
    """While the ears wait for the model to load they are closed and opened all the same; what was said then counts."""
    bed = Bed(LoadingRecogniser(loader))
    bed.ears.listen("any", 1)
    bed.say_a_word()
    time.sleep(0.1)  # the ears' thread is in the recogniser by now, or will be: both must hold

    def ask() -> None:
        bed.ears.stop()
        bed.ears.listen("any", 2)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    assert not asking.is_alive()  # and the model still loads
    loader.go_on.set()
    bed.say_a_word()
    started, heard = bed.inbox.get(timeout=5), bed.inbox.get(timeout=5)
    assert (started.turn, heard.turn) == (2, 2)
    assert isinstance(started.what, SpeechStarted) and isinstance(heard.what, Heard)
    bed.close()


def test_what_was_said_while_the_model_loads_is_understood_when_it_is_there(loader: Loader) -> None:
    """The first answer waits for the model, not the other way round."""
    bed = Bed(LoadingRecogniser(loader))
    bed.ears.listen("any", 1)
    bed.say_a_word()
    threading.Timer(0.2, loader.go_on.set).start()
    assert isinstance(bed.inbox.get(timeout=5).what, SpeechStarted)
    assert isinstance(bed.inbox.get(timeout=5).what, Heard)
    bed.close()


def test_ears_that_were_closed_in_the_recogniser_post_nothing(loader: Loader) -> None:
    """Closed while it works, its result belongs to nobody."""
    bed = Bed(LoadingRecogniser(loader))
    bed.ears.listen("any", 1)
    bed.say_a_word()
    bed.ears.stop()
    loader.go_on.set()
    bed.hear(*[_QUIET] * 20)
    bed.close()
    assert [posted for posted in bed.inbox.queue if isinstance(posted.what, Heard | NoMatch)] == []


def test_a_model_that_cannot_be_loaded_is_told_once_and_never_an_answer() -> None:
    """The failure is told at once; what is said then comes to nothing, each time."""
    loader, failed = Loader(fails=True), threading.Event()
    loader.go_on.set()
    bed = Bed(LoadingRecogniser(loader, failed=failed.set))
    assert failed.wait(5)
    for turn in (1, 2):
        bed.ears.listen("any", turn)
        bed.say_a_word()
        while not bed.inbox.empty():
            assert not isinstance(bed.inbox.get().what, Heard)
    bed.close()
    assert not [posted for posted in bed.inbox.queue if isinstance(posted.what, Heard)]


def test_without_a_recogniser_it_is_said_and_the_keys_go_on() -> None:
    """The loss is spoken, as one of a device is; a key answers the question."""
    clock, posted = FakeClock(), list[Posted]()
    mouth = FakeMouth(posted.append, clock)
    session = Session(conversation.build(content.load()), FakeEars(posted.append, clock), mouth, FakeScreen(), clock)
    session.mouth.post = session.post  # type: ignore[attr-defined]
    session.start()
    session.settle()
    session.post(Posted(None, DeviceLost(0.0, "recogniser")))
    session.settle()
    assert "recogniser_lost" in [line.id for line in mouth.said]
    position = session.state.position
    clock.advance(1.0)
    session.press("no")
    session.settle()
    assert session.state.position != position


@pytest.mark.parametrize(
    "error", [TimeoutError("no answer"), OSError("gone"), RuntimeError("PortAudio not initialized")]
)
def test_whatever_the_microphone_does_the_hearing_goes_on(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device list that hangs, or fails in a way nobody knew of: told as a loss, tried again, and then it hears."""
    bed = Bed(FakeRecogniser({b"": "no"}))
    bed.ears._reopen_s = 0.02
    microphone = bed.ears._microphone
    fails, opens = 4, microphone.open

    def open_sometimes() -> None:
        nonlocal fails
        fails -= 1
        if fails >= 0:
            raise error
        opens()

    monkeypatch.setattr(microphone, "open", open_sometimes)
    microphone.release()  # as when PortAudio starts afresh for the loudspeaker
    bed.library.opened[-1].finished()
    assert isinstance(bed.inbox.get(timeout=5).what, DeviceLost)
    end_s = time.monotonic() + 5
    while len(bed.library.opened) < 2 and time.monotonic() < end_s:
        time.sleep(0.01)
    bed.hear(_QUIET)
    assert isinstance(bed.inbox.get(timeout=5).what, DeviceBack)
    bed.ears.listen("any", 1)
    bed.say_a_word()
    assert isinstance(bed.inbox.get(timeout=5).what, SpeechStarted)
    assert isinstance(bed.inbox.get(timeout=5).what, Heard)
    bed.close()
