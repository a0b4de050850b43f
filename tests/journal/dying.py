"""The real command, killed by SIGKILL at a moment of its journal: ``python dying.py MOMENT NUMBER ARGUMENT...``.

MOMENT is "before" or "after" the append of an event, or the "write" of a file below SQLite; NUMBER counts from 1.
"""

from __future__ import annotations

import os
import signal
import sys

from below_sqlite import Disk, Written, watched

from voice_backcare.cli import main
from voice_backcare.events import Event
from voice_backcare.journal import Journal

moment, number, *arguments = sys.argv[1:]
left = int(number)


def count(at: str) -> None:
    """Die, if this is the moment."""
    global left
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
