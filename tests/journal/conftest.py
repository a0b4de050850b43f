"""The journal's tests write some ten thousand small files: in memory, where the system has that."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from counted import COUNTED
from crashes import EVERYTHING


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder of the test's own, in memory: a power cut is tested write by write, not by a slow disk."""
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="vbc-journal-", dir=memory))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """After scripts/faults: how much was tried."""
    if EVERYTHING:
        for what, count in sorted(COUNTED.items()):
            terminalreporter.write_line(f"{count:>9} {what}")
