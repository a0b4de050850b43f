"""Slow, silent, dead and hostile clients: each costs the others nothing. Real sockets, raw bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")

from wyoming.event import Event
from wyoming_rig import HOST, Running, run, running, turn

from voice_backcare.assistants.wyoming.framing import (
    DATA_MOST,
    HEADER_MOST,
    PAYLOAD_MOST,
    Patience,
    WireError,
    write_event,
)
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()
SHORT = Patience(first_s=0.5, idle_s=0.5, event_s=0.5, write_s=0.5)
BAD = {
    "half a header": b'{"type": "transcri',
    "no JSON": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "another type": b"[1, 2, 3]\n",
    "no type": b"{}\n",
    "a type that is none": b'{"type": 5}\n',
    "a gigabyte of data": b'{"type": "transcript", "data_length": 1073741824}\n' + b"x" * 1000,
    "a gigabyte of payload": b'{"type": "audio-chunk", "payload_length": 1073741824}\n' + b"x" * 1000,
    "a bit too much data": json.dumps({"type": "transcript", "data_length": DATA_MOST + 1}).encode() + b"\n",
    "a bit too much payload": json.dumps({"type": "audio-chunk", "payload_length": PAYLOAD_MOST + 1}).encode() + b"\n",
    "a negative length": b'{"type": "transcript", "data_length": -1}\n',
    "a length that is text": b'{"type": "transcript", "data_length": "9"}\n',
    "a length that is true": b'{"type": "transcript", "data_length": true}\n',
    "a length with a point": b'{"type": "transcript", "data_length": 1.5}\n',
    "a huge number": b'{"type": "transcript", "data_length": ' + b"9" * 5000 + b"}\n",
    "a header without an end": b"{" + b" " * (2 * HEADER_MOST),
    "a deep header": b"[" * (HEADER_MOST - 10) + b"\n",
    "no UTF-8": b'{"type": "\xff\xfe"}\n',
    "data that is a list": b'{"type": "transcript", "data": [1]}\n',
    "data that is no JSON": b'{"type": "transcript", "data_length": 4}\nnope',
    "deep data": b'{"type": "transcript", "data_length": 60000}\n' + b"[" * 60000,
    "half the data": b'{"type": "transcript", "data_length": 50}\n{"te',
    "half the payload": b'{"type": "audio-chunk", "payload_length": 50}\nabc',
    "half a character to send back": b'{"type": "ping", "data": {"text": "\\ud800"}}\n',
    "empty lines": b"\n" * 5000,
    "zeros": bytes(50_000),
}


@asynccontextmanager
async def raw(service: Running) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, service.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def others_are_served(service: Running, name: str = "parent") -> None:
    """A turn of somebody else, answered right while whoever is hostile is still there."""
    handled = await service.turn("hello", conversation_id=f"{name} {time.monotonic()}")
    assert handled.text and handled.text.endswith("Is it hard for your child to breathe right now?")


async def hung_up(reader: asyncio.StreamReader) -> None:
    """The service ends the connection by itself."""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass


async def nobody_left(service: Running) -> None:
    """Every connection has come to its end, those of the others too."""
    async with asyncio.timeout(10):
        while service.service._connections:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD.keys())
def test_what_is_no_event_ends_its_own_connection(sent: bytes) -> None:
    """And nobody else's; within the patience of the service, whatever it was."""

    async def scenario() -> None:
        async with running(CORES, patience=SHORT) as service, raw(service) as (reader, writer):
            writer.write(sent)
            await others_are_served(service)
            await hung_up(reader)
            await others_are_served(service)
            await nobody_left(service)

    run(scenario())


@pytest.mark.parametrize("length", [1 << 30, PAYLOAD_MOST + 1])
def test_a_length_that_is_too_much_takes_no_memory_and_no_time(length: int) -> None:
    """It is refused by its header, however long the service would wait for the rest."""

    async def scenario() -> None:
        async with running(CORES, patience=Patience(event_s=50.0)) as service:
            before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for _ in range(10):
                async with raw(service) as (reader, writer):
                    writer.write(b'{"type": "audio-chunk", "payload_length": %d}\n' % length + bytes(1_000_000))
                    await hung_up(reader)
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 50_000

    run(scenario())


def test_silent_clients_are_hung_up_and_cost_nothing() -> None:
    """Who connects and says nothing, or stops in the middle, is not waited for without end."""

    async def scenario() -> None:
        async with running(CORES, patience=SHORT) as service:
            sockets = [await asyncio.open_connection(HOST, service.port) for _ in range(100)]
            for _, writer in sockets[50:]:
                writer.write(b'{"type": "transcript", "data_length": 100}\n{')
            await others_are_served(service)
            await asyncio.gather(*(hung_up(reader) for reader, _ in sockets))
            for _, writer in sockets:
                writer.close()
            await others_are_served(service)
            await nobody_left(service)

    run(scenario())


def test_an_event_that_drips_is_not_waited_for() -> None:
    """A byte now and then does not keep a connection for ever: the whole event has its time."""

    async def scenario() -> None:
        async with running(CORES, patience=SHORT) as service, raw(service) as (reader, writer):
            gone = asyncio.create_task(hung_up(reader))
            for _ in range(100):  # ten times what an event may take
                if gone.done():
                    break
                writer.write(b" ")
                await asyncio.sleep(0.05)
            assert gone.done()
            await others_are_served(service)

    run(scenario())


def test_who_never_reads_is_hung_up() -> None:
    """A client that asks and asks and never reads its answers holds up nobody, and little is kept for it."""

    async def scenario() -> None:
        async with running(CORES, patience=SHORT) as service:
            greedy = socket.create_connection((HOST, service.port))
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            greedy.setblocking(False)
            asked = b'{"type": "describe"}\n' * 3000
            loop, began = asyncio.get_running_loop(), time.monotonic()
            with pytest.raises(ConnectionError):
                while time.monotonic() - began < 20:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.2):
                            await loop.sock_sendall(greedy, asked)
                    await others_are_served(service)
            greedy.close()
            await others_are_served(service)

    run(scenario())


def test_a_client_that_dies_leaves_nothing() -> None:
    """Reset in the midst of a turn, of a sound, of a subscription: the next one is served, nothing is left open."""

    async def scenario() -> None:
        async with running(CORES, patience=SHORT) as service:
            for sent in (
                b'{"type": "transcript", "data": {"text": "hello"}}\n' * 50,
                b'{"type": "voice_backcare-subscribe"}\n',
                b'{"type": "describe"}\n',
            ):
                for _ in range(20):
                    dying = socket.create_connection((HOST, service.port))
                    dying.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    dying.sendall(sent)
                    dying.close()
                await others_are_served(service)
            await nobody_left(service)
            assert service.service._outbox._subscribers == 0

    run(scenario())


def test_more_connections_than_there_may_be() -> None:
    """The quietest goes: first who never said anything; whoever talks is served all the time."""

    async def scenario() -> None:
        async with running(CORES, connections_most=20) as service, service.client() as parent:
            assert (await turn(parent, "hello", conversation_id="p")).text
            idle = [await asyncio.open_connection(HOST, service.port) for _ in range(100)]
            await others_are_served(service)
            assert len(service.service._connections) <= 21
            assert (
                await turn(parent, "no", conversation_id="p")
            ).text == "Not hard to breathe. Does your child seem confused?"
            for _, writer in idle:
                writer.close()

    run(scenario())


def test_too_many_subscribers() -> None:
    """Their number is bounded too: one more is hung up, the others stay."""

    async def scenario() -> None:
        async with running(CORES) as service:
            sockets = [await asyncio.open_connection(HOST, service.port) for _ in range(9)]
            for _, writer in sockets:
                writer.write(b'{"type": "voice_backcare-subscribe"}\n')
                await writer.drain()
            await hung_up(sockets[-1][0])
            assert sum(each.subscribed for each in service.service._connections) == 8
            for _, writer in sockets:
                writer.close()

    run(scenario())


@pytest.mark.no_cover  # a tracer would be measured too
def test_a_very_long_text_is_answered_quickly() -> None:
    """As long as an event may be: an emergency in it counts, and reading it costs no more for each word."""

    async def scenario() -> None:
        async with running(CORES) as service:
            costs_s = []
            for words in (600, 6000):
                began_s = time.process_time()
                text = "blah " * (words // 2) + "she passed out " + "blah " * (words // 2)
                handled = await service.turn(text, conversation_id=f"{words} words")
                assert handled.text and handled.text.startswith("Call 911 now.")
                costs_s.append(time.process_time() - began_s)
            assert costs_s[1] < 10 * 3 * costs_s[0]

    run(scenario())


class _FullTransport:
    """A connection whose client has left this much unread."""

    def __init__(self, unread_bytes: int) -> None:
        self._unread_bytes = unread_bytes

    def get_write_buffer_size(self) -> int:
        return self._unread_bytes


class _Writer:
    """Takes what it is given, and keeps nothing."""

    def __init__(self, unread_bytes: int) -> None:
        self.transport = _FullTransport(unread_bytes)
        self.written = 0

    def writelines(self, pieces: list[bytes]) -> None:
        self.written += sum(map(len, pieces))

    def write(self, piece: bytes) -> None:
        self.written += len(piece)

    async def drain(self) -> None:
        """Nothing is waited for."""


@pytest.mark.parametrize(("unread_bytes", "taken"), [(0, True), (262_144, True), (262_145, False)])
def test_a_client_that_reads_nothing_is_let_go(unread_bytes: int, taken: bool) -> None:
    """A quarter of a megabyte may wait for one client, and no more."""
    writer = _Writer(unread_bytes)
    expected = contextlib.nullcontext() if taken else pytest.raises(WireError, match="does not read")
    with expected:
        run(write_event(Event("pong"), writer, 1.0))  # type: ignore[arg-type]
    assert bool(writer.written) == taken
