"""The Wyoming service as a client of the ``wyoming`` package meets it: turns, rooms, announcements."""

from __future__ import annotations

import asyncio
import json
import random
import time

import pytest

pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")

import oracle
from replaying import scripts
from test_turns import SAID, TO_HOME_CARE
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.handle import NotHandled
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming_rig import Running, answer, run, running, turn

from voice_backcare.assistants.sessions import Sessions
from voice_backcare.assistants.turns import TurnConversation
from voice_backcare.assistants.wyoming.announcements import AGAIN_S, AWAY_S
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()
TIMED = {"announces": True}


def test_it_says_what_it_is() -> None:
    """Describe: a handle program; an asr program only where there is a model to hear with."""

    async def scenario() -> None:
        for hear, count in ((None, 0), (lambda *_: {}, 1)):
            async with running(CORES, hear=hear) as service, service.client() as client:
                await client.write_event(Describe().event())
                info = Info.from_event(await answer(client))
                assert [program.name for program in info.handle] == ["voice_backcare"]
                assert info.handle[0].models[0].languages == ["en"]
                assert len(info.asr) == count
                await client.write_event(Ping("still there?").event())
                assert Pong.from_event(await answer(client)).text == "still there?"

    run(scenario())


def test_a_whole_triage_a_connection_a_turn() -> None:
    """Every turn on a connection of its own, as Home Assistant does: the conversation is the context's."""

    async def scenario() -> None:
        async with running(CORES) as service:
            for text in TO_HOME_CARE:
                handled = await service.turn(text, conversation_id="01J")
            assert handled.text and handled.text.endswith("Shall I tell you what to do at home?")
            expected = {"listening": True, "ended": False, "disposition": "home_care"}
            assert handled.context == {"conversation_id": "01J", "voice_backcare": expected}
            handled = await service.turn("no", conversation_id="01J")
            expected = {"listening": False, "ended": True, "disposition": "home_care"}
            assert handled.context == {"conversation_id": "01J", "voice_backcare": expected}

    run(scenario())


def test_a_whole_triage_on_one_connection_without_any_context() -> None:
    """Who names no conversation has the connection's; another connection has another one."""

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as first, service.client() as second:
            for text in TO_HOME_CARE[:3]:
                handled = await turn(first, text)
            assert handled.text == "Not confused. Is your child strangely sleepy, or hard to wake?"
            assert "Is it hard for your child to breathe" in str((await turn(second, "hello")).text)
            conversation_id = (handled.context or {})["conversation_id"]
            handled = await turn(second, "no", conversation_id=conversation_id)
            assert handled.text == "Not too sleepy, not hard to wake. Has your child fainted or passed out?"

    run(scenario())


def test_every_transcript_through_the_service() -> None:
    """The files that test the dialogue, their texts sent as transcripts: word for word what the turns say."""

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as client:
            for script in scripts():
                alone = TurnConversation(CORES)
                for text in ["hello", *(line for line in script.said if not line.startswith("+"))]:
                    reply = alone.reply(text, 1000.0)
                    handled = await turn(client, text, conversation_id=script.name)
                    assert handled.text == " ".join(reply.lines), script.name
                    ours = (handled.context or {})["voice_backcare"]
                    assert ours == {
                        "listening": reply.listening,
                        "ended": reply.ended,
                        "disposition": reply.disposition,
                    }

    run(scenario())


def test_random_answers_end_as_the_table_says() -> None:
    """D1, D2: the disposition that the service tells is the oracle's, turn by turn."""
    chance = random.Random(4)

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as client:
            for number in range(40):
                given: dict[str, str] = {}
                handled = await turn(client, "hello", conversation_id=str(number))
                while oracle.kind(ask := oracle.next_ask(given)) in ("question", "read_back"):
                    assert (handled.context or {})["voice_backcare"]["disposition"] == oracle.outcome(given)
                    if oracle.kind(ask) == "read_back":
                        given[ask], texts = "confirmed", ["Yes."]
                    else:
                        given[ask] = chance.choices(("yes", "no", "unsure"), (1, 20, 1))[0]
                        texts = [chance.choice(SAID[given[ask]]) for _ in range(2 if given[ask] == "unsure" else 1)]
                    for text in texts:
                        handled = await turn(client, text, conversation_id=str(number))
                assert (handled.context or {})["voice_backcare"]["disposition"] == oracle.outcome(given)

    run(scenario())


def test_many_at_once_are_never_mixed() -> None:
    """Sixty conversations in random order, every turn a connection of its own, some at the same moment."""
    chance = random.Random(5)

    async def converse(service: Running, name: str, texts: list[str]) -> None:
        alone = TurnConversation(CORES)
        for text in texts:
            await asyncio.sleep(chance.random() / 50)
            handled = await service.turn(text, conversation_id=name, satellite_id=f"satellite {name}")
            assert handled.text == " ".join(alone.reply(text, 1000.0).lines), name

    async def scenario() -> None:
        async with running(CORES) as service:
            words = ["no", "no", "no", "maybe", "yes", "go back", "purple", "why", "stop"]
            await asyncio.gather(
                *(converse(service, str(n), ["hello", *chance.choices(words, k=12)]) for n in range(60))
            )
            assert len(service.service.sessions) == 60

    run(scenario())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": None},
        {"text": 5, "context": {"conversation_id": "a"}},
        {"text": "no", "context": "a"},
        {"text": "no", "context": {"conversation_id": 7}},
        {"text": "no", "context": {"conversation_id": "x" * 5000}},
        {"text": "no", "context": {"voice_backcare": []}},
        {"text": "no", "context": {"conversation_id": "\ud800"}},
    ],
)
def test_what_is_no_transcript_gets_a_sentence(data: dict[str, object]) -> None:
    """NotHandled says what is wrong, and the connection goes on."""

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as client:
            # As JSON escapes it: half a character cannot be written otherwise.
            sent = json.dumps({"type": "transcript", "data": data}).encode() + b"\n"
            client._writer.write(sent)
            event = await answer(client)
            assert NotHandled.is_type(event.type) and event.data["text"].endswith(".")
            assert (await turn(client, "hello", conversation_id="b")).text

    run(scenario())


def test_where_no_room_is_free_an_emergency_is_answered_all_the_same() -> None:
    """Others get a sentence that names 911; nobody's emergency is given up for them."""

    async def scenario() -> None:
        async with running(CORES, sessions=Sessions(CORES, most=1)) as service:
            await service.texts("first", "hello", "yes")
            async with service.client() as client:
                await client.write_event(Transcript("hello", context={"conversation_id": "second"}).event())
                event = await answer(client)
                assert NotHandled.is_type(event.type) and "911" in event.data["text"]
                handled = await turn(client, "he is not breathing", conversation_id="second")
                assert handled.text and handled.text.startswith("Call 911 now.")
            assert (await service.texts("first", "repeat")).text

    run(scenario())


def test_a_mistake_of_the_program_s_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No silence, no lost connection: a sentence that names 911, and the next text is answered."""

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as client:
            with monkeypatch.context() as patch:
                patch.setattr(Sessions, "reply", lambda *_, **__: 1 / 0)
                await client.write_event(Transcript("hello").event())
                event = await answer(client)
                assert NotHandled.is_type(event.type) and "911" in event.data["text"]
            assert (await turn(client, "hello")).text

    run(scenario())


# --- announcements -------------------------------------------------------------------------


async def subscribe(client: AsyncTcpClient) -> None:
    """Subscribed once this returns: an answer to what is sent after it says so."""
    await client.write_event(Event("voice_backcare-subscribe", {}))
    await client.write_event(Ping().event())
    await answer(client)


def test_an_hour_is_announced_to_who_subscribed() -> None:
    """C3: on time, for the satellite that asked, and not again once it was announced."""

    async def scenario() -> None:
        async with running(CORES) as service, service.client() as listener:
            await subscribe(listener)
            context = {"conversation_id": "c", "satellite_id": "kitchen", "device_id": "d", "voice_backcare": TIMED}
            await service.turn("start ice", **context)
            handled = await service.turn("yes", **context)
            assert handled.text and handled.text.startswith("On. Hold the ice on the sore spot for 20 minutes.")
            service.clock.advance(600)
            event = await answer(listener)
            assert event.type == "voice_backcare-announcement"
            assert event.data["text"].startswith("Halfway.")
            named = {key: event.data[key] for key in ("conversation_id", "satellite_id", "device_id")}
            assert named == {"conversation_id": "c", "satellite_id": "kitchen", "device_id": "d"}
            await listener.write_event(Event("voice_backcare-announced", {"id": event.data["id"]}))
            service.clock.advance(600)
            off = await answer(listener)
            assert off.data["text"].startswith("Off. Take the ice off now.")
            assert off.data["voice_backcare"]["listening"] is True

    run(scenario())


def test_an_announcement_that_nobody_confirms_is_said_again() -> None:
    """The same one, until it is confirmed or the person has spoken; a subscriber that comes back gets it at once."""

    async def scenario() -> None:
        async with running(CORES) as service:
            async with service.client() as first:
                await subscribe(first)
                await service.texts("c", "start ice", "yes", **TIMED)
                service.clock.advance(1200)
                off = await answer(first)
                service.clock.advance(AGAIN_S)
                assert (await answer(first)).data["id"] == off.data["id"]
            async with service.client() as second:
                await subscribe(second)
                assert (await answer(second)).data["id"] == off.data["id"]
                await service.texts("c", "okay", **TIMED)
                service.clock.advance(AGAIN_S)
                await asyncio.sleep(0.6)
                await second.write_event(Ping().event())
                assert Pong.is_type((await answer(second)).type), "nothing is said again after the person has spoken"

    run(scenario())


def test_without_a_subscriber_nothing_is_timed_whatever_a_client_says() -> None:
    """ "announces" counts only while somebody listens for announcements."""

    async def scenario() -> None:
        async with running(CORES) as service:
            handled = await service.texts("c", *TO_HOME_CARE, "yes", "start ice", **TIMED)
            assert handled.text and handled.text.startswith("I can not keep the time here.")
            async with service.client() as listener:
                await subscribe(listener)
            handled = await service.texts("d", "hello", *TO_HOME_CARE[1:], "yes", "start ice", **TIMED)
            assert handled.text and handled.text.startswith("I can not keep the time here.")

    run(scenario())


def test_an_hour_outlives_a_short_gap_and_ends_after_a_long_one() -> None:
    """A subscriber that comes back in seconds ends nothing; where none comes back, the pack comes off first."""

    async def scenario() -> None:
        async with running(CORES) as service:
            async with service.client() as listener:
                await subscribe(listener)
                await service.texts("c", "start ice", "yes", **TIMED)
            while any(each.subscribed for each in service.service._connections):
                await asyncio.sleep(0.01)
            handled = await service.texts("c", "how long is left", **TIMED)
            assert handled.text and handled.text.startswith("The ice stays on")
            service.clock.advance(AWAY_S)
            handled = await service.texts("c", "how long is left", **TIMED)
            assert handled.text and handled.text.startswith("Take the ice off.")

    run(scenario())


def test_a_subscriber_may_be_silent_for_long() -> None:
    """It only listens; the patience that holds for others does not hold for it."""
    from voice_backcare.assistants.wyoming.framing import Patience

    async def scenario() -> None:
        patience = Patience(first_s=0.2, idle_s=0.2)
        async with running(CORES, patience=patience) as service, service.client() as listener:
            await subscribe(listener)
            began = time.monotonic()
            while time.monotonic() - began < 0.8:
                await asyncio.sleep(0.1)
            await listener.write_event(Ping().event())
            assert Pong.is_type((await answer(listener)).type)

    run(scenario())
