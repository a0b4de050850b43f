"""All screens that watch: each is told the whole truth at every change, and nobody waits for a slow one.

There is no queue: a watcher that was busy is sent what holds now. So nothing grows, however many
changes it missed.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

WATCHERS_MOST = 32
HEARTBEAT_S = 3.0  # a page that hears nothing for much longer knows that the program is gone
_QUIETEST_DBFS = -60.0
_HEADERS = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))
_OVER = b'{"error":"The program is ending."}'


class _Watcher:
    """One screen that watches: ``wake`` when there is something to send, ``released`` when it has to go."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.released = False

    def release(self) -> None:
        self.released = True
        self.wake.set()


class Watchers:
    """An ASGI application of server-sent events. ``changed`` and ``level`` may be called from any thread.

    Of more than ``most`` screens the one that has watched longest goes: the one in front of somebody is the newest.
    """

    def __init__(self, run: str, snapshot: Callable[[], dict[str, Any]], *, most: int = WATCHERS_MOST) -> None:
        self._run = run
        self._snapshot = snapshot
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._told = False
        self._version = 0
        self._levels = 0
        self._level = 0.0
        self._ended = False
        self._watching: dict[_Watcher, None] = {}  # the oldest first

    @property
    def count(self) -> int:
        """How many pages are watching."""
        return len(self._watching)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From here on changes are sent, on ``loop``."""
        self._loop = loop

    def changed(self) -> None:
        """Tell every watching page that the screen has changed. Callable from any thread."""
        self._version += 1
        self._wake()

    def level(self, dbfs: float) -> None:
        """Tell every watching page how loud it is. Callable from any thread."""
        self._level = min(1.0, max(0.0, 1.0 - dbfs / _QUIETEST_DBFS))
        self._levels += 1
        self._wake()

    def end(self) -> None:
        """Let go of every watcher."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._told or self._loop is None or self._loop.is_closed():
                return
            self._told = True
            self._loop.call_soon_threadsafe(self._wake_here)

    def _wake_here(self) -> None:
        with self._lock:
            self._told = False
        for watcher in self._watching:
            watcher.wake.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one page with the stream of changes (ASGI)."""
        if self._ended:
            headers = [(b"content-type", b"application/json"), (b"retry-after", b"5")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": _OVER})
            return
        while len(self._watching) >= self._most:
            oldest = next(iter(self._watching))
            del self._watching[oldest]
            oldest.release()
        watcher = _Watcher()
        self._watching[watcher] = None
        gone = asyncio.ensure_future(_disconnected(receive, watcher.wake))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            await self._tell(send, watcher, gone)
        finally:
            self._watching.pop(watcher, None)
            gone.cancel()

    async def _tell(self, send: Send, watcher: _Watcher, gone: asyncio.Future[None]) -> None:
        version = levels = -1
        while not (self._ended or watcher.released or gone.done()):
            watcher.wake.clear()
            parts = []
            if version != self._version:
                version = self._version
                parts.append(self._event("state", {"run": self._run, **self._snapshot()}))
            if levels != self._levels:
                levels = self._levels
                parts.append(self._event("level", {"level": round(self._level, 2)}))
            if parts:
                await send({"type": "http.response.body", "body": b"".join(parts), "more_body": True})
                continue
            try:
                await asyncio.wait_for(watcher.wake.wait(), HEARTBEAT_S)
            except TimeoutError:
                version = -1
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})

    @staticmethod
    def _event(name: str, data: dict[str, Any]) -> bytes:
        return f"event: {name}\nretry: 1000\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _disconnected(receive: Receive, wake: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    wake.set()
