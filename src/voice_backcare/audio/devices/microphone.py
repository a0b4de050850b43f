"""The microphone as a stream of frames of 20 ms, mono, 16 bit, 16 kHz, whatever the device delivers."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Any

from voice_backcare.audio.devices.portaudio import Device, PortAudio, Shape
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats.converter import Converter
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, Frame
from voice_backcare.session.ports import RATE_HZ, Clock

_LATENCY_S = 0.04
_STALL_S = 1.0
_QUEUE_FRAMES = 500  # 10 s: as long as loading the model may take
_CHANNELS_MOST = 8
_LONGEST_DELAY_S = 0.5  # a capture delay beyond this is a driver's mistake


@dataclass(frozen=True, slots=True)
class _Block:
    """A block as the device delivered it; ``at_s`` is when its first sample was captured."""

    pcm: bytes
    at_s: float


class MicrophoneLost(Exception):
    """Error: the microphone ended or stalled."""


class _Converter:
    """Converter from the device's rate and channels to frames of 20 ms."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._converter = Converter(shape.rate_hz)
        self._rest = b""
        self._held_s = 0.0

    def frames(self, block: _Block) -> list[Frame]:
        captured_s = len(block.pcm) / (2 * self._shape.channels * self._shape.rate_hz)
        ends_s = block.at_s + captured_s
        pcm = self._converter.convert_pcm(block.pcm, self._shape.channels)
        # What a resampler keeps back for its filter comes with a later block, and was captured with this one.
        self._held_s += captured_s - len(pcm) / 2 / RATE_HZ
        data = self._rest + pcm
        begins_s = ends_s - self._held_s - len(data) / 2 / RATE_HZ
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        return [Frame(data[at : at + FRAME_BYTES], begins_s + at / 2 / RATE_HZ) for at in range(0, whole, FRAME_BYTES)]


def _shapes(device: Device) -> list[Shape]:
    """The device's own channels first: a sound server that is asked for one mixes them, and may cancel a voice so.

    More channels than an array of microphones has are a sound server's offer of whatever one wants: two of it.
    """
    own = device.channels if device.channels <= _CHANNELS_MOST else 2
    counts = dict.fromkeys([own, min(2, own), 1])
    return [Shape(rate_hz, count) for count in counts for rate_hz in dict.fromkeys([RATE_HZ, device.rate_hz])]


class Microphone:
    """Input device, opened once and read all the time. One thread reads; ``release`` and ``close`` may be called from
    others.

    ``device``: a name, a part of one or a number; None is the system's default. ``stall_s``: time without sound after
    which it counts as lost.
    """

    def __init__(
        self, portaudio: PortAudio, clock: Clock, device: str | int | None = None, *, stall_s: float = _STALL_S
    ) -> None:
        self._portaudio = portaudio
        self._clock = clock
        self._wanted = device
        self._stall_s = stall_s
        self._lock = threading.RLock()
        self._stream: Any = None
        self._released = False
        self._blocks: queue.Queue[_Block | None] = queue.Queue(_QUEUE_FRAMES)
        self._converter: _Converter | None = None
        self._ready: list[Frame] = []
        self.dropped = 0  # blocks dropped because the queue was full
        self.name = ""
        portaudio.on_refresh(self.release)

    def open(self) -> None:
        """Open and start the stream. Raises ``SpeechError`` where that is impossible."""
        device = self._portaudio.find("input", self._wanted)
        blocks: queue.Queue[_Block | None] = queue.Queue(_QUEUE_FRAMES)

        def callback(indata: Any, frames: int, time: Any, status: Any) -> None:
            delay_s = time.currentTime - time.inputBufferAdcTime
            now_s = self._clock.now_s()
            try:
                blocks.put_nowait(_Block(bytes(indata), now_s - min(max(delay_s, 0.0), _LONGEST_DELAY_S)))
            except queue.Full:
                self.dropped += 1

        def finished() -> None:
            try:
                blocks.put_nowait(None)
            except queue.Full:
                self.dropped += 1

        stream, shape = self._portaudio.open(
            "input",
            device,
            _shapes(device),
            block_s=FRAME_S,
            latency_s=_LATENCY_S,
            callback=callback,
            finished=finished,
        )
        with self._lock:
            self._stream, self._blocks, self._released = stream, blocks, False
            self._converter, self._ready = _Converter(shape), []
            self.name = device.name

    def read(self) -> Frame:
        """The next frame. Raises ``MicrophoneLost`` where the stream ended or nothing came for ``stall_s``."""
        while not self._ready:
            with self._lock:
                if self._released:
                    try:
                        self.open()
                    except (SpeechError, TimeoutError) as error:
                        raise MicrophoneLost from error
                blocks, converter = self._blocks, self._converter
            try:
                # A stall is told by waiting and not by the clock, which counts suspend too.
                block = blocks.get(timeout=self._stall_s)
            except queue.Empty:
                block = None
            with self._lock:
                if self._released:
                    continue
            if block is None or converter is None:
                raise MicrophoneLost
            self._ready = converter.frames(block)
        return self._ready.pop(0)

    def release(self) -> None:
        """Close while PortAudio is restarted; the next ``read`` opens again."""
        with self._lock:
            if self._stream is not None:
                self._released = True
                self._close()

    def close(self) -> None:
        """Close; harmless where it is closed."""
        with self._lock:
            self._released = False
            self._close()

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            self._portaudio.close(stream)
