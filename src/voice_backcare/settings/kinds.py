"""Kinds of values that settings have: each checks a value of the file, and reads one of the command line.

A wrong value raises ``ValueError``, whose text continues a sentence that begins with the key: "must be ...".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

_SHOWN_MOST = 40
_PHONE_DIGITS = (3, 20)
_NAME_CHARACTERS_MOST = 60
_NAME_WORDS_MOST = 8
_MARKS_MOST = 4
_JOINERS = "\u200c\u200d"


class Kind(Protocol):
    """A kind of value."""

    @property
    def metavar(self) -> str:
        """Name of the value in the command line's help."""

    def check(self, value: object) -> Any:
        """The value as the program uses it. Raises ``ValueError``, which says what it must be."""

    def parse(self, text: str) -> object:
        """The value that the file would have for ``text`` given on the command line."""


def shown(value: object) -> str:
    """A wrong value as a message shows it, cut to part of a line."""
    text = repr(value)
    return text if len(text) <= _SHOWN_MOST else f"{text[:_SHOWN_MOST]}..."


def _text(value: object, what: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f'must be {what} in quotation marks: write "{value}"')
    if not isinstance(value, str):
        raise ValueError(f"must be {what} in quotation marks, not {shown(value)}")
    return value.strip()


def _without_marks(text: str) -> str:
    """``text`` without what belongs to the letter before it: vowel signs and joiners of Indic scripts, accents.

    Four to a letter at most, as no script has more.
    """
    letters: list[str] = []
    marks = _MARKS_MOST  # none before the first letter
    for character in text:
        is_mark = unicodedata.category(character) in ("Mn", "Mc") or character in _JOINERS
        marks = marks + 1 if is_mark else 0
        if not is_mark or marks > _MARKS_MOST:
            letters.append(character)
    return "".join(letters)


def _odd(text: str, allowed: str) -> str | None:
    """The first character of ``text`` that is not in ``allowed`` (the inside of a regular expression's class), as a
    message names it; None where there is none.
    """
    found = re.search(rf"[^{allowed}]", text)
    if not found:
        return None
    return f"the letter {found[0]!r}" if found[0].isalpha() else repr(found[0])


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """Kind: an emergency number of three to six digits ("911", "112", "000")."""

    metavar: str = "NUMBER"

    def check(self, value: object) -> str:
        """See ``Kind``."""
        text = _text(value, "a number")
        if odd := _odd(text, "0-9"):
            raise ValueError(f"must be digits only, but has {odd}")
        if not 3 <= len(text) <= 6:
            raise ValueError(f"must be three to six digits, not {shown(text)}")
        return text

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class Phone:
    """Kind: a phone number of digits, with spaces, + - ( ) . / between them. Empty: none."""

    metavar: str = "NUMBER"

    def check(self, value: object) -> str:
        """See ``Kind``."""
        text = " ".join(_text(value, "a phone number").split())
        if odd := _odd(text, r"0-9 +()./\-"):
            raise ValueError(f"must be a phone number of digits, spaces and + - ( ) . / only, but has {odd}")
        least, most = _PHONE_DIGITS
        if text and not least <= sum(c.isdigit() for c in text) <= most:
            raise ValueError(f"must be a phone number of {least} to {most} digits, not {shown(text)}")
        return text

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class PersonName:
    """Kind: a name short enough to be said, of letters, digits, spaces and . , ' - & only. Empty: none."""

    metavar: str = "NAME"

    def check(self, value: object) -> str:
        """See ``Kind``."""
        text = " ".join(unicodedata.normalize("NFC", _text(value, "a name").replace("\u2019", "'")).split())
        if odd := _odd(_without_marks(text), r"\w .,'&\-") or ("'_'" if "_" in text else None):
            raise ValueError(f"must be a name of letters, digits, spaces and . , ' - & only, but has {odd}")
        if len(text) > _NAME_CHARACTERS_MOST or len(text.split()) > _NAME_WORDS_MOST:
            raise ValueError(
                f"must be a name of at most {_NAME_WORDS_MOST} words and {_NAME_CHARACTERS_MOST} characters"
            )
        if text and not any(c.isalpha() for c in text):
            raise ValueError(f"must be a name with letters in it, not {shown(text)}")
        return text.rstrip(",")

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class Text:
    """Kind: one line of text. Empty: the system's default."""

    metavar: str = "NAME"

    def check(self, value: object) -> str | None:
        """See ``Kind``."""
        text = _text(value, "a text")
        if not text.isprintable():
            raise ValueError("must be one line of plain text")
        return text or None

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Kind: an http or https address."""

    metavar: str = "URL"

    def check(self, value: object) -> str:
        """See ``Kind``."""
        text = _text(value, "a web address")
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or not text.isprintable() or " " in text:
            raise ValueError("must be an address that begins with https:// or http://")
        return text

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class Name:
    """Kind: the name of a part to be chosen; whether there is such a part is checked where it is used."""

    metavar: str = "NAME"

    def check(self, value: object) -> str:
        """See ``Kind``."""
        text = _text(value, "a name").lower()
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", text):
            raise ValueError(f"must be a name of letters, digits and . _ - only, not {shown(text)}")
        return text

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class Device:
    """Kind: a device, by name, part of a name, or number."""

    metavar: str = "NAME"

    def check(self, value: object) -> str | None:
        """See ``Kind``."""
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return str(value)
        if not isinstance(value, str):
            raise ValueError(f"must be a device's name in quotation marks, or its number, not {shown(value)}")
        return Text().check(value)

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return text


@dataclass(frozen=True, slots=True)
class Number:
    """Kind: a number from ``least`` to ``most``; a whole one where ``whole`` is set."""

    least: float
    most: float
    whole: bool = False
    metavar: str = "NUMBER"

    def check(self, value: object) -> float:
        """See ``Kind``."""
        what = f"must be a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:g}"
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            hint = ", without quotation marks" if isinstance(value, str) and _is_number(value) else ""
            raise ValueError(f"{what}{hint}, not {shown(value)}")
        if not self.least <= value <= self.most:  # also refuses "not a number"
            raise ValueError(f"{what}, not {shown(value)}")
        return value if self.whole else float(value)

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        try:
            return int(text)
        except ValueError:
            return float(text) if _is_number(text) else text


@dataclass(frozen=True, slots=True)
class Pin:
    """Kind: the number of a GPIO pin as the board's maker counts; whether the board has it is checked later. Empty:
    none.
    """

    metavar: str = "GPIO"

    def check(self, value: object) -> int | None:
        """See ``Kind``."""
        if value == "":
            return None
        try:
            return int(Number(0, 999, whole=True).check(value))
        except ValueError:
            hint = ", without quotation marks" if isinstance(value, str) and value.isdecimal() else ""
            raise ValueError(f"must be the number of a GPIO pin, 17 for GPIO17{hint}, not {shown(value)}") from None

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return int(text) if text.isdecimal() else text


@dataclass(frozen=True, slots=True)
class Numbers:
    """Kind: ``count`` numbers, each from ``least`` to ``most``."""

    count: int
    least: float
    most: float
    metavar: str = "N,N,N"

    def check(self, value: object) -> tuple[float, ...]:
        """See ``Kind``."""
        one = Number(self.least, self.most)
        if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == self.count:
            try:
                return tuple(one.check(each) for each in value)
            except ValueError:
                pass
        raise ValueError(
            f"must be {self.count} numbers from {self.least:g} to {self.most:g} in brackets, not {shown(value)}"
        )

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return [Number(self.least, self.most).parse(part.strip()) for part in text.strip("[] ").split(",")]


@dataclass(frozen=True, slots=True)
class Flag:
    """Kind: ``true`` or ``false``."""

    metavar: str = ""

    def check(self, value: object) -> bool:
        """See ``Kind``."""
        if not isinstance(value, bool):
            raise ValueError(f"must be true or false, without quotation marks, not {shown(value)}")
        return value

    def parse(self, text: str) -> object:
        """See ``Kind``."""
        return {"true": True, "false": False}.get(text.lower(), text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
