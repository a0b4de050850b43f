"""One model for many: a few recognisers, lent for one utterance at a time, for sound that comes in a stream."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from voice_backcare.audio.formats.audio_file import Converter
from voice_backcare.audio.formats.frames import in_frames
from voice_backcare.audio.input.file_recognition import Result, hear_frames
from voice_backcare.session.ports import Recognised, Recogniser

WAIT_S = 10.0  # for a recogniser, where all are lent
LENT_S = 20.0  # the longest utterance is 9 seconds: sound that comes slower than half as fast is given up
_TYPES = {1: "u1", 2: "<i2", 4: "<i4"}  # by width


class NoneFree(Exception):
    """Every recogniser is lent, and stays so; the text says it."""


class TooSlow(Exception):
    """The utterance comes too slowly to keep a recogniser for it; the text says it."""


class _Lent:
    """Implements ``ports.Recogniser``: has a real one from ``begin`` to ``result``."""

    def __init__(self, free: queue.Queue[Recogniser]) -> None:
        self._free = free
        self._lent: Recogniser | None = None
        self._until_s = 0.0

    def begin(self, place: str) -> None:
        try:
            self._lent = self._free.get(timeout=WAIT_S)
        except queue.Empty as error:
            raise NoneFree("Too many speak at once. Please try again.") from error
        self._until_s = time.monotonic() + LENT_S
        self._lent.begin(place)

    def feed(self, pcm: bytes) -> None:
        if time.monotonic() > self._until_s:
            raise TooSlow("The sound comes too slowly. Please try again.")
        if self._lent:
            self._lent.feed(pcm)

    def result(self) -> Recognised:
        try:
            return self._lent.result() if self._lent else Recognised()
        finally:
            self.give_back()

    def give_back(self) -> None:
        lent, self._lent = self._lent, None
        if lent:
            self._free.put(lent)


class SharedHearing:
    """``most`` utterances are heard at once, each exactly as ``hear`` would. Safe from any thread."""

    def __init__(self, make: Callable[[], Recogniser], most: int) -> None:
        self._free: queue.Queue[Recogniser] = queue.Queue()
        for _ in range(most):
            self._free.put(make())

    def hear(self, pieces: Iterable[bytes], *, rate_hz: int, width: int, channels: int, place: str) -> Result:
        """The first utterance; ``NoneFree`` or ``TooSlow`` where it cannot be heard. ``width`` in bytes a sample."""
        lent = _Lent(self._free)
        frames = in_frames(_converted(pieces, rate_hz, width, channels))
        try:
            return hear_frames(frames, lent, place)
        finally:
            lent.give_back()


def _converted(pieces: Iterable[bytes], rate_hz: int, width: int, channels: int) -> Iterator[bytes]:
    """Raw samples as they come, cut anywhere."""
    converter, rest, whole = Converter(rate_hz), b"", width * channels
    for piece in pieces:
        data = rest + piece
        end = len(data) - len(data) % whole
        rest = data[end:]
        samples = np.frombuffer(data[:end], np.dtype(_TYPES[width])).astype(np.float64)
        full = 2.0 ** (8 * width - 1)
        scaled = samples / full - (1.0 if width == 1 else 0.0)
        if len(scaled):
            yield converter.convert(scaled.astype(np.float32).reshape(-1, channels))
    yield converter.last()
