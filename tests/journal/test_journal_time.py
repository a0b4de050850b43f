"""Time that cannot be fooled: jumps of the wall clock, suspend, and another boot (C6)."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from crashes import Machine, parts, taken_up, written_until
from namespaces import namespaced
from places import SRC

import voice_backcare
from voice_backcare.core.events import Fired, Pressed
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeMouth, FakeScreen
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import Posted
from voice_backcare.session.session import LOOK_S, Session
from voice_backcare.system.monotonic_clock import SystemClock

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SRC)}
COMMAND = [sys.executable, "-m", "voice_backcare", "simulate", "--json", "--journal"]
PACKAGE = Path(voice_backcare.__file__).parent
# The age of a file that somebody else may have left, and the date on a summary: all that the wall clock is good for.
MAY_LOOK = {"audio/output/prompt_cache.py", "system/wall_clock.py"}


@pytest.fixture(scope="session")
def jumping_wall_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library to preload: the wall clock jumps a year either way at every look."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to build a jumping wall clock with")
    library = tmp_path_factory.mktemp("wall") / "wall_clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "wall_clock.c", "-ldl"], check=True)
    return library


def run(folder: Path, *lines: str, prefix: tuple[str, ...] = (), **environment: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [*prefix, *COMMAND, str(folder)],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        env=ENVIRONMENT | environment,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def now(machine: SystemClock | None = None) -> Machine:
    """A machine that is this one, at this moment."""
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return Machine(boot_id, (machine or SystemClock()).now_s())


# --- the wall clock ----------------------------------------------------------------------------


def test_the_jumping_clock_jumps(jumping_wall_clock: Path) -> None:
    """The library does what the tests below need: years apart in one second, and the boot clock untouched."""
    code = "import time; print(time.time(), time.time(), time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"LD_PRELOAD": str(jumping_wall_clock)}, capture_output=True
    )
    *looks, boot_s = map(float, done.stdout.split())
    assert max(looks) - min(looks) > 300 * 86400
    assert abs(boot_s - SystemClock().now_s()) < 60


def test_a_jumping_wall_clock_changes_nothing(jumping_wall_clock: Path, tmp_path: Path) -> None:
    """The real process says word for word the same, timers too, and takes up what was interrupted as fresh."""
    lines = ("no", "", "", "", "+5m", "continue", "no", "wait", "+3m", "maybe", "+20m")
    calm = run(tmp_path / "a", *lines)
    assert run(tmp_path / "b", *lines, LD_PRELOAD=str(jumping_wall_clock)) == calm
    written_until(["no", "no"], tmp_path / "c", now().boot)
    events = run(tmp_path / "c", "yes", LD_PRELOAD=str(jumping_wall_clock))
    assert events[-1]["answers"] == {"E1": "no", "E2": "no"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_looks_at_the_wall_clock(path: Path) -> None:
    """No code of ours asks for the date or the time of day."""
    if str(path.relative_to(PACKAGE)) in MAY_LOOK:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="time"), attr=("time" | "time_ns" | "localtime" | "gmtime") as name):
                raise AssertionError(f"{path.name} asks time.{name}")
            case ast.Attribute(attr="CLOCK_REALTIME" | "utcnow" | "today"):
                raise AssertionError(f"{path.name} asks for the time of day")
            case ast.Attribute(value=ast.Name(id="datetime" | "date"), attr="now" | "fromtimestamp"):
                raise AssertionError(f"{path.name} asks for the date")
            case ast.ImportFrom(module=module, names=names):
                assert (module, names[0].name) != ("time", "time")


# --- suspend -----------------------------------------------------------------------------------


def session(clock: FakeClock | SystemClock, decided: list[object]) -> tuple[Session, Inbox]:
    inbox = Inbox()
    ears, mouth = FakeEars(inbox.post, clock), FakeMouth(inbox.post, clock)  # type: ignore[arg-type]
    made = Session(
        parts()[0], ears, mouth, FakeScreen(), clock, decided=lambda event, after: decided.append(event), inbox=inbox
    )
    made.start()
    made.settle()
    return made, inbox


def test_suspend_is_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine sleeps for three minutes while somebody said wait: the wait is over, with the time that it is."""
    slept_s = 0.0
    real = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda which: real(which) + slept_s * (which == time.CLOCK_BOOTTIME))
    decided: list[object] = []
    here, inbox = session(SystemClock(), decided)
    inbox.post(Posted(None, Pressed(SystemClock().now_s(), "wait")))
    here.settle()
    began_s = SystemClock().now_s()
    here.tick()
    assert not [event for event in decided if isinstance(event, Fired)]
    slept_s = 180.0
    here.tick()
    fired = [event for event in decided if isinstance(event, Fired)]
    assert [event.timer for event in fired] == ["wait"]
    assert fired[0].at_s == pytest.approx(began_s + 180.0, abs=5.0)


def test_who_wakes_up_sees_the_time_at_once() -> None:
    """The wait for the next event does not sleep on for as long as the machine slept."""
    clock = FakeClock()
    decided: list[object] = []
    here, inbox = session(clock, decided)
    inbox.post(Posted(None, Pressed(0.0, "wait")))
    here.settle()
    woken: list[float] = []

    def runs() -> None:
        while not [event for event in decided if isinstance(event, Fired)]:
            here.turn_over(here._wait_s())
        woken.append(time.monotonic())

    thread = threading.Thread(target=runs, daemon=True)
    thread.start()
    slept_s = time.monotonic()
    clock.advance(180.0)
    thread.join(10 * LOOK_S)
    assert woken and woken[0] - slept_s < 2 * LOOK_S


# --- how long it was away ------------------------------------------------------------------------


@pytest.mark.parametrize(("later_s", "answers"), [(840, {"E1": "no", "E2": "no"}), (960, {})])
def test_the_real_boot_clock_decides(later_s: int, answers: dict[str, str], tmp_path: Path) -> None:
    """D11: the real process on a boot clock that is 14 or 16 minutes on: the "no"s stand, or are asked again."""
    written_until(["no", "no"], tmp_path, now().boot)
    assert run(tmp_path, "yes", prefix=namespaced("-T", "--boottime", str(later_s)))[-1]["answers"] == answers


def test_another_boot_id_of_the_real_kernel(tmp_path: Path) -> None:
    """C6: the same clock but another boot: the time is not known, and every "no" is asked again."""
    namespaced("-m")
    written_until(["no", "no"], tmp_path / "journal", now().boot)
    (tmp_path / "boot_id").write_text("00000000-1111-2222-3333-444444444444\n")
    mount = f'mount --bind {tmp_path}/boot_id /proc/sys/kernel/random/boot_id && exec "$@"'
    events = run(tmp_path / "journal", "yes", prefix=("unshare", "-m", "sh", "-c", mount, "sh"))
    assert events[-1]["answers"] == {}


def test_the_clock_of_a_session_that_goes_on(tmp_path: Path) -> None:
    """A real clock with the recorder's offset goes on from the last event, on this boot and on another."""
    written_until(["no", "+7m"], tmp_path, now().boot)
    recorder, _ = taken_up(tmp_path, now().boot)
    recorder.close()
    assert SystemClock(recorder.offset_s).now_s() == pytest.approx(recorder.starts_at_s, abs=1.0)
    assert recorder.starts_at_s >= 120.0
    recorder, _ = taken_up(tmp_path, Machine("another", SystemClock().now_s()).boot)
    recorder.close()
    assert SystemClock(recorder.offset_s).now_s() == pytest.approx(recorder.starts_at_s, abs=1.0)
