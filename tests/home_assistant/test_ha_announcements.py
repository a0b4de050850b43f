"""What the coach says by itself reaches the satellite that asked, once, in order, and is confirmed when it was said."""

from __future__ import annotations

import asyncio

import pytest
from custom_components.voice_backcare import announcer
from homeassistant.components import assist_pipeline, persistent_notification
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from house import Satellite
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import StandIn
from wyoming.event import Event

from conftest import Talk


async def confirmed(service: StandIn) -> str:
    return await asyncio.wait_for(service.confirmed.get(), 5)


async def test_an_announcement_is_said_where_it_belongs(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """The satellite that asked says it, no other does, and then it is confirmed."""
    await service.announce("7", "Take the ice off now.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "7"
    assert [room.said for room in satellites] == [["Take the ice off now."], [], []]


async def test_it_is_confirmed_only_once_it_was_said(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """While the satellite still plays it there is no confirmation."""
    bedroom = satellites[0]
    bedroom.playing.clear()
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    while not bedroom.tried:
        await asyncio.sleep(0.01)
    assert service.confirmed.empty()
    bedroom.playing.set()
    assert await confirmed(service) == "1"


async def test_one_after_the_other_in_a_room_and_at_once_in_two(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """A satellite is never told two things at once, and one that is slow does not keep the others waiting."""
    bedroom, kitchen, _ = satellites
    bedroom.playing.clear()
    for number in range(3):
        await service.announce(f"b{number}", f"Bedroom {number}.", satellite_id="assist_satellite.bedroom")
    await service.announce("k", "Kitchen.", satellite_id="assist_satellite.kitchen")
    assert await confirmed(service) == "k"
    bedroom.playing.set()
    assert [await confirmed(service) for _ in range(3)] == ["b0", "b1", "b2"]
    assert bedroom.said == ["Bedroom 0.", "Bedroom 1.", "Bedroom 2."]
    assert bedroom.most_at_once == 1
    assert kitchen.said == ["Kitchen."]


async def test_a_busy_satellite_is_asked_again(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal is no end: it is tried until it was said."""
    monkeypatch.setattr(announcer, "BUSY_WAIT_S", 0.01)
    satellites[0].busy = 3
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "1"
    assert (satellites[0].tried, satellites[0].said) == (4, ["Off."])


async def test_what_cannot_be_said_is_shown_and_not_confirmed(
    hass: HomeAssistant,
    service: StandIn,
    entry: MockConfigEntry,
    satellites: list[Satellite],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a satellite it becomes a notification, until the satellite speaks again (D9)."""
    monkeypatch.setattr(announcer, "BUSY_WAIT_S", 0.01)
    monkeypatch.setattr(announcer, "IDLE_WAIT_S", 0.2)
    satellites[0].busy = 1_000_000
    await service.announce("1", "Take the heat off now.", satellite_id="assist_satellite.bedroom")
    notes = persistent_notification._async_get_or_create_notifications(hass)
    while not notes:
        await asyncio.sleep(0.01)
    (note,) = notes.values()
    assert note["message"] == "Take the heat off now."
    assert service.confirmed.empty()
    satellites[0].busy = 0
    await service.announce("2", "Take the heat off.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "2"
    assert not notes


async def test_the_microphone_opens_where_an_answer_is_wanted(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """A satellite that can, and whose assistant is ours, listens after "off"; elsewhere it is only said."""
    bedroom, kitchen, _ = satellites
    wanted = {"listening": True, "ended": False, "disposition": None}
    await service.announce("1", "Off.", satellite_id="assist_satellite.kitchen", voice_backcare=wanted)
    assert await confirmed(service) == "1"
    assert (kitchen.said, kitchen.asked) == (["Off."], []), "the answer would have gone to another agent"
    preferred = assist_pipeline.async_get_pipeline(hass)
    await assist_pipeline.async_update_pipeline(hass, preferred, conversation_engine="conversation.back_care")
    for number, room in enumerate(("bedroom", "kitchen")):
        where = {"satellite_id": f"assist_satellite.{room}", "voice_backcare": wanted}
        await service.announce(f"2{number}", "Off again.", **where)
        assert await confirmed(service) == f"2{number}"
    await service.announce("3", "Halfway.", satellite_id="assist_satellite.kitchen")
    assert await confirmed(service) == "3"
    assert bedroom.said == ["Off again."]
    assert (kitchen.said, kitchen.asked) == (["Off.", "Halfway."], ["Off again."])


async def test_what_is_sent_again_is_said_once(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """The service repeats what is not confirmed yet: while it plays and after it was said it is not said again."""
    bedroom = satellites[0]
    bedroom.playing.clear()
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    while not bedroom.tried:
        await asyncio.sleep(0.01)
    bedroom.playing.set()
    assert await confirmed(service) == "1"
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "1"
    assert bedroom.said == ["Off."]


async def test_what_waits_is_out_of_date_once_somebody_speaks(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """A reminder that had to wait is not said after the answer to a later sentence of the same room."""
    bedroom = satellites[0]
    bedroom.playing.clear()
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    await service.announce("2", "It is time to take it off.", satellite_id="assist_satellite.bedroom")
    while not bedroom.tried:
        await asyncio.sleep(0.01)
    await talk("it is off", satellite_id="assist_satellite.bedroom")
    bedroom.playing.set()
    assert await confirmed(service) == "1"
    await service.announce("3", "Now ten minutes.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "3"
    assert bedroom.said == ["Off.", "Now ten minutes."]


async def test_another_houses_satellite_is_none_of_ours(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """Two Home Assistants may share one service: what belongs to the other is neither said, shown nor confirmed."""
    await service.announce("1", "Off.", satellite_id="assist_satellite.of_the_neighbour")
    await service.announce("2", "Off.", satellite_id=None, device_id="their box")
    await service.announce("3", "On.", satellite_id="assist_satellite.kitchen")
    assert await confirmed(service) == "3"
    assert service.confirmed.empty()
    assert not persistent_notification._async_get_or_create_notifications(hass)


async def test_a_device_is_enough(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """An older Home Assistant names the device only: the satellite of that device speaks."""
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("a_house", "box")})
    er.async_get(hass).async_update_entity("assist_satellite.kitchen", device_id=device.id)
    await service.announce("1", "Off.", device_id=device.id)
    assert await confirmed(service) == "1"
    assert satellites[1].said == ["Off."]


async def test_junk_on_the_line_stops_nothing(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """Unknown events and announcements without a text are passed over."""
    await service.send_raw(Event(type="something-else", data={}))
    await service.send_raw(Event(type="voice_backcare-announcement", data={"id": 5}))
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "1"


async def test_the_subscription_comes_back(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """After the service was gone the connection is made again without a turn, and announces again."""
    await service.stop()
    await asyncio.sleep(0.1)
    await service.start()
    await asyncio.wait_for(service.subscribed.wait(), 10)
    await service.announce("1", "Off.", satellite_id="assist_satellite.bedroom")
    assert await confirmed(service) == "1"
    await talk("hello", satellite_id="assist_satellite.bedroom")
    assert service.turns[-1].context["voice_backcare"] == {"announces": True}


async def test_unloading_ends_everything_and_loading_begins_again(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """Unloaded: no agent, no connection, no task. Reloaded: all of it again."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    while service._open:
        await asyncio.sleep(0.01)
    assert hass.states.get("conversation.back_care").state == "unavailable"
    assert not [task for task in asyncio.all_tasks() if "voice_backcare" in task.get_name()]
    service.subscribed.clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.wait_for(service.subscribed.wait(), 5)
    assert (await talk("hello")).continue_conversation
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
