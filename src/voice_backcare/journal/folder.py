"""The journal's folder: who may use it, what is put aside in it, and how all of it is erased."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DATABASE = "journal.db"
# There while every event of the running conversation was written; taking it away needs no space on a full disk.
WHOLE = "journal.whole"
_LOCK = "journal.lock"
_ASIDE = "journal-set-aside"
FAULT = "journal-fault.txt"
_SQLITE = ("", "-wal", "-shm")
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class JournalError(Exception):
    """Error: there is no journal, or none any more; ``str()`` is the sentence for the user. Never a reason to end a
    conversation.
    """


class JournalBusy(JournalError):
    """Error: another instance of the program uses the journal in this folder."""


@contextmanager
def reasons(what: str, folder: Path) -> Iterator[None]:
    """Context manager: turns an ``OSError`` into a ``JournalError`` whose sentence begins with ``what``."""
    try:
        yield
    except OSError as error:
        raise JournalError(f"{what} in {folder}: {error.strerror or error}.") from error


def database_files(folder: Path, name: str = DATABASE) -> list[Path]:
    """Files of the database; the one without which the others count for nothing comes first."""
    return [folder / f"{name}{suffix}" for suffix in _SQLITE]


def has_journal(folder: Path) -> bool:
    """Whether ``folder`` has a journal; nothing is created to find out. Raises ``JournalError``."""
    with reasons("What was written down cannot be read", folder):
        return (folder / DATABASE).is_file()


def make_private(folder: Path) -> None:
    """Create the folder where it is missing, and let nobody else look into it where it is ours alone. Raises
    ``JournalError``.
    """
    with reasons("Nothing can be written down", folder):
        if not folder.is_dir():
            folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            folder.chmod(_PRIVATE_FOLDER)


def open_to_others(folder: Path) -> list[str]:
    """A sentence where another user of this machine may put files into ``folder``, and so into what is taken up."""
    with reasons("Nothing can be written down", folder):
        status = folder.stat()
    if not status.st_mode & _OTHERS_WRITE and status.st_uid in (os.geteuid(), 0):
        return []
    return [
        f"Others on this machine can change what I write down in {folder}. Make it yours alone: chmod go-w {folder}"
    ]


def lock(folder: Path) -> int:
    """Descriptor of the locked lock file: its holder is the folder's only user until it is closed or the process ends.
    Raises ``JournalBusy``.
    """
    path = folder / _LOCK
    while True:
        with reasons("Nothing can be written down", folder):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE_FILE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
            os.close(descriptor)  # ``forget`` removed the file between opening and locking it
        except FileNotFoundError:
            os.close(descriptor)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                raise JournalBusy(
                    f"Another voice-backcare is running and keeps its place in {folder}; this one goes on without that."
                ) from error
            raise JournalError(f"Nothing can be written down in {folder}: {error.strerror}.") from error


def create_private(path: Path) -> None:
    """Create an empty file that only its owner may read; SQLite gives its other files the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE_FILE))
    if stat.S_IMODE(path.stat().st_mode) != _PRIVATE_FILE:
        path.chmod(_PRIVATE_FILE)


def set_aside(folder: Path) -> Path:
    """Rename the database, so that nothing is lost and nothing is resumed; returns its new path."""
    number = 1
    while any(path.exists() for path in database_files(folder, f"{_ASIDE}-{number}.db")):
        number += 1
    aside = database_files(folder, f"{_ASIDE}-{number}.db")
    with reasons("What was written down is damaged, and cannot be put aside", folder):
        # The database comes first: without its log it would look complete and hold an earlier conversation.
        for path, target in zip(database_files(folder), aside, strict=True):
            with suppress(FileNotFoundError):
                path.rename(target)
        sync_folder(folder)
    return aside[0]


def sync_folder(folder: Path) -> None:
    """Sync the folder, so that what was created, renamed or removed in it survives a power cut. Raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unlink_database(folder: Path) -> None:
    """Erase the database without SQLite, which works on a full disk and on a damaged file too. Raises ``OSError``."""
    for path in database_files(folder):
        path.unlink(missing_ok=True)


def forget(folder: Path) -> int:
    """Erase everything that was ever written in the folder, also what was put aside; returns the number of files.

    Raises ``JournalBusy`` while another instance uses the folder, ``JournalError`` where a file cannot be erased.
    """
    if not folder.is_dir():
        return 0
    names = (DATABASE, WHOLE, FAULT, _LOCK, _ASIDE)
    if not any(path.name.startswith(names) for path in folder.iterdir()):
        return 0
    held = lock(folder)
    try:
        with reasons("Not everything could be erased", folder):
            paths = [path for path in folder.iterdir() if path.name.startswith(names)]
            for path in paths:
                _overwrite(path)
                path.unlink()
            sync_folder(folder)
            return sum(path.name.startswith((DATABASE, _ASIDE)) for path in paths)
    finally:
        os.close(held)


def keep_fault(folder: Path, text: str) -> None:
    """Store ``text``, which says where the program failed, for ``doctor`` to report. On a full disk only the log has
    it.
    """
    with suppress(OSError):
        descriptor = os.open(folder / FAULT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)


def _overwrite(path: Path) -> None:
    """Write zeros over the file; a full or failing disk must not keep it from being removed."""
    if path.is_symlink():
        return
    with suppress(OSError), path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
