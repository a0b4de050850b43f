"""On which line of a TOML file a key stands. ``tomllib`` tells no lines; the file is known to be right TOML here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

# A comment, a string of each of the four kinds, and what opens, closes and parts; in linear time for any file.
_TOKEN = re.compile(
    r"""#[^\n]*"""
    r"""|\"{3}(?:[^\\"]|\\.|\"(?!\"\"))*\"{3,5}"""
    r"""|'{3}(?:[^']|'(?!''))*'{3,5}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'"""
    r"""|[\[\]{}=\n]|[^#"'\[\]{}=\n]+""",
    re.DOTALL,
)


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line, counted from 1, on which the first key begins that is, or leads to, ``path``; 1 where there is none."""
    header: tuple[str, ...] = ()
    for line, source in _statements(text):
        names = _names(source if source.startswith("[") else f"{source} = 0")
        if source.startswith("["):
            header = names
        else:
            names = header + names
        if names[: len(path)] == path:
            return line
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header, and the key of each value, with the line that it begins on."""
    line, depth, begun, source, valued = 1, 0, 1, "", False
    for token in _TOKEN.findall(text):
        if token == "\n" and not depth:
            if source.strip() and not valued:
                yield begun, source.strip()
            source, valued = "", False
        elif token == "=" and not depth and not valued:
            yield begun, source.strip()
            valued = True
        elif token in ("[", "{"):
            depth += 1
        elif token in ("]", "}"):
            depth -= 1
        if not valued and token != "\n" and not token.startswith("#"):
            begun = begun if source.strip() else line
            source += token
        line += token.count("\n")
    if source.strip() and not valued:
        yield begun, source.strip()


def _names(source: str) -> tuple[str, ...]:
    """The names that one header or one key is made of."""
    table: Any = tomllib.loads(source)
    names = []
    while isinstance(table, dict | list) and table:
        if isinstance(table, list):
            table = table[-1]
            continue
        name, table = next(iter(table.items()))
        names.append(name)
    return tuple(names)
