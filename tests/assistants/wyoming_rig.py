"""A real service on a real socket, for tests: its clock is moved by hand, its clients are those of the package."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.handle import Handled

from voice_backcare.assistants.wyoming.service import Service
from voice_backcare.fakes.ports import FakeClock
from voice_backcare.session.factory import TurnCores, build_turn_cores

HOST = "127.0.0.1"
T = TypeVar("T")
ANSWER_S = 20.0  # no answer of a test takes longer, even on a machine with much else to do


class Running:
    """One service and where it listens."""

    def __init__(self, service: Service, port: int, clock: FakeClock) -> None:
        self.service, self.port, self.clock = service, port, clock

    def client(self) -> AsyncTcpClient:
        return AsyncTcpClient(HOST, self.port)

    async def turn(self, text: str, **context: Any) -> Handled:
        """One turn as Home Assistant takes it: a connection of its own."""
        async with self.client() as client:
            return await turn(client, text, **context)

    async def texts(self, conversation_id: str, *texts: str, **ours: Any) -> Handled:
        """Several turns of one conversation; the last answer."""
        for text in texts:
            handled = await self.turn(text, conversation_id=conversation_id, voice_backcare=ours)
        return handled


async def turn(client: AsyncTcpClient, text: str, **context: Any) -> Handled:
    await client.write_event(Transcript(text, context=context or None).event())
    event = await answer(client)
    assert Handled.is_type(event.type), event
    return Handled.from_event(event)


async def answer(client: AsyncTcpClient) -> Event:
    async with asyncio.timeout(ANSWER_S):
        event = await client.read_event()
    assert event is not None, "the service has hung up"
    return event


@asynccontextmanager
async def running(prepared: TurnCores | None = None, **options: Any) -> AsyncIterator[Running]:
    clock = FakeClock(1000.0)
    service = Service(prepared or build_turn_cores(), clock, **options)
    port = await service.start(HOST, 0)
    task = asyncio.create_task(service.run())
    try:
        yield Running(service, port, clock)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def run(scenario: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the browser of other tests keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(scenario, 60)).result()
