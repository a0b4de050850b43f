"""The inbox: a queue from the ports' threads to the session's thread."""

from __future__ import annotations

import queue
from contextlib import suppress

from voice_backcare.session.ports import Posted

INBOX_MOST = 1000


class Inbox:
    """Queue of what the ports have posted and the session has not taken yet: thread-safe, at most ``INBOX_MOST``
    entries.
    """

    def __init__(self) -> None:
        self._queue: queue.Queue[Posted] = queue.Queue(INBOX_MOST)

    def post(self, posted: Posted) -> None:
        """Add ``posted`` at the end. It is dropped where the inbox is full, which means that nobody reads it
        any more.
        """
        with suppress(queue.Full):
            self._queue.put_nowait(posted)

    def take(self, wait_s: float | None) -> Posted | None:
        """Remove and return the oldest entry. Waits at most ``wait_s`` seconds (None: without limit; 0 or less: not at
        all) and returns None if there is none by then.
        """
        try:
            return self._queue.get(timeout=wait_s) if wait_s is None or wait_s > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None
