"""A room as Home Assistant knows it over Wyoming: a satellite with a microphone and a loudspeaker, ears and a voice.

What somebody says there is given as a text; what the ears "understand" is that text, and what the voice is asked to
speak is kept. The sound in between is silence of a length, so that everything takes its time.
"""

from __future__ import annotations

import asyncio
from typing import Any

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Describe,
    Info,
    TtsProgram,
    TtsVoice,
)
from wyoming.info import Satellite as SatelliteInfo
from wyoming.ping import Ping, Pong
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import RunSatellite
from wyoming.snd import Played
from wyoming.tts import Synthesize

RATE_HZ = 16_000
SPOKEN_S = 0.2
NOBODY = Attribution(name="nobody", url="")


def silence(duration_s: float) -> AudioChunk:
    return AudioChunk(RATE_HZ, 2, 1, bytes(2 * int(RATE_HZ * duration_s)))


class Server:
    """Serves events on a port of its own; a subclass answers them."""

    port: int

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (event := await async_read_event(reader)) is not None:
                if Describe.is_type(event.type):
                    await async_write_event(self.info().event(), writer)
                elif Ping.is_type(event.type):
                    await async_write_event(Pong().event(), writer)
                else:
                    await self.answer(event, writer)
        except OSError:
            pass
        finally:
            writer.close()

    def info(self) -> Info:
        raise NotImplementedError

    async def answer(self, event: Event, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class EarsAndVoice(Server):
    """``heard``: what the next utterance is taken for. ``spoken``: all that was put into speech, once each."""

    def __init__(self) -> None:
        self.heard = ""
        self.spoken: list[str] = []

    def info(self) -> Info:
        model = AsrModel("ears", NOBODY, True, "ears", "1", languages=["en"])
        voice = TtsVoice("voice", NOBODY, True, "voice", "1", languages=["en"])
        return Info(
            asr=[AsrProgram("ears", NOBODY, True, "ears", "1", models=[model])],
            tts=[TtsProgram("voice", NOBODY, True, "voice", "1", voices=[voice])],
        )

    async def answer(self, event: Event, writer: asyncio.StreamWriter) -> None:
        if AudioStop.is_type(event.type):
            await async_write_event(Transcript(text=self.heard).event(), writer)
        elif Synthesize.is_type(event.type):
            self.spoken.append(Synthesize.from_event(event).text)
            await async_write_event(AudioStart(RATE_HZ, 2, 1).event(), writer)
            await async_write_event(silence(SPOKEN_S).event(), writer)
            await async_write_event(AudioStop().event(), writer)


class Satellite(Server):
    """``played_s``: how long each sound was that came out of its loudspeaker, in their order."""

    def __init__(self, ears: EarsAndVoice) -> None:
        self._ears = ears
        self._writer: asyncio.StreamWriter | None = None
        self._sounds_s = 0.0
        self.ready = asyncio.Event()
        self.played_s: list[float] = []
        self.played = asyncio.Condition()
        self.said: asyncio.Queue[str] = asyncio.Queue()

    def info(self) -> Info:
        return Info(satellite=SatelliteInfo("bedroom", NOBODY, True, "bedroom", "1"))

    async def say(self, text: str) -> str:
        """Somebody says ``text`` here; what the satellite was then told to speak, once it was played."""
        assert self._writer is not None
        self._ears.heard = text
        played = len(self.played_s)
        run = RunPipeline(start_stage=PipelineStage.ASR, end_stage=PipelineStage.TTS)
        for event in (run.event(), silence(0.3).event(), AudioStop().event()):
            await async_write_event(event, self._writer)
        answer = await asyncio.wait_for(self.said.get(), 30)
        await self.wait_played(played + 1)
        return answer

    async def wait_played(self, count: int, within_s: float = 60.0) -> None:
        async with self.played, asyncio.timeout(within_s):
            await self.played.wait_for(lambda: len(self.played_s) >= count)

    async def answer(self, event: Event, writer: asyncio.StreamWriter) -> None:
        if RunSatellite.is_type(event.type):
            self._writer = writer
            self.ready.set()
        elif Synthesize.is_type(event.type):
            self.said.put_nowait(Synthesize.from_event(event).text)
        elif Error.is_type(event.type):
            raise AssertionError(Error.from_event(event).text)
        elif AudioStart.is_type(event.type):
            self._sounds_s = 0.0
        elif AudioChunk.is_type(event.type):
            self._sounds_s += AudioChunk.from_event(event).seconds
        elif AudioStop.is_type(event.type):
            await asyncio.sleep(self._sounds_s)
            await async_write_event(Played().event(), writer)
            async with self.played:
                self.played_s.append(self._sounds_s)
                self.played.notify_all()
        elif not Transcribe.is_type(event.type):
            self.seen: Any = event.type
