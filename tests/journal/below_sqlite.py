"""What SQLite writes to the disk, call by call: its own hook for tests replaces the system calls of its file layer.

Works on the very library that Python's ``sqlite3`` uses; nothing of the product knows of it.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs`` of sqlite3.h, version 3."""


_SET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Vfs), ctypes.c_char_p, ctypes.c_void_p)
_GET = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_Vfs), ctypes.c_char_p)
_METHODS = "Open Delete Access FullPathname DlOpen DlError DlSym DlClose Randomness Sleep CurrentTime LastError Time64"
_Vfs._fields_ = [
    ("iVersion", ctypes.c_int),
    ("szOsFile", ctypes.c_int),
    ("mxPathname", ctypes.c_int),
    ("pNext", ctypes.c_void_p),
    ("zName", ctypes.c_char_p),
    ("pAppData", ctypes.c_void_p),
    *((name, ctypes.c_void_p) for name in _METHODS.split()),
    ("xSetSystemCall", _SET),
    ("xGetSystemCall", _GET),
]
_WRITE = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, use_errno=True)
_WRITE_AT = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64, use_errno=True
)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int64, use_errno=True)
_UNLINK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, use_errno=True)


@dataclass(frozen=True)
class Written:
    """``data`` at ``offset`` of the file ``name``; with ``size`` the file was cut to it, with neither removed."""

    name: str
    offset: int = 0
    data: bytes | None = None
    size: int | None = None

    def redo(self, folder: Path, *, share: float = 1.0) -> None:
        """The same in another folder; ``share`` below 1: the power went in the middle of it."""
        path = folder / self.name
        if self.data is None and self.size is None:
            path.unlink(missing_ok=True)
            return
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if self.data is not None:
            os.pwrite(descriptor, self.data[: int(share * len(self.data))], self.offset)
        elif share == 1.0 and self.size is not None:
            os.truncate(descriptor, self.size)
        os.close(descriptor)


@dataclass
class Disk:
    """All that was written since ``watched`` began.

    ``before`` is called ahead of every change of a file; its ``OSError`` is what SQLite gets instead of the change.
    """

    log: list[Written] = field(default_factory=list)
    before: Callable[[Written], None] = lambda written: None

    def note(self, written: Written) -> None:
        self.before(written)
        self.log.append(written)


def _name(descriptor: int) -> str:
    return Path(f"/proc/self/fd/{descriptor}").readlink().name


@contextmanager
def watched(disk: Disk) -> Iterator[Disk]:
    """Everything that SQLite writes in this process from now on goes through ``disk``."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    library.sqlite3_initialize()
    vfs = library.sqlite3_vfs_find(None)

    def change(written: Written, done: Callable[[], int | None]) -> int:
        try:
            disk.note(written)
            return done() or 0
        except OSError as error:
            ctypes.set_errno(error.errno or 0)
            return -1

    def write(descriptor: int, data: int, count: int) -> int:
        text = ctypes.string_at(data, count)
        offset = os.lseek(descriptor, 0, os.SEEK_CUR)
        return change(Written(_name(descriptor), offset, text), lambda: os.write(descriptor, text))

    def write_at(descriptor: int, data: int, count: int, offset: int) -> int:
        text = ctypes.string_at(data, count)
        return change(Written(_name(descriptor), offset, text), lambda: os.pwrite(descriptor, text, offset))

    def truncate(descriptor: int, size: int) -> int:
        return change(Written(_name(descriptor), size=size), lambda: os.ftruncate(descriptor, size))

    def unlink(path: bytes) -> int:
        return change(Written(Path(os.fsdecode(path)).name), lambda: os.unlink(path))  # noqa: PTH108

    calls = {
        b"write": _WRITE(write),
        b"pwrite": _WRITE_AT(write_at),
        b"pwrite64": _WRITE_AT(write_at),
        b"ftruncate": _TRUNCATE(truncate),
        b"unlink": _UNLINK(unlink),
    }
    known = [name for name in calls if vfs.contents.xGetSystemCall(vfs, name)]
    for name in known:
        vfs.contents.xSetSystemCall(vfs, name, ctypes.cast(calls[name], ctypes.c_void_p))
    try:
        yield disk
    finally:
        for name in known:
            vfs.contents.xSetSystemCall(vfs, name, None)
