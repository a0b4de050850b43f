"""Single keys at a terminal during the voice conversation: Y, N, D and the commands."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voice_backcare.terminal.text_conversation import KEYS

ALL_KEYS = KEYS | {"s": "start", " ": "next", "+": "louder", "-": "quieter"}
_LOOK_S = 0.2  # how often the thread checks whether it has to end
_HELD_S = 0.6  # the same key again so soon is a key held down, or a trembling hand
_MOST_BYTES = 64


@contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Context manager: call ``pressed`` with the meaning of each key, from a thread of its own. Does nothing without a
    terminal.
    """
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
    last_key, last_s = "", 0.0
    while not ended.is_set():
        if not select.select([descriptor], [], [], _LOOK_S)[0]:
            continue
        typed = os.read(descriptor, _MOST_BYTES)
        if not typed:
            return
        # An arrow or a function key comes as several bytes at once, and so do pasted words: neither is one of our keys.
        key = typed.decode("ascii", "replace").lower()
        now_s = time.monotonic()
        held = key == last_key and now_s - last_s < _HELD_S
        last_key, last_s = key, now_s
        if key in ALL_KEYS and not held:
            pressed(ALL_KEYS[key])
