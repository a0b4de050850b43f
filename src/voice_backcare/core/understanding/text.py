"""Text to words: lower case, straight apostrophes, contractions taken apart, punctuation as boundaries.

The same steps are applied to an utterance and to every phrase of the data, so that the data can be written in plain
English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

BOUNDARY = "|"  # a comma, a full stop, a dash, a pause
ASKED = "?"  # a question mark, which is a boundary too

_SIMPLE = re.compile(r"[a-z' ]+")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u00b4`]")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_DEGREES = re.compile(r"(?<=\d)\s*(?:\u00b0|º)?\s*(f|c|fahrenheit|celsius)\b|(?<=\d)\s*[\u00b0º]")
_STOP = re.compile(r"\.(?!\d)|(?<!\d)\.")
_HYPHEN = re.compile(r"(?<=[a-z0-9])-(?=[a-z0-9])")
_OTHER = re.compile(r"[^a-z0-9'.{}?|]+")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|\{[a-z_]+\}|[a-z][a-z']*|[?|]")
_FOREIGN_LETTER = re.compile(r"[^\W\d_a-z]")
_SUFFIX = re.compile(r"^([a-z]+)'(s|re|ve|m|ll|d)$")
_MODAL_NOT = frozenset({"can't", "cannot", "couldn't", "won't", "wouldn't", "shan't"})
CANNOT = "cannot"
CALL_NUMBER = "nineoneone"  # the emergency number, however it was said
SPELT_OUT = {
    CALL_NUMBER: "nine one one",
    "uhhuh": "uh huh",
    "uhuh": "uh uh",
    "notthat": "not that",
    "kindof": "kind of",
    f"{CANNOT} to ": "not able to ",
}


def plain(text: str) -> str:
    """Lower case, with straight apostrophes, and every pause as a boundary."""
    if _SIMPLE.fullmatch(text):
        return text
    text = _APOSTROPHES.sub("'", text.lower())
    text = _HYPHEN.sub(" ", _DECIMAL_COMMA.sub(".", _DEGREES.sub(" ", text)))
    text = _STOP.sub(
        f" {BOUNDARY} ", re.sub(r"[,;:!\u2026\u2013\u2014\u00bf\u00a1]| -+ |--+|\.{2,}", f" {BOUNDARY} ", text)
    )
    return " ".join(_OTHER.sub(" ", text.replace("?", f" {ASKED} ")).split())


def foreign(text: str) -> bool:
    """Whether it holds letters that no English word is written with."""
    return bool(_FOREIGN_LETTER.search(text.lower()))


def _parts(word: str) -> tuple[str, ...]:
    """ "isn't" is "is not"; "can't" and "won't" stay one word, since what cannot be done is more than what is not."""
    if word in _MODAL_NOT:
        return (CANNOT,)
    if word.endswith("n't"):
        return (word[:-3], "not")
    if found := _SUFFIX.match(word):
        return (found[1], f"'{found[2]}")
    return (word.strip("'"),)


def words(
    text: str, respelt: Mapping[str, str], joined: Mapping[str, Mapping[tuple[str, ...], str]]
) -> tuple[str, ...]:
    """The words of ``text`` in order. ``respelt``: how a hurried hand writes a word, and how it is spelt.

    ``joined``: words that together are one, such as "uh huh", by the first of them.
    """
    spelt: list[str] = []
    for token in _TOKEN.findall(plain(text)):
        spelt.extend(respelt[token].split() if token in respelt else (token,))
    found: list[str] = []
    at = 0
    while at < len(spelt):
        word = spelt[at]
        if word in joined and (length := _together(spelt, at, joined[word])):
            found.append(joined[word][tuple(spelt[at : at + length])])
            at += length
            continue
        found.extend(part for part in _parts(word) if part) if "'" in word or word in _MODAL_NOT else found.append(word)
        at += 1
    return tuple(found)


def _together(spelt: Sequence[str], at: int, phrases: Mapping[tuple[str, ...], str]) -> int:
    return next((n for n in (4, 3, 2) if tuple(spelt[at : at + n]) in phrases), 0)


def as_spoken(tokens: Sequence[str]) -> str:
    """Words as a person would read them: contractions together again, no marks of pauses."""
    text = " ".join(token for token in tokens if token not in (BOUNDARY, ASKED)).replace(" '", "'")
    for one, several in SPELT_OUT.items():
        text = text.replace(one, several)
    return text
