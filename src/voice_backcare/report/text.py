"""The summary as plain text, 80 characters wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from voice_backcare.core.summary import Summary
from voice_backcare.report.page import Page, Row, page_of

_WIDTH = 80
_MARK = {True: "* ", False: "  "}


def render(summary: Summary) -> bytes:
    """The text in UTF-8, with a line feed at its end."""
    return ("\n".join(_lines(page_of(summary))) + "\n").encode()


def _lines(page: Page) -> Iterator[str]:
    yield from (page.title, "=" * len(page.title), page.when, "")
    for lead in page.lead:
        yield from textwrap.wrap(lead, _WIDTH)
    for section in page.sections:
        yield from ("", section.heading, "-" * len(section.heading))
        for row in section.rows:
            yield from _row(row)
    yield ""
    for foot in page.foot:
        yield from textwrap.wrap(foot, _WIDTH)


def _row(row: Row) -> Iterator[str]:
    """Lines of one row: the value stands at the right of the first; a star marks a row that should stand out."""
    room = _WIDTH - 2 - (len(row.value) + 2 if row.value else 0)
    first, *more = textwrap.wrap(row.what, room) or [""]
    yield (_MARK[row.strong] + (f"{first:<{room}}  {row.value}" if row.value else first)).rstrip()
    yield from (f"  {line}" for line in more)
