"""What a satellite is doing, as Home Assistant shows it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from homeassistant.components.assist_satellite.entity import AssistSatelliteState
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .const import SETTLED_S

_BUSY = {AssistSatelliteState.LISTENING, AssistSatelliteState.PROCESSING, AssistSatelliteState.RESPONDING}


async def async_idle(hass: HomeAssistant, satellite_id: str, within_s: float) -> bool:
    """Wait until nobody is listened to or answered there, at most ``within_s``; whether it is so.

    Home Assistant ends a running pipeline to announce, in the midst of what somebody says. An answer that leaves the
    microphone open makes the satellite idle only for a moment, so it has to be idle for that moment and longer. A
    satellite that is gone keeps nobody waiting.
    """
    changed = asyncio.Event()

    @callback
    def note(_: Event[EventStateChangedData]) -> None:
        changed.set()

    unsubscribe = async_track_state_change_event(hass, satellite_id, note)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while (still_s := _unsettled_s(hass, satellite_id)) != 0:
                    changed.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(still_s):
                            await changed.wait()
    finally:
        unsubscribe()
    return _unsettled_s(hass, satellite_id) == 0


def _unsettled_s(hass: HomeAssistant, satellite_id: str) -> float | None:
    """How long it has yet to stay as it is to count as idle; None: until it changes."""
    state = hass.states.get(satellite_id)
    if state is None:
        return 0
    if state.state in _BUSY:
        return None
    if state.state != AssistSatelliteState.IDLE:
        return 0
    return max(0.0, SETTLED_S - (dt_util.utcnow() - state.last_changed).total_seconds())


async def async_listening(hass: HomeAssistant, satellite_id: str, within_s: float) -> bool:
    """Wait until the microphone is open there, at most ``within_s``; whether it is."""
    opened = asyncio.Event()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None and state.state == AssistSatelliteState.LISTENING:
            opened.set()

    unsubscribe = async_track_state_change_event(hass, satellite_id, note)
    try:
        if state_of(hass, satellite_id) == AssistSatelliteState.LISTENING:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await opened.wait()
    finally:
        unsubscribe()
    return opened.is_set()


def state_of(hass: HomeAssistant, satellite_id: str) -> str | None:
    """What the satellite does; None where there is none."""
    state = hass.states.get(satellite_id)
    return state.state if state else None
