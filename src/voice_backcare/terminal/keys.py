"""Single keys at a terminal, while the voice conversation goes on: Y, N, D and the commands."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voice_backcare.terminal.typed import KEYS

ALL_KEYS = KEYS | {"s": "start", " ": "next", "+": "louder", "-": "quieter"}
_LOOK_S = 0.2  # how soon the thread sees that it is to end


@contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call ``pressed`` with a key's meaning, from a thread of its own; nothing where no terminal is there."""
    if not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    ended = threading.Event()
    thread = threading.Thread(target=_read, args=(descriptor, pressed, ended), name="keys", daemon=True)
    try:
        tty.setcbreak(descriptor)
        thread.start()
        yield
    finally:
        ended.set()
        thread.join(5 * _LOOK_S)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _read(descriptor: int, pressed: Callable[[str], None], ended: threading.Event) -> None:
    while not ended.is_set():
        if not select.select([descriptor], [], [], _LOOK_S)[0]:
            continue
        key = os.read(descriptor, 1).decode("ascii", "replace").lower()
        if not key:
            return
        if key in ALL_KEYS:
            pressed(ALL_KEYS[key])
