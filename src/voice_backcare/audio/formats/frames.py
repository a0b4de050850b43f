"""Frames: the pieces of 20 ms in which sound runs through the program; mono, signed 16 bit, 16 kHz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice_backcare.session.ports import RATE_HZ

FRAME_S = 0.02
FRAME_SAMPLES = round(RATE_HZ * FRAME_S)
FRAME_BYTES = 2 * FRAME_SAMPLES


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of sound; ``at_s`` is when its first sample was captured."""

    pcm: bytes
    at_s: float


def frame_count(seconds: float) -> int:
    """Whole frames in so many seconds."""
    return round(seconds / FRAME_S)


def in_frames(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same sound in frames of 20 ms, the last one filled up with silence."""
    rest = b""
    for block in blocks:
        data = rest + block
        whole = len(data) - len(data) % FRAME_BYTES
        for at in range(0, whole, FRAME_BYTES):
            yield data[at : at + FRAME_BYTES]
        rest = data[whole:]
    if rest:
        yield rest.ljust(FRAME_BYTES, b"\0")
