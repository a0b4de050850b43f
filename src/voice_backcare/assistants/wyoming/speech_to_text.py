"""Speech to text for a client: a stream of sound in, the transcript of its first utterance out; decoded in a thread."""

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
from voice_backcare.core.grammar.matcher import UNKNOWN
from voice_backcare.core.understanding.places import ANY_QUESTION
from voice_backcare.core.understanding.reading import MAYBE_EMERGENCY

STREAMS_MOST = 32  # decoded at once
SOUND_MOST_S = 60.0  # of one stream; the first utterance in it is what counts
STALLED_S = 5.0  # a stream that sends nothing for this long is over
BACKLOG_MOST = 512  # chunks waiting to be decoded
_ROOM_S = 0.02
NOT_UNDERSTOOD = UNKNOWN  # means nothing anywhere, so that the conversation asks again
NEEDS_HELP = "i need help"  # asks "do you need help at once?" everywhere (D5)
_WIDTHS, _CHANNELS_MOST = (1, 2, 4), 8
_LOWEST_HZ, _HIGHEST_HZ = 4_000, 192_000


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Format of a stream; ``width`` is in bytes a sample."""

    rate_hz: int
    width: int
    channels: int

    @property
    def bytes_a_second(self) -> int:
        """Bytes in one second."""
        return self.rate_hz * self.width * self.channels


class HearingFault(Exception):
    """Error: an utterance could not be recognised; ``str()`` says why."""


# What a text means at a place; None: nothing there.
Read = Callable[[str, str], str | None]

# The sound's pieces and the place that they are read for to what was heard: {"meaning": "yes", "phrase": "yeah", ...},
# as ``hear`` gives it. Runs in a thread; ``HearingFault`` where every recogniser is taken, or the sound comes too
# slowly.
Hear = Callable[[Iterator[bytes], AudioFormat, str], Mapping[str, Any]]


def audio_format_of(data: Mapping[str, Any]) -> AudioFormat:
    """Format of a stream. Raises ``ValueError`` where it is not valid."""
    values = [data.get(key) for key in ("rate", "width", "channels")]
    if any(isinstance(value, bool) or not isinstance(value, int) for value in values):
        raise ValueError("the sound's rate, width and channels are whole numbers")
    rate_hz, width, channels = (int(value or 0) for value in values)
    if not (_LOWEST_HZ <= rate_hz <= _HIGHEST_HZ and width in _WIDTHS and 1 <= channels <= _CHANNELS_MOST):
        raise ValueError(f"{rate_hz} Hz, {width} bytes, {channels} channels is no sound that can be heard here")
    return AudioFormat(rate_hz, width, channels)


def text_of(result: Mapping[str, Any], place: str, read: Read) -> str:
    """Text of the transcript: the phrase where it was understood, "" where nobody spoke.

    Words that were not understood are not left out: "[unk] no" must not become "no". Of a cry that only one of two
    hearings had, the text alone would be a plain emergency; where it is, a text goes on that asks instead (D5).
    """
    meaning, phrase = result["meaning"], str(result["phrase"])
    if meaning == "no_input":
        return ""
    if meaning == "no_match":
        return NOT_UNDERSTOOD
    if meaning == MAYBE_EMERGENCY and any(read(at, phrase) != meaning for at in (place, ANY_QUESTION)):
        return NEEDS_HELP
    return phrase


class Stream:
    """One stream of sound, from ``AudioStart`` to ``AudioStop``."""

    def __init__(self, hear: Hear, read: Read, threads: Executor, audio_format: AudioFormat, place: str) -> None:
        self._read = read
        self._place = place
        self._left_bytes = int(SOUND_MOST_S * audio_format.bytes_a_second)
        self._chunks: queue.Queue[bytes] = queue.Queue(BACKLOG_MOST)
        self.result = asyncio.get_running_loop().run_in_executor(threads, hear, self._pieces(), audio_format, place)
        self.result.add_done_callback(lambda future: future.cancelled() or future.exception())

    async def feed(self, pcm: bytes) -> None:
        """Add sound. Waits where decoding is behind, which holds up only the client that sends it."""
        pcm = pcm[: self._left_bytes]
        self._left_bytes -= len(pcm)
        if pcm:
            await self._put(pcm)

    async def end(self) -> Event:
        """The transcript, or an ``Error`` where the sound could not be recognised."""
        await self._put(b"")
        try:
            result = await self.result
        except HearingFault as error:
            return Error(str(error), code="busy").event()
        ours = {key: result[key] for key in ("meaning", "phrase")}
        return Transcript(text_of(result, self._place, self._read), context={OURS: ours}, language="en").event()

    def give_up(self) -> None:
        """End the stream because the client has gone; the thread ends when it notices."""
        self._left_bytes = 0
        with contextlib.suppress(queue.Full):
            self._chunks.put_nowait(b"")

    async def _put(self, pcm: bytes) -> None:
        while not self.result.done():  # nothing is needed after the decision
            try:
                self._chunks.put_nowait(pcm)
            except queue.Full:
                await asyncio.sleep(_ROOM_S)
            else:
                return

    def _pieces(self) -> Iterator[bytes]:
        """Pieces of sound for the thread, until the end or until nothing comes any more."""
        while True:
            try:
                pcm = self._chunks.get(timeout=STALLED_S)
            except queue.Empty:
                return
            if not pcm:
                return
            yield pcm
