"""Numbers as they are said and written: "38.5", "a hundred and one", "one oh two point four"."""

from __future__ import annotations

from collections.abc import Sequence

_BELOW_TEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_UNITS = {word: value for value, word in enumerate((*_BELOW_TEN, *_TEENS))}
_TENS = {
    word: 10 * tens
    for tens, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_ZERO = ("oh", "o", "zero")
_JOINING = frozenset({"and", "point", "hundred", "a", *_ZERO})
FAHRENHEIT = (90.0, 112.0)
CELSIUS = (34.0, 43.5)


def number(tokens: Sequence[str]) -> float | None:
    """The first number among ``tokens``; None where there is none."""
    for at, token in enumerate(tokens):
        if token[0].isdigit():
            return _with_point(float(token), tokens, at + 1)
        if token in _UNITS or token in _TENS or (token == "hundred"):
            start = at
            return _spoken(tokens, start)
    return None


def _with_point(whole: float, tokens: Sequence[str], at: int) -> float:
    """ "101 point 4", "38 5": a digit after the number is its tenths."""
    rest = list(tokens[at : at + 3])
    if rest[:1] in (["point"], ["and"]) and len(rest) > 1:
        rest = rest[1:]
    elif not (rest and whole >= 34 and whole.is_integer()):
        return whole
    tenths = _digit(rest[0]) if rest else None
    return whole + tenths / 10 if tenths is not None and whole.is_integer() else whole


def _digit(token: str) -> int | None:
    if len(token) == 1 and token.isdigit():
        return int(token)
    value = 0 if token in _ZERO else _UNITS.get(token)
    return value if value is not None and value < 10 else None


def _spoken(tokens: Sequence[str], at: int) -> float:
    """A number in words: tens and units, "one hundred and two", "one oh two", "ninety nine point one"."""
    values: list[str] = []
    while at < len(tokens) and (tokens[at] in _UNITS or tokens[at] in _TENS or tokens[at] in _JOINING):
        values.append(tokens[at])
        at += 1
    whole, _, tenths = " ".join(values).partition(" point ")
    value = _whole([w for w in whole.split() if w not in ("and", "a")])
    digit = _digit(tenths.split()[0]) if tenths else None
    return value if digit is None else value + digit / 10


def _whole(words: Sequence[str]) -> float:
    """The number that ``words`` are; 0 where they are none."""
    if "hundred" in words:
        at = words.index("hundred")
        return 100.0 * (_UNITS.get(words[at - 1], 1) if at else 1) + _whole(words[at + 1 :])
    if len(words) == 3 and words[0] == "one" and words[1] in _ZERO:
        return 100.0 + _UNITS.get(words[2], 0)
    if words and words[0] in _TENS:
        unit = _digit(words[1]) if len(words) > 1 else None
        if unit is None:
            return float(_TENS[words[0]])
        tenths = _digit(words[2]) if len(words) > 2 else None
        return _TENS[words[0]] + unit + (tenths / 10 if tenths is not None else 0)
    return float(_UNITS.get(words[0], 0)) if words else 0.0


def temperature_f(tokens: Sequence[str]) -> float | None:
    """A body temperature in degrees Fahrenheit, told from its size; None where no number can be one."""
    value = number(tokens)
    if value is None:
        return None
    if FAHRENHEIT[0] <= value <= FAHRENHEIT[1]:
        return value
    if CELSIUS[0] <= value <= CELSIUS[1]:
        return round(value * 9 / 5 + 32, 2)
    return None
