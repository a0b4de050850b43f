"""What may be handed to a stranger, and what the manifest promises."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import custom_components
from custom_components.voice_backcare.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from house import Satellite
from packaging.requirements import Requirement
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import CUT, StandIn, handled

from conftest import Talk


async def test_diagnostics_hold_no_health_data(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """After a whole conversation they hold numbers: no word of it, no id of it, no disposition, no address."""
    service.answers.extend([handled("SECRET question"), handled("SECRET outcome", disposition="call_911"), CUT])
    first = await talk("SECRET answer", satellite_id="assist_satellite.bedroom", device_id="SECRET device")
    await talk("SECRET phrase", first.conversation_id, satellite_id="assist_satellite.bedroom")
    await talk("SECRET word", first.conversation_id, satellite_id="assist_satellite.bedroom")
    await service.announce("1", "SECRET announcement", satellite_id="assist_satellite.bedroom")
    await service.confirmed.get()
    told = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(told)
    for secret in ("SECRET", first.conversation_id, "bedroom", "call_911", "127.0.0.1"):
        assert secret not in text
    assert told["turns"] == {"answered": 2, "away": 0, "lost": 1}
    assert told["announcements"] == {"said": 1, "failed": 0}
    assert told["subscription"] == {"connected": True, "times_connected": 1}
    assert told["service"] == [{"name": "voice_backcare", "version": "1.0"}]
    assert told["entry"] == {"host": "**REDACTED**", "port": service.port, "emergency_number": "**REDACTED**"}


async def test_diagnostics_work_without_the_service(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry
) -> None:
    """Just when it is needed, the other side is away."""
    await service.stop()
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert "away" in told["service"][0]
    await service.start()


async def test_the_requirement_is_home_assistants_own(hass: HomeAssistant) -> None:
    """The wyoming package that this Home Assistant pins is enough, so that ours never replaces it."""
    spec = find_spec("homeassistant")
    assert spec is not None and spec.origin is not None
    core = json.loads((Path(spec.origin).parent / "components" / "wyoming" / "manifest.json").read_text())
    ours = await async_get_integration(hass, "voice_backcare")
    (wanted,), (pinned,) = map(Requirement, ours.requirements), map(Requirement, core["requirements"])
    assert wanted.name == pinned.name
    (pin,) = pinned.specifier
    assert wanted.specifier.contains(pin.version)
    assert {each.operator for each in wanted.specifier} == {">="}
    assert ours.file_path == Path(next(iter(custom_components.__path__))) / "voice_backcare"


async def test_home_assistant_reads_the_translations(hass: HomeAssistant) -> None:
    """Every form and error has English words."""
    words = await async_get_translations(hass, "en", "config", ["voice_backcare"])
    assert words["component.voice_backcare.config.step.user.data.host"] == "Host"
    assert "component.voice_backcare.config.error.cannot_connect" in words
