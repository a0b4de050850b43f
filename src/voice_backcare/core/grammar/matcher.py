"""What can be said at each place, and what it means there: the reader, as the rest of the program uses it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voice_backcare.core.content import USUAL_NUMBER
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.grammar.expected import Expected
from voice_backcare.core.grammar.expected import load as load_expected
from voice_backcare.core.state import ANSWERS
from voice_backcare.core.understanding import reader as understanding
from voice_backcare.core.understanding.lexicon import LexiconError
from voice_backcare.core.understanding.reader import Reader
from voice_backcare.core.understanding.reading import NO_MATCH, Reading

UNKNOWN = "[unk]"  # a recogniser writes it for a word that it did not understand
GrammarError = LexiconError


@dataclass(frozen=True, slots=True)
class Match:
    """What an utterance means at its place; ``sign`` for an emergency only, ``signs`` as ``Reading`` has them.

    Meanings that no key has: "maybe_emergency" (D5), and "no_match" where nothing but signs was said (D14).
    """

    meaning: str
    phrase: str
    sign: str | None = None
    signs: tuple[str, ...] = ()


def match_of(reading: Reading, text: str) -> Match | None:
    """The match of the ``reading`` of ``text``; None where it means nothing.

    Beside a word that was not understood nothing is an answer.
    """
    meaning = reading.topic or reading.meaning
    if (meaning == NO_MATCH and not reading.signs) or (UNKNOWN in text and meaning in ANSWERS):
        return None
    return Match(meaning, reading.phrase or text, reading.sign, tuple(sorted(reading.signs)))


@dataclass(frozen=True)
class Grammar:
    """Everything that is understood. Built once; see ``load``. ``number``: the emergency number, as digits."""

    reader: Reader
    expected: Expected
    number: str = USUAL_NUMBER

    @property
    def decoys(self) -> tuple[str, ...]:
        """Common words that are no answer, which a short answer is weighed against."""
        return self.expected.decoys

    def read(self, place: str, text: str) -> Match | None:
        """What ``text`` means at ``place``; None where it means nothing there. ``KeyError``: there is no such place."""
        return match_of(self.reading(place, text), text)

    def reading(self, place: str, text: str) -> Reading:
        """The whole reading of ``text`` at ``place``. ``KeyError`` where there is no such place."""
        return self.reader.read(place, text)

    def bare(self, place: str) -> tuple[str, ...]:
        """What may be all that is said at ``place``: answers, commands, cries. ``KeyError``: there is no such place."""
        return self.expected.bare(place)

    def sentences(self, place: str) -> tuple[str, ...]:
        """Phrases that show which words follow which in what is said at ``place``. ``KeyError``: there is no such."""
        return self.expected.sentences(place)

    def confirms(self, place: str) -> bool:
        """Whether a "yes" at ``place`` takes something as settled, which only both hearings of an utterance may do
        (D13, C2). ``KeyError`` where there is no such place.
        """
        return self.reader.place(place).kind in ("read_back", "confirm", "check")

    def meanings(self, place: str) -> frozenset[str]:
        """Every meaning that can be heard at ``place``. ``KeyError`` where there is no such place."""
        return self.reader.meanings(place)


@cache
def load(folder: Path | None = None, number: str = USUAL_NUMBER) -> Grammar:
    """Read all of ``folder`` (default: the shipped grammars). ``GrammarError`` names the file, and what is wrong in it.

    Where ``number`` is the emergency number, it is understood as 911 is, which stays understood.
    """
    folder = folder or data_folder("grammars")
    reader = understanding.load(folder, number)
    return Grammar(reader, load_expected(folder / "spoken", reader), number)
