"""What kind of audio file it is, and where the length in its header is not to be believed.

A recorder that was killed leaves a length of nothing, a pipe one that is unknown, a copy that broke off one that is too
great. The sound itself is there all the same, so such a length is replaced while the file is read; the file itself
stays as it is.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Literal

# What starts a kind of file that libsndfile does not read: at which byte, with which bytes, and what people call it.
_OTHERS = (
    (4, b"ftypM4A", "an M4A (AAC) recording, as telephones make them"),
    (4, b"ftyp3g", "a 3GP recording, as telephones make them"),
    (4, b"ftypqt", "a QuickTime film"),
    (4, b"ftyp", "an MP4 (AAC) recording or film, as telephones make them"),
    (0, b"#!AMR", "an AMR voice recording, as telephones make them"),
    (0, b"#!SILK", "a voice message of a chat program (SILK)"),
    (0, b"\x02#!SILK", "a voice message of a chat program (SILK)"),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska recording, as browsers make them"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media (WMA) file"),
    (0, b"\xff\xf1", "an AAC recording"),
    (0, b"\xff\xf9", "an AAC recording"),
    (0, b"MAC ", "a Monkey's Audio file"),
    (0, b"wvpk", "a WavPack file"),
    (0, b"FLV", "a Flash film"),
)
_START_BYTES = 32
_CHUNKS_MOST = 1_000  # more are no header
_UNKNOWN = 0xFFFFFFFF

_ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")

Patches = dict[int, bytes]


def unreadable_kind(file: BinaryIO) -> str | None:
    """What it is called where it is sound of a kind that cannot be read here; None where it may be readable."""
    file.seek(0)
    start = file.read(_START_BYTES)
    return next((name for at, magic, name in _OTHERS if start[at:].startswith(magic)), None)


def trusted(file: BinaryIO) -> io.RawIOBase:
    """The file, with a length in its header that fits the sound in it: the same bytes but for that."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(_START_BYTES)
    patches: Patches = {}
    if start[:4] == b"RIFF" and start[8:12] == b"WAVE":
        patches = _chunk_patches(file, size, b"data", "little")
    elif start[:4] == b"FORM" and start[8:12] in (b"AIFF", b"AIFC"):
        patches = _chunk_patches(file, size, b"SSND", "big")
    elif start[:4] == b".snd":
        patches = {8: _UNKNOWN.to_bytes(4, "big")}
    elif start[:4] == b"fLaC" and len(start) >= 26:
        # The lower 36 of these 64 bits are the number of samples; 0 means that nobody knows, and it is read to its end.
        patches = {18: (int.from_bytes(start[18:26], "big") >> 36 << 36).to_bytes(8, "big")}
    file.seek(0)
    return _Overlay(file, patches)


def _chunk_patches(file: BinaryIO, size: int, sound: bytes, order: Literal["little", "big"]) -> Patches:
    """The true size of the chunk with the sound, where the written one is not followed by the file's end or a chunk."""
    at = 12
    for _ in range(_CHUNKS_MOST):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        length = int.from_bytes(head[4:], order)
        end = at + 8 + length
        if head[:4] == sound:
            if end in (size, size - 1) or (length and _is_chunk(file, end + end % 2, size)):
                return {}
            return {
                4: min(size - 8, _UNKNOWN).to_bytes(4, order),
                at + 4: min(size - at - 8, _UNKNOWN).to_bytes(4, order),
            }
        at = end + length % 2
    return {}


def _is_chunk(file: BinaryIO, at: int, size: int) -> bool:
    """Whether a chunk's name and a length that fits begin at this byte."""
    if at + 8 > size:
        return False
    file.seek(at)
    head = file.read(8)
    fits = min(int.from_bytes(head[4:], order) for order in _ORDERS) <= size - at - 8
    return fits and all(0x20 <= byte < 0x7F for byte in head[:4])


class _Overlay(io.RawIOBase):
    """A file of which some bytes are others."""

    def __init__(self, file: BinaryIO, patches: Patches) -> None:
        self._file = file
        self._patches = patches

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):  # a damaged header points before the beginning; the reader sees that it stayed
            return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        begin = self._file.tell()
        data = self._file.read(len(buffer))
        piece = bytearray(data)
        for at, patch in self._patches.items():
            for place, byte in enumerate(patch, start=at - begin):
                if 0 <= place < len(piece):
                    piece[place] = byte
        buffer[: len(piece)] = piece
        return len(piece)
