"""The shipped words, as the tests of the reader go through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from hypothesis import settings

from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.understanding.lexicon import expanded, read_table
from voice_backcare.core.understanding.reader import Reader, load

steadily = settings(deadline=None, derandomize=True, max_examples=150)
FOLDER = data_folder("grammars")


def reader() -> Reader:
    return load()


def _phrases(kind: str) -> Iterator[str]:
    for path in sorted((FOLDER / "words").glob("*.yaml")):
        if path.stem not in ("small_words", "forms", "classes"):
            for template in read_table(path).get(kind, []):
                yield from expanded(template)


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """The phrases of ``words/`` that are of this kind: "doubt", "soft_no", "well" ..."""
    return tuple(_phrases(kind))


@cache
def sign_words(sign: str, kind: str) -> tuple[str, ...]:
    """The phrases that the sign has under ``kind``, as they can be said."""
    found: list[str] = []
    for path in sorted((FOLDER / "signs").glob("*.yaml")):
        for template in read_table(path).get(sign, {}).get(kind, []):
            found += [text for text in expanded(template) if "..." not in text and "{" not in text]
    return tuple(dict.fromkeys(found))


SIGNS = reader().lexicon.signs
NO_SIGNS = tuple(sign for sign in SIGNS if sign[0] != "S")
EMERGENCY_SIGNS = ("E1", "E3", "E4", "emergency")
_PERSONS = {"he", "she", "it", "they", "i", "he's", "she's", "it's", "they're", "him", "her"}


def things(sign: str, kind: str) -> tuple[str, ...]:
    """Of those phrases the ones that say nothing of a person, in one part, and so fit into any sentence."""
    several = (
        _PERSONS | reader().lexicon.classes["links"] | {"and", "just", "second", "minute", "minutes", "day", "hours"}
    )
    return tuple(words for words in sign_words(sign, kind) if not set(words.split()) & several)
