"""What goes on where an answer is wanted and nobody speaks: the guide asks again, and then says the danger signs (D3).

Home Assistant tells an agent what was said, and never that nothing was. On a satellite that can open its microphone
by itself the action "ask a question" returns the sentence and fails where nobody spoke. So the first question is the
answer of a voice pipeline, which opens the microphone again; where that stays silent the questions come from here. Who
says the wake word in between is heard by a pipeline again, and this ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeassistant.components.assist_satellite.entity import AssistSatelliteState
from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_now

from .announcer import Announcement, Announcer
from .asking import NotAsked
from .const import DOMAIN, REOPENS_S, RESPONDS_S, SILENCES_MOST, USUAL_NUMBER
from .satellite import async_idle, async_listening, state_of
from .spoken import away
from .wire import Away

if TYPE_CHECKING:
    from .service import Reply, Service


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and where."""

    conversation_id: str
    satellite_id: str
    device_id: str | None = None
    language: str = "en"


class Dialogue:
    """The conversations that are led from here, one on each satellite. ``number``: whom this house calls."""

    def __init__(self, hass: HomeAssistant, service: Service, announcer: Announcer, number: str = USUAL_NUMBER) -> None:
        self._hass = hass
        self._service = service
        self._announcer = announcer
        self._number = number
        self._tasks: set[asyncio.Task[None]] = set()

    def asked(self, speaker: Speaker) -> None:
        """A voice pipeline says a question there, and opens the microphone again."""
        speaks = state_of(self._hass, speaker.satellite_id) == AssistSatelliteState.PROCESSING
        if speaks and self._announcer.would_hear_the_answer(speaker.satellite_id):
            self._begin(self._wait_for_answer(speaker))

    def heard(self, satellite_id: str, announcement: Announcement, sentence: str | None) -> None:
        """An announcement was a question, and that was said to it; None: nothing."""
        speaker = Speaker(announcement.conversation_id, satellite_id, announcement.device_id)
        self._begin(self._go_on(speaker, sentence))

    def end(self) -> None:
        """The entry is unloaded."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, what: Coroutine[None, None, None]) -> None:
        task = self._hass.async_create_background_task(what, f"{DOMAIN} dialogue")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wait_for_answer(self, speaker: Speaker) -> None:
        turns = self._announcer.turns(speaker.satellite_id)
        await async_idle(self._hass, speaker.satellite_id, RESPONDS_S)
        if await async_listening(self._hass, speaker.satellite_id, REOPENS_S):
            await async_idle(self._hass, speaker.satellite_id, RESPONDS_S)
        if self._announcer.turns(speaker.satellite_id) == turns:
            await self._go_on(speaker, None)

    async def _go_on(self, speaker: Speaker, sentence: str | None) -> None:
        silences = 0
        while silences < SILENCES_MOST:
            silences = silences + 1 if sentence is None else 0
            turns = self._announcer.turns(speaker.satellite_id) + 1
            reply = await self._reply(speaker, sentence)
            if reply is None or not reply.text or self._announcer.turns(speaker.satellite_id) != turns:
                return
            if not (reply.listening and self._announcer.would_hear_the_answer(speaker.satellite_id)):
                await self._tell(speaker, reply.text)
                return
            try:
                sentence = await self._announcer.ask(speaker.satellite_id, reply.text)
            except NotAsked:
                if self._announcer.turns(speaker.satellite_id) == turns:
                    await self._tell(speaker, reply.text)
                return
            if sentence is None:  # a wake word may have taken the microphone over
                await async_idle(self._hass, speaker.satellite_id, RESPONDS_S)
            if self._announcer.turns(speaker.satellite_id) != turns:
                return

    async def _reply(self, speaker: Speaker, sentence: str | None) -> Reply | None:
        try:
            return await self._service.turn(
                sentence or "",
                silence=sentence is None,
                conversation_id=speaker.conversation_id,
                satellite_id=speaker.satellite_id,
                device_id=speaker.device_id,
                language=speaker.language,
            )
        except Away:
            if sentence is not None:
                await self._tell(speaker, away(self._number))
            return None

    async def _tell(self, speaker: Speaker, text: str) -> None:
        await self._announcer.say(Announcement(ulid_now(), text, speaker.satellite_id))
