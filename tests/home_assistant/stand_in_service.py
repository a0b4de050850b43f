"""A service in the guide's place: it answers what a test tells it to, keeps what came, and can fail in every way."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from wyoming.asr import Transcript
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Attribution, Describe, HandleModel, HandleProgram, Info


def handled(text: str, *, listening: bool = True, disposition: str | None = None) -> Event:
    told = {"listening": listening, "ended": not listening, "disposition": disposition}
    return Handled(text=text, context={"voice_backcare": told}).event()


def not_handled(text: str) -> Event:
    return NotHandled(text=text).event()


HANG = object()
CUT = object()


@dataclass
class StandIn:
    """``answers`` are taken in turn: an event, bytes, ``CUT`` (the connection ends) or ``HANG`` (it never answers)."""

    program: str = "voice_backcare"
    version: str = "1.0"
    port: int = 0
    answers: deque[Any] = field(default_factory=deque)
    turns: list[Transcript] = field(default_factory=list)
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    confirmed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def start(self) -> None:
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._subscriber: asyncio.StreamWriter | None = None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Everything ends at once, as when the process is killed."""
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()
        self.subscribed.clear()

    async def announce(self, announcement_id: str, text: str, **where: Any) -> None:
        assert self._subscriber is not None
        data = {"id": announcement_id, "text": text, "conversation_id": "a", "satellite_id": None, "device_id": None}
        await async_write_event(Event(type="voice_backcare-announcement", data=data | where), self._subscriber)

    async def send_raw(self, event: Event) -> None:
        assert self._subscriber is not None
        await async_write_event(event, self._subscriber)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while (event := await async_read_event(reader)) is not None:
                if Describe.is_type(event.type):
                    await async_write_event(self._info().event(), writer)
                elif Transcript.is_type(event.type):
                    self.turns.append(Transcript.from_event(event))
                    await self._answer(writer, silence="silence" in self.turns[-1].context["voice_backcare"])
                elif event.type == "voice_backcare-subscribe":
                    self._subscriber = writer
                    self.subscribed.set()
                elif event.type == "voice_backcare-announced":
                    self.confirmed.put_nowait(event.data["id"])
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, *, silence: bool) -> None:
        usual = handled("", listening=False) if silence else handled("And now?")
        answer = self.answers.popleft() if self.answers else usual
        if answer is CUT:
            writer.transport.abort()
        elif answer is HANG:
            await asyncio.sleep(3600)
        elif isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            writer.close()
        else:
            await async_write_event(answer, writer)

    def _info(self) -> Info:
        attribution = Attribution(name="nobody", url="")
        model = HandleModel("guide", attribution, True, "A guide", "1.0", languages=["en"])
        return Info(handle=[HandleProgram(self.program, attribution, True, "A guide", self.version, models=[model])])
