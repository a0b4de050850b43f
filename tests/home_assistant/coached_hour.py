"""Ice, timed by the real service and announced by a real Home Assistant on the satellite that asked for it.

Run by scripts/test-home-assistant; every promise is an assertion, so that it exits with 1 where one does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from room import EarsAndVoice, Satellite
from running_hass import Hass, hass
from whole_triage import AGENT, add_guide

ON_S = 20 * 60.0
TOLD = (("Halfway.", ON_S / 2), ("One minute is left.", ON_S - 60), ("Off. Take the ice off now.", ON_S))
OKAYS_MOST = 8
LATE_S = 90.0  # of the hurried clock: synthesis, playback and the service's own tick, many times faster than they are


async def furnish(house: Hass, ears: EarsAndVoice, satellite: Satellite) -> str:
    """Adds both, and makes the guide's assistant the satellite's; the satellite's entity."""
    for server in (ears, satellite):
        (made,) = await house.add("wyoming", {"host": "127.0.0.1", "port": server.port})
        assert made["type"] == "create_entry", made
    async with asyncio.timeout(30):
        await satellite.ready.wait()
    entities = [state["entity_id"] for state in await house.get("/api/states")]
    by_kind = {kind: next(name for name in entities if name.startswith(f"{kind}.")) for kind in ("stt", "tts")}
    pipeline = {
        "type": "assist_pipeline/pipeline/create",
        "name": "Bedroom",
        "language": "en",
        "conversation_engine": AGENT,
        "conversation_language": "en",
        "stt_engine": by_kind["stt"],
        "stt_language": "en",
        "tts_engine": by_kind["tts"],
        "tts_language": "en",
        "tts_voice": None,
        "wake_word_entity": None,
        "wake_word_id": None,
        "prefer_local_intents": False,
    }
    made = (await house.call(pipeline))[0]["result"]
    await house.call({"type": "assist_pipeline/pipeline/set_preferred", "pipeline_id": made["id"]})
    return next(name for name in entities if name.startswith("assist_satellite."))


async def spoken(ears: EarsAndVoice, text: str, within_s: float) -> float:
    """When ``text`` was put into speech, on this machine's clock."""
    async with asyncio.timeout(within_s):
        while not any(text in each for each in ears.spoken):
            await asyncio.sleep(0.02)
    return time.monotonic()


async def treatment(house: Hass, ears: EarsAndVoice, satellite: Satellite, times: float) -> None:
    """Ice is timed, "halfway" and "off" are said by themselves in their time, and the answer to "off" is understood."""
    check = await satellite.say("start ice")
    assert check.endswith("Is the pack wrapped in a cloth?"), check
    began = await satellite.say("yes")
    began_s = time.monotonic()
    assert began.startswith("On. Hold the ice on the sore spot for 20 minutes."), began
    played = len(satellite.played_s)
    for text, due_s in (
        ("Halfway.", ON_S / 2),
        ("One minute is left.", ON_S - 60),
        ("Off. Take the ice off now.", ON_S),
    ):
        at_s = (await spoken(ears, text, 2 * ON_S / times) - began_s) * times
        print(f"{text:28} {at_s / 60:5.1f} min after the ice was on (due at {due_s / 60:.0f})")
        assert due_s - LATE_S < at_s < due_s + LATE_S, (text, at_s)
    await satellite.wait_played(played + 3)
    said = list(ears.spoken)
    await asyncio.sleep(20 / times)  # confirmed: what was said is not sent again
    assert ears.spoken == said
    for _ in range(OKAYS_MOST):  # on this clock a reminder may come between the answer and its hearing
        answer = await satellite.say("okay")
        print(f"> okay\n{answer}")
        if "Has anything changed?" in answer:
            break
    else:
        raise AssertionError("the answer to off was not understood")
    print(f"> no\n{await satellite.say('no')}")
    print(f"> stop\n{await satellite.say('stop')}")
    assert min(satellite.played_s) > 0, f"not every sound came out of the loudspeaker: {satellite.played_s}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", required=True, help="HOST:PORT of hurried_service.py")
    parser.add_argument("--times", type=float, required=True, help="how many times faster its clock runs")
    parser.add_argument("--config", type=Path, required=True, help="a folder for hass, made anew")
    parser.add_argument("--checkout", type=Path, required=True)
    given = parser.parse_args()
    host, _, port = given.service.rpartition(":")
    ears = EarsAndVoice()
    satellite = Satellite(ears)
    await ears.start()
    await satellite.start()
    async with hass(given.config, given.checkout) as house:
        await house.onboard()
        await add_guide(house, host, int(port))
        print(f"{await furnish(house, ears, satellite)} asks for ice; the service's clock runs {given.times:g} times")
        await treatment(house, ears, satellite, given.times)
    print("announced on the satellite that asked, each in its time, each once")


if __name__ == "__main__":
    asyncio.run(main())
