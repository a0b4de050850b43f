"""Variants of the content for places without keys, or where no time can be kept (``variants.toml``)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from voice_backcare.core.content.loader import DATA, Content, ContentError, Text, read_table, read_texts

_NAME = "variants.toml"


@cache
def _table() -> dict[str, Any]:
    return read_table(DATA / _NAME)


def _texts(content: Content, section: str) -> dict[str, Text]:
    return read_texts(_NAME, _table(), section, content.handout_ids)


def _in_place(content: Content, section: str) -> Content:
    """``content`` with the lines of ``section`` instead of those with the same ids."""
    texts = _texts(content, section)
    for line_id in texts.keys() - content.lines.keys():
        raise ContentError(f"{_NAME}: {section}.{line_id}: there is no such line to replace")
    return replace(content, lines={**content.lines, **texts})


def without_keys(content: Content) -> Content:
    """``content`` for a place where nothing can be pressed (an assistant). To be called before ``personalise``, because
    these lines name the emergency number.
    """
    content = replace(content, lines={**content.lines, **_texts(content, "answering")})
    return _in_place(content, "without_keys")


def without_time(content: Content) -> Content:
    """``content`` for a place where no time is kept: nothing offers that, and the line ``no_time`` says so."""
    offers = set(_table()["offers_time"]["lines"])
    if missing := offers - {line.id for step in content.steps for line in step.lines}:
        raise ContentError(f"{_NAME}: offers_time.lines: no step has the line {min(missing)}")
    content = _in_place(content, "without_time")
    return replace(
        content,
        lines={**content.lines, **_texts(content, "untimed")},
        steps=tuple(replace(step, lines=tuple(t for t in step.lines if t.id not in offers)) for step in content.steps),
    )
