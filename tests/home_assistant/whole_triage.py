"""A real Home Assistant talks through whole conversations with the real service; prints a transcript and figures.

Run by scripts/test-home-assistant; every promise is an assertion, so that it exits with 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
import tomllib
from pathlib import Path
from typing import Any

from running_hass import Hass, free_port, hass

AGENT = "conversation.back_care_for_a_child"
TURNS_MOST = 80
NOES = ("No.", "no, not at all", "No!", "nope", "No, he doesn't.")  # as different recognisers write it


class Talk:
    """One conversation through one of the API's doors; keeps who said what, and how long each answer took."""

    def __init__(self, house: Hass, door: str, pipeline: str) -> None:
        self._house = house
        self._door = door
        self._pipeline = pipeline
        self.conversation_id: str | None = None
        self.open = False
        self.lines: list[tuple[str, str]] = []
        self.times_s: list[float] = []

    async def say(self, text: str) -> str:
        """The answer's speech."""
        began_s = time.monotonic()
        result = await (self._by_rest(text) if self._door == "rest" else self._by_pipeline(text))
        self.times_s.append(time.monotonic() - began_s)
        assert self.conversation_id in (None, result["conversation_id"]), "the conversation has changed its name"
        self.conversation_id = result["conversation_id"]
        self.open = result["continue_conversation"]
        assert result["response"]["response_type"] == "action_done", result
        answer: str = result["response"]["speech"]["plain"]["speech"]
        self.lines.append((text, answer))
        return answer

    async def _by_rest(self, text: str) -> dict[str, Any]:
        data = {"text": text, "language": "en", "agent_id": AGENT}
        if self.conversation_id:
            data["conversation_id"] = self.conversation_id
        return dict(await self._house.post("/api/conversation/process", data))

    async def _by_pipeline(self, text: str) -> dict[str, Any]:
        command = {"type": "assist_pipeline/run", "start_stage": "intent", "end_stage": "intent"}
        command |= {"input": {"text": text}, "pipeline": self._pipeline, "conversation_id": self.conversation_id}
        events = await self._house.call(command, until="run-end")
        ends = [event["event"]["data"] for event in events if event.get("event", {}).get("type") == "intent-end"]
        return dict(ends[0]["intent_output"])


def words(checkout: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The questions by id, and the lines' texts."""
    content = checkout / "src" / "voice_backcare" / "core" / "content" / "data"
    questions = tomllib.loads((content / "questions.toml").read_text(encoding="utf-8"))["question"]
    lines = tomllib.loads((content / "lines.toml").read_text(encoding="utf-8"))["line"]
    return {question["id"]: question for question in questions}, {key: line["text"] for key, line in lines.items()}


async def add_guide(house: Hass, host: str, port: int) -> str:
    """Adds the integration through its forms, a wrong port first; then an assistant that talks with it."""
    given = {"host": host, "emergency_number": "911"}
    wrong, made = await house.add("voice_backcare", given | {"port": free_port()}, given | {"port": port})
    assert wrong["errors"] == {"base": "cannot_connect"}, wrong
    assert made["type"] == "create_entry", made
    states = [state["entity_id"] for state in await house.get("/api/states")]
    assert AGENT in states, states
    pipeline = {
        "type": "assist_pipeline/pipeline/create",
        "name": "Back care",
        "language": "en",
        "conversation_engine": AGENT,
        "conversation_language": "en",
        "prefer_local_intents": False,
    } | dict.fromkeys(
        ("stt_engine", "stt_language", "tts_engine", "tts_language", "tts_voice", "wake_word_entity", "wake_word_id")
    )
    return str((await house.call(pipeline))[0]["result"]["id"])


async def whole(talk: Talk, questions: dict[str, dict[str, Any]], lines: dict[str, str]) -> None:
    """All is "no" in whole sentences, the parts are right, and the home-care steps are heard to their end."""
    answer = await talk.say("my child's back hurts")
    asked = []
    while talk.open:
        assert len(talk.lines) < TURNS_MOST, "this never ends"
        asked += [key for key, question in questions.items() if question["ask"] in answer]
        if lines["home_care_start"] in "".join(text for _, text in talk.lines):
            text = "next"
        elif lines["is_that_right"] in answer or lines["offer_home_care"] in answer:
            text = "Yes, that's right."
        else:
            text = NOES[len(talk.lines) % len(NOES)]
        answer = await talk.say(text)
    assert asked == list(questions), asked
    told = " ".join(text for _, text in talk.lines)
    for line_id in ("opening_guide", "home_care", "offer_home_care", "home_care_start"):
        assert lines[line_id] in told, line_id


async def emergency(talk: Talk, questions: dict[str, dict[str, Any]], lines: dict[str, str]) -> None:
    """The second question is answered with yes: "call 911" at once, and the microphone stays open for what follows."""
    assert questions["E1"]["ask"] in await talk.say("my child's back hurts")
    assert questions["E2"]["ask"] in await talk.say("no")
    answer = await talk.say("yes")
    assert answer.startswith(lines["call_911"]) or lines["call_911"] in answer[:80], answer
    assert talk.open, "after the 911 instruction the person can ask for it again"
    assert lines["call_911"] in await talk.say("repeat")


async def cry(talk: Talk, lines: dict[str, str]) -> None:
    """A cry for help as the very first sentence is enough."""
    assert lines["call_911"] in await talk.say("help she's not breathing")


async def diagnostics(house: Hass, talks: list[Talk]) -> None:
    """What Home Assistant hands out about the integration holds no word of any of it."""
    entries = await house.get("/api/config/config_entries/entry")
    (entry,) = (entry for entry in entries if entry["domain"] == "voice_backcare")
    told = json.dumps(await house.get(f"/api/diagnostics/config_entry/{entry['entry_id']}"))
    assert '"answered"' in told
    for talk in talks:
        assert str(talk.conversation_id) not in told
        assert not [answer for _, answer in talk.lines if answer in told]
    assert "call_911" not in told


async def chat_logs(house: Hass, talks: list[Talk]) -> None:
    """What Home Assistant shows of the conversations while it still remembers them holds no word of either side."""
    for talk in talks:
        command = {"type": "conversation/chat_log/subscribe", "conversation_id": talk.conversation_id}
        events = await house.call(command, until="event", refused=True)
        log = [event["event"]["data"]["content"] for event in events if event["type"] == "event"]
        assert not [each for content in log for each in content if each.get("content")], log


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", required=True, help="HOST:PORT of voice-backcare wyoming")
    parser.add_argument("--config", type=Path, required=True, help="a folder for hass, made anew")
    parser.add_argument("--checkout", type=Path, required=True)
    given = parser.parse_args()
    host, _, port = given.service.rpartition(":")
    questions, lines = words(given.checkout)
    began_s = time.monotonic()
    async with hass(given.config, given.checkout) as house:
        print(f"hass started in {time.monotonic() - began_s:.0f} s")
        await house.onboard()
        pipeline = await add_guide(house, host, int(port))
        by_rest, by_pipeline = Talk(house, "rest", pipeline), Talk(house, "pipeline", pipeline)
        await asyncio.gather(whole(by_rest, questions, lines), whole(by_pipeline, questions, lines))
        assert by_rest.lines == by_pipeline.lines, "two doors, two conversations"
        urgent, crying = Talk(house, "pipeline", pipeline), Talk(house, "rest", pipeline)
        await emergency(urgent, questions, lines)
        await cry(crying, lines)
        talks = [by_rest, by_pipeline, urgent, crying]
        await diagnostics(house, talks)
        await chat_logs(house, talks)
    for talk in (by_rest, urgent, crying):
        print("\n" + "\n".join(f"> {text}\n{answer}" for text, answer in talk.lines))
    log = (given.config / "output.log").read_text(encoding="utf-8")
    ours = [line for line in log.splitlines() if "voice_backcare" in line and "not been tested" not in line]
    assert not ours, ours
    print()
    for talk, door in ((by_rest, "REST"), (by_pipeline, "a pipeline over the WebSocket")):
        times_ms = sorted(1000 * time_s for time_s in talk.times_s)
        print(
            f"{len(talk.lines)} turns through {door}: median {statistics.median(times_ms):.0f} ms, "
            f"95th percentile {times_ms[int(0.95 * (len(times_ms) - 1))]:.0f} ms, most {times_ms[-1]:.0f} ms"
        )
    print("the microphone stayed open until each conversation's end")


if __name__ == "__main__":
    asyncio.run(main())
