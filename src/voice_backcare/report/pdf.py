"""The summary as a PDF of one sheet (US Letter, with margins that suit A4 too).

The letters that are used are embedded: DejaVu Sans Condensed with the Latin, Greek and Cyrillic alphabets.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import count

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from voice_backcare.core.summary import Summary
from voice_backcare.report.page import Page, Row, page_of

_WIDTH, _HEIGHT = 612.0, 792.0  # points of 1/72 inch
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 545.0, 750.0, 40.0
_SIZES = tuple(10.0 - 0.25 * step for step in range(21))  # the largest letters that fit, 10 to 5 points
_LEADING = 1.28
_RED = (0.64, 0.0, 0.0)
_FONTS = {"plain": "DejaVuSansCondensed", "bold": "DejaVuSansCondensed-Bold"}


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text and its place: the left end of its base line in points from the lower left corner of the
    sheet.
    """

    x: float
    y: float
    text: str
    font: str
    size: float
    red: bool = False


def render(summary: Summary) -> bytes:
    """The PDF; the letters are as small as one sheet needs."""
    page = page_of(summary)
    for size in _SIZES:
        runs, rules, lowest = _laid_out(page, size)
        if lowest >= _BOTTOM:
            break
    return _document(runs, rules, page.title)


@lru_cache
def _font(name: str) -> TTFont:
    """The font ``name``, a key of ``_FONTS``, registered with reportlab."""
    data = resources.files(__package__).joinpath("fonts", f"{_FONTS[name]}.ttf").read_bytes()
    font = TTFont(_FONTS[name], io.BytesIO(data))
    pdfmetrics.registerFont(font)
    return font


def printable(text: str, font: str) -> str:
    """``text`` in letters that the font has; a letter it lacks loses its accents, or becomes a question mark."""
    known = _font(font).face.charToGlyph
    letters = unicodedata.normalize("NFC", text)
    found = ((letter, unicodedata.normalize("NFKD", letter)[0], "?") for letter in letters)
    return "".join(next(each for each in candidates if ord(each) in known) for candidates in found)


def width(text: str, font: str, size: float) -> float:
    """Width of ``text`` in points; all of it must be printable."""
    return float(_font(font).stringWidth(text, size))


def wrapped(text: str, font: str, size: float, most: float) -> list[str]:
    """``text`` in lines of at most ``most`` points; a single longer word is cut."""
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
    """All pieces of text, the heights of the rules under the headings, and the height of the lowest line, in points."""
    runs: list[_Run] = []
    rules: list[float] = []
    y = _TOP

    def put(texts: Sequence[str], font: str, size: float, *, red: bool = False, before: float = 0.0) -> None:
        nonlocal y
        y -= before
        for text in texts:
            for line in wrapped(printable(text, font), font, size, _RIGHT - _LEFT):
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
    what, value = printable(row.what, font), printable(row.value, font)
    if value:
        value_width = width(value, font, size)
        yield _Run(_RIGHT - value_width, y - size * _LEADING, value, font, size)
        room -= value_width + size
    for number, line in zip(count(1), wrapped(what, font, size, room), strict=False):
        yield _Run(_LEFT, y - number * size * _LEADING, line, font, size)


def _document(runs: Sequence[_Run], rules: Sequence[float], title: str) -> bytes:
    out = io.BytesIO()
    # "invariant": no creation time in the file; the page has the time where the clock is right.
    canvas = Canvas(
        out, (_WIDTH, _HEIGHT), invariant=True, pageCompression=1, lang="en", initialFontName=_font("plain").fontName
    )
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("voice-backcare")
    canvas.setProducer("voice-backcare")
    canvas.setLineWidth(0.5)
    for y in rules:
        canvas.line(_LEFT, y, _RIGHT, y)
    for run in runs:
        canvas.setFillColorRGB(*(_RED if run.red else (0.0, 0.0, 0.0)))
        canvas.setFont(_FONTS[run.font], run.size)
        canvas.drawString(run.x, run.y, run.text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
