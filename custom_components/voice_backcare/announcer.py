"""Says the service's announcements on this house's satellites, one after the other on each."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.assist_satellite import DOMAIN as SATELLITE
from homeassistant.components.assist_satellite import AssistSatelliteEntityFeature
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SUPPORTED_FEATURES, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .const import ANNOUNCE_TIMEOUT_S, BUSY_TRIES, BUSY_WAIT_S, DOMAIN

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Announcement:
    """``id`` is the service's, to confirm it by; the satellite is named as the turn named it."""

    id: str
    text: str
    satellite_id: str | None = None
    device_id: str | None = None

    @classmethod
    def read(cls, data: dict[str, Any]) -> Announcement:
        """Raises ``KeyError`` or ``TypeError`` on what is none."""
        if not isinstance(data["id"], str) or not isinstance(data["text"], str):
            raise TypeError("an announcement has an id and a text")
        return cls(data["id"], data["text"], data.get("satellite_id"), data.get("device_id"))


@dataclass(slots=True)
class Said:
    """How many announcements were said, and how many could not be; numbers only."""

    said: int = 0
    failed: int = 0


class Announcer:
    """What this house can say by itself."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.count = Said()

    def can_announce(self, satellite_id: str | None) -> bool:
        """Whether a satellite is there that can be told to speak."""
        state = self._hass.states.get(satellite_id) if satellite_id else None
        if state is None or state.domain != SATELLITE or state.state == STATE_UNAVAILABLE:
            return False
        return bool(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & AssistSatelliteEntityFeature.ANNOUNCE)

    async def say(self, announcement: Announcement) -> bool:
        """Say it, and return whether that went to its end. What could not be said is shown instead (D9)."""
        satellite_id = self._satellite(announcement)
        async with self._turns[satellite_id]:
            for _ in range(BUSY_TRIES):
                if await self._try(satellite_id, announcement.text):
                    self.count.said += 1
                    persistent_notification.async_dismiss(self._hass, _note(satellite_id))
                    return True
                await asyncio.sleep(BUSY_WAIT_S)
        self.count.failed += 1
        _LOGGER.warning("%s did not say an announcement; it is shown as a notification", satellite_id or "No satellite")
        persistent_notification.async_create(
            self._hass, announcement.text, "This could not be said aloud", _note(satellite_id)
        )
        return False

    def _satellite(self, announcement: Announcement) -> str:
        """The entity; a name that was given to a conversation of its own ends in "#" and a number."""
        if announcement.satellite_id:
            return announcement.satellite_id.partition("#")[0]
        if announcement.device_id:
            for entry in er.async_entries_for_device(er.async_get(self._hass), announcement.device_id):
                if entry.domain == SATELLITE:
                    return entry.entity_id
        return ""

    async def _try(self, satellite_id: str, text: str) -> bool:
        if not self.can_announce(satellite_id):
            return False
        data = {ATTR_ENTITY_ID: satellite_id, "message": text, "preannounce": False}
        try:
            async with asyncio.timeout(ANNOUNCE_TIMEOUT_S):
                await self._hass.services.async_call(SATELLITE, "announce", data, blocking=True)
        except (HomeAssistantError, NotImplementedError, TimeoutError, OSError) as error:
            _LOGGER.debug("%s cannot speak now: %s", satellite_id, type(error).__name__)
            return False
        return True


def _note(satellite_id: str) -> str:
    return f"{DOMAIN}_{satellite_id}"
