"""The real process, killed for real: by SIGKILL at every event of a conversation, and then started again."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crashes import CONVERSATIONS, EVERYTHING, STARTS, Machine, events_of, positives, sampled, states, taken_up
from dying_server import ENVIRONMENT, HERE, Server, serving
from namespaces import namespaced

from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.state import State
from voice_backcare.journal import Boot, this_boot
from voice_backcare.system.monotonic_clock import SystemClock

COMMAND = [sys.executable, "-m", "voice_backcare"]
SIMULATE, COACH = ["simulate", "--json", "--journal"], ["coach", "{}", "--json", "--journal"]
DOUBT = ["no", "maybe", "no", "go back", "maybe", "maybe", "call 911", "repeat", "go back", "no", "no"]
# How many events from one kill to the next, where not everything is to be tried.
KILLED = {"doubt": 2, "urgent": 3, "hour of ice": 5, "hour of heat": 5}
MINUTE_S = 60.0


@pytest.fixture(scope="session")
def real() -> Iterator[Server]:
    """Real processes on this machine as it is."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def later() -> Iterator[Server]:
    """The same machine, its boot clock 25 minutes on."""
    with serving(*namespaced("-T", "--boottime", "1500")) as server:
        yield server


@pytest.fixture(scope="session")
def rebooted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another boot of this machine, by what its kernel says."""
    namespaced("-m")
    boot_id = tmp_path_factory.mktemp("boot") / "boot_id"
    boot_id.write_text("00000000-1111-2222-3333-444444444444\n")
    mount = f'mount --bind {boot_id} /proc/sys/kernel/random/boot_id && exec "$@"'
    with serving("unshare", "-m", "sh", "-c", mount, "sh") as server:
        yield server


def conversation(name: str, folder: Path) -> tuple[list[str], list[str], str]:
    """The command's arguments, its input lines, and what begins it."""
    if name not in STARTS:
        return [*SIMULATE, str(folder)], DOUBT if name == "doubt" else CONVERSATIONS[name], "start"
    pack = STARTS[name].removeprefix("start_")
    return [*(part.format(pack) for part in COACH), str(folder)], CONVERSATIONS[name], STARTS[name]


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
    if taken.position.name != "idle":
        assert recorder.interruption and not recorder.interruption.same_boot
        assert positives(recorder.state.record) == positives(taken.record)
    shutil.rmtree(folder)
    shutil.rmtree(morning)


@pytest.mark.parametrize("name", KILLED)
def test_killed_at_every_event(name: str, real: Server, tmp_path: Path) -> None:
    """Each event is once the last thing the process does: the next one knows it, and nothing that was not said."""
    arguments, lines, start = conversation(name, tmp_path / "journal")
    expected = states(events_of(lines, start))
    kills = [at for at in range(1, len(expected)) if expected[at].position.name != "idle"]
    assert len(kills) > 20
    for number in sampled(kills, KILLED[name]):
        real.events(arguments, lines, dying=("after", number))
        check(tmp_path / "journal", [expected[number]])


def test_killed_before_an_event_is_written(real: Server, tmp_path: Path) -> None:
    """What was not on the disk yet was not acted on either: the process is where it was before it."""
    expected = states(events_of(DOUBT))
    for number in sampled(range(2, len(expected)), 3):
        real.events([*SIMULATE, str(tmp_path / "journal")], DOUBT, dying=("before", number))
        check(tmp_path / "journal", [expected[number - 1]])


def test_killed_in_the_middle_of_writing(real: Server, tmp_path: Path) -> None:
    """Between any two writes below SQLite: the event is there whole, or not at all."""
    expected = states(events_of([*DOUBT, "stop", "stop"]))
    for number in sampled(range(1, 90), 7):
        real.events([*SIMULATE, str(tmp_path / "journal")], DOUBT, dying=("write", number))
        if (tmp_path / "journal").is_dir():
            check(tmp_path / "journal", expected)


def test_killed_and_gone_on_again_and_again(real: Server, tmp_path: Path) -> None:
    """One process for each answer, each killed: the last one has them all, and ends as if nothing had happened."""
    arguments = [*SIMULATE, str(tmp_path)]
    answers = ["no", "no", "maybe", "maybe"]
    real.events(arguments, answers[:1], dying=("after", 4))
    for count, answer in enumerate(answers[1:], 2):
        asked = real.events(arguments, ["yes", answer], dying=("after", 6))[0:2]
        assert [event["id"] for event in asked] == ["interrupted", "same_child"], (count, asked)
    events = real.events(arguments, ["stop"])
    assert events[-1] == {
        "event": "end",
        "outcome": "call_911",
        "because": ["E3"],
        "answers": {"E1": "no", "E2": "no", "E3": "unsure"},
    }
    assert real.events(arguments, [])[-1]["answers"] == {}, "what was over is erased"


def test_killed_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The same with an interpreter that was started for it: nothing hangs on how the process came to be."""
    arguments = [*SIMULATE, str(tmp_path / "journal")]
    dying = [sys.executable, str(HERE / "dying.py"), "after", "9"]
    done = subprocess.run(
        [*dying, *arguments], input="no\n" * 9, capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")
    check(tmp_path / "journal", [states(events_of(["no"] * 9))[9]])


# --- in the hour -------------------------------------------------------------------------------


def moments(name: str) -> list[int]:
    """The number of an event of each kind of moment in the hour, or of all of them."""
    lines, start = CONVERSATIONS[name], STARTS[name]
    kinds = dict[object, int]()
    for number, state in enumerate(states(events_of(lines, start))):
        if state.treatment and state.position.name == "coach":
            kind = number if EVERYTHING else (state.position.id, state.treatment.pack, state.treatment.stage)
            kinds.setdefault(kind, number)
    assert len(kinds) >= 8
    return list(kinds.values())


def said(events: list[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in events if event["event"] == "say"]


def asked_last(events: list[dict[str, Any]]) -> str:
    return str(next(event["id"] for event in reversed(events) if event["event"] == "ask"))


@pytest.mark.parametrize("name", STARTS)
def test_killed_in_the_hour_and_gone_on_at_once(name: str, real: Server, tmp_path: Path) -> None:
    """C6: the next process has the pack on for as long as was left, to the second, and asks before it is on again."""
    for number in moments(name):
        treatment, after = killed(real, name, number, tmp_path / "journal")
        first = after([])
        assert "coach_on" not in said(first)
        if treatment.stage == "off":
            assert first[0]["id"] == "coach_off"
        if treatment.stage == "on":
            left_s = int(treatment.left_s)
            if treatment.pack == "heat":
                assert asked_last(first[:2]) == "awake", first
                assert "coach_off" in said(after([""]))
            elif left_s > 2 * MINUTE_S:
                assert "coach_off" not in said(after([f"+{left_s - 60}s"]))
                assert "coach_off" in said(after([f"+{left_s}s"]))
        shutil.rmtree(tmp_path / "journal")


@pytest.mark.parametrize("name", STARTS)
def test_killed_in_the_hour_and_gone_on_25_minutes_later(
    name: str, real: Server, later: Server, tmp_path: Path
) -> None:
    """C3: the time has gone on without a program: what may be on is told off first, nothing goes on unchecked."""
    for number in moments(name):
        treatment, after = killed(real, name, number, tmp_path / "journal", then=later)
        first = after([])
        assert "coach_on" not in said(first)
        if treatment.may_be_worn:
            assert first[0]["id"] == "coach_off" and first[0]["say"].startswith("Off. Take the"), first
            assert "coach_on" not in said(after(["okay", "no", "+19m"]))
        shutil.rmtree(tmp_path / "journal")


@pytest.mark.parametrize("name", STARTS)
def test_killed_in_the_hour_and_gone_on_after_a_reboot(
    name: str, real: Server, rebooted: Server, tmp_path: Path
) -> None:
    """C6: the time is not known: "Off" first, 20 minutes off, and only a yes to its check starts it again."""
    for number in moments(name):
        treatment, after = killed(real, name, number, tmp_path / "journal", then=rebooted)
        first = after([])
        if treatment.first_on_at_s is not None:
            assert first[0]["id"] == "coach_off" and first[0]["say"].startswith("Off. Take the"), first
            early = after(["okay", "no", "+19m", "yes"])
            assert "coach_on" not in said(early) and "coach_forbid_ice" not in said(early)
        shutil.rmtree(tmp_path / "journal")


def killed(
    real: Server, name: str, number: int, folder: Path, *, then: Server | None = None
) -> tuple[TreatmentState, Callable[[list[str]], list[dict[str, Any]]]]:
    """An hour whose process was killed at an event; and what the next process prints for some lines."""
    arguments, lines, start = conversation(name, folder)
    real.events(arguments, lines, dying=("after", number))
    treatment = states(events_of(lines, start))[number].treatment
    assert treatment

    def after(heard: list[str]) -> list[dict[str, Any]]:
        copy = shutil.copytree(folder, folder.with_name("copy"))
        printed = (then or real).events([*arguments[:-1], str(copy)], heard)
        shutil.rmtree(copy)
        return printed

    return treatment, after


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
