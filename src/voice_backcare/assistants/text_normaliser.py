"""Normalisation of text that another recogniser wrote: apostrophes, dashes, wide letters."""

from __future__ import annotations

import re
import unicodedata

MOST = 20_000  # characters; no utterance is longer; the rest is ignored
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
# "9.1.1", "9 - 1 - 1": the digits of a number that is spelled out, whatever stands between them.
_SPELLED = re.compile(r"(?<![0-9])([0-9])[\s.,-]{1,3}([0-9])[\s.,-]{1,3}([0-9])(?![0-9])")


def plain(text: str) -> str:
    """``text`` with its characters in the form that ``grammar.match`` reads."""
    text = unicodedata.normalize("NFKC", text[:MOST].translate(_SIGNS)).translate(_SIGNS)
    return _SPELLED.sub(r"\1\2\3", text)
