"""Where the ports' threads leave what they have for the session."""

from __future__ import annotations

import queue
from contextlib import suppress

from voice_backcare.session.ports import Posted

INBOX_MOST = 1000


class Inbox:
    """What the ports have posted and the session has not taken yet. Safe from any thread; bounded."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Posted] = queue.Queue(INBOX_MOST)

    def post(self, posted: Posted) -> None:
        """A full inbox means that nobody reads it: what comes then is dropped."""
        with suppress(queue.Full):
            self._queue.put_nowait(posted)

    def take(self, wait_s: float | None) -> Posted | None:
        """The oldest, waiting at most ``wait_s`` (None: as long as it takes); None where there is none by then."""
        try:
            return self._queue.get(timeout=wait_s) if wait_s is None or wait_s > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None
