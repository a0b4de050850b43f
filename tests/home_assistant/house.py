"""A house with satellites in it: real entities of Home Assistant's own kind, and a voice, but no loudspeakers."""

from __future__ import annotations

import asyncio
from typing import Any

from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.exceptions import HomeAssistantError

HOUSE = "test"


class Satellite(AssistSatelliteEntity):
    """Keeps what it was told to say. ``busy``: how often it refuses; ``playing``: set while it may finish."""

    def __init__(self, name: str, features: AssistSatelliteEntityFeature) -> None:
        self._attr_name = name
        self._attr_unique_id = name
        self._attr_supported_features = features
        self.said: list[str] = []
        self.asked: list[str] = []
        self.busy = 0
        self.tried = 0
        self.at_once = 0
        self.most_at_once = 0
        self.playing = asyncio.Event()
        self.playing.set()

    def on_pipeline_event(self, event: Any) -> None:
        """Nothing is shown."""

    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        return AssistSatelliteConfiguration([], [], 0)

    async def async_set_configuration(self, config: AssistSatelliteConfiguration) -> None:
        """There is nothing to set."""

    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        self.tried += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.playing.wait()
        finally:
            self.at_once -= 1
        if self.busy:
            self.busy -= 1
            raise HomeAssistantError("busy")
        assert announcement.preannounce_media_id is None
        self.said.append(announcement.message)

    async def async_start_conversation(self, start_announcement: AssistSatelliteAnnouncement) -> None:
        self.asked.append(start_announcement.message)


class Voice(TextToSpeechEntity):
    """Speaks English, silently."""

    _attr_name = "Voice"
    _attr_unique_id = "voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 (as Home Assistant has it)

    async def async_get_tts_audio(self, message: str, language: str, options: dict[str, Any]) -> tuple[str, bytes]:
        return "wav", b""
