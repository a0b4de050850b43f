"""Real processes of the real command, each killed for real, without waiting for an interpreter to start each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from counted import COUNTED
from places import SRC

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SRC), str(HERE)])}


class Server:
    """Forks the command; every process is one of its own, with its own files and its own death."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder

    def run(self, arguments: list[str], lines: list[str], *, dying: tuple[str, int] | None = None) -> tuple[int, str]:
        """How it ended (-9: killed), and its standard output; nothing may be on standard error."""
        assert self._process.stdin and self._process.stdout
        files = [self._folder / name for name in ("stdin", "stdout", "stderr")]
        for file in files:
            file.unlink(missing_ok=True)
        files[0].write_text("".join(f"{line}\n" for line in lines))
        moment, number = dying or ("never", 1)
        job = {"moment": moment, "number": number, "arguments": arguments, "files": [str(file) for file in files]}
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert files[2].read_text() == ""
        return status, files[1].read_text()

    def events(
        self, arguments: list[str], lines: list[str], *, dying: tuple[str, int] | None = None
    ) -> list[dict[str, Any]]:
        """What the command prints as JSON; with ``dying`` it must have been killed, else it must end well."""
        status, printed = self.run(arguments, lines, dying=dying)
        assert status == (-9 if dying else 0)
        if dying:
            COUNTED[f"processes killed in {arguments[0]}"] += 1
        return [json.loads(line) for line in printed.splitlines()]


@contextmanager
def serving(*prefix: str) -> Iterator[Server]:
    """A server, behind ``prefix`` (a command that gives it another clock or boot id)."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [*prefix, sys.executable, str(HERE / "dying.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
        ) as process,
    ):
        try:
            yield Server(process, Path(folder))
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(10)
