"""The service: connections, bounded in number and patience, and what comes in on them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from wyoming.event import Event
from wyoming.ping import Pong

from voice_backcare.ports import Clock
from voice_backcare.skills.rooms import Rooms
from voice_backcare.skills.turns import Prepared
from voice_backcare.skills.wyoming import announcing
from voice_backcare.skills.wyoming.answering import Answering, own_id
from voice_backcare.skills.wyoming.info import info
from voice_backcare.skills.wyoming.listening import STREAMS_MOST, Hear, Stream, format_of
from voice_backcare.skills.wyoming.wire import HEADER_MOST, Patience, WireError, read_event, write_event

_LOG = logging.getLogger(__name__)

CONNECTIONS_MOST = 512
SUBSCRIBERS_MOST = 8
BACKLOG = 256  # connections that the system holds while they are taken one by one
TICK_S = 0.25


class PortTaken(Exception):
    """The address cannot be listened on; ``str()`` is the sentence for the user."""

    exit_code = 17


@dataclass(eq=False)
class Connection:
    """One client. ``used_s``: of its last event, for who has to go when there are too many."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_s: float
    events: int = 0
    subscribed: bool = False
    id: str = field(default_factory=own_id)
    transcribe: Event | None = None
    stream: Stream | None = None


class Service:
    """``hear`` None: text only. ``start`` binds, ``run`` serves until it is cancelled."""

    def __init__(
        self,
        prepared: Prepared,
        clock: Clock,
        hear: Hear | None = None,
        *,
        connections_most: int = CONNECTIONS_MOST,
        rooms: Rooms | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.rooms = Rooms(prepared) if rooms is None else rooms
        self._clock = clock
        self._hear = hear
        self._most = connections_most
        self._patience = patience or Patience()
        self._outbox = announcing.Outbox()
        self._answering = Answering(prepared, self.rooms, lambda room: self._outbox.heard(room, clock.now_s()))
        self._info = info(hears=hear is not None).event()
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._threads = ThreadPoolExecutor(STREAMS_MOST, thread_name_prefix="hearing")
        self._streams = 0
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port (for 0 the one that the system chose). ``PortTaken`` where that cannot be."""
        try:
            self._server = await asyncio.start_server(self._connected, host, port, limit=HEADER_MOST, backlog=BACKLOG)
        except (OSError, OverflowError) as error:
            raise PortTaken(f"{host}:{port} cannot be listened on: {error}. Name another --uri.") from error
        return int(self._server.sockets[0].getsockname()[1])

    async def run(self) -> None:
        """Answer, and announce what is due, until cancelled."""
        try:
            while True:
                await self.tick()
                await asyncio.sleep(TICK_S)
        finally:
            await self.close()

    async def close(self) -> None:
        if self._server:
            self._server.close()
        tasks = list(self._connections.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def tick(self) -> None:
        """What time has to say, and what nobody has confirmed yet."""
        now_s = self._clock.now_s()
        for room, reply in self.rooms.due(now_s):
            self._outbox.put(room.ids, reply)
        self._outbox.keep({room.ids.room for room in self.rooms})
        events = self._outbox.to_send(now_s)
        if events:
            subscribers = [each for each in self._connections if each.subscribed]
            await asyncio.gather(*(self._announce(each, events) for each in subscribers))

    async def _announce(self, connection: Connection, events: list[Event]) -> None:
        for event in events:
            try:
                await write_event(event, connection.writer, min(1.0, self._patience.write_s))
            except (WireError, OSError) as error:
                _LOG.info("an announcement could not be sent: %s", error)
                self._drop(connection)
                return

    # --- connections -----------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._connections) >= self._most:
            self._make_room()
        connection = Connection(reader, writer, self._clock.now_s())
        self._connections[connection] = task
        _keep_alive(writer)
        try:
            await self._serve(connection)
        except (WireError, OSError) as error:
            _LOG.info("a connection ended: %s", error)
        except asyncio.CancelledError:
            pass
        finally:
            del self._connections[connection]
            if connection.subscribed:
                self._outbox.unsubscribed(self._clock.now_s())
            if connection.stream:
                self._end_stream(connection).give_up()
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    def _make_room(self) -> None:
        """Whoever has been quiet the longest goes: first of those who never said anything; subscribers stay."""
        quiet = [each for each in self._connections if not each.subscribed and each.stream is None]
        if quiet:
            self._drop(min(quiet, key=lambda each: (each.events > 0, each.used_s)))

    def _drop(self, connection: Connection) -> None:
        connection.writer.transport.abort()
        if task := self._connections.get(connection):
            task.cancel()

    async def _serve(self, connection: Connection) -> None:
        patience = self._patience
        while True:
            wait_s = patience.idle_s if connection.events else patience.first_s
            event = await read_event(connection.reader, None if connection.subscribed else wait_s, patience.event_s)
            if event is None:
                return
            connection.events += 1
            connection.used_s = self._clock.now_s()
            if (answer := await self._answer(connection, event)) is not None:
                await write_event(answer, connection.writer, patience.write_s)

    # --- events ----------------------------------------------------------------------------

    async def _answer(self, connection: Connection, event: Event) -> Event | None:
        match event.type:
            case "describe":
                return self._info
            case "ping":
                text = event.data.get("text")
                return Pong(text if isinstance(text, str) else None).event()
            case "transcript":
                answer, ids = self._answering.answer(event.data, connection.id, self._clock.now_s())
                if ids:
                    self._outbox.answered(ids)
                return answer
            case announcing.SUBSCRIBE:
                self._subscribe(connection)
                return None
            case announcing.ANNOUNCED:
                self._outbox.confirmed(event.data.get("id"))
                return None
            case "transcribe" | "audio-start" | "audio-chunk" | "audio-stop" if self._hear:
                return await self._sound(connection, event, self._hear)
            case _:
                return None  # servers drop what they do not know

    def _subscribe(self, connection: Connection) -> None:
        if connection.subscribed:
            return
        if sum(each.subscribed for each in self._connections) >= SUBSCRIBERS_MOST:
            raise WireError("there are too many subscribers")
        connection.subscribed = True
        self._outbox.subscribed()

    async def _sound(self, connection: Connection, event: Event, hear: Hear) -> Event | None:
        match event.type:
            case "transcribe":
                connection.transcribe = event
            case "audio-start":
                if connection.stream:
                    self._end_stream(connection).give_up()
                if self._streams >= STREAMS_MOST:
                    raise WireError("too many are heard at once")
                asked = connection.transcribe.data if connection.transcribe else {}
                grammar = self._answering.grammar(asked)
                connection.stream = Stream(hear, self._threads, format_of(event.data), grammar)
                self._streams += 1
            case "audio-chunk" if connection.stream and event.payload:
                await connection.stream.feed(event.payload)
            case "audio-stop" if connection.stream:
                stream = self._end_stream(connection)
                connection.transcribe = None
                return await stream.end()
        return None

    def _end_stream(self, connection: Connection) -> Stream:
        stream, connection.stream = connection.stream, None
        assert stream is not None
        stream.result.add_done_callback(self._stream_over)
        return stream

    def _stream_over(self, _: object) -> None:
        self._streams -= 1


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """A subscriber whose machine has died is noticed within a minute."""
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
