"""The summary as an HTML page that needs no other file, to look at or to print on one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from voice_backcare.core.summary import Summary
from voice_backcare.report.page import Page, Row, Section, page_of

_STYLE = """
@page { margin: 11mm 14mm }
body { font: 10pt/1.3 "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; color: #111; background: #fff;
  max-width: 46em; margin: 1em auto; padding: 0 1em }
@media print { body { font-size: 8.5pt; line-height: 1.22; margin: 0; padding: 0; max-width: none } }
h1 { font-size: 1.4em; margin: 0 0 .1em }
h2 { font-size: 1.05em; margin: .7em 0 .15em; border-bottom: 1px solid #767676 }
.when, footer { color: #444; margin: 0 0 .6em }
.lead { font-size: 1.2em; font-weight: bold; border: 2px solid #111; padding: .4em .7em; margin: 0 }
.lead p { margin: 0 }
.urgent { border-color: #a40000; color: #a40000 }
table { width: 100%; border-collapse: collapse }
th, td { text-align: left; font-weight: normal; padding: .06em 0; vertical-align: top }
td { text-align: right; white-space: nowrap; padding-left: 1.5em }
tr { break-inside: avoid }
.strong th, .strong td { font-weight: bold }
footer { margin-top: .9em; font-size: .85em }
footer p { margin: 0 }
""".strip()


def render(summary: Summary) -> bytes:
    """The page in UTF-8; no script, nothing fetched from anywhere."""
    return ("\n".join(_lines(page_of(summary))) + "\n").encode()


def _lines(page: Page) -> Iterator[str]:
    title = escape(page.title)
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>"
    yield f'<h1>{title}</h1>\n<p class="when">{escape(page.when)}</p>'
    yield f'<div class="lead{" urgent" if page.urgent else ""}">'
    yield from (f"<p>{escape(lead)}</p>" for lead in page.lead)
    yield "</div>"
    for section in page.sections:
        yield from _section(section)
    yield "</main>\n<footer>"
    yield from (f"<p>{escape(foot)}</p>" for foot in page.foot)
    yield "</footer>\n</body>\n</html>"


def _section(section: Section) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(section.heading)}</h2>\n<table>"
    yield from (_row(row) for row in section.rows)
    yield "</table>\n</section>"


def _row(row: Row) -> str:
    strong = ' class="strong"' if row.strong else ""
    return f'<tr{strong}><th scope="row">{escape(row.what)}</th><td>{escape(row.value)}</td></tr>'
