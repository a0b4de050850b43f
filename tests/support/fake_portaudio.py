"""sounddevice without devices: streams that a test drives by hand."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from voice_backcare.audio.devices.portaudio import PortAudio


class FakeError(Exception):
    """Stands for ``sounddevice.PortAudioError``: text, then PortAudio's code."""


class FakeStream:
    def __init__(self, owner: FakeLibrary, **options: Any) -> None:
        owner.opened.append(self)
        refusal = owner.refuse(options)
        if refusal is not None:
            raise FakeError("refused", refusal)
        self.options = options
        self.callback: Callable[..., None] = options["callback"]
        self.finished: Callable[[], None] = options["finished_callback"]
        self.started = self.aborted = self.closed = False

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        raise AssertionError("stop() hangs on a stalled stream")

    def abort(self, ignore_errors: bool = True) -> None:
        self.aborted = True

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True

    def capture(self, pcm: bytes, *, delay_s: float = 0.0, status: str = "") -> None:
        """The device delivers a block that began ``delay_s`` ago."""
        self.callback(pcm, len(pcm) // 2, SimpleNamespace(currentTime=10.0, inputBufferAdcTime=10.0 - delay_s), status)

    def play(self, count_bytes: int, *, delay_s: float = 0.0) -> bytes:
        """The device fetches a block that will sound ``delay_s`` from now."""
        block = bytearray(count_bytes)
        times = SimpleNamespace(currentTime=10.0, outputBufferDacTime=10.0 + delay_s)
        self.callback(block, count_bytes // 2, times, "")
        return bytes(block)


class FakeLibrary:
    """Stands for the module; ``refuse`` gives PortAudio's error code for a stream's options, or None."""

    PortAudioError = FakeError

    def __init__(self, *, rate_hz: int = 48_000, channels: int = 2) -> None:
        self.rows: list[dict[str, Any]] = [
            {"name": "USB Mic: Audio", "max_input_channels": channels, "max_output_channels": 0},
            {"name": "HDMI 0", "max_input_channels": 0, "max_output_channels": channels},
            {"name": "Headset", "max_input_channels": 1, "max_output_channels": 2},
        ]
        for row in self.rows:
            row["default_samplerate"] = float(rate_hz)
        self.default = SimpleNamespace(device=(0, 1))
        self.opened: list[Any] = []
        self.refuse: Callable[[dict[str, Any]], int | None] = lambda options: None
        self.restarts = 0

    def query_devices(self) -> list[dict[str, Any]]:
        return self.rows

    def RawInputStream(self, **options: Any) -> FakeStream:
        return FakeStream(self, **options)

    def RawOutputStream(self, **options: Any) -> FakeStream:
        return FakeStream(self, **options)

    def _terminate(self) -> None:
        self.restarts += 1

    def _initialize(self) -> None: ...


class FakePortAudio(PortAudio):
    def __init__(self, library: FakeLibrary, deadline_s: float = 2.0) -> None:
        super().__init__(deadline_s, probe=lambda: None)
        self.fake = library

    def library(self) -> Any:
        return self.fake
