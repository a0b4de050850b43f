"""A question on a satellite that can open its microphone by itself, and what was said to it."""

from __future__ import annotations

import asyncio

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE
from homeassistant.components.assist_satellite.entity import AssistSatelliteState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event

from .const import LISTENS_S, SPOKEN_WORDS_A_S
from .satellite import state_of

_HEARS = (AssistSatelliteState.LISTENING, AssistSatelliteState.PROCESSING)


class NotAsked(Exception):
    """The satellite could not ask now."""


async def async_ask(hass: HomeAssistant, satellite_id: str, question: str) -> str | None:
    """Ask, and return the sentence that was said; None where nothing was within its time.

    Raises ``NotAsked``. Who is speaking when the time is over is heard to the end.
    """
    opened = False

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        nonlocal opened
        state = event.data["new_state"]
        opened = opened or (state is not None and state.state == AssistSatelliteState.LISTENING)

    unsubscribe = async_track_state_change_event(hass, satellite_id, note)
    # Called without answers to choose from, so that the sentence comes back as it was heard; the guide reads it.
    call = hass.async_create_task(
        hass.services.async_call(
            SATELLITE,
            "ask_question",
            {ATTR_ENTITY_ID: satellite_id, "question": question, "preannounce": False},
            blocking=True,
            return_response=True,
        ),
        "voice_backcare question",
    )
    try:
        await asyncio.wait([call], timeout=len(question.split()) / SPOKEN_WORDS_A_S + LISTENS_S)
        if not call.done() and state_of(hass, satellite_id) in _HEARS:
            await asyncio.wait([call], timeout=LISTENS_S)
        if not call.done():
            return None  # said, as far as can be told from here; the microphone may never have opened
        answer = await call
    except (HomeAssistantError, NotImplementedError, OSError) as error:
        if opened:
            return None
        raise NotAsked(type(error).__name__) from error
    finally:
        call.cancel()
        unsubscribe()
    sentence = answer.get("sentence") if answer else None
    return sentence if isinstance(sentence, str) and sentence.strip() else None
