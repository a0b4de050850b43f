"""Pronunciation of what is shown: "911" is shown, "nine one one" is said."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache

from voice_backcare.core.content.loader import DATA

_TABLE = DATA / "pronunciation.toml"


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple((re.compile(rf"(?<!\w){rule['pattern']}(?!\w)"), rule["spoken"]) for rule in table["rule"])


_SHORT = 6
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def digit_by_digit(number: str) -> str:
    """A number in words: "555-0142" as "five-five-five, zero-one-four-two", with a pause where it is written with a
    gap.

    A short number has a pause after every digit; without it, "nine nine nine" is heard as two nines.
    """
    found = re.findall(r"[0-9]+", number)
    joint = ", " if len(found) == 1 and len(found[0]) <= _SHORT else "-"
    groups = (joint.join(_DIGITS[int(digit)] for digit in group) for group in found)
    return ("plus " if number.startswith("+") else "") + ", ".join(groups)


def spoken_form(text: str, spelled: Sequence[str] = ()) -> str:
    """The words that the voice gets for the shown ``text``. ``spelled``: numbers that are said digit by digit."""
    for number in spelled:
        text = re.sub(rf"(?<![\w.+-]){re.escape(number)}(?![\w-]|\.\d)", digit_by_digit(number), text)
    for pattern, spoken in _rules():
        text = pattern.sub(spoken, text)
    return " ".join(text.split())
