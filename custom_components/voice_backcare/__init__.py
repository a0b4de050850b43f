"""The guide for a child's sore back as a conversation agent, spoken by this house's own satellites."""

from __future__ import annotations

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .announcer import Announcer
from .const import CONF_EMERGENCY_NUMBER, LOOK_EVERY, USUAL_NUMBER, address_id
from .dialogue import Dialogue
from .issues import Issues
from .service import Service
from .subscription import Subscription

PLATFORMS = [Platform.CONVERSATION]

BackCareConfigEntry = ConfigEntry[Service]


async def async_setup_entry(hass: HomeAssistant, entry: BackCareConfigEntry) -> bool:
    """Set up even where the service is away: who asks is then told so, with what must not wait for it."""
    host, port = entry.data[CONF_HOST], entry.data[CONF_PORT]
    if entry.unique_id is None:  # made by hand before 0.2
        hass.config_entries.async_update_entry(entry, unique_id=address_id(host, port))
    announcer = Announcer(hass, entry.entry_id)
    issues = Issues(hass, entry.entry_id)
    subscription = Subscription(host, port, announcer, issues.described)
    service = entry.runtime_data = Service(host, port, subscription, announcer)
    dialogue = Dialogue(hass, service, announcer, entry.data.get(CONF_EMERGENCY_NUMBER, USUAL_NUMBER))
    service.dialogue, announcer.heard = dialogue, dialogue.heard
    entry.async_create_background_task(hass, subscription.run(), "voice_backcare announcements")
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(async_at_started(hass, issues.look_for_assistant))
    entry.async_on_unload(async_track_time_interval(hass, issues.look_for_assistant, LOOK_EVERY))
    entry.async_on_unload(issues.forget)
    entry.async_on_unload(dialogue.end)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BackCareConfigEntry) -> bool:
    """The connection for announcements is a task of the entry, and ends with it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
