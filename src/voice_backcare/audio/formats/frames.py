"""Frames: pieces of 20 ms, mono, signed 16 bit, 16 kHz, in which sound passes through the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice_backcare.session.ports import RATE_HZ

FRAME_S = 0.02
FRAME_SAMPLES = round(RATE_HZ * FRAME_S)
FRAME_BYTES = 2 * FRAME_SAMPLES


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of sound; ``at_s`` is when its first sample was captured.

    ``ours``: it is, or may be, what is left of the program's own voice; no speech begins or goes on in it.
    """

    pcm: bytes
    at_s: float
    ours: bool = False


def frame_count(seconds: float) -> int:
    """Number of frames in ``seconds``, rounded."""
    return round(seconds / FRAME_S)


def in_frames(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The sound of ``blocks`` in frames of 20 ms, the last one padded with silence."""
    rest = b""
    for block in blocks:
        data = rest + block
        whole = len(data) - len(data) % FRAME_BYTES
        for at in range(0, whole, FRAME_BYTES):
            yield data[at : at + FRAME_BYTES]
        rest = data[whole:]
    if rest:
        yield rest.ljust(FRAME_BYTES, b"\0")
