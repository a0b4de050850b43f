"""What the tests of the journal share: conversations to be interrupted, and what must hold when they go on.

A conversation is a list of input lines, as ``simulate`` takes them; "+20m" moves the clock. To have another one
interrupted at every event, by crash, power cut and update, add it to ``CONVERSATIONS``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from voice_backcare import content, conversation, grammar
from voice_backcare.dialogue.state import NO, Record, State
from voice_backcare.events import Event
from voice_backcare.journal import Boot
from voice_backcare.resuming import Recorder, open_recorder
from voice_backcare.terminal.typed import Turn, TypedConversation

TO_SCOPE = [*["no"] * 6, "yes"]
URGENT = [*TO_SCOPE, "no", "no", "yes", "yes", "maybe", "maybe", "go back", "no", "yes", "no", "I meant yes", "no"]
CONVERSATIONS: dict[str, list[str]] = {
    "first yes": ["yes", "what do I tell them", "go back", "no", "yes", "no"],
    "doubt": ["no", "maybe", "maybe", "repeat", "go back", "maybe"],
    "phrase": ["no", "no", "call 911", "what do I tell them", "go back", "no", "yes", "no"],
    "silence": ["no", "", "", "", "", "continue", "no", "wait", "+3m", "no", "tv", "tv", "tv", "+3m"],
    "read-back refused twice": [*["no"] * 6, "no", *["no"] * 6, "maybe", "repeat"],
    "injury": [*TO_SCOPE, "yes", "repeat", "go back", "no"],
    "urgent": URGENT,
    "follow up": [*TO_SCOPE, *["no"] * 9, "yes", "no", "yes", "no", "no", "yes", "next", "next", "go back"],
    "home care": [*TO_SCOPE, *["no"] * 9, "yes", *["no"] * 4, "yes", *["next"] * 3, "", "", "how much is left", "back"],
    "start over": ["no", "no", "start over", "yes", "no", "stop", "no", "help", "stop"],
}


@dataclass
class Silent:
    """A writer that keeps what it is given."""

    turns: list[Turn] = field(default_factory=list)
    ended: tuple[str, tuple[str, ...], dict[str, str]] | None = None

    def heard(self, text: str, meaning: str) -> None:
        """Nobody looks."""

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)

    def notice(self, text: str) -> None:
        """Nobody looks."""

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        self.ended = (outcome, because, dict(answers))


@dataclass
class Machine:
    """A boot clock that a test moves, and a boot id that it changes."""

    id: str = "one"
    at_s: float = 1000.0

    @property
    def boot(self) -> Boot:
        return Boot(self.id, lambda: self.at_s)


class _PowerCut(BaseException):
    """Nothing catches it, and nothing is put away after it."""


@cache
def parts() -> tuple[conversation.Conversation, grammar.Grammar]:
    return conversation.build(content.load()), grammar.load()


def events_of(lines: Iterable[str]) -> list[Event]:
    """All that the core is given in a conversation without an interruption, its end by "stop" aside."""
    seen: list[Event] = []
    typed = TypedConversation(*parts(), Silent())
    typed.session.decided = seen.append

    def asked() -> Iterable[str]:
        yield from lines
        raise _PowerCut

    with suppress(_PowerCut):
        typed.run(asked())
    return seen


def states(events: Iterable[Event]) -> list[State]:
    """The state before any event, and after each of them."""
    result = [State()]
    for event in events:
        result.append(parts()[0].step(result[-1], event)[0])
    return result


def written_until(
    lines: Iterable[str], folder: Path, boot: Boot, *, after_each: Callable[[int], None] = lambda count: None
) -> list[str]:
    """Interrupt a conversation when its lines are used up; ``after_each`` is called with every event just written.

    Returns what was told of the journal.
    """
    told: list[str] = []
    recorder = open_recorder(parts()[0], folder, told.append, boot=boot)
    count = 0
    append = recorder.decided

    def decided(event: Event) -> None:
        nonlocal count
        append(event)
        count += 1
        after_each(count)

    recorder.decided = decided  # type: ignore[method-assign]

    def asked() -> Iterable[str]:
        yield from lines
        raise _PowerCut

    with suppress(_PowerCut):
        TypedConversation(*parts(), Silent(), recorder=recorder).run(asked())
    recorder.close()
    return told


def copies_at_every_event(lines: Iterable[str], folder: Path, boot: Boot) -> list[Path]:
    """The journal as it was on the disk when each event had been written, before anything was done about it."""
    copies: list[Path] = []

    def copy(count: int) -> None:
        copies.append(folder.with_name(f"{folder.name}-{count}"))
        shutil.copytree(folder, copies[-1])

    written_until(lines, folder, boot, after_each=copy)
    return copies


def taken_up(folder: Path, boot: Boot) -> tuple[Recorder, list[str]]:
    """The next start of the program: its recorder, and what it told."""
    told: list[str] = []
    return open_recorder(parts()[0], folder, told.append, boot=boot), told


def gone_on(folder: Path, boot: Boot, *lines: str) -> Silent:
    """The next start of the program, with these lines, and stopped after them."""
    recorder, told = taken_up(folder, boot)
    assert told == []
    writer = Silent()
    TypedConversation(*parts(), writer, recorder=recorder).run(lines)
    recorder.close()
    return writer


def positives(record: Record) -> dict[str, str]:
    return {question: answer for question, answer in record.answers if answer != NO}


def check_nothing_lost(before: State, after: State, *, fresh: bool) -> None:
    """No yes or doubt is lost, no answer invented, the urgency stays; a "no" stands only while fresh (D1, D11)."""
    triage = parts()[0].triage
    if fresh:
        assert after == before
        return
    assert dict(after.record.answers) == positives(before.record)
    assert (after.record.phrase, after.record.unresolved) == (before.record.phrase, before.record.unresolved)
    assert triage.causes(after.record) == triage.causes(before.record)
