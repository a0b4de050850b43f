"""One connection to the page's server, with an end to everybody's patience: slow senders, slow readers, crowds."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS_MOST = 256
REQUEST_S = 10.0  # from the first byte of a request to its last
UNREAD_S = 5.0  # how long a reader may leave a full buffer unread


class _Deadline:
    """A call some time later, unless it is forgotten."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def set(self, after_s: float, transport: asyncio.Transport) -> None:
        """Cut ``transport`` off then; a deadline that is set already stays."""
        if self._timer is None and not transport.is_closing():
            self._timer = asyncio.get_running_loop().call_later(after_s, transport.abort)

    def forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class HttpProtocol(H11Protocol):
    """uvicorn's own HTTP/1.1, bounded."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the deadlines of a connection; one too many is cut."""
        super().connection_made(transport)
        self._request, self._reader = _Deadline(), _Deadline()
        if len(self.connections) > CONNECTIONS_MOST:
            transport.abort()
            return
        self._request.set(REQUEST_S, transport)

    def data_received(self, data: bytes) -> None:
        """Take what a client sends; a request has to be whole within ``REQUEST_S``."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._request.set(REQUEST_S, self.transport)
        else:
            self._request.forget()

    def on_response_complete(self) -> None:
        """End the deadline of the request that was answered."""
        self._request.forget()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Start the deadline of a client that does not read."""
        super().pause_writing()
        self._reader.set(UNREAD_S, self.transport)

    def resume_writing(self) -> None:
        """End the deadline of a client that reads again."""
        super().resume_writing()
        self._reader.forget()

    def connection_lost(self, exc: Exception | None) -> None:
        """End both deadlines."""
        self._request.forget()
        self._reader.forget()
        super().connection_lost(exc)
