"""Says the service's announcements on this house's satellites, one after the other on each."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.assist_pipeline import OPTION_PREFERRED, async_get_pipelines
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.components.assist_satellite import DOMAIN as SATELLITE
from homeassistant.components.assist_satellite import AssistSatelliteEntityFeature
from homeassistant.components.assist_satellite.const import DATA_COMPONENT
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .asking import NotAsked, async_ask
from .const import ASKED_TIMEOUT_S, BUSY_WAIT_S, DOMAIN, IDLE_WAIT_S, REMEMBERED_MOST, TOLD_TIMEOUT_S
from .satellite import async_idle

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Announcement:
    """``id`` is the service's, to confirm it by; ``listening``: an answer to it is wanted."""

    id: str
    text: str
    satellite_id: str | None = None
    device_id: str | None = None
    listening: bool = False
    conversation_id: str = ""

    @classmethod
    def read(cls, data: dict[str, Any]) -> Announcement:
        """Raises ``KeyError`` or ``TypeError`` on what is none."""
        if not isinstance(data["id"], str) or not isinstance(data["text"], str):
            raise TypeError("an announcement has an id and a text")
        told = data.get(DOMAIN)
        listening = isinstance(told, dict) and told.get("listening") is True
        conversation_id = data.get("conversation_id")
        return cls(
            data["id"],
            data["text"],
            data.get("satellite_id"),
            data.get("device_id"),
            listening,
            conversation_id if isinstance(conversation_id, str) else "",
        )


@dataclass(slots=True)
class Said:
    """How many announcements were said, and how many could not be; numbers only."""

    said: int = 0
    failed: int = 0


class Announcer:
    """What this house can say by itself. ``entry_id``: whose agent the answers are for."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answers: defaultdict[str, int] = defaultdict(int)
        self._saying: set[str] = set()
        self._done: deque[str] = deque(maxlen=REMEMBERED_MOST)
        self.count = Said()
        # Told what was said to an announcement that was asked as a question; None: nothing.
        self.heard: Callable[[str, Announcement, str | None], None] = lambda satellite_id, announcement, sentence: None

    def answered(self, satellite_id: str | None) -> None:
        """Somebody speaks there: the answer says what holds now, and what still waits to be said is out of date."""
        if satellite_id:
            self._answers[satellite_id] += 1

    def turns(self, satellite_id: str) -> int:
        """How often somebody spoke there: another number than before means that the word has passed on."""
        return self._answers[satellite_id]

    def can_announce(self, satellite_id: str | None) -> bool:
        """Whether a satellite is there that can be told to speak."""
        return bool(self._features(satellite_id) & AssistSatelliteEntityFeature.ANNOUNCE)

    def _features(self, satellite_id: str | None) -> int:
        state = self._hass.states.get(satellite_id) if satellite_id else None
        if state is None or state.domain != SATELLITE or state.state == STATE_UNAVAILABLE:
            return 0
        return int(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0))

    def would_hear_the_answer(self, satellite_id: str) -> bool:
        """Whether it can open its microphone by itself, and what is said there comes to our agent."""
        satellite = self._hass.data[DATA_COMPONENT].get_entity(satellite_id)
        if satellite is None or not self._features(satellite_id) & AssistSatelliteEntityFeature.START_CONVERSATION:
            return False
        chosen = self._hass.states.get(satellite.pipeline_entity_id) if satellite.pipeline_entity_id else None
        if chosen is None or chosen.state == OPTION_PREFERRED:
            pipeline = async_get_pipeline(self._hass)
        else:
            named = [each for each in async_get_pipelines(self._hass) if each.name == chosen.state]
            if not named:
                return False
            pipeline = named[0]
        agent = er.async_get(self._hass).async_get_entity_id(Platform.CONVERSATION, DOMAIN, self._entry_id)
        return agent is not None and pipeline.conversation_engine == agent

    async def say(self, announcement: Announcement) -> bool:
        """Whether it has been said to its end, now or before: what is not confirmed is sent again meanwhile."""
        if announcement.id in self._done:
            return True
        satellite_id = self._satellite(announcement)
        if satellite_id is None or announcement.id in self._saying:
            return False
        self._saying.add(announcement.id)
        try:
            return await self._say(satellite_id, announcement)
        finally:
            self._saying.discard(announcement.id)

    async def _say(self, satellite_id: str, announcement: Announcement) -> bool:
        """One after the other in a room, and never into somebody's words. What could not be said is shown (D9)."""
        answers = self._answers[satellite_id]
        until_s = self._hass.loop.time() + IDLE_WAIT_S
        async with self._rooms[satellite_id]:
            while True:
                idle = await async_idle(self._hass, satellite_id, until_s - self._hass.loop.time())
                if self._answers[satellite_id] != answers:
                    return False
                if (idle or announcement.listening) and await self._try(satellite_id, announcement):
                    self.count.said += 1
                    self._done.append(announcement.id)
                    persistent_notification.async_dismiss(self._hass, _note(satellite_id))
                    return True
                if self._hass.loop.time() >= until_s:
                    break
                await asyncio.sleep(min(BUSY_WAIT_S, max(0.0, until_s - self._hass.loop.time())))
        self.count.failed += 1
        _LOGGER.warning("%s did not say an announcement; it is shown as a notification", satellite_id)
        persistent_notification.async_create(
            self._hass, announcement.text, "This could not be said aloud", _note(satellite_id)
        )
        return False

    def _satellite(self, announcement: Announcement) -> str | None:
        """The entity; None where it is another house's."""
        registry = er.async_get(self._hass)
        if announcement.satellite_id:
            entity_id = announcement.satellite_id
            return entity_id if self._hass.states.get(entity_id) or registry.async_get(entity_id) else None
        if announcement.device_id:
            for entry in er.async_entries_for_device(registry, announcement.device_id):
                if entry.domain == SATELLITE:
                    return entry.entity_id
        return None

    async def _try(self, satellite_id: str, announcement: Announcement) -> bool:
        if not self.can_announce(satellite_id):
            return False
        if announcement.listening and self.would_hear_the_answer(satellite_id):
            return await self._try_asking(satellite_id, announcement)
        data = {ATTR_ENTITY_ID: satellite_id, "preannounce": False, "message": announcement.text}
        try:
            async with asyncio.timeout(ASKED_TIMEOUT_S if announcement.listening else TOLD_TIMEOUT_S):
                await self._hass.services.async_call(SATELLITE, "announce", data, blocking=True)
        except (HomeAssistantError, NotImplementedError, TimeoutError, OSError) as error:
            _LOGGER.debug("%s cannot speak now: %s", satellite_id, type(error).__name__)
            return False
        return True

    async def _try_asking(self, satellite_id: str, announcement: Announcement) -> bool:
        turns = self._answers[satellite_id]
        try:
            sentence = await async_ask(self._hass, satellite_id, announcement.text)
        except NotAsked as error:
            _LOGGER.debug("%s cannot ask now: %s", satellite_id, error)
            return False
        if self._answers[satellite_id] == turns:
            self.heard(satellite_id, announcement, sentence)
        return True

    async def ask(self, satellite_id: str, question: str) -> str | None:
        """Ask after whatever is said there now; the sentence, None for silence. Raises ``NotAsked``."""
        turns = self._answers[satellite_id]
        async with self._rooms[satellite_id]:
            if not await async_idle(self._hass, satellite_id, IDLE_WAIT_S) or self._answers[satellite_id] != turns:
                raise NotAsked("somebody speaks")
            return await async_ask(self._hass, satellite_id, question)


def _note(satellite_id: str) -> str:
    return f"{DOMAIN}_{satellite_id}"
