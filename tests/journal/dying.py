"""The real command, killed by SIGKILL at a moment of its journal: ``python dying.py MOMENT NUMBER ARGUMENT...``.

MOMENT is "before" or "after" the append of an event, the "write" of a file below SQLite, or "never"; NUMBER counts
from 1. Without arguments it forks a process for each job that it reads: see ``dying_server``.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from below_sqlite import Disk, Written, watched

from voice_backcare.cli.main import main
from voice_backcare.core.events import Event
from voice_backcare.journal import Journal


def run(moment: str, number: int, arguments: list[str]) -> None:
    """Be the command, until its moment comes."""
    left = number

    def count(at: str) -> None:
        nonlocal left
        left -= at == moment
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    class DyingJournal(Journal):
        """The journal, and the end of it."""

        def append(self, event: Event, now_s: float, kept: str) -> None:
            count("before")
            super().append(event, now_s, kept)
            count("after")

    def wrote(written: Written) -> None:
        count("write")

    sys.modules["voice_backcare.journal.store"].Journal = DyingJournal  # type: ignore[attr-defined]
    sys.argv = ["voice-backcare", *arguments]
    with watched(Disk(before=wrote)):
        main()


def _be_child(job: dict[str, str | int | list[str]], files: list[str]) -> None:
    for descriptor, path in enumerate(files):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), descriptor)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    status: object = 1
    try:
        run(str(job["moment"]), int(str(job["number"])), list(job["arguments"]))  # type: ignore[arg-type]
    except SystemExit as end:
        status = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def serve() -> None:
    """Start once, then fork: for each line of JSON a process of its own, and how it ended in a line of JSON."""
    from voice_backcare.journal.recorder import digest
    from voice_backcare.session.factory import build_core
    from voice_backcare.terminal import json_writer, text_conversation  # noqa: F401

    build_core()
    digest()
    for line in sys.stdin:
        job = json.loads(line)
        if not (child := os.fork()):
            _be_child(job, job["files"])
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"{ended}\n".encode())


if sys.argv[1:]:
    run(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
else:
    serve()
