"""Many rooms at one Wyoming service: how fast texts are answered, what a conversation costs, that none is mixed.

A real service in a process of its own; every turn a connection of its own, as Home Assistant takes it; every answer is
compared with the same conversation held alone. Prints one line of JSON for each measurement.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import soundfile
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.handle import Handled

from voice_backcare.assistants.turns import TurnConversation
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()
TO_HOME_CARE = ["my child's back hurts", *["No."] * 6, "Yes.", *["No."] * 9, "Yes.", *["No."] * 4, "yes", *["next"] * 8]
WORDS = ["No.", "No.", "No.", "no", "Don't know.", "Yes.", "go back", "why", "repeat", "purple", "", "stop", "wait"]
HOST = "127.0.0.1"
_ANSWER_S = 30.0  # an answer that takes longer is none


def memory_kb(process_id: int) -> int:
    text = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    return int(re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]


def processor_s(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Load:
    """``think_s`` is the longest pause between an answer and the next text; 0 is as fast as it goes."""

    def __init__(self, port: int, seed: int) -> None:
        self.port = port
        self.chance = random.Random(seed)
        self.times_s: list[float] = []
        self.mixed = 0

    async def turn(self, text: str, name: str) -> Handled:
        async with asyncio.timeout(_ANSWER_S), AsyncTcpClient(HOST, self.port) as client:
            began = time.perf_counter()
            context = {"conversation_id": name, "satellite_id": f"room {name}"}
            await client.write_event(Transcript(text, context=context).event())
            event = await client.read_event()
            self.times_s.append(time.perf_counter() - began)
        assert event is not None
        return Handled.from_event(event)

    async def converse(self, name: str, texts: list[str], think_s: float) -> None:
        alone = TurnConversation(CORES)
        for text in texts:
            await asyncio.sleep(self.chance.uniform(0, think_s))
            handled = await self.turn(text, name)
            if handled.text != " ".join(alone.reply(text, 0.0).lines):
                self.mixed += 1

    async def rooms(self, count: int, think_s: float, prefix: str) -> None:
        scripts = [
            TO_HOME_CARE if self.chance.random() < 0.5 else ["hello", *self.chance.choices(WORDS, k=20)]
            for _ in range(count)
        ]
        await asyncio.gather(*(self.converse(f"{prefix} {at}", texts, think_s) for at, texts in enumerate(scripts)))

    def told(self, what: str, **more: object) -> None:
        in_ms = [round(1000 * quantile, 1) for quantile in statistics.quantiles(self.times_s, n=100)]
        figures = {"turns": len(self.times_s), "p50_ms": in_ms[49], "p95_ms": in_ms[94], "p99_ms": in_ms[98]}
        worst = {"worst_ms": round(1000 * max(self.times_s), 1), "mixed": self.mixed}
        print(json.dumps({"what": what, **figures, **worst, **more}), flush=True)


async def hostile(port: int) -> Callable[[], None]:
    """Silent ones, halves of a header, lengths of a gigabyte, and some that never read."""
    opened = []
    for at in range(120):
        _, writer = await asyncio.open_connection(HOST, port)
        sent = [b"", b'{"type": "tran', b'{"type": "transcript", "data_length": 1073741824}\n'][at % 3]
        writer.write(sent)
        opened.append(writer)
    for _ in range(10):
        _, writer = await asyncio.open_connection(HOST, port, limit=1024)
        writer.write(b'{"type": "describe"}\n' * 20_000)
        opened.append(writer)
    return lambda: [writer.transport.abort() for writer in opened] and None


async def sound(port: int, path: Path) -> float:
    """One stream in real time; how long after its end the transcript was there, in seconds."""
    samples, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    async with AsyncTcpClient(HOST, port) as client:
        await client.write_event(Transcribe(language="en").event())
        await client.write_event(AudioStart(rate_hz, 2, 1).event())
        for at in range(0, len(samples), rate_hz // 50):
            await client.write_event(AudioChunk(rate_hz, 2, 1, samples[at : at + rate_hz // 50].tobytes()).event())
            await asyncio.sleep(0.02)
        began = time.perf_counter()
        await client.write_event(AudioStop().event())
        await client.read_event()
        return time.perf_counter() - began


async def measure(port: int, process_id: int, options: argparse.Namespace) -> bool:
    warm = Load(port, 0)
    await warm.rooms(20, 0.0, "warm")
    before_kb = memory_kb(process_id)
    spent_s = processor_s(process_id)
    paced = Load(port, 1)
    await paced.rooms(options.rooms, options.think_s, "paced")
    grown_kb = memory_kb(process_id) - before_kb
    spent_ms = 1000 * (processor_s(process_id) - spent_s)
    paced.told(
        f"{options.rooms} conversations at once",
        kb_a_conversation=round(grown_kb / options.rooms, 1),
        processor_ms_a_turn=round(spent_ms / len(paced.times_s), 2),
        load_of_the_machine=round(os.getloadavg()[0], 1),
    )
    many = Load(port, 2)
    await many.rooms(600, 12.0, "many")
    more_kb = memory_kb(process_id) - before_kb - grown_kb
    many.told("600 more", kb_a_conversation=round(more_kb / 600, 1))
    fast = Load(port, 3)
    await fast.rooms(options.rooms, 0.0, "fast")
    fast.told(f"{options.rooms} at once that never pause", turns_at_once=options.rooms)
    stop = await hostile(port)
    beside = Load(port, 4)
    await beside.rooms(options.rooms, options.think_s, "beside")
    beside.told(f"{options.rooms} beside 130 hostile clients")
    stop()
    if options.sound:
        streams = [asyncio.create_task(sound(port, options.sound)) for _ in range(2)]
        heard = Load(port, 5)
        await asyncio.gather(heard.rooms(options.rooms, options.think_s, "heard"), *streams)
        heard.told(
            f"{options.rooms} beside two streams of speech",
            transcript_after_s=[round(stream.result(), 2) for stream in streams],
        )
    print(json.dumps({"what": "memory of the service", "mb": memory_kb(process_id) // 1024}), flush=True)
    return not any(load.mixed for load in (warm, paced, many, fast, beside))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rooms", type=int, default=200)
    arguments.add_argument("--think-s", type=float, default=4.0, help="the longest pause before a text")
    arguments.add_argument("--sound", type=Path, help="a recording; then the service hears too, and needs its model")
    options = arguments.parse_args()
    command = [sys.executable, "-u", "-m", "voice_backcare", "wyoming", "--uri", f"tcp://{HOST}:0"]
    command += [] if options.sound else ["--text-only"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout
        port = int(service.stdout.readline().split()[2].rsplit(":", 1)[1])
        try:
            right = asyncio.run(measure(port, service.pid, options))
        finally:
            service.terminate()
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
