"""The microphone's frames, whatever the device delivers."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from fake_portaudio import FakeLibrary, FakePortAudio, FakeStream

from voice_backcare.audio.devices.microphone import Microphone, MicrophoneLost
from voice_backcare.audio.formats.frames import FRAME_BYTES
from voice_backcare.fakes.ports import FakeClock

_BLOCK = b"\x01\x00" * (FRAME_BYTES // 2)


def _open(library: FakeLibrary, **options: Any) -> tuple[Microphone, FakeStream]:
    microphone = Microphone(FakePortAudio(library), FakeClock(100.0), **options)
    microphone.open()
    return microphone, library.opened[-1]


def test_frames_come_with_the_time_of_their_capture() -> None:
    """A block that took 30 ms to arrive was captured 30 ms ago."""
    microphone, stream = _open(FakeLibrary(channels=1))
    stream.capture(_BLOCK, delay_s=0.03)
    frame = microphone.read()
    assert frame.pcm == _BLOCK
    assert frame.at_s == pytest.approx(99.97)


def test_a_driver_that_lies_about_time_is_not_believed() -> None:
    """A delay of minutes, or one in the future, is bounded."""
    microphone, stream = _open(FakeLibrary(channels=1))
    stream.capture(_BLOCK, delay_s=1e6)
    stream.capture(_BLOCK, delay_s=-1e6)
    assert [microphone.read().at_s, microphone.read().at_s] == [99.5, 100.0]


@pytest.mark.parametrize(("channels", "asked"), [(1, 1), (2, 2), (6, 6), (8, 8), (32, 2), (128, 2)])
def test_sixteen_kilohertz_and_the_device_s_own_channels_are_asked_for_first(channels: int, asked: int) -> None:
    """In blocks of 20 ms; a sound server that offers any number is asked for two."""
    _, stream = _open(FakeLibrary(channels=channels))
    options = stream.options
    assert (options["samplerate"], options["channels"], options["blocksize"]) == (16_000, asked, 320)


def test_one_channel_is_asked_for_last() -> None:
    """Only what refuses every other number is mixed by the device."""
    library = FakeLibrary(channels=6)
    library.refuse = lambda options: -9998 if options["channels"] != 1 else None
    microphone = Microphone(FakePortAudio(library), FakeClock(100.0))
    microphone.open()
    assert [stream.options["channels"] for stream in library.opened if hasattr(stream, "options")] == [1]
    assert len(library.opened) == 5


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 8_000])
def test_a_device_of_another_rate_is_resampled(rate_hz: int) -> None:
    """A tone comes through at its pitch, in frames of our length, none lost."""
    library = FakeLibrary(rate_hz=rate_hz, channels=1)
    library.refuse = lambda options: -9997 if options["samplerate"] == 16_000 else None
    microphone, stream = _open(library)
    tone = (8000 * numpy.sin(2 * numpy.pi * 500 * numpy.arange(rate_hz) / rate_hz)).astype("<i2")
    block = round(rate_hz * 0.02)
    for at in range(0, rate_hz, block):
        stream.capture(tone[at : at + block].tobytes())
    frames = [microphone.read().pcm for _ in range(45)]
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    heard = numpy.frombuffer(b"".join(frames), dtype="<i2")[1600:]
    pitch_hz = numpy.abs(numpy.fft.rfft(heard)).argmax() * 16_000 / len(heard)
    assert pitch_hz == pytest.approx(500, abs=5)


def test_a_stereo_device_is_mixed() -> None:
    """Sound in one channel alone is heard."""
    microphone, stream = _open(FakeLibrary(channels=2))
    samples = numpy.zeros((320, 2), "<i2")
    samples[:, 1] = numpy.tile([1000, -1000], 160)
    stream.capture(samples.tobytes())
    assert set(numpy.frombuffer(microphone.read().pcm, dtype="<i2")) == {500, -500}


def test_a_second_channel_that_is_the_first_upside_down_does_not_cancel_it() -> None:
    """Some cheap microphones deliver a balanced signal as stereo."""
    microphone, stream = _open(FakeLibrary(channels=2))
    voice = numpy.tile(numpy.array([1000, -1000], "<i2"), 160)
    stream.capture(numpy.stack([voice, -voice], axis=1).tobytes())
    assert numpy.frombuffer(microphone.read().pcm, dtype="<i2").tolist() == voice.tolist()


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 8_000])
def test_what_a_resampler_keeps_back_keeps_its_time(rate_hz: int) -> None:
    """A click is in the frame whose time is the click's, though the frame comes later."""
    library = FakeLibrary(rate_hz=rate_hz, channels=1)
    library.refuse = lambda options: -9997 if options["samplerate"] == 16_000 else None
    clock = FakeClock(100.0)
    microphone = Microphone(FakePortAudio(library), clock)
    microphone.open()
    block = round(rate_hz * 0.02)
    samples = numpy.zeros(block * 50, "<i2")
    samples[block * 20] = 20_000
    for at in range(0, len(samples), block):
        library.opened[-1].capture(samples[at : at + block].tobytes())
        clock.advance(block / rate_hz)
    frames = [microphone.read() for _ in range(40)]
    loudest = max(frames, key=lambda frame: numpy.abs(numpy.frombuffer(frame.pcm, "<i2").astype(int)).max())
    sample = numpy.abs(numpy.frombuffer(loudest.pcm, "<i2").astype(int)).argmax()
    assert loudest.at_s + sample / 16_000 == pytest.approx(100.0 + 20 * block / rate_hz, abs=0.001)


def test_sound_that_nobody_fetches_is_counted_and_dropped() -> None:
    """The queue is bounded: ten seconds, then the count grows instead."""
    microphone, stream = _open(FakeLibrary(channels=1))
    for _ in range(510):
        stream.capture(_BLOCK)
    assert microphone.dropped == 10


def test_a_stalled_device_is_lost() -> None:
    """Nothing for the stall time, while the stream calls itself active, is a loss; closing aborts."""
    microphone, stream = _open(FakeLibrary(channels=1), stall_s=0.05)
    stream.capture(_BLOCK)
    microphone.read()
    with pytest.raises(MicrophoneLost):
        microphone.read()
    microphone.close()
    assert stream.aborted and stream.closed


def test_an_ended_stream_is_lost_at_once() -> None:
    """The end that the device tells needs no waiting."""
    microphone, stream = _open(FakeLibrary(channels=1), stall_s=60.0)
    stream.finished()
    with pytest.raises(MicrophoneLost):
        microphone.read()


def test_a_released_microphone_opens_itself_again() -> None:
    """After PortAudio started afresh reading goes on, without a word."""
    library = FakeLibrary(channels=1)
    microphone, stream = _open(library, stall_s=0.1)
    microphone.release()
    assert stream.closed
    with pytest.raises(MicrophoneLost):  # the new stream is silent here
        microphone.read()
    assert len(library.opened) == 2
    library.opened[-1].capture(_BLOCK)
    assert microphone.read().pcm == _BLOCK
