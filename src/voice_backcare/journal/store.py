"""Store of the journal in SQLite: each event is on the disk before it acts, or an error says why not."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from voice_backcare.core.events import Event
from voice_backcare.journal.boot import Boot
from voice_backcare.journal.codec import Undecodable, decode, encode
from voice_backcare.journal.folder import (
    DATABASE,
    WHOLE,
    JournalError,
    create_private,
    lock,
    make_private,
    open_to_others,
    set_aside,
    sync_folder,
    unlink_database,
)
from voice_backcare.system.paths import program

SCHEMA = 1
_APPLICATION = 0x76626A31  # "vbj1": identifies our database; any other is put aside
_BUSY_S = 0.2
# What SQLite says of a file that is not as it was written; any other error when opening is its surroundings' fault,
# and must not put a good journal aside.
_DAMAGE = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FORMAT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_SCHEMA,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
}
_TABLES = """
    CREATE TABLE session (id INTEGER PRIMARY KEY, digest TEXT NOT NULL, base TEXT NOT NULL, finished INTEGER NOT NULL);
    CREATE TABLE event (
        session INTEGER NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, now_s REAL NOT NULL,
        boot_id TEXT NOT NULL, boot_s REAL NOT NULL, kept TEXT NOT NULL, seal TEXT NOT NULL,
        PRIMARY KEY (session, number)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it was written. ``now_s``: on the session's clock. ``boot_s``: on the clock of the boot ``boot_id``.

    ``checkpoint``: what has to survive an update of the program, in the form that the recorder gave it.
    """

    event: Event
    now_s: float
    boot_id: str
    boot_s: float
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation as it was written.

    ``digest``: of the program that wrote it. ``starting_checkpoint``: what it was resumed from. ``incomplete``: later
    events could not be written.
    """

    digest: str
    starting_checkpoint: str
    entries: tuple[Entry, ...]
    incomplete: bool = False


class _Damaged(Exception):
    """Error: the file was not written by this version of the program, or not all of it is still there."""


class Journal:
    """Journal in a folder that no other instance uses meanwhile; made by ``open_journal``.

    ``notices``: sentences for the user about what was found at the opening.
    """

    def __init__(self, folder: Path, boot: Boot, connection: sqlite3.Connection, held: int) -> None:
        self._folder = folder
        self._boot = boot
        self._connection = connection
        self._held = held
        self._session = 0
        self._number = 0
        self._seal = ""
        self._running: Stored | None = None
        self.notices: list[str] = []

    @property
    def running(self) -> Stored | None:
        """The conversation that was not finished when the journal was opened, or None."""
        return self._running

    @property
    def boot(self) -> Boot:
        """The present boot."""
        return self._boot

    def begin(self, digest: str, starting_checkpoint: str = "") -> None:
        """Begin a conversation; one that was running is erased in the same transaction. Raises ``JournalError``."""
        with self._writing():
            execute = self._connection.execute
            execute("BEGIN IMMEDIATE")
            self._delete_running()
            values = (digest, starting_checkpoint)
            self._session = execute("INSERT INTO session VALUES (NULL, ?, ?, 0)", values).lastrowid or 0
            execute("COMMIT")
            create_private(self._folder / WHOLE)  # only now: sooner it would mark the conversation before
            sync_folder(self._folder)
        self._number, self._seal = 0, _seal("", self._session, *values)

    def append(self, event: Event, now_s: float, checkpoint: str) -> None:
        """Write ``event``, which is on the disk when this returns. Raises ``JournalError`` where it is not."""
        values = (self._number, encode(event), float(now_s), self._boot.id, float(self._boot.now_s()), checkpoint)
        seal = _seal(self._seal, *values)
        with self._writing():
            self._connection.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (self._session, *values, seal)
            )
        self._number, self._seal = self._number + 1, seal

    def finish(self, *, keep: bool) -> None:
        """End the conversation; unless ``keep``, nothing of it is left in any file. Raises ``JournalError``."""
        try:
            with self._writing():
                if keep:
                    self._connection.execute("UPDATE session SET finished = 1 WHERE id = ?", (self._session,))
                else:
                    self._erase_running()
                (self._folder / WHOLE).unlink(missing_ok=True)
        except JournalError:
            if not keep:
                self._remove()
            raise

    def finished(self) -> tuple[Stored, ...]:
        """The conversations that were kept, the oldest first. Raises ``JournalError``."""
        with self._writing():
            try:
                return tuple(self._read(row)[0] for row in self._sessions(finished=1))
            except _Damaged as error:
                raise JournalError(f"What was kept in {self._folder} is damaged ({error}).") from error

    def give_up(self) -> None:
        """Mark the conversation as incomplete, because an event could not be written, and close."""
        with suppress(OSError):
            (self._folder / WHOLE).unlink(missing_ok=True)
            sync_folder(self._folder)
        self.close()

    def close(self) -> None:
        """Release the folder; an unfinished conversation stays for the next time."""
        with suppress(sqlite3.Error):
            self._connection.close()
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    # --- inside ----------------------------------------------------------------------------

    def look(self) -> None:
        """Create the tables where there are none, otherwise check them and find the unfinished conversation."""
        execute = self._connection.execute
        if not execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._connection.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {SCHEMA}; COMMIT;"
            )
            return
        if execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise _Damaged("it is a file of another program")
        version = execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA:
            raise _Damaged(f"it was written by {'a newer' if version > SCHEMA else 'an older'} version")
        if (found := execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise _Damaged(str(found))
        rows = self._sessions(finished=0)
        if len(rows) > 1:
            raise _Damaged("two conversations are running in it")
        for row in rows:
            self._running, self._seal = self._read(row)
            self._session, self._number = row[0], len(self._running.entries)
            if not (self._running.entries or self._running.starting_checkpoint):  # the power went before it began
                self._running = None

    def _sessions(self, *, finished: int) -> list[tuple[int, str, str]]:
        return self._connection.execute(
            "SELECT id, digest, base FROM session WHERE finished = ? ORDER BY id", (finished,)
        ).fetchall()

    def _read(self, row: tuple[int, str, str]) -> tuple[Stored, str]:
        """The conversation of ``row``, whose seals are checked, and its last seal."""
        session, digest, base = row
        seal, entries = _seal("", session, digest, base), []
        for number, (given, *values, written) in enumerate(
            self._connection.execute(
                "SELECT number, event, now_s, boot_id, boot_s, kept, seal FROM event WHERE session = ? ORDER BY number",
                (session,),
            )
        ):
            seal = _seal(seal, given, *values)
            if (given, written) != (number, seal):
                raise _Damaged("an entry is not what was written")
            text, *rest = values
            try:
                entries.append(Entry(decode(text), *rest))
            except Undecodable as error:
                raise _Damaged(f"an entry cannot be read: {error}") from error
        return Stored(digest, base, tuple(entries), incomplete=not (self._folder / WHOLE).exists()), seal

    def _delete_running(self) -> None:
        running = "(SELECT id FROM session WHERE finished = 0)"
        self._connection.execute(f"DELETE FROM event WHERE session IN {running}")
        self._connection.execute("DELETE FROM session WHERE finished = 0")

    def _erase_running(self) -> None:
        """Erase the conversation from the tables, from the pages they were in (secure_delete), and from the write-ahead
        log.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        self._delete_running()
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _remove(self) -> None:
        """Erase on a disk that is too full for SQLite to do it: remove the whole file, unless other conversations in it
        are kept.
        """
        with suppress(sqlite3.Error, OSError):
            if not self._sessions(finished=1):
                self._connection.close()
                unlink_database(self._folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Context manager: turns an error of SQLite into a ``JournalError``, and leaves nothing half written."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            raise _cannot(self._folder, error) from error


def open_journal(folder: Path, boot: Boot) -> Journal:
    """The journal in ``folder``, which is created where it is missing. Raises ``JournalError``, which says why there
    can be none.

    A damaged journal, or one of another version, is put aside, and ``notices`` says so.
    """
    make_private(folder)
    held = lock(folder)
    notices = open_to_others(folder)
    try:
        try:
            journal = _open(folder, boot, held)
        except _Damaged as error:
            aside = set_aside(folder)
            notices.append(
                f"What was written down of the last conversation cannot be used ({error}), so it starts afresh. "
                f"It is kept as {aside}; {program()} forget erases it."
            )
            journal = _open(folder, boot, held)
    except _Damaged as error:
        os.close(held)
        raise JournalError(f"Nothing can be written down in {folder}: {error}.") from error
    except (sqlite3.Error, OSError) as error:
        os.close(held)
        raise _cannot(folder, error) from error
    except JournalError:
        os.close(held)
        raise
    journal.notices += notices
    return journal


def _open(folder: Path, boot: Boot, held: int) -> Journal:
    create_private(folder / DATABASE)
    connection = sqlite3.connect(
        folder / DATABASE, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=16
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        # The lock makes this the only user, so the log's index is in memory: one file less that can be damaged.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise JournalError(f"Nothing can be written down in {folder}: this disk cannot hold a write-ahead log.")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        journal = Journal(folder, boot, connection, held)
        journal.look()
        return journal
    except (sqlite3.Error, TypeError, ValueError) as error:
        connection.close()
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code in _DAMAGE or code & 0xFF in _DAMAGE:
            raise _Damaged(str(error)) from error
        raise
    except BaseException:
        connection.close()
        raise


def _cannot(folder: Path, error: sqlite3.Error | OSError) -> JournalError:
    reason = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_READONLY: "it is read-only",
        sqlite3.SQLITE_BUSY: "another program is using it",
    }.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, getattr(error, "strerror", None) or str(error))
    return JournalError(f"Nothing can be written down in {folder}: {reason}.")


def _seal(before: str, *values: object) -> str:
    """Seal of an entry, in hex, over its values and the seal ``before``: an entry that was changed, lost or swapped
    shows.
    """
    return hashlib.sha256(repr((before, *values)).encode()).hexdigest()
