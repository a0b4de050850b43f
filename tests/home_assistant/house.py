"""A house with satellites in it: real entities of Home Assistant's own kind, ears and a voice, but no loudspeakers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from homeassistant.components import stt
from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.components.tts import TextToSpeechEntity
from homeassistant.exceptions import HomeAssistantError

HOUSE = "test"


class Ears(stt.SpeechToTextEntity):
    """Understands ``words`` once the sound has ended; nothing, where they are empty."""

    _attr_name = "Ears"
    _attr_unique_id = "ears"
    supported_languages = ["en"]  # noqa: RUF012 (as Home Assistant has it)
    supported_formats = [stt.AudioFormats.WAV]  # noqa: RUF012
    supported_codecs = [stt.AudioCodecs.PCM]  # noqa: RUF012
    supported_bit_rates = [stt.AudioBitRates.BITRATE_16]  # noqa: RUF012
    supported_sample_rates = [stt.AudioSampleRates.SAMPLERATE_16000]  # noqa: RUF012
    supported_channels = [stt.AudioChannels.CHANNEL_MONO]  # noqa: RUF012
    words = ""

    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        async for _ in stream:
            pass
        return stt.SpeechResult(self.words, stt.SpeechResultState.SUCCESS)


class Satellite(AssistSatelliteEntity):
    """Keeps what it was told to say. ``busy``: how often it refuses; ``playing``: set while it may finish."""

    def __init__(self, name: str, features: AssistSatelliteEntityFeature, ears: Ears) -> None:
        self._ears = ears
        self._attr_name = name
        self._attr_unique_id = name
        self._attr_supported_features = features
        self.said: list[str] = []
        self.asked: list[str] = []
        self.answers: deque[str | asyncio.Future[str] | None] = deque()
        self.busy = 0
        self.tried = 0
        self.at_once = 0
        self.most_at_once = 0
        self.playing = asyncio.Event()
        self.playing.set()

    async def hear(self, words: asyncio.Future[str]) -> None:
        """A real pipeline listens here until somebody has said the ``words``, and answers them."""

        async def sound() -> AsyncIterator[bytes]:
            yield bytes(320)
            self._ears.words = await words

        await self.async_accept_pipeline_from_satellite(sound())

    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """An answer takes no time to be said."""
        if event.type is PipelineEventType.TTS_END:
            self.tts_response_finished()

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
        """Then the microphone opens: the next of the ``answers`` is heard, or nothing; None: it stays shut."""
        if self.busy:
            self.busy -= 1
            raise HomeAssistantError("busy")
        self.asked.append(start_announcement.message)
        answer = self.answers.popleft() if self.answers else ""
        if answer is None:
            return
        words = self.hass.loop.create_future()
        if isinstance(answer, asyncio.Future):
            words = answer
        else:
            words.set_result(answer)
        self.hass.async_create_background_task(self.hear(words), "microphone")


class Voice(TextToSpeechEntity):
    """Speaks English, silently."""

    _attr_name = "Voice"
    _attr_unique_id = "voice"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 (as Home Assistant has it)

    async def async_get_tts_audio(self, message: str, language: str, options: dict[str, Any]) -> tuple[str, bytes]:
        return "mp3", b"no sound"
