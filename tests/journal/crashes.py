"""What the tests of the journal share: conversations to be interrupted, and what must hold when they go on.

A conversation is a list of input lines, as ``simulate`` takes them; "+20m" moves the clock. To have another one
interrupted at every event, by crash, power cut and update, add it to ``CONVERSATIONS``; an hour of ice or heat that is
begun alone to ``STARTS`` too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from counted import COUNTED

from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.events import Event
from voice_backcare.core.state import NO, Record, State
from voice_backcare.journal import Boot
from voice_backcare.journal.recorder import Recorder, open_recorder
from voice_backcare.terminal.text_conversation import Turn, TypedConversation

_T = TypeVar("_T")

TO_SCOPE = [*["no"] * 6, "yes"]
URGENT = [*TO_SCOPE, "no", "no", "yes", "yes", "maybe", "maybe", "go back", "no", "yes", "no", "I meant yes", "no"]
TO_HOME_CARE = [*TO_SCOPE, *["no"] * 9, "yes", *["no"] * 4, "yes"]
# A pause, an "off" that nobody acknowledges, "switch", an awake check answered, and one that is not.
ICE = [
    *("no", "yes", "+10m", "how long is left", "pause", "+3m", "continue", "yes", "+10m", "+1m", "+1m", "+3m"),
    *("okay", "no", "+20m", "yes", "+2m", "switch", "okay", "no", "+20m", "yes", "yes", "+5m", "yes", "+5m", ""),
    *("okay", "no", "+10m"),
]
HEAT = [
    *("yes", "+5m", "yes", "+5m", "maybe", "+1m", "okay", "maybe", "no", "+20m", "yes", "+5m", "", "it's off", "no"),
    *("+20m", "yes", "it hurts", "okay", "no", "+20m", "yes", "yes", "+8m", "+10m", "okay", "no"),
]
IN_HOME_CARE = ["ice", "yes", "+20m", "okay", "no", "+20m", "switch", "yes", "+5m", "yes", "stop"]
CONVERSATIONS: dict[str, list[str]] = {
    "first yes": ["yes", "what do I tell them", "go back", "no", "yes", "no"],
    "doubt": ["no", "maybe", "maybe", "repeat", "go back", "maybe"],
    "phrase": ["no", "no", "call 911", "what do I tell them", "go back", "no", "yes", "no"],
    "silence": ["no", "", "", "", "", "continue", "no", "wait", "+3m", "no", "tv", "tv", "tv", "+3m"],
    "read-back refused twice": [*["no"] * 6, "no", *["no"] * 6, "maybe", "repeat"],
    "injury": [*TO_SCOPE, "yes", "repeat", "go back", "no"],
    "urgent": URGENT,
    "follow up": [*TO_SCOPE, *["no"] * 9, "yes", "no", "yes", "no", "no", "yes", "next", "next", "go back"],
    "home care": [*TO_HOME_CARE, *["next"] * 3, "", "", "how much is left", "back"],
    "start over": ["no", "no", "start over", "yes", "no", "stop", "no", "help", "stop"],
    "hour of ice": ICE,
    "hour of heat": HEAT,
    "hour in home care": [*TO_HOME_CARE, *IN_HOME_CARE],
}
STARTS = {"hour of ice": "start_ice", "hour of heat": "start_heat"}
EVERYTHING = bool(os.environ.get("VOICE_BACKCARE_FAULTS"))  # what scripts/faults sets: no sampling


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


def events_of(lines: Iterable[str], start: str = "start") -> list[Event]:
    """All that the core is given in a conversation without an interruption, its end by "stop" aside."""
    seen: list[Event] = []
    typed = TypedConversation(*parts(), Silent())
    typed.session.decided = lambda event, after: seen.append(event)

    def asked() -> Iterable[str]:
        yield from lines
        raise _PowerCut

    with suppress(_PowerCut):
        typed.run(asked(), start=start)
    return seen


def sampled(items: Sequence[_T], step: int) -> list[_T]:
    """Every ``step``-th of them, the first and the last; all of them where everything is to be tried."""
    return list(items) if EVERYTHING else [*items[:-1:step], *items[-1:]]


def states(events: Iterable[Event]) -> list[State]:
    """The state before any event, and after each of them."""
    result = [State()]
    for event in events:
        result.append(parts()[0].step(result[-1], event)[0])
    return result


def written_until(
    lines: Iterable[str],
    folder: Path,
    boot: Boot,
    *,
    start: str = "start",
    after_each: Callable[[int], None] = lambda count: None,
) -> list[str]:
    """Interrupt a conversation when its lines are used up; ``after_each`` is called with every event just written.

    Returns what was told of the journal.
    """
    told: list[str] = []
    recorder = open_recorder(parts()[0], folder, told.append, boot=boot)
    count = 0
    append = recorder.decided

    def decided(event: Event, after: State) -> None:
        nonlocal count
        append(event, after)
        count += 1
        after_each(count)

    recorder.decided = decided  # type: ignore[method-assign]

    def asked() -> Iterable[str]:
        yield from lines
        raise _PowerCut

    with suppress(_PowerCut):
        TypedConversation(*parts(), Silent(), recorder=recorder).run(asked(), start=start)
    recorder.close()
    return told


def copies_at_every_event(lines: Iterable[str], folder: Path, boot: Boot, start: str = "start") -> list[Path]:
    """The journal as it was on the disk when each event had been written, before anything was done about it."""
    copies: list[Path] = []

    def copy(count: int) -> None:
        copies.append(folder.with_name(f"{folder.name}-{count}"))
        shutil.copytree(folder, copies[-1])

    written_until(lines, folder, boot, start=start, after_each=copy)
    return copies


def taken_up(folder: Path, boot: Boot) -> tuple[Recorder, list[str]]:
    """The next start of the program: its recorder, and what it told."""
    told: list[str] = []
    COUNTED["journals taken up"] += 1
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
