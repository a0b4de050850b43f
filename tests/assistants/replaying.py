"""The transcripts' conversations, driven through the typed conversation and through turns, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from transcripts import FILES, begins, parse, personal
from voice_backcare.assistants.turns import Abilities, Reply, TurnConversation
from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.content import Personal
from voice_backcare.core.events import Line
from voice_backcare.session.factory import TurnCores
from voice_backcare.terminal.text_conversation import TypedConversation, clock_line_s

ALL_ABILITIES = Abilities(announces=True, hears_silence=True, playback_finished=True)
TELLS_SILENCE = Abilities(announces=True)  # a silence is told, and no time goes by
BEGINNINGS = {"start": "start", "start_ice": "start ice", "start_heat": "start heat", "start_coach": "start the timer"}


@dataclass(frozen=True)
class Script:
    """One transcript: what begins it, what the person says, and what they have set."""

    name: str
    begins: str
    said: list[str]
    own: Personal


def scripts() -> list[Script]:
    texts = ((path, path.read_text(encoding="utf-8")) for path in FILES)
    return [_script(path, text) for path, text in texts]


def _script(path: Path, text: str) -> Script:
    said = [turn.person for turn in parse(text) if turn.person is not None]
    return Script(path.stem, begins(text), said, personal(text))


@cache
def same_words(own: Personal = Personal()) -> TurnCores:  # noqa: B008 (frozen)
    """With the very content that the typed conversation has, so that lines can be compared word for word."""
    facts = content.personalise(content.load(), own)
    cores = {announces: conversation.build(facts, keeps_time=announces) for announces in (False, True)}
    return TurnCores(grammar.load(number=own.emergency_number), cores)


@dataclass
class Typed:
    """What the typed conversation says and where it stands after each input line."""

    turns: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)  # lines, kind or "end", id or outcome
    _said: list[str] = field(default_factory=list)

    def play(self, script: Script) -> Typed:
        prepared = same_words(script.own)
        talk = TypedConversation(prepared.cores[True], prepared.grammar, self, voice=self._voice)
        talk.run(script.said, start=script.begins)
        return self

    def _voice(self, line: Line) -> None:
        self._said.append(line.text)

    def heard(self, text: str, meaning: str) -> None: ...

    def notice(self, text: str) -> None: ...

    def turn(self, turn: Any) -> None:
        asked = turn.asked
        self.turns.append((tuple(self._said), asked.kind if asked else "", asked.id if asked else ""))
        self._said.clear()

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        self.turns[-1] = (self.turns[-1][0], "end", outcome)


class InTurns:
    """The same input lines through ``TurnConversation``; time goes only where a line says so."""

    def __init__(self, script: Script, abilities: Abilities) -> None:
        self.talk = TurnConversation(same_words(script.own), abilities)
        self.now_s = 0.0
        self._script = script

    def play(self) -> Iterator[tuple[str, list[Reply]]]:
        """Each input line ("" for silence) with the replies that came of it."""
        yield self._script.begins, [self.talk.reply(BEGINNINGS[self._script.begins], self.now_s)]
        for line in self._script.said:
            yield line, self._replies(line)
            if not self.talk.under_way:
                return

    def _replies(self, line: str) -> list[Reply]:
        seconds = clock_line_s(line)
        if seconds is not None:
            return self._until(self.now_s + seconds)
        if not line and self.talk.abilities.hears_silence:
            until_s = self.talk.session.silence_until_s
            return [] if until_s is None else self._until(until_s)
        if not line and self.talk.abilities == TELLS_SILENCE:
            return [self.talk.silence(self.now_s)]
        return [self.talk.reply(line, self.now_s)]

    def _until(self, to_s: float) -> list[Reply]:
        replies = []
        while (due_s := self.talk.next_due_s()) is not None and due_s <= to_s:
            self.now_s = max(self.now_s, due_s)
            if reply := self.talk.due(self.now_s):
                replies.append(reply)
        self.now_s = max(self.now_s, to_s)
        return replies
