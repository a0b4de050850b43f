"""The loudspeaker: exact to the last sample, and its end known."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy
import pytest
from fake_portaudio import FakeLibrary, FakePortAudio, FakeStream

from voice_backcare.audio.devices.loudspeaker import Loudspeaker, LoudspeakerLost
from voice_backcare.audio.formats.sound import Sound
from voice_backcare.fakes.ports import FakeClock
from voice_backcare.session.ports import Clock
from voice_backcare.system.monotonic_clock import SystemClock

_SOUND = Sound(numpy.arange(1, 481, dtype=numpy.int16), 48_000, 0.01)
_WITHIN_S = 5.0


class Playing:
    """A sound being played in a thread, and the device that fetches it by hand."""

    def __init__(
        self, library: FakeLibrary, stall_s: float = 5.0, preroll_s: float = 0.0, clock: Clock | None = None
    ) -> None:
        self.loudspeaker = Loudspeaker(
            FakePortAudio(library), clock or SystemClock(), stall_s=stall_s, preroll_s=preroll_s
        )
        self.cancelled = threading.Event()
        self.library = library
        self.loudspeaker.open()
        self._pool = ThreadPoolExecutor(1)

    @property
    def stream(self) -> FakeStream:
        return self.library.opened[-1]

    def start(self) -> Future[bool]:
        future = self._pool.submit(self.loudspeaker.play, _SOUND, self.cancelled)
        while self.loudspeaker._playing is None and not future.done():
            pass
        return future

    def fetch(self, future: Future[bool], delay_s: float = 0.0) -> bytes:
        played = b""
        while self.loudspeaker._playing is not None and not self.loudspeaker._playing.handed.is_set():
            played += self.stream.play(200, delay_s=delay_s)
        future.result(_WITHIN_S)
        return played

    def close(self) -> None:
        self.cancelled.set()
        self.loudspeaker.close()
        self._pool.shutdown()


@pytest.fixture
def playing() -> Iterator[Playing]:
    under_test = Playing(FakeLibrary())
    yield under_test
    under_test.close()


def test_every_sample_is_handed_over_and_silence_follows(playing: Playing) -> None:
    """The device gets the sound bit for bit, then zeros."""
    played = playing.fetch(playing.start())
    assert played.strip(b"\0") == _SOUND.in_channels(1).strip(b"\0")
    assert playing.stream.play(200) == bytes(200)


def test_the_end_is_when_the_last_sample_was_heard(playing: Playing) -> None:
    """What the device still holds is waited for."""
    clock = SystemClock()
    began_s = clock.now_s()
    future = playing.start()
    playing.fetch(future, delay_s=0.2)
    assert future.result() is True
    assert clock.now_s() - began_s >= 0.2


def test_a_cancelled_sound_ends_early(playing: Playing) -> None:
    """From the next block on there is silence, and ``play`` says that it was not heard out."""
    future = playing.start()
    playing.cancelled.set()
    assert playing.stream.play(200) == bytes(200)
    assert future.result(_WITHIN_S) is False


def test_a_device_that_ends_is_lost(playing: Playing) -> None:
    """Unplugged in the middle: an error, and the stream is closed."""
    future = playing.start()
    playing.stream.finished()
    with pytest.raises(LoudspeakerLost):
        future.result(_WITHIN_S)
    assert playing.stream.aborted and playing.stream.closed
    assert not playing.loudspeaker.is_open


def test_a_stalled_device_is_lost() -> None:
    """A device that fetches nothing for the stall time is lost, though it calls itself active."""
    playing = Playing(FakeLibrary(), stall_s=0.05)
    with pytest.raises(LoudspeakerLost):
        playing.start().result(_WITHIN_S)
    playing.close()


def test_a_device_of_another_shape_gets_its_own() -> None:
    """Stereo only: the same in both channels."""
    library = FakeLibrary()
    library.refuse = lambda options: -9998 if options["channels"] == 1 else None
    playing = Playing(library)
    played = numpy.frombuffer(playing.fetch(playing.start()), dtype="<i2").reshape(-1, 2)
    assert (played[:, 0] == played[:, 1]).all()
    assert sorted(set(played[:, 0])) == list(range(481))
    playing.close()


def test_an_idle_loudspeaker_is_released_a_playing_one_is_not(playing: Playing) -> None:
    """Starting PortAudio afresh never cuts a sentence."""
    future = playing.start()
    playing.loudspeaker.release()
    assert playing.loudspeaker.is_open
    playing.fetch(future)
    playing.loudspeaker.release()
    assert not playing.loudspeaker.is_open


def test_a_device_that_ended_while_nothing_played_is_opened_again() -> None:
    """Unplugged and plugged in again during a pause: the next sound goes to a new stream, and is not lost."""
    playing = Playing(FakeLibrary(), preroll_s=0.01)
    playing.stream.finished()
    playing.loudspeaker.rest()
    assert len(playing.library.opened) == 2
    assert playing.library.opened[0].closed
    assert playing.fetch(playing.start())
    playing.close()


def test_one_that_is_kept_awake_rests_with_faint_noise() -> None:
    """With a pre-roll it stays open while it rests, and is never quite silent; without one it is given back."""
    playing = Playing(FakeLibrary(), preroll_s=0.01)
    playing.loudspeaker.rest()
    noise = numpy.frombuffer(playing.stream.play(48_000 + 8), dtype="<i2")
    assert 0 < numpy.abs(noise).max() <= 8
    playing.close()
    asleep = Playing(FakeLibrary())
    asleep.loudspeaker.rest()
    assert not asleep.loudspeaker.is_open
    asleep.close()


@pytest.mark.parametrize(("open_for_s", "silence_s"), [(0.0, 0.5), (0.2, 0.3), (0.6, 0.0)])
def test_the_first_words_wait_until_the_loudspeaker_is_awake(open_for_s: float, silence_s: float) -> None:
    """The pre-roll counts from when the device was opened: only what is left of it goes before the sound."""
    clock = FakeClock()
    playing = Playing(FakeLibrary(), preroll_s=0.5, clock=clock)
    playing.loudspeaker._fresh = False
    clock.advance(open_for_s)
    played = numpy.frombuffer(playing.fetch(playing.start()), dtype="<i2")
    loud = numpy.flatnonzero(numpy.abs(played) > 8)
    rate_hz, channels = playing.loudspeaker._shape.rate_hz, playing.loudspeaker._shape.channels
    start_s = loud[0] / channels / rate_hz
    assert start_s == pytest.approx(silence_s, abs=0.02)
    playing.close()
