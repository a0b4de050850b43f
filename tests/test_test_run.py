"""The tests themselves: they run behind ``nohup ... &`` too, and none of them can wait for ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
