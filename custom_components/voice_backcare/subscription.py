"""The connection that stays open: the service's announcements come on it, and what was said is confirmed on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from wyoming.event import Event
from wyoming.info import Describe, Info

from .announcer import Announcement, Announcer
from .const import DOMAIN, RETRY_FIRST_S, RETRY_MOST_S, WAITING_MOST
from .wire import Away, Connection, connected

_LOGGER = logging.getLogger(__name__)

SUBSCRIBE = f"{DOMAIN}-subscribe"
ANNOUNCEMENT = f"{DOMAIN}-announcement"
ANNOUNCED = f"{DOMAIN}-announced"


class Subscription:
    """Keeps the connection, comes back after a growing while, and hands every announcement to the announcer.

    ``described`` is told what the service says of itself, on every new connection.
    """

    def __init__(self, host: str, port: int, announcer: Announcer, described: Callable[[Info], None]) -> None:
        self._host = host
        self._port = port
        self._announcer = announcer
        self._described = described
        self._away = False
        self.connected = False
        self.times_connected = 0
        self._come_back = asyncio.Event()
        self._saying: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until it is cancelled; what is being said when only the connection ends is said to its end."""
        try:
            await self._keep_connected()
        finally:
            for task in self._saying:
                task.cancel()

    async def _keep_connected(self) -> None:
        wait_s = RETRY_FIRST_S
        while True:
            try:
                async with connected(self._host, self._port) as connection:
                    await connection.send(Event(type=SUBSCRIBE, data={}))
                    await connection.send(Describe().event())
                    self.connected = True
                    self.times_connected += 1
                    self._tell(away=False)
                    wait_s = RETRY_FIRST_S
                    await self._serve(connection)
            except Away as error:
                _LOGGER.debug("No announcements now: %s", error)
                self._tell(away=True)
            finally:
                self.connected = False
            self._come_back.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._come_back.wait()
            wait_s = min(wait_s * 2, RETRY_MOST_S)

    def _tell(self, *, away: bool) -> None:
        """Log one line when the service goes, and one when it is back."""
        if away is not self._away:
            _LOGGER.info("The service is away; it is tried again" if away else "The service is back")
        self._away = away

    def come_back(self) -> None:
        """A turn was answered, so the service is there: the wait may be cut short."""
        if not self.connected:
            self._come_back.set()

    async def _serve(self, connection: Connection) -> None:
        while True:
            event = await connection.receive()
            if Info.is_type(event.type):
                with suppress(KeyError, TypeError, ValueError, AttributeError):
                    self._described(Info.from_event(event))
            if event.type != ANNOUNCEMENT:
                continue
            try:
                announcement = Announcement.read(event.data)
            except (KeyError, TypeError):
                _LOGGER.warning("The service sent an announcement that cannot be read")
                continue
            if len(self._saying) >= WAITING_MOST:
                _LOGGER.warning("Too many announcements wait; one was left out, unconfirmed")
                continue
            task = asyncio.create_task(self._say(announcement, connection), name=f"{DOMAIN} announcement")
            self._saying.add(task)
            task.add_done_callback(self._saying.discard)

    async def _say(self, announcement: Announcement, connection: Connection) -> None:
        """An announcement that is not confirmed comes again, and is then confirmed without being said again."""
        if not await self._announcer.say(announcement):
            return
        try:
            await connection.send(Event(type=ANNOUNCED, data={"id": announcement.id}))
        except Away:
            _LOGGER.debug("An announcement was said, and could not be confirmed")
