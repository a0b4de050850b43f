"""The real process, killed for real: by SIGKILL at every event of a conversation, and then started again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crashes import URGENT, Machine, events_of, positives, states, taken_up

from voice_backcare.dialogue.state import State
from voice_backcare.journal import Boot, this_boot
from voice_backcare.speech.clock import SystemClock

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE)])}
COMMAND = [sys.executable, "-m", "voice_backcare"]
DOUBT = ["no", "maybe", "no", "go back", "maybe", "maybe", "call 911", "repeat", "go back", "no", "no"]
# To have a coached hour killed at every event too, add its lines here, with "+20m" where the time passes. The number
# is that of events from one kill to the next.
KILLED = {"doubt and a phrase": (DOUBT, 1), "urgent": (URGENT, 3)}


def simulate(folder: Path, lines: list[str], *, dying: tuple[str, int] | None = None) -> list[dict[str, Any]]:
    """What ``simulate --json`` prints; with ``dying`` it must have been killed."""
    command = [sys.executable, str(HERE / "dying.py"), dying[0], str(dying[1])] if dying else COMMAND
    done = subprocess.run(
        [*command, "simulate", "--json", "--journal", str(folder)],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=60,
    )
    assert done.returncode == (-signal.SIGKILL if dying else 0), done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def here_and_now() -> Boot:
    """This machine's own boot, as the killed process wrote it down."""
    return this_boot(SystemClock().now_s)


def check(folder: Path, possible: list[State]) -> None:
    """What the next start takes up is one of these; on the next morning, its yes and doubt alone."""
    morning = shutil.copytree(folder, folder.with_name("morning"))
    recorder, told = taken_up(folder, here_and_now())
    recorder.close()
    assert told == []
    taken = recorder.state
    assert taken in possible
    if recorder.interruption:
        assert recorder.interruption.same_boot and (recorder.interruption.away_s or 0.0) < 60.0
    recorder, told = taken_up(morning, Machine("another boot", 7.0).boot)
    recorder.close()
    assert told == []
    if taken.place.name != "idle":
        assert recorder.interruption and not recorder.interruption.same_boot
        assert positives(recorder.state.record) == positives(taken.record)
    shutil.rmtree(folder)
    shutil.rmtree(morning)


@pytest.mark.parametrize("name", KILLED)
def test_killed_at_every_event(name: str, tmp_path: Path) -> None:
    """Each event is once the last thing the process does: the next one knows it, and nothing that was not said."""
    lines, step = KILLED[name]
    expected = states(events_of(lines))
    kills = range(1, len(expected), step)
    assert len(kills) >= 12
    for number in kills:
        simulate(tmp_path / "journal", lines, dying=("after", number))
        check(tmp_path / "journal", [expected[number]])


def test_killed_before_an_event_is_written(tmp_path: Path) -> None:
    """What was not on the disk yet was not acted on either: the process is where it was before it."""
    expected = states(events_of(DOUBT))
    for number in range(2, len(expected), 3):
        simulate(tmp_path / "journal", DOUBT, dying=("before", number))
        check(tmp_path / "journal", [expected[number - 1]])


def test_killed_in_the_middle_of_writing(tmp_path: Path) -> None:
    """Between any two writes below SQLite: the event is there whole, or not at all."""
    expected = states(events_of([*DOUBT, "stop", "stop"]))
    for number in range(1, 90, 7):
        simulate(tmp_path / "journal", DOUBT, dying=("write", number))
        if (tmp_path / "journal").is_dir():
            check(tmp_path / "journal", expected)


def test_killed_and_gone_on_again_and_again(tmp_path: Path) -> None:
    """One process for each answer, each killed: the last one has them all, and ends as if nothing had happened."""
    answers = ["no", "no", "maybe", "maybe"]
    simulate(tmp_path, answers[:1], dying=("after", 4))
    for count, answer in enumerate(answers[1:], 2):
        asked = simulate(tmp_path, ["yes", answer], dying=("after", 6))[0:2]
        assert [event["id"] for event in asked] == ["interrupted", "same_child"], (count, asked)
    events = simulate(tmp_path, ["stop"])
    assert events[-1] == {
        "event": "end",
        "outcome": "call_911",
        "because": ["E3"],
        "answers": {"E1": "no", "E2": "no", "E3": "unsure"},
    }
    assert simulate(tmp_path, [])[-1]["answers"] == {}, "what was over is erased"


def test_each_event_is_synced_before_anything_is_said_of_it(tmp_path: Path) -> None:
    """The real process' system calls: the log is synced behind its header and every event, before it speaks."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    traced = ["strace", "-f", "-y", "-s", "40", "-o", str(trace), "-e", "trace=write,pwrite64,fsync,fdatasync"]
    done = subprocess.run(
        [*traced, *COMMAND, "simulate", "--json", "--journal", str(tmp_path / "journal")],
        input="no\nmaybe\n",
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=60,
    )
    if done.returncode and "ptrace" in done.stderr:
        pytest.skip("strace is not allowed here")
    assert done.returncode == 0
    unsynced, synced, spoken = False, 0, 0
    for line in trace.read_text().splitlines():
        if re.search(r"write64\(\d+<[^>]*journal\.db-wal>", line):
            header = ", 32, 0)" in line
            assert not header or not unsynced
            unsynced = True
        elif re.search(r"(fsync|fdatasync)\(\d+<[^>]*journal\.db-wal>", line):
            synced += unsynced
            unsynced = False
        elif re.search(r"write\(1<[^>]*>, \"\{\\\"event", line):
            spoken += 1
            assert not unsynced, line
    assert synced > 8 and spoken >= 3


def test_without_being_asked_to_nothing_is_written(tmp_path: Path) -> None:
    """The contract: ``simulate`` keeps no journal unless it is given a folder for one."""
    environment = {**ENVIRONMENT, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    for command in (["simulate", "--json"], ["simulate"]):
        done = subprocess.run([*COMMAND, *command], input="no\n", capture_output=True, text=True, env=environment)
        assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []
