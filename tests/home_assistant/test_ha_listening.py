"""An announcement and somebody who speaks: a real pipeline of Home Assistant listens, and its words come first."""

from __future__ import annotations

import asyncio

import pytest
from custom_components.voice_backcare import announcer, const, satellite
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from house import Satellite
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import StandIn, handled

WANTED = {"listening": True, "ended": False, "disposition": None}
CRY = "help, she's not breathing"


async def listening(room: Satellite) -> tuple[asyncio.Task[None], asyncio.Future[str]]:
    """A pipeline that listens there, and what ends it: the words."""
    words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    heard = asyncio.create_task(room.hear(words))
    while room.state != "listening":
        await asyncio.sleep(0)
    return heard, words


async def waiting(entry: MockConfigEntry) -> None:
    """Until an announcement has come in and is not said."""
    while not entry.runtime_data.announcer._saying:
        await asyncio.sleep(0.01)


async def confirmed(service: StandIn) -> str:
    return await asyncio.wait_for(service.confirmed.get(), 5)


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize("room", [0, 1], ids=["announces", "starts a conversation"])
async def test_a_cry_for_help_is_never_cut_off(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], room: int
) -> None:
    """ "Off" falls due while somebody speaks: every word reaches the guide, whose answer says what holds now."""
    heard, words = await listening(satellites[room])
    await service.announce("1", "Off.", satellite_id=satellites[room].entity_id, voice_backcare=WANTED)
    await waiting(entry)
    words.set_result(CRY)
    await heard
    assert [turn.text for turn in service.turns] == [CRY]
    await service.announce("2", "Off again.", satellite_id=satellites[room].entity_id)
    assert await confirmed(service) == "2"
    assert (satellites[room].said, satellites[room].asked) == (["Off again."], [])


@pytest.mark.usefixtures("ours")
async def test_it_is_said_at_once_where_nobody_spoke(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """A microphone that opened for nothing closes, and the announcement that waited for it is said."""
    bedroom = satellites[0]
    heard, words = await listening(bedroom)
    await service.announce("1", "Off.", satellite_id=bedroom.entity_id, voice_backcare=WANTED)
    await waiting(entry)
    assert not bedroom.said
    words.set_result("")
    assert await confirmed(service) == "1"
    await heard
    assert bedroom.said == ["Off."]
    assert not service.turns


async def test_what_is_said_to_another_assistant_is_not_cut_off_either(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """Somebody who asks for the lights is heard to the end and answered, then comes "off"."""
    bedroom = satellites[0]
    heard, words = await listening(bedroom)
    await service.announce("1", "Off.", satellite_id=bedroom.entity_id, voice_backcare=WANTED)
    await waiting(entry)
    words.set_result("turn on the lights")
    await heard
    assert await confirmed(service) == "1"
    assert bedroom.said == ["Off."]


@pytest.mark.usefixtures("ours")
async def test_a_microphone_that_opens_again_at_once_is_waited_for_too(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between an answer and the next listening a satellite is idle for a moment, and that is not the moment."""
    monkeypatch.setattr(satellite, "SETTLED_S", 3600.0)
    bedroom = satellites[0]
    heard, words = await listening(bedroom)
    await service.announce("1", "Off.", satellite_id=bedroom.entity_id, voice_backcare=WANTED)
    await waiting(entry)
    words.set_result("")
    await heard
    again, words = await listening(bedroom)
    words.set_result(CRY)
    await again
    assert [turn.text for turn in service.turns] == [CRY]
    assert not bedroom.said


@pytest.mark.usefixtures("ours")
async def test_off_does_not_wait_for_ever(
    hass: HomeAssistant,
    service: StandIn,
    entry: MockConfigEntry,
    satellites: list[Satellite],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A satellite that stays at "listening" is told "off" in its time; what wants no answer is shown instead."""
    monkeypatch.setattr(announcer, "IDLE_WAIT_S", 0.1)
    bedroom = satellites[0]
    heard, words = await listening(bedroom)
    await service.announce("1", "Halfway.", satellite_id=bedroom.entity_id)
    notes = persistent_notification._async_get_or_create_notifications(hass)
    while not notes:
        await asyncio.sleep(0.01)
    assert not heard.done()
    await service.announce("2", "Off.", satellite_id=bedroom.entity_id, voice_backcare=WANTED)
    assert await confirmed(service) == "2"
    assert bedroom.said == ["Off."]
    with pytest.raises(asyncio.CancelledError):
        await heard
    words.cancel()


def test_off_is_said_within_thirty_seconds() -> None:
    """The wait for a free satellite leaves time to put "off" into speech, and the room is given back in time."""
    assert const.IDLE_WAIT_S + 3 <= 30
    assert const.TOLD_TIMEOUT_S <= const.IDLE_WAIT_S


@pytest.mark.usefixtures("ours")
async def test_a_satellite_that_goes_in_the_midst(
    hass: HomeAssistant,
    service: StandIn,
    entry: MockConfigEntry,
    satellites: list[Satellite],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it was to say is shown; nothing hangs on it, and the other room speaks."""
    monkeypatch.setattr(announcer, "IDLE_WAIT_S", 0.1)
    bedroom, kitchen, _ = satellites
    heard, words = await listening(bedroom)
    await service.announce("1", "Off.", satellite_id=bedroom.entity_id, voice_backcare=WANTED)
    await waiting(entry)
    hass.states.async_set(bedroom.entity_id, "unavailable")
    await service.announce("2", "Halfway.", satellite_id=kitchen.entity_id)
    assert await confirmed(service) == "2"
    notes = persistent_notification._async_get_or_create_notifications(hass)
    while not notes:
        await asyncio.sleep(0.01)
    assert [note["message"] for note in notes.values()] == ["Off."]
    words.set_result("")
    await heard


@pytest.mark.usefixtures("ours")
async def test_two_satellites_of_one_room_talk_apart(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite]
) -> None:
    """Each is a conversation of its own, and what one of them waits to say keeps the other from nothing."""
    service.answers.extend([handled("And here?"), handled("And there?")])
    pairs = [await listening(room) for room in satellites[:2]]
    for (heard, words), text in zip(pairs, ("no", "yes"), strict=True):
        words.set_result(text)
        await heard
    rooms = {turn.context["satellite_id"]: turn.text for turn in service.turns}
    assert rooms == {satellites[0].entity_id: "no", satellites[1].entity_id: "yes"}
    assert len({turn.context["conversation_id"] for turn in service.turns}) == 2
