"""Listening as the conversation does, utterance after utterance, to a stream that does not end at a file's end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.clips import MODEL
from voice_backcare.audio.formats.frames import FRAME_S, Frame
from voice_backcare.audio.input.endpointer import Endpointer
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import grammar


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance. Times are the stream's; ``decided_s`` as if it had been heard live, ``cpu_s`` its last frame's."""

    opened_s: float
    started_s: float
    speech_end_s: float
    decided_s: float
    cpu_s: float
    meaning: str
    text: str


class Hearing:
    """The product's own endpointer, recogniser and listener, always open for the answer to a question."""

    def __init__(self) -> None:
        words = grammar.load()
        self.endpointer = Endpointer()
        self._recogniser = VoskRecogniser(MODEL, words)
        self._listener = Listener(self._recogniser, self.endpointer)
        self.started = 0  # utterances begun

    def listen(self, stream: Iterable[bytes]) -> Iterator[Heard]:
        """Every utterance in these frames of 20 ms; the time goes on from one call to the next."""
        listener, ear = self._listener, self.endpointer
        ready_s = opened_s = started_s = ear.now_s
        if not listener.is_open:
            listener.open("any", opened_s)
        for pcm in stream:
            at_s = ear.now_s
            began_s, began_cpu_s = time.perf_counter(), time.thread_time()
            result = listener.feed(Frame(pcm, at_s), Playback())
            ready_s = max(ready_s, at_s + FRAME_S) + time.perf_counter() - began_s
            if result == "started":
                self.started += 1
                started_s = ear.speech_start_s
            elif isinstance(result, Outcome):
                meaning = result.found.meaning if result.found else "no_match"
                cpu_s = time.thread_time() - began_cpu_s
                yield Heard(opened_s, started_s, ear.speech_end_s, ready_s, cpu_s, meaning, result.text)
                opened_s = ear.now_s
                listener.open("any", opened_s)
