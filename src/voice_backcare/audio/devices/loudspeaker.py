"""The loudspeaker: one output stream that knows when a sound has been heard to its end.

The stream stays open while it is used, so that the next sound starts at once; between sounds it plays silence. HDMI and
Bluetooth may swallow the first words all the same. Where a pre-roll is set, the stream therefore stays open for good
and plays noise too faint to be heard, so that no word has to wait until the device is awake.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy

from voice_backcare.audio.devices.portaudio import Device, PortAudio, Shape
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats.sound import Sound
from voice_backcare.session.ports import Clock

_LATENCY_S = 0.04
_BLOCK_S = 0.02  # twice what most devices ask for, for half as many callbacks
_STALL_S = 1.0
_LONGEST_DELAY_S = 1.0  # an output delay beyond this is a driver's mistake
_LEAD_IN_S = 0.1  # silence at the start of a new stream, while the device wakes up
_COMMON_RATE_HZ = 48_000
_AWAKE_PEAK = 8  # of 32,767: -77 dB below full level, but no digital silence, even at a mixer's lower half


Played = Callable[[bytes, int, int, float], None]


class LoudspeakerLost(Exception):
    """Error: the loudspeaker ended or stalled."""


@dataclass(eq=False, slots=True)
class _Playing:
    """A sound that is being played, and how far it is."""

    pcm: bytes
    cancelled: threading.Event
    at: int = 0
    end_s: float = 0.0
    handed: threading.Event = field(default_factory=threading.Event)  # the device has the last sample, or it ended
    lost: bool = False


class Loudspeaker:
    """``play`` waits until the sound was heard. One thread plays; any thread may cancel, release or close.

    ``played`` gets every block from the device's own thread: the samples, their rate and channels, when they sound.
    """

    def __init__(
        self,
        portaudio: PortAudio,
        clock: Clock,
        device: str | int | None = None,
        *,
        latency_s: float = _LATENCY_S,
        stall_s: float = _STALL_S,
        preroll_s: float = 0.0,
        played: Played | None = None,
    ) -> None:
        self._played = played
        self._preroll_s = preroll_s
        self._portaudio = portaudio
        self._clock = clock
        self._wanted = device
        self._latency_s = latency_s
        self._stall_s = stall_s
        self._lock = threading.RLock()
        self._stream: Any = None
        self._shape = Shape(_COMMON_RATE_HZ, 1)
        self._playing: _Playing | None = None
        self._callbacks = 0
        self._fresh = True
        self._ended = False
        self._opened_s = 0.0
        self._between = _Between(b"")
        self.name = ""
        portaudio.on_refresh(self.release)

    @property
    def is_open(self) -> bool:
        """Whether the stream is open."""
        return self._stream is not None

    def open(self) -> None:
        """Open the stream if it is closed. Raises ``SpeechError`` where that is impossible."""
        with self._lock:
            if self._stream is not None and not self._ended:
                return
        self.close()
        device = self._portaudio.find("output", self._wanted)
        stream, shape = self._portaudio.open(
            "output",
            device,
            _shapes(device),
            block_s=_BLOCK_S,
            latency_s=self._latency_s,
            callback=self._callback,
            finished=self._finished,
        )
        with self._lock:
            self._stream, self._shape, self._fresh, self._ended = stream, shape, True, False
            self._opened_s = self._clock.now_s()
            self._between = _between(shape) if self._preroll_s else _Between(b"")
            self.name = device.name

    def play(self, sound: Sound, cancelled: threading.Event, *, gain_db: float = 0.0) -> bool:
        """Play ``sound`` and wait for its end: True when the last sample was heard, False when ``cancelled`` was set
        before.

        Raises ``LoudspeakerLost`` where the device ended or stalled, ``SpeechError`` where it cannot be opened.
        """
        self.open()
        with self._lock:
            shape = self._shape
            asleep_s = self._opened_s + self._preroll_s - self._clock.now_s()
            lead_in_s = max(0.0, asleep_s, _LEAD_IN_S if self._fresh else 0.0)
            lead_in = self._between.next(round(lead_in_s * shape.rate_hz) * shape.channels * 2)
            self._fresh = False
        pcm = sound.with_gain(gain_db).at_rate(shape.rate_hz).in_channels(shape.channels)
        playing = _Playing(lead_in + pcm, cancelled)
        self._playing = playing
        try:
            self._await_handing(playing)
            # The device still has the last samples to play.
            cancelled.wait(max(0.0, playing.end_s - self._clock.now_s()))
        finally:
            self._playing = None
        return not cancelled.is_set()

    def _await_handing(self, playing: _Playing) -> None:
        handed = False
        while not handed:
            before = self._callbacks
            handed = playing.handed.wait(self._stall_s)
            if not handed and self._callbacks == before:
                playing.lost = True
                break
        if playing.lost:
            self.close()
            raise LoudspeakerLost

    def rest(self) -> None:
        """Close, because nothing will be played for some time; with a pre-roll, stay awake instead."""
        if self._preroll_s:
            with contextlib.suppress(SpeechError):  # the next ``play`` raises it
                self.open()
        else:
            self.close()

    def release(self) -> None:
        """Close if nothing is being played, so that PortAudio can be restarted."""
        if self._playing is None:
            self.close()

    def close(self) -> None:
        """Close; harmless where it is closed."""
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            self._portaudio.close(stream)

    def _callback(self, outdata: Any, frames: int, time: Any, status: Any) -> None:
        self._fill(outdata, time)
        if self._played is not None:
            self._played(
                bytes(outdata), self._shape.rate_hz, self._shape.channels, self._clock.now_s() + _delay_s(time)
            )

    def _fill(self, outdata: Any, time: Any) -> None:
        self._callbacks += 1
        playing = self._playing
        wanted = len(outdata)
        if playing is None or playing.handed.is_set():
            outdata[:] = self._between.next(wanted)
            return
        piece = b"" if playing.cancelled.is_set() else playing.pcm[playing.at : playing.at + wanted]
        outdata[:] = piece.ljust(wanted, b"\0")
        playing.at += len(piece)
        if not piece or playing.at >= len(playing.pcm):
            played_s = len(piece) / (2 * self._shape.channels * self._shape.rate_hz)
            playing.end_s = self._clock.now_s() + _delay_s(time) + played_s
            playing.handed.set()

    def _finished(self) -> None:
        self._ended = True
        playing = self._playing
        if playing is not None and self._stream is not None:
            playing.lost = True
            playing.handed.set()


def _delay_s(time: Any) -> float:
    return float(min(max(time.outputBufferDacTime - time.currentTime, 0.0), _LONGEST_DELAY_S))


class _Between:
    """The sound between two sounds: ``pcm`` over and over, or silence where that is empty."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self._at = 0

    def next(self, count: int) -> bytes:
        if not self._pcm:
            return bytes(count)
        piece = self._pcm[self._at : self._at + count]
        while len(piece) < count:
            piece += self._pcm[: count - len(piece)]
        self._at = (self._at + count) % len(self._pcm)
        return piece


def _between(shape: Shape) -> _Between:
    """One second of noise that is too faint to be heard, for a stream of this shape."""
    noise = numpy.random.default_rng(1).integers(-_AWAKE_PEAK, _AWAKE_PEAK + 1, shape.rate_hz)
    return _Between(bytes(numpy.repeat(noise, shape.channels).astype("<i2").tobytes()))


def _shapes(device: Device) -> list[Shape]:
    """Shapes to try in this order: mono before stereo, the device's own rate before the common one."""
    stereo = min(2, device.channels)
    rates = dict.fromkeys([device.rate_hz, _COMMON_RATE_HZ])
    return list(dict.fromkeys(Shape(rate_hz, channels) for channels in (1, stereo) for rate_hz in rates))
