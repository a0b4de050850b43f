"""How the connection does, in numbers: no text, no conversation, nothing about a child."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from . import BackCareConfigEntry
from .const import CONF_EMERGENCY_NUMBER
from .wire import Away, describe


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: BackCareConfigEntry) -> dict[str, Any]:
    """What may be handed to a stranger who helps."""
    service = entry.runtime_data
    try:
        info = await describe(service.host, service.port)
        programs = [{"name": program.name, "version": program.version} for program in info.handle]
    except Away as error:
        programs = [{"away": str(error)}]
    return {
        "entry": async_redact_data(dict(entry.data), {CONF_HOST, CONF_EMERGENCY_NUMBER}),
        "service": programs,
        "subscription": {
            "connected": service.subscription.connected,
            "times_connected": service.subscription.times_connected,
        },
        "turns": asdict(service.turns),
        "announcements": asdict(service.announcer.count),
    }
