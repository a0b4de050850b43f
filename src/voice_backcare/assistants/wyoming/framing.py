"""Events of the protocol on a socket, within limits of size and time.

The protocol library's own reader allocates whatever length a header names, and its writer waits for a client that does
not read.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from wyoming.event import Event, async_write_event

HEADER_MOST = 16_384  # bytes
DATA_MOST = 65_536
PAYLOAD_MOST = 1_048_576  # more than a second of sound in any accepted format
UNREAD_MOST = 262_144  # bytes that a client has not read yet


class WireError(Exception):
    """Error: what came is no event of the protocol, or came too slowly; the connection ends."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Time limits of a connection, in seconds."""

    first_s: float = 15.0  # until its first event begins
    idle_s: float = 60.0  # between two events
    event_s: float = 10.0  # from an event's first byte to its last
    write_s: float = 10.0  # until it reads what it is sent


async def first_byte(reader: asyncio.StreamReader, wait_s: float | None) -> bytes:
    """First byte of the next event; b"" where the client has gone, or sent nothing for ``wait_s`` seconds (None:
    without limit).
    """
    try:
        async with asyncio.timeout(wait_s):
            return await reader.read(1)
    except TimeoutError:
        return b""


async def rest_of_event(first: bytes, reader: asyncio.StreamReader, within_s: float) -> Event | None:
    """The event that begins with ``first``; None where the client goes in the middle of it. Raises ``WireError``."""
    try:
        async with asyncio.timeout(within_s):
            return await _rest(reader, first)
    except TimeoutError as error:
        raise WireError(f"an event took longer than {within_s:g} seconds") from error
    except asyncio.LimitOverrunError as error:
        raise WireError(f"a header is longer than {HEADER_MOST} bytes") from error
    except asyncio.IncompleteReadError:
        return None


async def _rest(reader: asyncio.StreamReader, first: bytes) -> Event:
    header = _object(first if first == b"\n" else first + await reader.readuntil(b"\n"), "a header")
    data_bytes = _length(header, "data_length", DATA_MOST)
    payload_bytes = _length(header, "payload_length", PAYLOAD_MOST)
    data = header.get("data") or {}
    if not isinstance(data, dict):
        raise WireError("the data of an event is no object")
    if data_bytes:
        data = {**data, **_object(await reader.readexactly(data_bytes), "the data of an event")}
    payload = await reader.readexactly(payload_bytes) if payload_bytes else None
    kind = header.get("type")
    if not isinstance(kind, str):
        raise WireError("an event has no type")
    return Event(kind, data, payload)


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"{what} is no JSON") from error
    if not isinstance(value, dict):
        raise WireError(f"{what} is no object")
    return value


def _length(header: dict[str, Any], key: str, most: int) -> int:
    value = header.get(key)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise WireError(f"{key} is {value!r}; {most} bytes are the most")
    return value


async def write_event(event: Event, writer: asyncio.StreamWriter, within_s: float) -> None:
    """Send ``event``. Raises ``WireError`` where the client does not read it in time, or has too much unread."""
    if writer.transport.get_write_buffer_size() > UNREAD_MOST:
        raise WireError("the client does not read what it is sent")
    try:
        async with asyncio.timeout(within_s):
            await async_write_event(event, writer)
    except TimeoutError as error:
        raise WireError("the client does not read what it is sent") from error
    except UnicodeError as error:  # half a surrogate pair that the client has sent
        raise WireError("an answer cannot be written") from error
