"""What a person has to repair is shown under Repairs, and goes by itself; the log says once that the service went."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from custom_components.voice_backcare.const import LOOK_EVERY, SERVICE_OLDEST
from homeassistant.components import assist_pipeline
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from stand_in_service import StandIn

from conftest import Talk


def shown(hass: HomeAssistant) -> dict[str | None, dict[str, str] | None]:
    """The issues of ours: which, and with what values."""
    issues = ir.async_get(hass).issues.items()
    return {
        each.translation_key: each.translation_placeholders
        for (domain, _), each in issues
        if domain == "voice_backcare"
    }


async def test_a_guide_that_no_assistant_uses(hass: HomeAssistant, service: StandIn, entry: MockConfigEntry) -> None:
    """From set-up until an assistant has the guide as its agent, and again when none has it any more."""
    await hass.async_block_till_done()
    assert shown(hass) == {"no_assistant": None}
    for number, agent in enumerate(("conversation.back_care", "conversation.home_assistant"), start=1):
        preferred = assist_pipeline.async_get_pipeline(hass)
        await assist_pipeline.async_update_pipeline(hass, preferred, conversation_engine=agent)
        async_fire_time_changed(hass, dt_util.utcnow() + number * (LOOK_EVERY + timedelta(seconds=1)))
        await hass.async_block_till_done()
        assert bool(shown(hass)) == (agent != "conversation.back_care")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not shown(hass)


@pytest.mark.parametrize("version", ["0.0.9", "", "a version"])
async def test_a_service_that_is_too_old(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, talk: Talk, version: str
) -> None:
    """A service of before is named with the version that is wanted, still answers, and is forgiven once it is new."""
    assert "service_too_old" not in shown(hass)
    for its, there in ((version, True), (SERVICE_OLDEST, False)):
        await service.stop()
        service.version = its
        await service.start()
        await talk("hello")
        await asyncio.wait_for(service.subscribed.wait(), 10)
        while ("service_too_old" in shown(hass)) is not there:
            await asyncio.sleep(0.01)
        if there:
            assert shown(hass)["service_too_old"] == {"found": version or "?", "wanted": SERVICE_OLDEST}


async def test_the_log_says_once_that_it_went_and_once_that_it_is_back(
    service: StandIn, entry: MockConfigEntry, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is tried in between."""

    def told() -> list[tuple[int, str]]:
        ours = [each for each in caplog.records if each.name.endswith("voice_backcare.subscription")]
        return [(each.levelno, each.getMessage()) for each in ours if each.levelno >= logging.INFO]

    await service.stop()
    for _ in range(3):
        await talk("hello")
    while not told():
        await asyncio.sleep(0.01)
    await service.start()
    await asyncio.wait_for(service.subscribed.wait(), 10)
    while len(told()) < 2:
        await asyncio.sleep(0.01)
    assert [level for level, _ in told()] == [logging.INFO, logging.INFO]
    assert ["away" in text for _, text in told()] == [True, False]
