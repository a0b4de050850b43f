"""Events over one connection to the service, in Wyoming's format, and what may go wrong on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Describe, Info

from .const import ANSWER_TIMEOUT_S, CONNECT_TIMEOUT_S, DOMAIN

# A peer that is gone without a word (its plug was pulled) is noticed after this: 15 s, and 3 times 5 s.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


class Away(Exception):
    """The service cannot be reached, or what answers does not speak its language."""


class Connection:
    """Events in and out; ``Away`` whatever goes wrong."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, event: Event) -> None:
        """Send ``event``. Raises ``Away`` where the other side is gone."""
        try:
            await async_write_event(event, self._writer)
        except (OSError, RuntimeError, TypeError) as error:  # TypeError: Python 3.13, where it is closed already
            raise Away(f"the connection broke: {error}") from error

    async def receive(self) -> Event:
        """The next event; the end of the connection is ``Away``."""
        try:
            event = await async_read_event(self._reader)
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Away(f"what came is no event: {type(error).__name__}") from error
        if event is None:
            raise Away("the connection ended")
        return event


@asynccontextmanager
async def connected(host: str, port: int) -> AsyncIterator[Connection]:
    """A connection that is closed in the end, and that notices when the other side is gone."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError, ValueError, OverflowError) as error:
        raise Away(f"no connection: {type(error).__name__}") from error
    try:
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE:
            if hasattr(socket, name):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        yield Connection(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def describe(host: str, port: int) -> Info:
    """What the service says of itself. ``Away`` where nothing sensible answers."""
    try:
        async with connected(host, port) as connection, asyncio.timeout(ANSWER_TIMEOUT_S):
            await connection.send(Describe().event())
            while True:
                event = await connection.receive()
                if Info.is_type(event.type):
                    return Info.from_event(event)
    except (TimeoutError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Away(f"no description came: {type(error).__name__}") from error


def is_our_program(name: str) -> bool:
    """Whether a program of that name is the guide."""
    return name.replace("-", "_").lower() == DOMAIN


def is_ours(info: Info) -> bool:
    """Whether this is the guide: on a network there are other Wyoming services, and none of them may answer for it."""
    return any(is_our_program(program.name) for program in info.handle)
