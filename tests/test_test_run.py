"""The tests themselves: they run behind ``nohup ... &`` too, and none of them can wait for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import coverage_floors
import pytest

ROOT = Path(__file__).parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_in_the_background_a_child_can_be_interrupted(workers: tuple[str, ...]) -> None:
    """What interrupts the program passes where SIGINT is ignored from the start, as a shell does before an ``&``."""
    shell = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    command = [*shell, *PYTEST, *workers, "tests/cli/test_cli.py::test_ctrl_c_stops_quietly"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout


def test_every_test_has_a_time_limit(request: pytest.FixtureRequest) -> None:
    """Each collected test has pytest-timeout's default, or a limit of its own that is one."""
    assert float(request.config.getini("timeout")) > 0
    limits = [item.get_closest_marker("timeout") for item in request.session.items]
    assert all(mark is None or mark.args[0] > 0 for mark in limits)


def test_a_test_that_waits_for_ever_is_ended(tmp_path: Path) -> None:
    """With this project's own settings, what hangs fails and the test after it still runs."""
    hanging = tmp_path / "test_hanging.py"
    hanging.write_text("import threading\ndef test_a():\n    threading.Event().wait()\ndef test_b():\n    pass\n")
    options = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), "-o", "timeout=1"]
    done = subprocess.run([*PYTEST, *options, str(hanging)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 1 and "1 failed, 1 passed" in done.stdout, done.stdout


def test_every_room_has_a_floor() -> None:
    """A room that is new, or has another name, is held to a floor as the others are; the core to all of it."""
    rooms = {path.parent.name for path in coverage_floors.PACKAGE.glob("*/__init__.py")}
    floors = coverage_floors.floors()
    assert floors.keys() == rooms and floors["core"] == 100 and min(floors.values()) > 50


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_a_room_under_its_floor_fails_the_run(workers: tuple[str, ...], tmp_path: Path) -> None:
    """The tests of one small room alone pass, and the run still fails, for all that they leave out."""
    command = [*PYTEST, *workers, "--cov=voice_backcare", "--cov-report=", "--coverage-floors", "tests/system"]
    environment = {**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage")}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, env=environment)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if " %" in line}
    assert done.returncode == 1 and " passed" in done.stdout and "failed" not in done.stdout, done.stdout
    assert rows.keys() == coverage_floors.floors().keys()
    assert "under its floor" in rows["audio"], done.stdout


def test_a_floor_is_reached_by_as_much_as_it_says() -> None:
    """Exactly the floor is enough for a room; a tenth of a percent less in one room is not."""
    assert coverage_floors.report({"cli": 50, "audio": 60}, {"cli": 50.0, "audio": 61.0})[1]
    lines, reached = coverage_floors.report({"cli": 50, "audio": 60}, {"cli": 49.9, "audio": 61.0})
    assert not reached and "under its floor" in lines[0] and "under" not in lines[1]
