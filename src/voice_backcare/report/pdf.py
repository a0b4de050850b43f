"""The page as a PDF of one sheet (US Letter, with margins that suit A4 too), in the fonts that every reader has."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import pydyf

from voice_backcare.core.summary import Summary
from voice_backcare.report.font_metrics import WIDTHS
from voice_backcare.report.page import Page, Row, page_of

_WIDTH, _HEIGHT = 612.0, 792.0  # points of 1/72 inch
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 545.0, 750.0, 40.0
_SIZES = tuple(10.0 - 0.25 * step for step in range(21))  # the largest letters that fit, 10 to 5 points
_LEADING = 1.28
_RED = (0.64, 0.0, 0.0)
_FONTS = {"plain": "Helvetica", "bold": "Helvetica-Bold"}
_UNKNOWN_WIDTH = 667


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text in its place: the left end of its base line, from the lower left corner of the sheet."""

    x: float
    y: float
    text: str
    font: str
    size: float
    red: bool = False


def render(summary: Summary) -> bytes:
    """One sheet, always: the letters are as small as that needs."""
    page = page_of(summary)
    for size in _SIZES:
        runs, rules, lowest = _laid_out(page, size)
        if lowest >= _BOTTOM:
            break
    return _document(runs, rules, page.title)


def plain(text: str) -> bytes:
    """``text`` in the encoding of the fonts; a letter they lack loses its marks, or becomes a question mark."""
    result = []
    for character in text:
        for candidate in (character, unicodedata.normalize("NFKD", character)[0], "?"):
            try:
                result.append(candidate.encode("cp1252"))
                break
            except UnicodeEncodeError:
                continue
    return b"".join(result)


def width(text: str, font: str, size: float) -> float:
    """In points."""
    return sum(WIDTHS[font].get(character, _UNKNOWN_WIDTH) for character in text) * size / 1000


def wrapped(text: str, font: str, size: float, most: float) -> list[str]:
    """Lines of at most ``most`` points; a single longer word is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width(longer, font, size) <= most:
            lines[-1] = longer
            continue
        lines.append("")
        for character in word:
            if width(lines[-1] + character, font, size) > most:
                lines.append("")
            lines[-1] += character
    return [line for line in lines if line] or [""]


def _laid_out(page: Page, size: float) -> tuple[list[_Run], list[float], float]:
    """All runs, the heights of the rules under the headings, and how low the last line comes."""
    runs: list[_Run] = []
    rules: list[float] = []
    y = _TOP

    def put(texts: Sequence[str], font: str, size: float, *, red: bool = False, before: float = 0.0) -> None:
        nonlocal y
        y -= before
        for text in texts:
            for line in wrapped(text, font, size, _RIGHT - _LEFT):
                y -= size * _LEADING
                runs.append(_Run(_LEFT, y, line, font, size, red))

    put([page.title], "bold", size * 1.5)
    put([page.when], "plain", size)
    put(page.lead, "bold", size * 1.3, red=page.urgent, before=size * 0.7)
    for section in page.sections:
        put([section.heading], "bold", size * 1.1, before=size * 0.7)
        y -= size * 0.3
        rules.append(y)
        y -= size * 0.1
        for row in section.rows:
            runs.extend(_row(row, y, size))
            y = runs[-1].y
    put(page.foot, "plain", size * 0.85, before=size)
    return runs, rules, y


def _row(row: Row, y: float, size: float) -> Iterator[_Run]:
    font = "bold" if row.strong else "plain"
    room = _RIGHT - _LEFT
    if row.value:
        value_width = width(row.value, font, size)
        yield _Run(_RIGHT - value_width, y - size * _LEADING, row.value, font, size)
        room -= value_width + size
    for number, line in zip(count(1), wrapped(row.what, font, size, room), strict=False):
        yield _Run(_LEFT, y - number * size * _LEADING, line, font, size)


def _document(runs: Sequence[_Run], rules: Sequence[float], title: str) -> bytes:
    pdf = pydyf.PDF()
    pdf.info.update(Title=pydyf.String(title), Producer=pydyf.String("voice-backcare"))
    pdf.catalog["Lang"] = pydyf.String("en")
    fonts = pydyf.Dictionary()
    for name, base in _FONTS.items():
        font = pydyf.Dictionary(
            {"Type": "/Font", "Subtype": "/Type1", "BaseFont": f"/{base}", "Encoding": "/WinAnsiEncoding"}
        )
        pdf.add_object(font)
        fonts[name] = font.reference
    stream = pydyf.Stream(compress=True)
    stream.set_line_width(0.5)
    for y in rules:
        stream.move_to(_LEFT, y)
        stream.line_to(_RIGHT, y)
        stream.stroke()
    for run in runs:
        stream.set_color_rgb(*(_RED if run.red else (0.0, 0.0, 0.0)))
        stream.begin_text()
        stream.set_font_size(run.font, run.size)
        stream.set_text_matrix(1, 0, 0, 1, round(run.x, 2), round(run.y, 2))
        stream.show_text(b"<" + plain(run.text).hex().encode() + b">")
        stream.end_text()
    pdf.add_object(stream)
    pdf.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": pdf.pages.reference,
                "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
                "Contents": stream.reference,
                "Resources": pydyf.Dictionary({"Font": fonts}),
            }
        )
    )
    out = io.BytesIO()
    pdf.write(out)
    return out.getvalue()
