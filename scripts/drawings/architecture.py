"""docs/developing/architecture.svg: the rooms of the package, what is in each, who imports whom. Read from the code."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "voice_backcare"
PICTURE = ROOT / "docs" / "developing" / "architecture.svg"

# Rows of the picture, from the outside in; a row imports from the rows under it. A new room goes into one of them.
ROWS = (
    ("cli",),
    ("terminal", "kiosk", "assistants", "audio", "journal", "report"),
    ("settings", "system", "fakes"),
    ("session",),
    ("core",),
)
_COLOURS = ("#e8e8e8", "#dcebf7", "#eaf3e2", "#fdf1d6", "#fbe0dc")
_WIDTH, _MARGIN, _GAP, _BOX, _BETWEEN = 1080, 20, 16, 118, 44
_LETTERS_A_PIXEL = 0.155
_TITLE = "The rooms of the package and who imports whom"
_TIP = (
    "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7' orient='auto'>"
    "<path d='M0 0L8 4L0 8z' fill='#777'/></marker></defs>"
)
_FONT = "font-family='system-ui, sans-serif'"


def rooms() -> dict[str, str]:
    """Each room of the package with the first sentence of its docstring."""
    return {
        path.parent.name: _first_sentence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
        for path in sorted(PACKAGE.glob("*/__init__.py"))
    }


def imports() -> dict[tuple[str, str], int]:
    """How often a module of the first room imports from the second."""
    counts: dict[tuple[str, str], int] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0]
        for name in _imported(path):
            other = name.split(".")[1] if name.count(".") else ""
            if other in {each for row in ROWS for each in row} and other != room and not room.endswith(".py"):
                counts[room, other] = counts.get((room, other), 0) + 1
    return counts


def svg(told: Mapping[str, str], counts: Mapping[tuple[str, str], int]) -> str:
    """The picture. An arrow goes to what is imported. Left out are those of ``cli``, which imports every room, and
    those of ``kiosk/app.py``, which alone imports from its own row.
    """
    places = dict(_places())
    height = 2 * _MARGIN + len(ROWS) * _BOX + (len(ROWS) - 1) * _BETWEEN
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' role='img' aria-label='{_TITLE}'>",
        _TIP,
        f"<rect width='{_WIDTH}' height='{height}' fill='#fff'/>",
    ]
    for room, other in sorted(counts):
        if room != "cli" and places[room][1] != places[other][1]:
            lines.append(_arrow(places[room], places[other]))
    for number, row in enumerate(ROWS):
        for room in row:
            lines.extend(_box(room, told[room], places[room], _COLOURS[number]))
    return "\n".join((*lines, "</svg>", ""))


Place = tuple[float, float, float]  # left edge, top edge, width


def _places() -> Iterator[tuple[str, Place]]:
    for number, row in enumerate(ROWS):
        width = (_WIDTH - 2 * _MARGIN - (len(row) - 1) * _GAP) / len(row)
        for column, room in enumerate(row):
            yield room, (_MARGIN + column * (width + _GAP), _MARGIN + number * (_BOX + _BETWEEN), width)


def _arrow(start: Place, end: Place) -> str:
    x = start[0] + start[2] / 2
    aimed = min(max(x, end[0] + 24), end[0] + end[2] - 24)
    return (
        f"<line x1='{x:.0f}' y1='{start[1] + _BOX:.0f}' x2='{aimed:.0f}' y2='{end[1] - 1:.0f}' stroke='#999' "
        "stroke-width='1.2' marker-end='url(#tip)'/>"
    )


def _box(room: str, says: str, place: Place, colour: str) -> Iterator[str]:
    left, top, width = place
    shape = f"x='{left:.0f}' y='{top:.0f}' width='{width:.0f}' height='{_BOX}' rx='8'"
    yield f"<rect {shape} fill='{colour}' stroke='#555'/>"
    yield f"<text x='{left + 10:.0f}' y='{top + 22:.0f}' {_FONT} font-size='17' font-weight='bold'>{room}/</text>"
    for number, line in enumerate(textwrap.wrap(says, int((width - 20) * _LETTERS_A_PIXEL))):
        y = top + 41 + 14.5 * number
        yield f"<text x='{left + 10:.0f}' y='{y:.0f}' {_FONT} font-size='12' fill='#222'>{escape(line)}</text>"


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split()).split(". ")[0].rstrip(".").replace(" (D11)", "")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("voice_backcare."))
        elif isinstance(node, ast.ImportFrom) and node.module == "voice_backcare":
            yield from (f"voice_backcare.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("voice_backcare."):
            yield node.module or ""


if __name__ == "__main__":
    PICTURE.write_text(svg(rooms(), imports()), encoding="utf-8")
