"""A typed conversation: the same session as by voice, on ports where speaking takes no time.

One line of input is one utterance; an empty line is silence; "+20m" or "+45s" moves the clock on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Event, Heard, Line, Listen, NoMatch, Phase, Pressed, Say
from voice_backcare.core.grammar.matcher import Grammar, Match
from voice_backcare.session.ports import Posted
from voice_backcare.session.recorder import ConversationRecorder
from voice_backcare.session.session import Session
from voice_backcare.session.text_ports import ManualClock, TextPorts

_LOG = logging.getLogger(__name__)
_CLOCK_LINE = re.compile(r"\+(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_STOPS_MOST = 5  # a stop, its confirmation, and room for a state in between
KEYS = {
    "y": "yes",
    "n": "no",
    "d": "unsure",
    "r": "repeat",
    "b": "go_back",
    "w": "wait",
    "c": "continue",
    "h": "help",
    "?": "help",
    "q": "stop",
}


# How a typed line gets to words and a meaning, in a grammar context.
Ear = Callable[[str, str], tuple[str, Match | None]]


def clock_line_s(text: str) -> float | None:
    """Seconds that a line such as "+20m" or "+45s" stands for; None for any other line."""
    match = _CLOCK_LINE.fullmatch(text.strip().lower())
    if not match:
        return None
    hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return 3600.0 * hours + 60.0 * minutes + seconds


@dataclass
class Turn:
    """Result of one line of input: the lines said, and the question.

    ``asked``: None where the conversation has ended. ``phase``: the phase of ice or heat that runs at ``now_s``
    (seconds on the session's clock); None where none does.
    """

    said: list[Line]
    asked: Say | None
    phase: Phase | None = None
    now_s: float = 0.0


class Writer(Protocol):
    """Output of a typed conversation."""

    def heard(self, text: str, meaning: str) -> None:
        """Write what was typed, and its meaning."""

    def turn(self, turn: Turn) -> None:
        """Write what the program said and asks."""

    def notice(self, text: str) -> None:
        """Write a message about the input, for the person who typed it."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Write how the conversation ended."""


class TypedConversation:
    """A session that is driven by lines of text.

    ``keys``: a single letter is a key, not a word. ``ear``: how a line is understood; None: as it is written.
    ``voice``: called with every line that the program says. ``notices``: report lines that meant nothing. ``recorder``:
    records the conversation, and resumes one that was interrupted.
    """

    def __init__(
        self,
        conversation: Conversation,
        grammar: Grammar,
        writer: Writer,
        *,
        keys: bool = False,
        notices: bool = False,
        ear: Ear | None = None,
        voice: Callable[[Line], None] = lambda line: None,
        recorder: ConversationRecorder | None = None,
    ) -> None:
        self._grammar, self._ear = grammar, ear
        self._writer = writer
        self._keys = KEYS if keys else {}
        self._notices = notices
        self._clock = ManualClock()
        self._ports = TextPorts(self._clock, self._post, voice)
        self.session = Session(conversation, self._ports, self._ports, self._ports, self._clock)
        self._recorder = recorder
        self.turn = Turn([], None)

    def run(self, lines: Iterable[str], *, start: str = "start") -> None:
        """Run a conversation that ``start`` begins to its end; the end of ``lines`` counts as "stop"."""
        if self._recorder:
            self._clock.at_s = self._recorder.starts_at_s
            self._recorder.begin(self.session, start)
        else:
            self.session.start(start)
        self._write()
        for line in lines:
            self._take(line.strip())
            self._write()
            if self.session.ended:  # checked before another line is waited for
                return
        if self.session.ended is None:
            if self._notices:
                self._writer.notice("The answers are used up: taken as stop.")
            self._stop()

    def _stop(self) -> None:
        for _ in range(_STOPS_MOST):
            if self.session.ended is None:
                self._hear(Heard(self._clock.now_s(), "stop", "stop"))
        self._write()

    def _take(self, text: str) -> None:
        seconds = clock_line_s(text)
        if seconds is not None:
            self._advance(self._clock.now_s() + seconds)
        elif not text:
            self._writer.heard("", "no_input")
            self._silence()
        elif text.startswith("+"):
            self._writer.heard(text, "no_match")
            self._writer.notice(f"{text!r} is no time to move the clock by: write +20m or +45s.")
        elif text.lower() in self._keys:
            meaning = self._keys[text.lower()]
            self._writer.heard(text, meaning)
            self._hear(Pressed(self._clock.now_s(), meaning))
        else:
            self._utterance(text)

    def _utterance(self, text: str) -> None:
        listening = self.session.listening
        heard, match = self._heard(listening, text) if listening else (text, None)
        at_s = self._clock.now_s()
        if match:
            self._writer.heard(text, match.meaning)
            self._hear(Heard(at_s, match.meaning, match.phrase, match.sign, match.signs))
            return
        self._writer.heard(text, "no_match")
        if self._notices:
            self._writer.notice(f"{text!r} means nothing here; it was taken as not understood.")
        self._hear(NoMatch(at_s, heard))

    def _heard(self, listening: Listen, text: str) -> tuple[str, Match | None]:
        """What was heard of ``text``, and what it means where one is."""
        return self._ear(listening.place, text) if self._ear else (text, self._grammar.read(listening.place, text))

    def _hear(self, event: Event) -> None:
        self._post(Posted(self.session.turn, event))
        self.session.settle()

    def _post(self, posted: Posted) -> None:
        _LOG.debug("%s", type(posted.what).__name__)
        self.session.post(posted)

    def _silence(self) -> None:
        until_s = self.session.silence_until_s
        if until_s is not None:
            self._advance(until_s)

    def _advance(self, to_s: float) -> None:
        """Let everything that is timed until ``to_s`` happen, in its order and at its moment."""
        while self.session.ended is None:
            due_s = self.session.next_due_s()
            if due_s is None or due_s > to_s:
                break
            self._clock.at_s = max(due_s, self._clock.at_s)
            self.session.tick()
            self.session.settle()
        self._clock.at_s = max(to_s, self._clock.at_s)

    def _write(self) -> None:
        self.session.settle()
        self.turn = self._taken()
        self._writer.turn(self.turn)
        if ended := self.session.ended:
            self._writer.end(ended.outcome, ended.because, ended.answers)

    def _taken(self) -> Turn:
        """The lines said since the last turn, with the question apart."""
        said, asked = self._ports.take(), self._ports.asked
        if asked and tuple(said[len(said) - len(asked.asked) :]) == asked.asked:
            said = said[: len(said) - len(asked.asked)]
        treatment, now_s = self.session.state.treatment, self._clock.now_s()
        phase = replace(treatment, now_at_s=now_s).phase if treatment and not self.session.ended else None
        return Turn(said, asked, phase, now_s)
