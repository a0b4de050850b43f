"""Whole conversations in a room where something sounds that is no answer: the real session, endpointer and recogniser.

Only time and the loudspeaker are made up: a line lasts as long as its words would, and is not heard in the room.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.clips import MODEL
from voice_backcare.audio.formats.frames import FRAME_S, Frame
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.output.mouth import LINE_TAIL_S
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.events import Event, Heard, NoMatch
from voice_backcare.core.state import State
from voice_backcare.fakes.ports import FakeClock, FakeMouth, FakeScreen
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import Post, Posted, SpeechStarted
from voice_backcare.session.session import Session


class _Ears:
    """``ports.Ears`` on a stream of frames instead of a microphone."""

    def __init__(self, post: Post, clock: FakeClock) -> None:
        self._listener = Listener(VoskRecogniser(MODEL, grammar.load()))
        self._post, self._clock, self._turn = post, clock, 0
        self._began_s = 0.0
        self.longest_s = 0.0

    def listen(self, grammar: str, turn: int) -> None:
        self._turn = turn
        self._listener.open(grammar, self._clock.now_s())

    def stop(self) -> None:
        self._listener.close()

    def hear(self, pcm: bytes, room: Playback) -> None:
        at_s = self._clock.now_s()
        result = self._listener.feed(Frame(pcm, at_s), room)
        if result == "started":
            self._began_s = at_s
            self._post(Posted(self._turn, SpeechStarted(at_s)))
        elif isinstance(result, Outcome):
            self.longest_s = max(self.longest_s, at_s - self._began_s)
            found = result.found
            event = Heard(at_s, found.meaning, found.phrase, found.sign) if found else NoMatch(at_s, result.text)
            self._post(Posted(self._turn, event))


@dataclass
class Nobody:
    """What conversations with nobody came to."""

    conversations: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0  # from the beginning of an utterance to what came of it

    def event(self, event: Event, after: State) -> None:
        self.heard[event.meaning if isinstance(event, Heard) else type(event).__name__] += 1


def converse(stream: Iterable[bytes]) -> Nobody:
    """One conversation after the other, each begun by a key as soon as the one before has ended."""
    found, clock, inbox = Nobody(), FakeClock(), Inbox()
    ears, mouth = _Ears(inbox.post, clock), FakeMouth(inbox.post, clock, slow=True)
    talk = conversation.build(content.load())
    session = Session(talk, ears, mouth, FakeScreen(), clock, decided=found.event, inbox=inbox)
    silent_at_s = spoke_until_s = -math.inf
    lines = 0
    session.start()
    for pcm in stream:
        clock.advance(FRAME_S)
        if len(mouth.said) != lines:
            lines = len(mouth.said)
            silent_at_s = clock.now_s() + mouth.duration_s(mouth.said[-1])
        if mouth.speaking is not None:
            spoke_until_s = clock.now_s()
            if clock.now_s() >= silent_at_s:
                mouth.finish()
        ears.hear(pcm, Playback(spoke_until_s, spoke_until_s + LINE_TAIL_S))
        session.settle()
        session.tick()
        if session.ended is not None:
            found.conversations += 1
            found.outcomes[session.ended.outcome] += 1
            session = Session(talk, ears, mouth, FakeScreen(), clock, decided=found.event, inbox=inbox)
            session.start()
    found.longest_s = ears.longest_s
    return found
