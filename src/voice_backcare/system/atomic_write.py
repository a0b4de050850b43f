"""Atomic writing of files: written beside their place, synced, then renamed, so that a file is complete or not
there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME_MOST = 100  # characters of the file's name in the temporary one, which the file system limits to 255 bytes
_PRIVATE, _AS_USUAL = 0o600, 0o666


@contextmanager
def part_of(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Context manager: the path of a new empty file beside ``path``, for the block to fill, itself or through another
    process.

    At the end of the block the file is synced and replaces ``path``. If the block raises, it is removed and ``path``
    stays as it was. ``private``: only the owner may read the file. Raises ``OSError`` where the file system refuses.
    """
    part = path.with_name(f".{path.name[:_NAME_MOST]}.{secrets.token_hex(4)}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE if private else _AS_USUAL))
    try:
        yield part
        _sync(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write ``data`` to ``path`` atomically. Raises ``OSError`` and leaves ``path`` as it was where that fails.
    ``private``: only the owner may read the file.
    """
    with part_of(path, private=private) as part:
        part.write_bytes(data)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
