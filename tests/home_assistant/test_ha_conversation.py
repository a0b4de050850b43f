"""The agent: what goes to the service, what comes back, and what is said when nothing does."""

from __future__ import annotations

import asyncio
import socket

import pytest
from custom_components.voice_backcare import service as service_module
from custom_components.voice_backcare import spoken, wire
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from house import Satellite
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import CUT, HANG, StandIn, handled, not_handled

from conftest import Talk


def speech(result: conversation.ConversationResult) -> str:
    return result.response.speech["plain"]["speech"]


async def test_the_answer_is_spoken_and_the_microphone_stays_open(
    service: StandIn, entry: MockConfigEntry, talk: Talk
) -> None:
    """While the guide listens the conversation goes on under one id; at its end it does not."""
    service.answers.extend([handled("First?"), handled("Second?"), handled("The end.", listening=False)])
    first = await talk("my child's back hurts")
    assert (speech(first), first.continue_conversation) == ("First?", True)
    second = await talk("no", first.conversation_id)
    assert (speech(second), second.continue_conversation) == ("Second?", True)
    last = await talk("no", first.conversation_id)
    assert (speech(last), last.continue_conversation) == ("The end.", False)
    assert {turn.context["conversation_id"] for turn in service.turns} == {first.conversation_id}
    assert [turn.text for turn in service.turns] == ["my child's back hurts", "no", "no"]


async def test_two_conversations_are_two(service: StandIn, entry: MockConfigEntry, talk: Talk) -> None:
    """Without an id each sentence begins a conversation of its own."""
    one, other = await asyncio.gather(talk("hello"), talk("hello"))
    assert one.conversation_id != other.conversation_id
    assert len({turn.context["conversation_id"] for turn in service.turns}) == 2


async def test_the_service_is_told_where_the_voice_came_from(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """Satellite, device and language are in the context; it announces only where it can."""
    await talk("hello", satellite_id="assist_satellite.bedroom", device_id="a device")
    await talk("hello", satellite_id="assist_satellite.hall")
    await talk("hello", satellite_id="assist_satellite.nowhere")
    await talk("hello")
    bedroom, hall, nowhere, typed = (turn.context for turn in service.turns)
    assert bedroom["satellite_id"] == "assist_satellite.bedroom"
    assert (bedroom["device_id"], bedroom["language"]) == ("a device", "en")
    assert [at["voice_backcare"] for at in (bedroom, hall, nowhere, typed)] == [
        {"announces": True},
        {"announces": False},
        {"announces": False},
        {"announces": False},
    ]
    assert "satellite_id" not in typed


async def test_without_the_subscription_nothing_can_be_announced(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """A turn that finds the other connection broken says so, so that no phase of ice or heat begins."""
    entry.runtime_data.subscription.connected = False
    await talk("hello", satellite_id="assist_satellite.bedroom")
    assert service.turns[0].context["voice_backcare"] == {"announces": False}


async def test_what_is_not_handled_is_said_too(service: StandIn, entry: MockConfigEntry, talk: Talk) -> None:
    """A refusal of the service is an error with its sentence, and the microphone closes."""
    service.answers.append(not_handled("Too many people talk to me."))
    result = await talk("hello")
    assert speech(result) == "Too many people talk to me."
    assert result.response.response_type.value == "error"
    assert not result.continue_conversation


async def test_an_absent_service_is_told_with_when_to_call(hass: HomeAssistant, service: StandIn, talk: Talk) -> None:
    """The agent is there even if the service never was, and says when to call this house's number."""
    await service.stop()
    data = {"host": "127.0.0.1", "port": service.port, "emergency_number": "112"}
    made = MockConfigEntry(domain="voice_backcare", title="Back care", data=data)
    made.add_to_hass(hass)
    assert await hass.config_entries.async_setup(made.entry_id)
    result = await talk("my child's back hurts")
    assert speech(result) == spoken.away("112")
    assert "Call 112 for any of these" in speech(result) and "911" not in speech(result)
    assert result.response.response_type.value == "error"
    assert not result.continue_conversation
    assert await hass.config_entries.async_unload(made.entry_id)
    await service.start()


@pytest.mark.parametrize(
    "answer",
    [
        CUT,
        HANG,
        b"{",
        b"no json\n",
        b'{"type": "handled", "data_length": 99}\n',
        b"\n",
        b'{"type":"handled","data":[]}\n',
    ],
    ids=["cut", "hang", "half", "junk", "short", "empty", "list"],
)
async def test_a_lost_answer_begins_anew(
    service: StandIn, entry: MockConfigEntry, talk: Talk, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    """Nothing is sent twice, and the next "no" goes to a conversation that has asked nothing yet."""
    monkeypatch.setattr(service_module, "ANSWER_TIMEOUT_S", 0.3)
    first = await talk("hello")
    service.answers.append(answer)
    lost = await talk("no", first.conversation_id)
    assert speech(lost) == spoken.away()
    assert not lost.continue_conversation
    assert lost.conversation_id == first.conversation_id
    after = await talk("no", first.conversation_id)
    assert speech(after) == "And now?"
    assert [turn.text for turn in service.turns] == ["hello", "no", "no"]
    names = [turn.context["conversation_id"] for turn in service.turns]
    assert names[0] == names[1] != names[2]
    await talk("yes", first.conversation_id)
    assert service.turns[-1].context["conversation_id"] == names[2]


async def test_a_cancelled_turn_counts_as_lost(
    service: StandIn, entry: MockConfigEntry, satellites: list[Satellite], talk: Talk
) -> None:
    """A satellite that did not wait for the answer goes on under another name, in the same room."""
    first = await talk("hello", satellite_id="assist_satellite.bedroom")
    service.answers.append(HANG)
    turn = asyncio.create_task(talk("no", first.conversation_id, satellite_id="assist_satellite.bedroom"))
    while len(service.turns) < 2:
        await asyncio.sleep(0.01)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    await talk("no", first.conversation_id, satellite_id="assist_satellite.bedroom")
    before, lost, after = (turn.context for turn in service.turns)
    assert before["conversation_id"] == lost["conversation_id"] != after["conversation_id"]
    assert before["satellite_id"] == after["satellite_id"] == "assist_satellite.bedroom"


async def test_a_service_lost_in_mid_conversation_comes_back(
    service: StandIn, entry: MockConfigEntry, talk: Talk
) -> None:
    """While it is away each turn says so; once it is back the turns and the announcements go on by themselves."""
    first = await talk("hello")
    await service.stop()
    away = await talk("no", first.conversation_id)
    assert speech(away) == spoken.away()
    while entry.runtime_data.subscription.connected:
        await asyncio.sleep(0.01)
    await service.start()
    back = await talk("no", first.conversation_id)
    assert speech(back) == "And now?"
    await asyncio.wait_for(service.subscribed.wait(), 5)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_turn_that_was_never_sent_keeps_its_conversation(
    service: StandIn, entry: MockConfigEntry, talk: Talk
) -> None:
    """Where no connection came about nothing can have counted, so the conversation goes on where it was."""
    first = await talk("hello")
    await service.stop()
    await talk("no", first.conversation_id)
    await service.start()
    await talk("no", first.conversation_id)
    names = {turn.context["conversation_id"] for turn in service.turns}
    assert names == {first.conversation_id}


async def test_what_comes_in_between_begins_anew(service: StandIn, entry: MockConfigEntry, talk: Talk) -> None:
    """A second sentence, while the first is still answered, counts for no question that nobody has heard yet."""
    first = await talk("hello", "a conversation")
    service.answers.append(HANG)
    slow = asyncio.create_task(talk("no", first.conversation_id))
    while len(service.turns) < 2:
        await asyncio.sleep(0.01)
    cry = await talk("help, she's not breathing", first.conversation_id)
    assert (speech(cry), cry.conversation_id) == ("And now?", first.conversation_id)
    names = [turn.context["conversation_id"] for turn in service.turns]
    assert names[0] == names[1] != names[2]
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


@pytest.mark.parametrize("text", ["No.", "no", "No!", "n" * 10_000, "no " * 3_333, "\u2026", "\U0001f622"])
async def test_every_text_goes_as_it_came(service: StandIn, entry: MockConfigEntry, talk: Talk, text: str) -> None:
    """Whatever another recogniser writes is the service's to read: nothing is cut, cleaned or left out."""
    assert speech(await talk(text)) == "And now?"
    assert [turn.text for turn in service.turns] == [text]


async def test_half_a_character_costs_no_cry(service: StandIn, entry: MockConfigEntry, talk: Talk) -> None:
    """What no text can hold is left behind, and the rest is answered."""
    assert speech(await talk("help, she's not breathing \ud83d")) == "And now?"
    assert [turn.text for turn in service.turns] == ["help, she's not breathing ?"]


async def test_a_connection_that_never_comes_about_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody takes the connection it is given up in its own time, not in the system's two minutes."""
    monkeypatch.setattr(wire, "CONNECT_TIMEOUT_S", 0.3)
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):  # no room is left for a third
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        started_s = asyncio.get_running_loop().time()
        with pytest.raises(wire.Away, match="TimeoutError"):
            await wire.describe(*deaf.getsockname())
    assert asyncio.get_running_loop().time() - started_s < 2
