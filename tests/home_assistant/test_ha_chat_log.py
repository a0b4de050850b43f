"""What Home Assistant itself keeps of a conversation, release by release, and that no second sentence is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from custom_components.voice_backcare import chat
from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import async_get_pipeline
from homeassistant.components.conversation import trace
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS, async_subscribe_chat_logs
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from house import Satellite
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from stand_in_service import HANG, StandIn, handled

from conftest import Talk

NAME = "a-conversation"
CRY = "help, she's not breathing"


def kept(hass: HomeAssistant) -> str:
    """Every chat log and every state, as text."""
    logs = [log.as_dict() for log in hass.data.get(DATA_CHAT_LOGS, {}).values()]
    return json.dumps([logs, [state.as_dict() for state in hass.states.async_all()]], default=str)


def subscribed(hass: HomeAssistant) -> tuple[list[str], Callable[[], None]]:
    """What a subscriber of all chat logs is told, as text."""
    told: list[str] = []
    end = async_subscribe_chat_logs(hass, lambda *event: told.append(json.dumps(event, default=str)))
    return told, end


async def through_pipeline(client: Any, text: str, number: int) -> list[dict[str, Any]]:
    """A sentence that is typed into Home Assistant's own Assist window; every event of its pipeline."""
    command = {"type": "assist_pipeline/run", "start_stage": "intent", "end_stage": "intent", "conversation_id": NAME}
    await client.send_json({"id": number, **command, "input": {"text": text}})
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != "run-end":
        told = await client.receive_json()
        assert told.get("success", True), told
        if told["type"] == "event":
            events.append(told["event"])
    return events


async def test_by_its_action_no_chat_log_is_opened(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked straight (action, REST), no log, subscriber, state or log line of ours ever has a word of either side."""
    told, end = subscribed(hass)
    service.answers.append(handled("A secret question?"))
    await talk("a secret answer")
    end()
    assert not hass.data.get(DATA_CHAT_LOGS)
    assert "secret" not in kept(hass) + "".join(told)
    ours = [record for record in caplog.records if "voice_backcare" in record.name]
    assert not [record for record in ours if "secret" in record.getMessage()]


@pytest.mark.usefixtures("ours")
async def test_through_a_pipeline_the_chat_log_keeps_no_word(
    hass: HomeAssistant, service: StandIn, satellites: list[Satellite]
) -> None:
    """After a spoken turn neither side's words are in the log, on any release; a subscriber has seen what was said."""
    told, end = subscribed(hass)
    for text in ("a secret answer", "another secret"):
        service.answers.append(handled("A secret question?"))
        words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        words.set_result(text)
        await satellites[0].hear(words)
    end()
    assert [turn.text for turn in service.turns] == ["a secret answer", "another secret"]
    assert "secret" not in kept(hass)
    assert "a secret answer" in "".join(told)
    assert "A secret question?" not in "".join(told)


async def test_the_trace_keeps_the_last_three_turns(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, talk: Talk
) -> None:
    """What cannot be kept out, and is told in the docs: both sides of three turns, in memory only."""
    trace.async_clear_traces()
    for number in range(5):
        service.answers.append(handled(f"question {number}"))
        await talk(f"answer {number}")
    text = json.dumps([each.as_dict() for each in trace.async_get_traces()], default=str)
    assert [number for number in range(5) if f"answer {number}" in text] == [2, 3, 4]
    assert [number for number in range(5) if f"question {number}" in text] == [2, 3, 4]


@pytest.mark.usefixtures("ours")
async def test_a_second_turn_is_never_refused(
    hass: HomeAssistant, service: StandIn, hass_ws_client: WebSocketGenerator
) -> None:
    """A cry for help that is typed while another sentence of the conversation is answered gets its answer."""
    assert async_get_pipeline(hass).conversation_engine == "conversation.back_care"
    assert await async_setup_component(hass, "http", {})
    slow, fast = await hass_ws_client(hass), await hass_ws_client(hass)
    service.answers.append(HANG)
    waiting = asyncio.create_task(through_pipeline(slow, "no", 1))
    while not service.turns:
        await asyncio.sleep(0.01)
    service.answers.append(handled("Call 911 now."))
    events = await through_pipeline(fast, CRY, 1)
    assert "error" not in [event["type"] for event in events]
    (answer,) = (event["data"]["intent_output"] for event in events if event["type"] == "intent-end")
    assert answer["response"]["speech"]["plain"]["speech"] == "Call 911 now."
    assert [turn.text for turn in service.turns] == ["no", CRY]
    await service.stop()  # the first has its answer too: the service is away
    events = await waiting
    (answer,) = (event["data"]["intent_output"] for event in events if event["type"] == "intent-end")
    assert "Call 911 for any of these" in answer["response"]["speech"]["plain"]["speech"]
    assert CRY not in kept(hass)


async def test_somebody_else_of_the_house_is_answered(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry, hass_admin_user: User, hass_read_only_user: User
) -> None:
    """Where a conversation belongs to who began it, another person's cry for help begins one of its own."""

    async def say(text: str, user: User) -> conversation.ConversationResult:
        context = Context(user_id=user.id)
        agent_id = "conversation.back_care"
        return await conversation.async_converse(hass, text, NAME, context, language="en", agent_id=agent_id)

    first, second = await say("hello", hass_admin_user), await say(CRY, hass_read_only_user)
    assert [turn.text for turn in service.turns] == ["hello", CRY]
    assert second.response.response_type.value == "action_done"
    assert (second.conversation_id == first.conversation_id) is not chat._HAS_OWNER
