"""The journal's files: whose they are, what a damaged one does, and that nothing is left when all is forgotten."""

from __future__ import annotations

import random
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from counted import COUNTED
from crashes import URGENT, Machine, Silent, check_nothing_lost, events_of, parts, states, taken_up, written_until

from voice_backcare.core.events import Heard, NoInput
from voice_backcare.journal import JournalError, forget, open_journal, this_boot
from voice_backcare.journal.recorder import open_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

MACHINE = Machine()


def change(folder: Path, *statements: str) -> None:
    """Another hand writes into the database."""
    connection = sqlite3.connect(folder / "journal.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def set_aside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("journal-set-aside"))


# --- files -----------------------------------------------------------------------------------


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """The folder is 0700 and every file in it 0600, whatever the umask, also while it is being written."""
    modes = []

    def look(count: int) -> None:
        modes.extend([stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a" / "b").iterdir()])

    written_until(["no", "yes"], tmp_path / "a" / "b", MACHINE.boot, after_each=look)
    assert set(modes) == {0o600} and len(modes) > 10
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_the_folder_of_somebody_is_left_as_it_is(tmp_path: Path) -> None:
    """A folder that was there before keeps its mode: it may have other users."""
    tmp_path.chmod(0o755)
    written_until(["no"], tmp_path, MACHINE.boot)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_each_event_is_synced_in_a_write_ahead_log(tmp_path: Path) -> None:
    """SQLite is set as the promise needs it: WAL, synchronous FULL, secure_delete."""
    journal = open_journal(tmp_path, MACHINE.boot)
    values = [journal._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    secure = journal._connection.execute("PRAGMA secure_delete").fetchone()[0]
    journal.close()
    assert (values, secure) == (["wal", 2], 1)


@pytest.mark.no_cover  # a tracer would be measured too
def test_an_append_costs_little_more_than_its_sync(tmp_path_factory: pytest.TempPathFactory) -> None:
    """On this machine's own disk the median of 200 appends is a few times that of a bare row, synced the same way."""
    folder = tmp_path_factory.mktemp("disk")
    journal = open_journal(folder, MACHINE.boot)
    journal.begin("x")
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = wal", "PRAGMA synchronous = full", "CREATE TABLE row (number, text)"):
        bare.execute(statement)
    times, bare_times = [], []
    for number in range(200):
        before_s = time.perf_counter()
        journal.append(NoInput(float(number)), float(number), "{}")
        between_s = time.perf_counter()
        bare.execute("INSERT INTO row VALUES (?, ?)", (number, "{}"))
        times.append(between_s - before_s)
        bare_times.append(time.perf_counter() - between_s)
    journal.close()
    bare.close()
    COUNTED["microseconds of an append, the median"] = round(sorted(times)[100] * 1e6)
    COUNTED["microseconds of a bare row, the median"] = round(sorted(bare_times)[100] * 1e6)
    COUNTED["microseconds of an append, the slowest of 200"] = round(max(times) * 1e6)
    assert sorted(times)[100] < 10 * sorted(bare_times)[100]


# --- damage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("PRAGMA user_version = 2", "newer version"),
        ("PRAGMA user_version = 0", "older version"),
        ("PRAGMA application_id = 7", "another program"),
        ("DROP TABLE event", "damaged|no such table|cannot be used"),
        ("""UPDATE event SET event = replace(event, '"no"', '"yes"') WHERE number = 2""", "not what was written"),
        ("UPDATE event SET boot_id = 'two' WHERE number = 3", "not what was written"),
        ("UPDATE event SET kept = '' WHERE number = 3", "not what was written"),
        ("UPDATE event SET now_s = now_s + 1 WHERE number = 3", "not what was written"),
        ("UPDATE event SET event = x'00ff' WHERE number = 3", "cannot be used"),
        ("DELETE FROM event WHERE number = 3", "not what was written"),
        ("UPDATE event SET number = -1 WHERE number = 3", "not what was written"),
        ("UPDATE session SET digest = 'x'", "not what was written"),
        ("INSERT INTO session VALUES (99, '', '', 0)", "two conversations"),
    ],
)
def test_a_changed_journal_is_put_aside(statement: str, word: str, tmp_path: Path) -> None:
    """Whatever was changed in it, one sentence says so, nothing of it is resumed, and the next journal works."""
    written_until(URGENT, tmp_path, MACHINE.boot)
    change(tmp_path, statement)
    recorder, told = taken_up(tmp_path, MACHINE.boot)
    recorder.close()
    assert recorder.interruption is None and recorder.state.record.answers == ()
    assert len(told) == 1 and any(part in told[0] for part in word.split("|")), told
    assert "journal-set-aside-1.db" in set_aside(tmp_path)
    written_until(["no"], tmp_path, MACHINE.boot)
    again, told = taken_up(tmp_path, MACHINE.boot)
    again.close()
    assert told == [] and again.interruption


def test_what_was_put_aside_is_whole(tmp_path: Path) -> None:
    """A journal of a newer version is lost to nobody: its file, with its log, still has every event."""
    copy = tmp_path / "copy"

    def snapshot(count: int) -> None:
        shutil.copytree(tmp_path / "journal", copy, dirs_exist_ok=True)

    written_until(URGENT, tmp_path / "journal", MACHINE.boot, after_each=snapshot)
    assert (copy / "journal.db-wal").stat().st_size, "the events are in the log"
    wal = sqlite3.connect(copy / "journal.db")
    count = wal.execute("SELECT count(*) FROM event").fetchone()[0]
    wal.execute("PRAGMA user_version = 9")
    wal.close()
    recorder, _ = taken_up(copy, MACHINE.boot)
    recorder.close()
    aside = sqlite3.connect(copy / "journal-set-aside-1.db")
    assert aside.execute("SELECT count(*) FROM event").fetchone()[0] == count > 10
    aside.close()


def test_each_damaged_journal_gets_a_name_of_its_own(tmp_path: Path) -> None:
    """The second to be put aside does not overwrite the first."""
    for _ in range(3):
        written_until(["no"], tmp_path, MACHINE.boot)
        change(tmp_path, "PRAGMA user_version = 2")
        taken_up(tmp_path, MACHINE.boot)[0].close()
    assert [name for name in set_aside(tmp_path) if name.endswith(".db")] == [
        f"journal-set-aside-{number}.db" for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_no_damaged_bytes_are_resumed_as_something_else(seed: int, tmp_path: Path) -> None:
    """Random bytes changed, cut off or blanked anywhere: what was written, an earlier part of it, or put aside."""
    chance = random.Random(seed)
    expected = states(events_of(URGENT))
    copies = []

    def copy(count: int) -> None:
        if count == len(expected) - 1:
            copies.append(shutil.copytree(tmp_path / "journal", tmp_path / "copy"))

    written_until(URGENT, tmp_path / "journal", MACHINE.boot, after_each=copy)
    folder = copies[0] if seed % 2 else tmp_path / "journal"
    path = chance.choice([path for path in folder.iterdir() if path.stat().st_size])
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    match seed % 3:
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            del data[at:]
        case _:
            data[at : at + 512] = bytes(len(data[at : at + 512]))
    path.write_bytes(data)
    recorder, told = taken_up(folder, MACHINE.boot)
    recorder.close()
    assert len(told) <= 1
    if recorder.interruption:
        assert recorder.state in expected, "an earlier part of the same conversation"
        if path.suffix == ".db":
            check_nothing_lost(expected[-1], recorder.state, fresh=True)


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0", bytes(4096), bytes(range(256)) * 64])
def test_what_is_no_database_is_no_obstacle(data: bytes, tmp_path: Path) -> None:
    """An empty file is a new journal; any other is put aside with a word."""
    (tmp_path / "journal.db").write_bytes(data)
    recorder, told = taken_up(tmp_path, MACHINE.boot)
    recorder.close()
    assert recorder.interruption is None
    assert len(told) == (1 if data else 0)
    assert bool(set_aside(tmp_path)) == bool(data)


def test_a_log_without_its_database_is_no_journal(tmp_path: Path) -> None:
    """Where somebody removed the database alone, nothing is resumed."""
    written_until(URGENT, tmp_path, MACHINE.boot)
    (tmp_path / "journal.db-wal").write_bytes(b"x" * 5000)
    (tmp_path / "journal.db").unlink()
    recorder, _ = taken_up(tmp_path, MACHINE.boot)
    recorder.close()
    assert recorder.interruption is None


# --- one at a time, and forgetting ---------------------------------------------------------------


def test_two_at_once_are_told(tmp_path: Path) -> None:
    """The second one says that another is running, keeps no journal, and its conversation goes on all the same."""
    first, _ = taken_up(tmp_path, MACHINE.boot)
    told = written_until(["no", "no"], tmp_path, MACHINE.boot)
    assert len(told) == 1 and "Another voice-backcare is running" in told[0]
    first.close()
    assert written_until(["no"], tmp_path, MACHINE.boot) == []


def test_forgetting_leaves_nothing(tmp_path: Path) -> None:
    """What runs, what was kept, and what was put aside: all of it is gone, and other files are not touched."""
    (tmp_path / "notes.txt").write_text("mine")
    for _ in range(2):
        written_until(URGENT, tmp_path, MACHINE.boot)
        change(tmp_path, "PRAGMA user_version = 2")
        taken_up(tmp_path, MACHINE.boot)[0].close()
    written_until(URGENT, tmp_path, MACHINE.boot)
    assert forget(tmp_path) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert forget(tmp_path) == 0
    assert forget(tmp_path / "none") == 0 and not (tmp_path / "none").exists()


def test_a_link_is_removed_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    """Forgetting overwrites no file outside its folder."""
    outside = tmp_path / "outside"
    outside.write_text("mine")
    folder = tmp_path / "journal"
    folder.mkdir()
    (folder / "journal-set-aside-1.db").symlink_to(outside)
    assert forget(folder) == 1
    assert outside.read_text() == "mine" and list(folder.iterdir()) == []


def test_nothing_is_forgotten_under_a_running_conversation(tmp_path: Path) -> None:
    """Whoever is talking must end first; a clear sentence, and the journal is as it was."""
    recorder, _ = taken_up(tmp_path, MACHINE.boot)
    with pytest.raises(JournalError, match="Another voice-backcare is running"):
        forget(tmp_path)
    assert (tmp_path / "journal.db").exists()
    recorder.close()


# --- the machine's boots -------------------------------------------------------------------------


def test_this_machine_knows_its_boot() -> None:
    """The kernel's boot id, and its clock that counts suspend; without such a clock no two moments belong together."""
    boot = this_boot(lambda: time.clock_gettime(time.CLOCK_BOOTTIME))
    assert len(boot.id) == 36 and boot.since_s(boot.id, boot.now_s()) is not None
    assert this_boot(None).since_s("", 0.0) is None
    assert this_boot(None).since_s(boot.id, 0.0) is None


def test_a_disk_that_fails_meanwhile_ends_the_journal_alone(tmp_path: Path) -> None:
    """It takes no more writes: told once, the conversation goes on, and no half of it is believed later."""
    told: list[str] = []
    recorder = open_recorder(parts()[0], tmp_path, told.append, boot=MACHINE.boot)
    writer = Silent()
    typed = TypedConversation(*parts(), writer, recorder=recorder)

    def lines() -> Iterator[str]:
        yield from ("no", "no")
        assert recorder._journal
        recorder._journal._connection.execute("PRAGMA query_only = ON")
        yield from ("no", "yes")

    typed.run(lines())
    recorder.close()
    assert len(told) == 1 and "goes on" in told[0]
    assert writer.ended and writer.ended[2] == {"E1": "no", "E2": "no", "E3": "no", "E4": "yes"}
    again, _ = taken_up(tmp_path, MACHINE.boot)
    again.close()
    assert dict(again.state.record.answers) == {}


def test_an_event_is_never_half_there(tmp_path: Path) -> None:
    """After an append that failed the next journal has all that was appended before it, and no more."""
    journal = open_journal(tmp_path, MACHINE.boot)
    journal.begin("x")
    journal.append(Heard(1.0, "yes"), 1.0, "{}")
    journal._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalError):
        journal.append(Heard(2.0, "no"), 2.0, "{}")
    journal.give_up()
    again = open_journal(tmp_path, MACHINE.boot)
    again.close()
    assert again.running and again.running.incomplete
    assert [entry.event for entry in again.running.entries] == [Heard(1.0, "yes")]


def test_forgetting_writes_zeros_over_what_was_there(tmp_path: Path) -> None:
    """Who still has the file open, or finds its blocks on the disk, reads nothing of it."""
    written_until(URGENT, tmp_path, MACHINE.boot)
    with (tmp_path / "journal.db").open("rb") as file:
        assert file.read().strip(b"\0")
        forget(tmp_path)
        file.seek(0)
        assert file.read().strip(b"\0") == b""


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """A lock or a database that is a link to somebody's file is refused, and that file is left as it was."""
    outside = tmp_path / "outside"
    for name in ("journal.lock", "journal.db"):
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir(mode=0o700)
        outside.write_text("somebody's own")
        outside.chmod(0o644)
        (folder / name).symlink_to(outside)
        with pytest.raises(JournalError, match="written down"):
            open_journal(folder, MACHINE.boot)
        assert outside.read_text() == "somebody's own"
        assert stat.S_IMODE(outside.stat().st_mode) == 0o644


def test_a_folder_that_others_may_write_to_is_told(tmp_path: Path) -> None:
    """Where others may put files beside the journal, it says so and how to change it; it is used all the same."""
    folder = tmp_path / "open"
    folder.mkdir()
    for mode, told in ((0o700, 0), (0o755, 0), (0o770, 1), (0o777, 1)):
        folder.chmod(mode)
        journal = open_journal(folder, MACHINE.boot)
        assert sum("chmod" in notice for notice in journal.notices) == told
        journal.close()
