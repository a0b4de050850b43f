"""A power cut below SQLite: at every write, in the middle of it, and with those not yet synced lost in any order."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from below_sqlite import Disk, Written, watched
from counted import COUNTED
from crashes import (
    CONVERSATIONS,
    EVERYTHING,
    STARTS,
    URGENT,
    Machine,
    Silent,
    check_nothing_lost,
    copies_at_every_event,
    events_of,
    gone_on,
    parts,
    positives,
    sampled,
    states,
    taken_up,
)

from voice_backcare.core.state import State
from voice_backcare.journal.recorder import open_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

WHOLE = "journal.whole"
LOG_HEADER_BYTES = 32


@dataclass
class Recorded:
    """A conversation's writes. ``done[i]``: how many events had been promised to be on the disk before write ``i``."""

    log: list[Written]
    done: list[int]
    expected: list[State]


def record(lines: list[str], folder: Path, *, start: str = "start", checkpoint_pages: int | None = None) -> Recorded:
    """A whole conversation with its end, every write of it noted."""
    machine = Machine()
    disk = Disk()
    done: list[int] = []
    count = 0
    disk.before = lambda written: done.append(count)
    seen = []
    with watched(disk):
        recorder = open_recorder(parts()[0], folder, print, boot=machine.boot)
        assert recorder._journal
        if checkpoint_pages:
            recorder._journal._connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}").fetchall()
        decided = recorder.decided

        def counted(event: object, after: object) -> None:
            nonlocal count
            decided(event, after)  # type: ignore[arg-type]
            seen.append(event)
            count += 1

        recorder.decided = counted  # type: ignore[method-assign]
        TypedConversation(*parts(), Silent(), recorder=recorder).run(lines, start=start)
        recorder.close()
    return Recorded(disk.log, done, states(seen))  # type: ignore[arg-type]


@contextmanager
def disk_with(writes: list[Written], folder: Path, *, torn: float = 1.0, marked: bool = True) -> Iterator[Path]:
    """The folder as it would be found: these writes, the last of them only in part."""
    folder.mkdir()
    COUNTED["disks as a power cut leaves them"] += 1
    for at, written in enumerate(writes):
        written.redo(folder, share=torn if at == len(writes) - 1 else 1.0)
    if marked:
        (folder / WHOLE).touch()
    yield folder
    shutil.rmtree(folder)


def check(found: Path, recorded: Recorded, done: int) -> None:
    """Taken up are all the events that were promised, and at most the one that was being written."""
    recorder, told = taken_up(found, Machine().boot)
    recorder.close()
    assert told == [], told
    possible = recorded.expected[done : done + 2]
    if recorder.interruption is None:
        assert any(state.position.name == "idle" for state in possible), (done, possible)
        return
    assert recorder.state in possible, done
    again, told = taken_up(found, Machine("two", 5.0).boot)  # and the next morning
    again.close()
    assert told == [] and again.state == recorder.state


@pytest.mark.parametrize("checkpoint_pages", [None, 12])
@pytest.mark.parametrize("name", ["urgent", "phrase", "start over", *STARTS])
def test_the_power_goes_at_every_write(name: str, checkpoint_pages: int | None, tmp_path: Path) -> None:
    """Before, in and after each single write, checkpoints and erasing too: every promised event is there."""
    recorded = record(
        [*CONVERSATIONS[name], "stop", "stop"],
        tmp_path / "a",
        start=STARTS.get(name, "start"),
        checkpoint_pages=checkpoint_pages,
    )
    assert len(recorded.log) > 60
    assert any(written.name == "journal.db" for written in recorded.log[5:-5]) or not checkpoint_pages
    for at, done in sampled(list(enumerate(recorded.done)), 4):
        for torn in (1.0, 0.5, 0.01):
            with disk_with(recorded.log[: at + 1], tmp_path / "b", torn=torn) as found:
                check(found, recorded, done)
        with disk_with(recorded.log[:at], tmp_path / "b") as found:
            check(found, recorded, done)


def same_sync(one: Written, other: Written) -> bool:
    """Whether nothing is synced between these two, so that the later may be on the disk without the earlier."""
    return one.name == other.name and len(one.data or b"") != LOG_HEADER_BYTES


@pytest.mark.parametrize("seed", range(12 if EVERYTHING else 3))
def test_what_was_not_synced_is_lost_in_any_order(seed: int, tmp_path: Path) -> None:
    """A disk may keep any of the writes since the last promise and lose others, whole or in part: the same."""
    chance = random.Random(seed)
    recorded = record([*URGENT, "stop", "stop"], tmp_path / "a", checkpoint_pages=12 if seed else None)
    for at, done in enumerate(recorded.done):
        began = at
        # SQLite syncs between the log and the database, and behind the log's header: no order changes across these.
        while began and recorded.done[began - 1] == done and same_sync(recorded.log[began - 1], recorded.log[began]):
            began -= 1
        if any(written.data is None for written in recorded.log[began : at + 1]):
            continue
        for _ in range(3 if EVERYTHING else 1):
            kept = [written for written in recorded.log[began : at + 1] if chance.random() < 0.5]
            chance.shuffle(kept)
            torn = chance.choice((1.0, 0.7))
            with disk_with([*recorded.log[:began], *kept], tmp_path / "b", torn=torn if kept else 1.0) as found:
                check(found, recorded, done)


def test_the_log_cut_off_anywhere_is_an_earlier_moment(tmp_path: Path) -> None:
    """The log ends at any byte: what is taken up is how it was at some earlier event, never a mixture."""
    expected = states(events_of(URGENT))
    whole = copies_at_every_event(URGENT, tmp_path / "a", Machine().boot)[-1]
    size = (whole / "journal.db-wal").stat().st_size
    page = 4096 + 24
    cuts = {0, 1, 31, 32, 33, size - 1, *range(32, size, page), *range(31, size, page), *range(33 + 24, size, page)}
    reached = []
    for cut in sorted(cuts | set(range(size - 2 * page, size, 97))):
        found = tmp_path / "b"
        shutil.copytree(whole, found)
        with (found / "journal.db-wal").open("r+b") as file:
            file.truncate(cut)
        recorder, told = taken_up(found, Machine().boot)
        recorder.close()
        assert told == []
        reached.append(expected.index(recorder.state) if recorder.interruption else 0)
        shutil.rmtree(found)
    assert reached == sorted(reached) and len(set(reached)) > 20


@pytest.mark.parametrize("name", STARTS)
def test_the_power_goes_in_the_hour(name: str, tmp_path: Path) -> None:
    """C6, another boot: whatever write it went at, what may be on is told off first, and nothing starts unchecked."""
    recorded = record([*CONVERSATIONS[name], "stop"], tmp_path / "a", start=STARTS[name])
    told = 0
    for at, done in sampled(list(enumerate(recorded.done)), 3):
        with disk_with(recorded.log[:at], tmp_path / "b") as found:
            writer = gone_on(found, Machine("two", 5.0).boot, "okay", "no", "+19m", "yes")
        states_possible = recorded.expected[done : done + 2]
        first = writer.turns[0].said[0]
        if all(
            state.treatment and state.treatment.may_be_worn and state.position.name == "coach"
            for state in states_possible
        ):
            assert first.id == "coach_off" and first.text.startswith("Off. Take the"), states_possible
            assert "coach_on" not in [line.id for turn in writer.turns for line in turn.said]
            told += 1
    assert told > 10


def test_the_power_goes_as_a_conversation_begins(tmp_path: Path) -> None:
    """Between the first write and the mark that all is written: nothing is lost, and nothing is believed too much."""
    recorded = record([*URGENT, "stop", "stop"], tmp_path / "a")
    for at in range(recorded.done.index(2)):
        with disk_with(recorded.log[:at], tmp_path / "b", marked=False) as found:
            recorder, told = taken_up(found, Machine().boot)
            recorder.close()
            assert told == []
            check_nothing_lost(recorded.expected[1], recorder.state, fresh=False)


@pytest.mark.parametrize("seed", range(20 if EVERYTHING else 4))
def test_the_conversation_goes_on_after_a_power_cut(seed: int, tmp_path: Path) -> None:
    """Another boot: whatever write the power went at, the end has every promised yes and doubt, and no old "no"."""
    chance = random.Random(seed)
    recorded = record([*URGENT, "stop", "stop"], tmp_path / "a")
    for at in chance.sample(range(recorded.done.index(len(recorded.expected) - 1)), 12):
        with disk_with(recorded.log[:at], tmp_path / "b") as found:
            writer = gone_on(found, Machine("two", 5.0).boot, "yes", "stop", "stop")
            assert writer.ended
            promised, being_written = recorded.expected[recorded.done[at] : recorded.done[at] + 2]
            if "idle" in (promised.position.name, being_written.position.name):
                continue
            assert writer.ended[2].items() >= positives(promised.record).items()
            assert "no" not in writer.ended[2].values()
