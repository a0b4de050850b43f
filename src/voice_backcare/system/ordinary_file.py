"""Files that a person names: opened only where they are ordinary files, and read no further than they may be long.

A device never ends (``/dev/zero``), and a pipe that nobody writes to is waited for without an end.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_NOT_ORDINARY = "this is no ordinary file"


class NotThisFile(OSError):
    """The path leads to no ordinary file, or to one that is too long; ``strerror`` says which."""


def open_ordinary(path: Path) -> BinaryIO:
    """The file, for reading; never waits. ``OSError`` as of any file, ``NotThisFile`` where it is no ordinary one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ENXIO:  # what opening a socket says
            raise
        raise NotThisFile(errno.EINVAL, _NOT_ORDINARY, str(path)) from error
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise NotThisFile(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise NotThisFile(errno.EINVAL, _NOT_ORDINARY, str(path))


def read_ordinary(path: Path, most_bytes: int) -> bytes:
    """All of the file; ``NotThisFile`` where it is longer than ``most_bytes``, or no ordinary one; ``OSError``."""
    with open_ordinary(path) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise NotThisFile(errno.EFBIG, f"it is longer than {most_bytes:,} bytes", str(path))
    return data
