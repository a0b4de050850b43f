"""Output of a conversation as JSON, one object a line: the interface for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO

from voice_backcare.core.events import Line
from voice_backcare.terminal.text_conversation import Turn


def _sources(lines: Sequence[Line]) -> list[str]:
    """Handout ids of all lines, each once; "own" only where there is none."""
    sources = dict.fromkeys(source for line in lines for source in line.sources)
    return [source for source in sources if source != "own"] or ["own"]


class JsonWriter:
    """Implementation of ``Writer`` on ``out``, which is flushed after each turn; notices go to standard error."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def heard(self, text: str, meaning: str) -> None:
        """Write the object of the input and its meaning."""
        self._write(event="heard", text=text, meaning=meaning)

    def turn(self, turn: Turn) -> None:
        """Write an object for each line said, and one for the question."""
        for line in turn.said:
            self._write(event="say", id=line.id, say=line.text, sources=list(line.sources))
        if turn.asked:
            lines = turn.asked.asked
            say = " ".join(line.text for line in lines)
            self._write(event="ask", kind=turn.asked.kind, id=turn.asked.id, say=say, sources=_sources(lines))
        self._out.flush()

    def notice(self, text: str) -> None:
        """Write ``text`` to standard error."""
        with suppress(OSError):  # a closed standard error must not end the conversation
            print(text, file=sys.stderr)  # noqa: T201

    def end(self, outcome: str, because: tuple[str, ...], answers: tuple[tuple[str, str], ...]) -> None:
        """Write the object of the end: outcome, causes and answers."""
        self._write(event="end", outcome=outcome, because=list(because), answers=dict(answers))
        self._out.flush()

    def _write(self, **values: Any) -> None:
        self._out.write(json.dumps(values, ensure_ascii=False) + "\n")
