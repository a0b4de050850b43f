"""Lists and amounts as they can be said in one breath."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voice_backcare.core.content import Text
from voice_backcare.core.events import Line

SIGNS_A_LINE = 5  # more of them in one breath cannot be followed, nor kept under 25 words


def listed(signs: Sequence[str], joint: str) -> str:
    """With the joint "or": "a", "a or b", "a, b, or c"."""
    if len(signs) < 3:
        return f" {joint} ".join(signs)
    return f"{', '.join(signs[:-1])}, {joint} {signs[-1]}"


def amount(minutes: float) -> str:
    """Whole minutes, in words that can be said."""
    whole = round(minutes)
    return "less than 1 minute" if minutes < 1 else "1 minute" if whole == 1 else f"{whole} minutes"


def spoken(texts: Iterable[Text]) -> tuple[Line, ...]:
    """Texts of the content that need nothing filled in."""
    return tuple(Line(text.id, text.text, text.sources) for text in texts)


def chunks(ids: Sequence[str]) -> list[tuple[str, ...]]:
    """As few groups as can be followed in one breath each, of even size."""
    count = -(-len(ids) // SIGNS_A_LINE)
    size = -(-len(ids) // count) if count else 0
    return [tuple(ids[i * size : (i + 1) * size]) for i in range(count)]
