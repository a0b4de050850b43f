"""Recognition of an audio file: its first utterance, through the real endpointer and recogniser."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np

from voice_backcare.audio.formats.audio_file import AudioFileError, frames_of
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, frame_count
from voice_backcare.audio.input.endpointer import Endpointer
from voice_backcare.audio.input.turn_end import Turn, is_speech
from voice_backcare.audio.recognition.rejection import known
from voice_backcare.core.understanding.places import ANY_QUESTION
from voice_backcare.session.ports import Recognised, Recogniser

_SILENCE = bytes(FRAME_BYTES)
# A word that starts with a file's first sample is heard better after a little silence.
_LEAD = _SILENCE * 5
_CUT_DB = 15.0
_AFTER_END_S = 1.0  # silence that is taken to follow a file's end: longer than any hangover


Result = dict[str, Any]


def hear_file(path: str | Path, recogniser: Recogniser, place: str = ANY_QUESTION) -> Result:
    """Result for the first utterance of the file, as ``hear`` prints it; a file that cannot be read has ``error``
    instead.

    ``place``: what it is read for. ``signs`` are there where signs are named beside the answer. Times count from the
    beginning of the file. ``decided_s`` is when the decision would have been there if the file had been heard live:
    each frame arrives at its time in the file, takes as long to compute as was measured now, and waits for the frame
    before it.
    """
    try:
        return {"file": str(path), **hear_frames(frames_of(Path(path)), recogniser, place)}
    except AudioFileError as error:
        return {"file": str(path), "error": str(error)}


def hear_frames(stream: Iterable[bytes], recogniser: Recogniser, place: str = ANY_QUESTION) -> Result:
    """Result as of ``hear_file``, for frames of 20 ms."""
    heard = first_utterance(stream, recogniser, place)
    found = heard.recognised.found
    result: Result = {
        "meaning": found.meaning if found else "no_match" if heard.speech_end_s else "no_input",
        "phrase": found.phrase if found else known(heard.recognised.text),
        "speech_end_s": round(heard.speech_end_s, 2),
        "decided_s": round(heard.decided_s, 3),
    }
    return {**result, "signs": dict.fromkeys(found.signs, "yes")} if found and found.signs else result


@dataclass(frozen=True, slots=True)
class FirstUtterance:
    """The first utterance of some sound. Times count from its beginning; ``speech_end_s`` is 0 where nobody spoke."""

    recognised: Recognised
    speech_end_s: float
    decided_s: float


def first_utterance(stream: Iterable[bytes], recogniser: Recogniser, place: str) -> FirstUtterance:
    """The first utterance of these frames of 20 ms, read for ``place``.

    A sound in which the recogniser hears nothing (a click, a breath) is not the first utterance where another one
    follows: live, the ears would open again after it.
    """
    endpointer = Endpointer()
    turn, in_turn = Turn(recogniser, endpointer), False
    preroll: deque[bytes] = deque(maxlen=frame_count(endpointer.preroll_s))
    ready_s = 0.0
    wordless: FirstUtterance | None = None
    for arrived_s, frame in _arriving(stream):
        began = time.perf_counter()
        progress = endpointer.feed(frame)
        recognised = None
        if in_turn:
            recognised = turn.feed(frame, progress)
        elif progress == "started":
            in_turn = True
            beginning = b"".join([*preroll, frame])
            turn.begin(place, _LEAD + beginning if _cut_into(beginning) else beginning)
        preroll.append(frame)
        ready_s = max(ready_s, arrived_s) + time.perf_counter() - began
        if recognised is None:
            continue
        in_turn = False
        heard = FirstUtterance(recognised, endpointer.speech_end_s, ready_s)
        if is_speech(recognised) or progress == "too_long":
            return heard
        wordless = wordless or heard
    return wordless or FirstUtterance(Recognised(), 0.0, ready_s)


def _cut_into(beginning: bytes) -> bool:
    """Whether the sound starts in the middle of a word: its first frames are nearly as loud as its loudest."""
    levels = np.frombuffer(beginning, "<i2").astype(np.float64).reshape(-1, FRAME_SAMPLES).var(axis=1)
    return bool(levels[:2].max() > levels.max() * 10 ** (-_CUT_DB / 10))


def _arriving(stream: Iterable[bytes]) -> Iterator[tuple[float, bytes]]:
    """Each frame with the time at which its last sample is there; a second of silence follows the end."""
    with_end = chain(stream, repeat(_SILENCE, frame_count(_AFTER_END_S)))
    return (((index + 1) * FRAME_S, frame) for index, frame in enumerate(with_end))
