"""The guide for a child's sore back as a conversation agent, spoken by this house's own satellites."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, Platform
from homeassistant.core import HomeAssistant

from .announcer import Announcer
from .service import Service
from .subscription import Subscription

PLATFORMS = [Platform.CONVERSATION]

BackCareConfigEntry = ConfigEntry[Service]


async def async_setup_entry(hass: HomeAssistant, entry: BackCareConfigEntry) -> bool:
    """Set up even where the service is away: who asks is then told so, with what must not wait for it."""
    host, port = entry.data[CONF_HOST], entry.data[CONF_PORT]
    announcer = Announcer(hass, entry.entry_id)
    subscription = Subscription(host, port, announcer)
    entry.runtime_data = Service(host, port, subscription, announcer)
    entry.async_create_background_task(hass, subscription.run(), "voice_backcare announcements")
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BackCareConfigEntry) -> bool:
    """The connection for announcements is a task of the entry, and ends with it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
