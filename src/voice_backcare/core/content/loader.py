"""Loader of the content files, which refuses content that breaks a rule.

The rules (D12): every text has its handout ids (or "own"), ids are those of ``handout.toml``, no text is empty, no
prompt is longer than 25 words, and no question's first wording is longer than 12.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MAX_PROMPT_WORDS = 25
MAX_QUESTION_WORDS = 12
OWN = "own"
USUAL_NUMBER = "911"  # the number in the content files
PARTS = ("emergency", "scope", "urgent", "follow_up")
_WORDINGS = ("ask", "again", "plain", "why", "sign", "no")


class ContentError(Exception):
    """Error: a content file breaks a rule; ``str()`` names file and key."""


@dataclass(frozen=True, slots=True)
class Text:
    """One prompt: its id, its text as it is shown, and its handout ids or ``("own",)``."""

    id: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the handout; "yes" always means that the sign is there.

    ``ask``, ``again``, ``plain``: the first wording, the reprompt, and the plainer one (D2). ``why``: why it is asked.
    ``sign``: the sign in a few words. ``no``: what a "no" was taken for, said before the next question (D13).
    """

    id: str
    part: str
    sources: tuple[str, ...]
    ask: str
    again: str
    plain: str
    why: str
    sign: str
    no: str

    def texts(self) -> Iterator[Text]:
        """Every wording of the question that is spoken."""
        for wording in _WORDINGS:
            yield Text(f"{self.id}_{wording}", getattr(self, wording), self.sources)


@dataclass(frozen=True, slots=True)
class PartTitle:
    """Titles of a part of the questions: ``title`` on paper, ``shown`` on a screen while it is asked."""

    title: str
    shown: str


@dataclass(frozen=True, slots=True)
class Step:
    """One home-care step of one or more prompts; ``part`` is the name it is asked for by."""

    id: str
    part: str
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Explanation for a parent who asks about the background."""

    id: str
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Personal:
    """The emergency number and the child's provider as they are shown; an empty name or phone number is never said."""

    emergency_number: str = USUAL_NUMBER
    provider_name: str = ""
    provider_phone: str = ""

    @property
    def spelled(self) -> tuple[str, ...]:
        """Numbers that are said digit by digit, as they are shown, besides the usual emergency number."""
        numbers = (self.provider_phone, self.emergency_number)
        return tuple(number for number in numbers if number and number != USUAL_NUMBER)


@dataclass(frozen=True)
class Content:
    """All content. ``source``: what the handout is (title, publisher, years).

    ``part_titles``: one for each of ``PARTS``, in the order in which they are asked. ``contact``: the lines that name
    the child's provider, where the person has set that (``personalise``).
    """

    handout_ids: frozenset[str]
    source: Mapping[str, str]
    part_titles: Mapping[str, PartTitle]
    questions: Mapping[str, Question]
    lines: Mapping[str, Text]
    steps: tuple[Step, ...]
    answers: Mapping[str, Answer]
    personal: Personal = Personal()
    contact: tuple[Text, ...] = ()

    def part(self, name: str) -> tuple[str, ...]:
        """Ids of a part's questions, in the order in which they are asked."""
        return self._parts[name]

    @cached_property
    def _parts(self) -> Mapping[str, tuple[str, ...]]:
        return {part: tuple(q.id for q in self.questions.values() if q.part == part) for part in PARTS}

    def texts(self) -> Iterator[Text]:
        """Every text of the program, in any order."""
        for question in self.questions.values():
            yield from question.texts()
        yield from self.lines.values()
        for step in self.steps:
            yield from step.lines
        for answer in self.answers.values():
            yield from answer.lines


@dataclass(frozen=True)
class _File:
    """One content file that is being read."""

    name: str
    table: Mapping[str, Any]
    ids: frozenset[str]

    def fail(self, key: str, what: str) -> ContentError:
        """Error that names this file and the key."""
        return ContentError(f"{self.name}: {key}: {what}")

    def text(self, table: Mapping[str, Any], key: str, where: str, *, most_words: int = MAX_PROMPT_WORDS) -> str:
        """The text under ``key``, checked. Raises ``ContentError``."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"{where}.{key}", "is missing or empty")
        if len(value.split()) > most_words:
            raise self.fail(f"{where}.{key}", f"has {len(value.split())} words; {most_words} is the most")
        return value

    def sources(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        """The handout ids under ``key``, checked. Raises ``ContentError``."""
        value = table.get(key)
        if not isinstance(value, list) or not value:
            raise self.fail(f"{where}.{key}", 'is missing: name the handout ids, or "own"')
        for source in value:
            if source not in self.ids and source != OWN:
                raise self.fail(f"{where}.{key}", f"{source!r} is no id of the handout")
        return tuple(value)

    def entries(self, key: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The tables of ``[[key]]`` with their ids. Raises ``ContentError`` where an id comes twice."""
        seen: dict[str, Mapping[str, Any]] = {}
        for table in self.table.get(key, []):
            entry_id = self.text(table, "id", key)
            if entry_id in seen:
                raise self.fail(f"{key}.{entry_id}", "is there twice")
            seen[entry_id] = table
        if not seen:
            raise self.fail(key, "there is none")
        return list(seen.items())

    def told(self, table: Mapping[str, Any], where: str) -> tuple[Text, ...]:
        """The ``lines`` of a step or an answer."""
        if not table.get("lines"):
            raise self.fail(f"{where}.lines", "is missing or empty")
        return tuple(
            Text(
                f"{where}_{number}",
                self.text(line, "text", f"{where}.lines[{number}]"),
                self.sources(line, "sources", f"{where}.lines[{number}]"),
            )
            for number, line in enumerate(table["lines"], 1)
        )


def _question(file: _File, entry_id: str, table: Mapping[str, Any]) -> Question:
    if entry_id not in file.ids:
        raise file.fail(f"question.{entry_id}", "is no id of the handout")
    if table.get("part") not in PARTS:
        raise file.fail(f"question.{entry_id}.part", f"must be one of {', '.join(PARTS)}")
    also = file.sources(table, "also", entry_id) if "also" in table else ()
    file.text(table, "ask", entry_id, most_words=MAX_QUESTION_WORDS)
    wordings = {wording: file.text(table, wording, entry_id) for wording in _WORDINGS}
    return Question(id=entry_id, part=table["part"], sources=(entry_id, *also), **wordings)


def _part_title(file: _File, part: str) -> PartTitle:
    parts = file.table.get("part")
    table = parts.get(part) if isinstance(parts, Mapping) else None
    if not isinstance(table, Mapping):
        raise file.fail(f"part.{part}", "is missing: name its title")
    title, shown = (file.text(table, key, f"part.{part}") for key in ("title", "shown"))
    return PartTitle(title, shown)


def _lines(file: _File, section: str = "line") -> dict[str, Text]:
    if not file.table.get(section):
        raise file.fail(section, "there is none")
    return {
        line_id: Text(line_id, file.text(table, "text", line_id), file.sources(table, "sources", line_id))
        for line_id, table in file.table[section].items()
    }


def read_texts(name: str, table: Mapping[str, Any], section: str, ids: frozenset[str]) -> dict[str, Text]:
    """The lines of one section of the file ``name``, by id; ``ids`` are those of the handout. Raises
    ``ContentError``.
    """
    return _lines(_File(name, table, ids), section)


def read_table(path: Path) -> dict[str, Any]:
    """The content file at ``path``, not checked. Raises ``ContentError`` where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"{path.name}: cannot be read: {error}") from error


@cache
def load(folder: Path | None = None) -> Content:
    """All content of ``folder`` (default: the shipped one). Raises ``ContentError``, which names file and key."""
    folder = folder or DATA
    handout = read_table(folder / "handout.toml")
    ids = frozenset(handout.get("ids", []))
    questions, lines, coach, home_care = (
        _File(name, read_table(folder / name), ids)
        for name in ("questions.toml", "lines.toml", "coach.toml", "home_care.toml")
    )
    if not ids:
        raise ContentError("handout.toml: ids: is missing or empty")
    asked = {entry_id: _question(questions, entry_id, table) for entry_id, table in questions.entries("question")}
    for sign in handout.get("signs", []):
        if not any(sign in question.sources for question in asked.values()):
            raise questions.fail(f"question.{sign}", "is missing: no question asks about this sign")
    return Content(
        handout_ids=ids,
        source={key: str(value) for key, value in handout.items() if key not in ("ids", "signs")},
        part_titles={part: _part_title(questions, part) for part in PARTS},
        questions=asked,
        lines={**_lines(lines), **_lines(coach)},
        steps=tuple(
            Step(entry_id, home_care.text(table, "part", entry_id), home_care.told(table, f"step_{entry_id}"))
            for entry_id, table in home_care.entries("step")
        ),
        answers={
            entry_id: Answer(entry_id, home_care.told(table, entry_id))
            for entry_id, table in home_care.entries("answer")
        },
    )
