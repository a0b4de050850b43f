"""What the tests of the integration share. They run in the userland that scripts/test-home-assistant makes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from unittest.mock import Mock

import custom_components  # noqa: F401 (before the plugin, whose folder of the same name would hide ours)
import pytest
from custom_components.voice_backcare import satellite
from homeassistant.components import assist_pipeline, conversation
from homeassistant.components.assist_satellite import AssistSatelliteEntityFeature
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from house import HOUSE, Ears, Satellite, Voice
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
    setup_test_component_platform,
)
from stand_in_service import StandIn

Talk = Callable[..., Awaitable[conversation.ConversationResult]]


@pytest.fixture(autouse=True)
def _with_ours(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Home Assistant loads what is in custom_components; connections on this machine are real."""


@pytest.fixture(autouse=True)
async def _base(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A satellite that is idle is settled; the test that is about it says otherwise."""
    monkeypatch.setattr(satellite, "SETTLED_S", 0.0)


@pytest.fixture
async def service() -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
async def entry(hass: HomeAssistant, service: StandIn) -> AsyncIterator[MockConfigEntry]:
    """The integration set up against the stand-in, and its subscription there."""
    data = {"host": "127.0.0.1", "port": service.port, "emergency_number": "911"}
    made = MockConfigEntry(domain="voice_backcare", title="Back care", data=data)
    made.add_to_hass(hass)
    assert await hass.config_entries.async_setup(made.entry_id)
    await service.subscribed.wait()
    yield made
    if made.state.recoverable or made.state.name == "LOADED":
        await hass.config_entries.async_unload(made.entry_id)


@pytest.fixture
def talk(hass: HomeAssistant) -> Talk:
    """Says a sentence to the agent."""

    async def say(text: str, conversation_id: str | None = None, **more: Any) -> conversation.ConversationResult:
        return await conversation.async_converse(
            hass, text, conversation_id, Context(), language="en", agent_id="conversation.back_care", **more
        )

    return say


@pytest.fixture
async def satellites(hass: HomeAssistant) -> list[Satellite]:
    """Two that can be told to speak, one of them then listens by itself; and one that can do neither."""
    ears = Ears()
    announce, start = AssistSatelliteEntityFeature.ANNOUNCE, AssistSatelliteEntityFeature.START_CONVERSATION
    rooms = [
        Satellite("Bedroom", announce, ears),
        Satellite("Kitchen", announce | start, ears),
        Satellite("Hall", AssistSatelliteEntityFeature(0), ears),
    ]
    platforms = [Platform.TTS, Platform.STT, Platform.ASSIST_SATELLITE]

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, platforms)
        return True

    mock_integration(hass, MockModule(HOUSE, async_setup_entry=set_up))
    setup_test_component_platform(hass, "tts", [Voice()], from_config_entry=True)
    setup_test_component_platform(hass, "stt", [ears], from_config_entry=True)
    setup_test_component_platform(hass, "assist_satellite", rooms, from_config_entry=True)
    mock_platform(hass, f"{HOUSE}.config_flow", Mock())
    assert await async_setup_component(hass, "assist_pipeline", {})
    with mock_config_flow(HOUSE, ConfigFlow):
        made = MockConfigEntry(domain=HOUSE)
        made.add_to_hass(hass)
        assert await hass.config_entries.async_setup(made.entry_id)
    voice, hearing = hass.states.async_entity_ids("tts")[0], hass.states.async_entity_ids("stt")[0]
    spoken = {"tts_engine": voice, "tts_language": "en", "tts_voice": None}
    preferred = assist_pipeline.async_get_pipeline(hass)
    await assist_pipeline.async_update_pipeline(hass, preferred, stt_engine=hearing, stt_language="en", **spoken)
    return rooms


@pytest.fixture
async def ours(hass: HomeAssistant, entry: MockConfigEntry, satellites: list[Satellite]) -> None:
    """The guide is the satellites' assistant."""
    preferred = assist_pipeline.async_get_pipeline(hass)
    await assist_pipeline.async_update_pipeline(hass, preferred, conversation_engine="conversation.back_care")
