"""A stream of sound in, its first utterance as a transcript out; decoded in a thread while it comes."""

from __future__ import annotations

import asyncio
import contextlib
import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from wyoming.asr import Transcript
from wyoming.error import Error
from wyoming.event import Event

from voice_backcare.assistants.wyoming.intent_handler import OURS

STREAMS_MOST = 32  # heard at once
SOUND_MOST_S = 60.0  # of one stream; the first utterance in it is what counts
STALLED_S = 5.0  # without a sound, and the stream is over
BACKLOG_MOST = 512  # chunks that wait for their decoding
_ROOM_S = 0.02
NOT_UNDERSTOOD = "[unk]"  # means nothing anywhere, so that the conversation asks again
_WIDTHS, _CHANNELS_MOST = (1, 2, 4), 8
_LOWEST_HZ, _HIGHEST_HZ = 4_000, 192_000


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """``width`` in bytes a sample."""

    rate_hz: int
    width: int
    channels: int

    @property
    def bytes_a_second(self) -> int:
        return self.rate_hz * self.width * self.channels


class HearingFault(Exception):
    """This utterance could not be heard; the text says why."""


# The sound's pieces and the name of a grammar to what was heard: {"meaning": "yes", "phrase": "yeah", ...}, as ``hear``
# gives it. Runs in a thread; ``HearingFault`` where every recogniser is taken, or the sound comes too slowly.
Hear = Callable[[Iterator[bytes], AudioFormat, str], Mapping[str, Any]]


def audio_format_of(data: Mapping[str, Any]) -> AudioFormat:
    """The format of a stream; ``ValueError`` for one that is none."""
    values = [data.get(key) for key in ("rate", "width", "channels")]
    if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
        raise ValueError("the sound's rate, width and channels are whole numbers")
    rate_hz, width, channels = (int(value or 0) for value in values)
    if not (_LOWEST_HZ <= rate_hz <= _HIGHEST_HZ and width in _WIDTHS and 1 <= channels <= _CHANNELS_MOST):
        raise ValueError(f"{rate_hz} Hz, {width} bytes, {channels} channels is no sound that can be heard here")
    return AudioFormat(rate_hz, width, channels)


def text_of(result: Mapping[str, Any]) -> str:
    """What the transcript says: the phrase where it was understood, "" where nobody spoke.

    What was not understood must not become a phrase by leaving out what was not: "[unk] no" is no "no".
    """
    if result["meaning"] == "no_input":
        return ""
    return NOT_UNDERSTOOD if result["meaning"] == "no_match" else str(result["phrase"])


class Stream:
    """One stream of sound, from ``AudioStart`` to ``AudioStop``."""

    def __init__(self, hear: Hear, threads: Executor, audio_format: AudioFormat, grammar: str) -> None:
        self._left_bytes = int(SOUND_MOST_S * audio_format.bytes_a_second)
        self._chunks: queue.Queue[bytes] = queue.Queue(BACKLOG_MOST)
        self.result = asyncio.get_running_loop().run_in_executor(threads, hear, self._pieces(), audio_format, grammar)
        self.result.add_done_callback(lambda future: future.cancelled() or future.exception())

    async def feed(self, pcm: bytes) -> None:
        """More of it. Waits where decoding is behind, which holds up only who sends it."""
        pcm = pcm[: self._left_bytes]
        self._left_bytes -= len(pcm)
        if pcm:
            await self._put(pcm)

    async def end(self) -> Event:
        """The transcript; ``Error`` where it could not be heard."""
        await self._put(b"")
        try:
            result = await self.result
        except HearingFault as error:
            return Error(str(error), code="busy").event()
        ours = {key: result[key] for key in ("meaning", "phrase")}
        return Transcript(text_of(result), context={OURS: ours}, language="en").event()

    def give_up(self) -> None:
        """The client has gone: the thread learns it at once where it waits, else by the silence."""
        self._left_bytes = 0
        with contextlib.suppress(queue.Full):
            self._chunks.put_nowait(b"")

    async def _put(self, pcm: bytes) -> None:
        while not self.result.done():  # what comes after the decision is not needed
            try:
                self._chunks.put_nowait(pcm)
            except queue.Full:
                await asyncio.sleep(_ROOM_S)
            else:
                return

    def _pieces(self) -> Iterator[bytes]:
        """For the thread: what has come, until its end or until nothing comes any more."""
        while True:
            try:
                pcm = self._chunks.get(timeout=STALLED_S)
            except queue.Empty:
                return
            if not pcm:
                return
            yield pcm
