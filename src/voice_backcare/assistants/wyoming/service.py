"""The service: connections, limited in number and time, and the events that come in on them."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import socket
import struct
import termios
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from wyoming.error import Error
from wyoming.event import Event
from wyoming.ping import Pong

from voice_backcare.assistants.sessions import Sessions
from voice_backcare.assistants.wyoming import announcements
from voice_backcare.assistants.wyoming.framing import (
    HEADER_MOST,
    Patience,
    WireError,
    first_byte,
    rest_of_event,
    write_event,
)
from voice_backcare.assistants.wyoming.info import info
from voice_backcare.assistants.wyoming.intent_handler import Answering, own_id
from voice_backcare.assistants.wyoming.speech_to_text import STREAMS_MOST, Hear, Stream, audio_format_of
from voice_backcare.session.factory import TurnCores
from voice_backcare.session.ports import Clock
from voice_backcare.system.errors import PortTaken

_LOG = logging.getLogger(__name__)

CONNECTIONS_MOST = 512
SUBSCRIBERS_MOST = 8
BACKLOG = 256  # connections that may wait to be accepted
TICK_S = 0.25
SEND_BUFFER = 131_072  # bytes


@dataclass(eq=False)
class Connection:
    """One client. ``used_s``: time of its last event on the loop's clock. ``begun``: it has sent something at all."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_s: float
    events: int = 0
    begun: bool = False
    subscribed: bool = False
    id: str = field(default_factory=own_id)
    transcribe: Event | None = None
    stream: Stream | None = None


class Service:
    """The service on a socket: ``start`` binds, ``run`` serves until it is cancelled. ``hear``: None for texts only."""

    def __init__(
        self,
        shared: TurnCores,
        clock: Clock,
        hear: Hear | None = None,
        *,
        connections_most: int = CONNECTIONS_MOST,
        sessions: Sessions | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.sessions = Sessions(shared) if sessions is None else sessions
        self._clock = clock
        self._hear = hear
        self._most = connections_most
        self._patience = patience or Patience()
        self._outbox = announcements.Outbox()
        self._answering = Answering(shared, self.sessions, lambda entry: self._outbox.heard(entry, clock.now_s()))
        self._info = info(hears=hear is not None).event()
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._threads = ThreadPoolExecutor(STREAMS_MOST, thread_name_prefix="hearing")
        self._streams = 0
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port (for 0 the one that the system chose). Raises ``PortTaken`` where that is
        impossible.
        """
        try:
            self._server = await asyncio.start_server(self._connected, host, port, limit=HEADER_MOST, backlog=BACKLOG)
        except (OSError, OverflowError) as error:
            raise PortTaken(f"{host}:{port} cannot be listened on: {error}. Name another --uri.") from error
        return int(self._server.sockets[0].getsockname()[1])

    async def run(self) -> None:
        """Serve, and announce what is due, until cancelled."""
        try:
            while True:
                await self.tick()
                await asyncio.sleep(TICK_S)
        finally:
            await self.close()

    async def close(self) -> None:
        """End all connections and stop listening."""
        if self._server:
            self._server.close()
        tasks = list(self._connections.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def tick(self) -> None:
        """Send what is due by now, and what nobody has confirmed yet."""
        now_s = self._clock.now_s()
        for entry, reply in self.sessions.due(now_s):
            self._outbox.put(entry.ids, reply)
        self._outbox.keep(self.sessions)
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
        if len(self._connections) >= self._most and not self._make_space():
            _cut_off(writer)
            return
        connection = Connection(reader, writer, asyncio.get_running_loop().time())
        self._connections[connection] = task
        _prepare(writer)
        try:
            await self._serve(connection)
        except (WireError, OSError) as error:
            _LOG.info("a connection ended: %s", error)
            _cut_off(writer)
        except asyncio.CancelledError:
            pass
        finally:
            del self._connections[connection]
            if connection.subscribed:
                self._outbox.unsubscribed(self._clock.now_s())
            if connection.stream:
                self._end_stream(connection).give_up()
            if writer.transport.get_write_buffer_size():
                _cut_off(writer)
            else:
                writer.close()

    def _make_space(self) -> bool:
        """Drop a client that never sent anything, otherwise the one that has been quiet the longest, never a subscriber
        or one that sends speech. False where there is none.

        A client whose data was not read yet is not quiet.
        """
        spare = [each for each in self._connections if not each.subscribed and each.stream is None]
        silent = [each for each in spare if not each.begun and not _unread(each.writer)]
        done = [each for each in spare if each.events and not _unread(each.writer)]
        quiet = silent or done or [each for each in spare if each.begun and not each.events]
        if quiet:
            self._drop(min(quiet, key=lambda each: each.used_s))
        return bool(quiet) or len(self._connections) < 2 * self._most

    def _drop(self, connection: Connection) -> None:
        _cut_off(connection.writer)
        if task := self._connections.get(connection):
            task.cancel()

    async def _serve(self, connection: Connection) -> None:
        patience = self._patience
        while True:
            wait_s = patience.idle_s if connection.events else patience.first_s
            first = await first_byte(connection.reader, None if connection.subscribed else wait_s)
            if not first:
                return
            connection.begun = True
            event = await rest_of_event(first, connection.reader, patience.event_s)
            if event is None:
                return
            connection.events += 1
            connection.used_s = asyncio.get_running_loop().time()
            if (answer := await self._answer_or_say(connection, event)) is not None:
                await write_event(answer, connection.writer, patience.write_s)
            await asyncio.sleep(
                0
            )  # let other clients go first: one that sends without a pause gets no more than they do

    # --- events ----------------------------------------------------------------------------

    async def _answer_or_say(self, connection: Connection, event: Event) -> Event | None:
        """Answer ``event``; an error of the program itself is answered with a sentence and ends no connection."""
        try:
            return await self._answer(connection, event)
        except (WireError, OSError):
            raise
        except Exception as error:
            # Where it failed, without the error's text, which may quote a parent.
            where = "".join(traceback.format_tb(error.__traceback__))
            _LOG.error("an event %r was not answered: %s\n%s", event.type[:50], type(error).__name__, where)
            return self._answering.own_fault()

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
            case announcements.SUBSCRIBE:
                self._subscribe(connection)
                return None
            case announcements.ANNOUNCED:
                self._outbox.confirmed(event.data.get("id"))
                return None
            case "transcribe" | "audio-start" | "audio-chunk" | "audio-stop" if self._hear:
                return await self._sound(connection, event, self._hear)
            case _:
                return None  # as other servers do with an event they do not know

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
                return self._begin_stream(connection, event, hear)
            case "audio-chunk" if connection.stream and event.payload:
                await connection.stream.feed(event.payload)
            case "audio-stop" if connection.stream:
                stream = self._end_stream(connection)
                connection.transcribe = None
                return await stream.end()
        return None

    def _begin_stream(self, connection: Connection, event: Event, hear: Hear) -> Event | None:
        if connection.stream:
            self._end_stream(connection).give_up()
        try:
            audio_format = audio_format_of(event.data)
        except ValueError as error:
            return Error(f"This can not be heard: {error}.", code="format").event()
        if self._streams >= STREAMS_MOST:
            return Error("Too many speak at once. Please try again.", code="busy").event()
        place = self._answering.place(connection.transcribe.data if connection.transcribe else {})
        connection.stream = Stream(hear, self._answering.meaning, self._threads, audio_format, place)
        self._streams += 1
        return None

    def _end_stream(self, connection: Connection) -> Stream:
        stream, connection.stream = connection.stream, None
        assert stream is not None
        stream.result.add_done_callback(self._stream_over)
        return stream

    def _stream_over(self, _: object) -> None:
        self._streams -= 1


def _prepare(writer: asyncio.StreamWriter) -> None:
    """Limit what is buffered for a client that does not read, and detect a subscriber whose machine has died within a
    minute.
    """
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def _unread(writer: asyncio.StreamWriter) -> bool:
    """Whether the client has sent data that was not read from its socket yet."""
    opened = writer.get_extra_info("socket")
    try:
        return any(fcntl.ioctl(opened.fileno(), termios.FIONREAD, b"\0\0\0\0"))
    except OSError:
        return False


def _cut_off(writer: asyncio.StreamWriter) -> None:
    """Close at once and discard what was not sent; otherwise the system keeps that for minutes for a client that never
    reads it.
    """
    opened = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
