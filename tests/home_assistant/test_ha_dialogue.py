"""Silence on a satellite that can open its microphone: the service is told, it is asked into, and cuts nobody off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from custom_components.voice_backcare import announcer, asking, const, dialogue, satellite, spoken
from homeassistant.components.assist_pipeline import async_get_pipeline as get_pipeline
from house import Satellite
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import StandIn, handled

pytestmark = pytest.mark.usefixtures("ours")
WANTED = {"listening": True, "ended": False, "disposition": None}
CRY = "help, she's not breathing"


@pytest.fixture
def kitchen(satellites: list[Satellite], monkeypatch: pytest.MonkeyPatch) -> Satellite:
    """It can start a conversation, and does not open its microphone after an answer."""
    monkeypatch.setattr(dialogue, "REOPENS_S", 0.05)
    return satellites[1]


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def over(entry: MockConfigEntry) -> None:
    """Until nothing is led from the house any more."""
    await until(lambda: not entry.runtime_data.dialogue._tasks)


async def hear(room: Satellite, text: str) -> None:
    """A sentence that a wake word began."""
    words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    words.set_result(text)
    await room.hear(words)


def told(service: StandIn) -> list[str | None]:
    """What the service was told, in order; None: that nobody spoke."""
    return [None if "silence" in turn.context["voice_backcare"] else turn.text for turn in service.turns]


async def test_a_silence_is_asked_into(service: StandIn, entry: MockConfigEntry, kitchen: Satellite) -> None:
    """The question of a pipeline stays unanswered: the reprompts are asked, and the whole sentences come back."""
    kitchen.answers.extend(["", "no she's breathing just fine, she is"])
    service.answers.extend(
        [handled("Is it hard?"), handled("Say yes or no."), handled("Once more."), handled("The end.", listening=False)]
    )
    await hear(kitchen, "my child's back hurts")
    await until(lambda: kitchen.said)
    await over(entry)
    assert told(service) == ["my child's back hurts", None, None, "no she's breathing just fine, she is"]
    assert (kitchen.asked, kitchen.said) == (["Say yes or no.", "Once more."], ["The end."])
    assert len({turn.context["conversation_id"] for turn in service.turns}) == 1
    assert {turn.context["satellite_id"] for turn in service.turns} == {kitchen.entity_id}


async def test_off_is_asked_and_its_answer_is_heard(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite
) -> None:
    """An announcement that wants an answer goes on as a conversation of the session that it belongs to."""
    kitchen.answers.extend(["i took it off", "no"])
    service.answers.extend([handled("Has anything changed?"), handled("Off for 20 minutes.", listening=False)])
    await service.announce("1", "Off.", satellite_id=kitchen.entity_id, conversation_id="c", voice_backcare=WANTED)
    assert await asyncio.wait_for(service.confirmed.get(), 5) == "1"
    await until(lambda: kitchen.said)
    assert (kitchen.asked, kitchen.said) == (["Off.", "Has anything changed?"], ["Off for 20 minutes."])
    assert told(service) == ["i took it off", "no"]
    assert {turn.context["conversation_id"] for turn in service.turns} == {"c"}


async def test_a_microphone_that_opens_by_itself_is_left_alone(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the satellite listens after the answer and somebody speaks, nothing is asked from here."""
    monkeypatch.setattr(dialogue, "REOPENS_S", 10.0)
    service.answers.extend([handled("Is it hard?"), handled("Good night.", listening=False)])
    await hear(kitchen, "my child's back hurts")
    await hear(kitchen, "no")
    await over(entry)
    assert told(service) == ["my child's back hurts", "no"]
    assert kitchen.asked == []


async def test_a_wake_word_in_between_is_heard_whole(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a question waits somebody says the wake word and cries for help: it goes to the guide, and is answered."""
    monkeypatch.setattr(satellite, "SETTLED_S", const.SETTLED_S)
    never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    kitchen.answers.append(never)
    service.answers.extend(
        [handled("Is it hard?"), handled("Say yes or no."), handled("Call 911 now.", listening=False)]
    )
    await hear(kitchen, "my child's back hurts")
    await until(lambda: kitchen.asked and kitchen.state == "listening")
    await hear(kitchen, CRY)
    await over(entry)
    assert told(service) == ["my child's back hurts", None, CRY]
    assert (kitchen.asked, kitchen.said) == (["Say yes or no."], [])


async def test_a_satellite_that_only_announces_is_not_asked_on(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], kitchen: Satellite
) -> None:
    """Its microphone opens with the wake word only, and a question into a closed one would be no question."""
    await hear(satellites[0], "my child's back hurts")
    assert not entry.runtime_data.dialogue._tasks
    assert told(service) == ["my child's back hurts"]


async def test_it_does_not_ask_for_ever(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a service answers to silence, it is asked into a bounded number of times."""
    monkeypatch.setattr(dialogue, "SILENCES_MOST", 3)
    service.answers.extend([handled("Well?")] * 10)
    await hear(kitchen, "my child's back hurts")
    await over(entry)
    assert told(service) == ["my child's back hurts", None, None, None]
    assert len(kitchen.asked) == 3


async def test_a_microphone_that_stays_shut_is_a_silence(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device that never opens it hangs nothing: the time-out is our own."""
    monkeypatch.setattr(asking, "LISTENS_S", 0.05)
    monkeypatch.setattr(asking, "SPOKEN_WORDS_A_S", 1000)
    kitchen.answers.append(None)
    await service.announce("1", "Off.", satellite_id=kitchen.entity_id, voice_backcare=WANTED)
    assert await asyncio.wait_for(service.confirmed.get(), 5) == "1"
    await over(entry)
    assert told(service) == [None]
    assert kitchen.asked == ["Off."]


async def test_a_satellite_that_refuses_to_ask(
    service: StandIn, entry: MockConfigEntry, kitchen: Satellite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "Off" is asked again until it could be; a reprompt that could not be asked is said."""
    monkeypatch.setattr(announcer, "BUSY_WAIT_S", 0.01)
    kitchen.busy = 2
    await service.announce("1", "Off.", satellite_id=kitchen.entity_id, voice_backcare=WANTED)
    assert await asyncio.wait_for(service.confirmed.get(), 5) == "1"
    await over(entry)
    assert kitchen.asked == ["Off."]
    kitchen.busy = 1
    service.answers.extend([handled("Is it hard?"), handled("Say yes or no.")])
    await hear(kitchen, "my child's back hurts")
    await until(lambda: kitchen.said)
    await over(entry)
    assert (kitchen.asked, kitchen.said) == (["Off."], ["Say yes or no."])


async def test_the_satellites_own_assistant_decides(
    hass: Any, service: StandIn, entry: MockConfigEntry, kitchen: Satellite
) -> None:
    """Asked is only where the answer comes to the guide: by the assistant that was chosen for that satellite."""
    may = entry.runtime_data.announcer.would_hear_the_answer
    assert may(kitchen.entity_id)
    kitchen._attr_pipeline_entity_id = "select.kitchen_assistant"
    for chosen, hears in (("preferred", True), ("Another one", False), (get_pipeline(hass).name, True)):
        hass.states.async_set("select.kitchen_assistant", chosen)
        assert may(kitchen.entity_id) is hears, chosen
    assert not may("assist_satellite.of_the_neighbour")


async def test_a_service_that_went_in_between(service: StandIn, entry: MockConfigEntry, kitchen: Satellite) -> None:
    """An answer that finds the service away is answered with the danger signs; a silence is left as it is."""
    words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    kitchen.answers.append(words)
    await service.announce("1", "Off.", satellite_id=kitchen.entity_id, voice_backcare=WANTED)
    await until(lambda: kitchen.state == "listening")
    await service.stop()
    words.set_result("he passed out")
    await until(lambda: kitchen.said)
    assert kitchen.said == [spoken.away("911")]
    await service.start()


async def test_unloading_ends_it(hass: Any, service: StandIn, entry: MockConfigEntry, kitchen: Satellite) -> None:
    """A question that waits for its answer goes with the entry."""
    never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    kitchen.answers.append(never)
    service.answers.extend([handled("Is it hard?"), handled("Say yes or no.")])
    await hear(kitchen, "my child's back hurts")
    await until(lambda: kitchen.asked and kitchen.state == "listening")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: not [task for task in asyncio.all_tasks() if "voice_backcare" in task.get_name()])
    never.set_result("")
    await until(lambda: kitchen.state == "idle")
