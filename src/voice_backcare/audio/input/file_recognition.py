"""Recognition of an audio file: its first utterance, through the real endpointer and recogniser."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np

from voice_backcare.audio.formats.audio_file import AudioFileError, frames_of
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, frame_count
from voice_backcare.audio.input.endpointer import Endpointer
from voice_backcare.audio.input.utterance_gate import FindMeaning, words_of
from voice_backcare.audio.recognition.rejection import Hearing
from voice_backcare.audio.recognition.sentences import Read, is_sentence, read_sentence
from voice_backcare.core.understanding.reading import NO_MATCH, Reading
from voice_backcare.session.ports import Recogniser

_SILENCE = bytes(FRAME_BYTES)
# A word that starts with a file's first sample is heard better after a little silence.
_LEAD = _SILENCE * 5
_CUT_DB = 15.0
_AFTER_END_S = 1.0  # silence that is taken to follow a file's end: longer than any hangover


Result = dict[str, Any]


def hear_file(
    path: str | Path, recogniser: Recogniser, match: FindMeaning, *, grammar: str = "question", read: Read | None = None
) -> Result:
    """Result for the first utterance of the file, as ``hear`` prints it; a file that cannot be read has ``error``
    instead.

    ``match`` is ``Grammar.match``; ``read``, where it is given, reads whole sentences too, and the result then has the
    ``signs`` that are named beside the answer. Times count from the beginning of the file. ``decided_s`` is when the
    decision would have been there if the file had been heard live: each frame arrives at its time in the file, takes as
    long to compute as was measured now, and waits for the frame before it.
    """
    try:
        return {"file": str(path), **hear_frames(frames_of(Path(path)), recogniser, match, grammar=grammar, read=read)}
    except AudioFileError as error:
        return {"file": str(path), "error": str(error)}


def hear_frames(
    stream: Iterable[bytes],
    recogniser: Recogniser,
    match: FindMeaning,
    *,
    grammar: str = "question",
    read: Read | None = None,
) -> Result:
    """Result as of ``hear_file``, for frames of 20 ms.

    A sound in which the recogniser hears nothing (a click, a breath) is not the first utterance where another one
    follows: live, the ears would open again after it.
    """
    endpointer = Endpointer()
    preroll: deque[bytes] = deque(maxlen=frame_count(endpointer.preroll_s))
    ready_s = 0.0
    nothing: Result = {"meaning": "no_input", "phrase": "", "speech_end_s": 0.0, "decided_s": 0.0}
    for arrived_s, frame in _arriving(stream):
        began = time.perf_counter()
        progress = endpointer.feed(frame)
        text = None
        if progress == "started":
            recogniser.begin(grammar)
            beginning = b"".join([*preroll, frame])
            recogniser.feed(_LEAD + beginning if _cut_into(beginning) else beginning)
        elif progress != "silence":
            recogniser.feed(frame)
            if progress != "speech":
                text = recogniser.result()
        preroll.append(frame)
        ready_s = max(ready_s, arrived_s) + time.perf_counter() - began
        if text is None:
            continue
        found = _read(text, recogniser, read) if read else match(grammar, text)
        if progress == "too_long" and found is not None and found.meaning != "emergency":
            found = None  # an utterance that was cut is no answer (D4), but an emergency in it counts (D5)
        result: Result = {
            "meaning": found.meaning if found else "no_match",
            "phrase": found.phrase if found else words_of(text),
            "speech_end_s": round(endpointer.speech_end_s, 2),
            "decided_s": round(ready_s, 3),
        }
        if read and isinstance(found, Reading) and found.signs:
            result["signs"] = dict.fromkeys(sorted(found.signs), "yes")
        if text or progress == "too_long":
            return result
        if nothing["meaning"] == "no_input":
            nothing = result
    return nothing if nothing["meaning"] != "no_input" else {**nothing, "decided_s": round(ready_s, 3)}


def _read(text: str, recogniser: Recogniser, read: Read) -> Reading | None:
    """The reading of the utterance that is over; None where it means nothing. ``text``: the words that are believed."""
    hearings: tuple[Hearing, Hearing] | None = getattr(recogniser, "hearings", None)  # not every recogniser hears twice
    sentence = text and hearings and is_sentence(*hearings)
    reading = read_sentence(*hearings, read) if sentence and hearings else read(words_of(text))
    return None if reading.meaning == NO_MATCH and not reading.signs else reading


def _cut_into(beginning: bytes) -> bool:
    """Whether the sound starts in the middle of a word: its first frames are nearly as loud as its loudest."""
    levels = np.frombuffer(beginning, "<i2").astype(np.float64).reshape(-1, FRAME_SAMPLES).var(axis=1)
    return bool(levels[:2].max() > levels.max() * 10 ** (-_CUT_DB / 10))


def _arriving(stream: Iterable[bytes]) -> Iterator[tuple[float, bytes]]:
    """Each frame with the time at which its last sample is there; a second of silence follows the end."""
    with_end = chain(stream, repeat(_SILENCE, frame_count(_AFTER_END_S)))
    return (((index + 1) * FRAME_S, frame) for index, frame in enumerate(with_end))
