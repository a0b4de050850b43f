"""How what is shown is pronounced: "911" is shown, "nine one one" is said."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("pronunciation.toml")


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple((re.compile(rf"(?<!\w){rule['pattern']}(?!\w)"), rule["spoken"]) for rule in table["rule"])


def spoken_form(text: str) -> str:
    """The words that the voice is given for the shown ``text``."""
    for pattern, spoken in _rules():
        text = pattern.sub(spoken, text)
    return " ".join(text.split())
