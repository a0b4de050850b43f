"""What a recogniser expects to hear at each place: phrases made of the data that the reader reads by.

So what can be read can be heard. A recogniser that is bound to phrases makes a model of word pairs of them, in which
the asked sign's words follow "no", "she's" and the like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from voice_backcare.core.understanding.lexicon import expanded, read_table, texts
from voice_backcare.core.understanding.places import Place, place_of
from voice_backcare.core.understanding.reader import Reader

_SHORT_WORDS = 2  # what is longer is heard as a sentence
_EDGE = ""  # stands before the first word of a phrase and after its last


@dataclass(frozen=True)
class Expected:
    """``answers``: yes, no and doubt as they are said. ``before``: what stands before a sign's words in a sentence;
    ``denied``: what denies them, expected before each word that a sign's phrases begin with. ``places``: of some places
    what else is said there. ``decoys``: common words that are no answer.
    """

    reader: Reader
    answers: tuple[str, ...]
    before: tuple[str, ...]
    denied: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]]
    decoys: tuple[str, ...]

    def bare(self, place_id: str) -> tuple[str, ...]:
        """What may be all that is said at the place of this id, in lower case: answers, and of commands and cries those
        that are as short. ``KeyError`` where there is no such place.
        """
        place = place_of(place_id, self.reader.lexicon.signs)
        answers = self.answers if place.kind != "commands" else ()
        own = self._own(place) if place.kind != "question" else ()
        short = (
            p for p in chain(own, self._commands(place), self.reader.lexicon.cries) if len(p.split()) <= _SHORT_WORDS
        )
        return tuple(dict.fromkeys((*answers, *short)))

    def sentences(self, place_id: str) -> tuple[str, ...]:
        """Phrases that show which words follow which in what is said at the place of this id; ``bare`` is among them.

        ``KeyError`` where there is no such place.
        """
        lexicon = self.reader.lexicon
        place = place_of(place_id, lexicon.signs)
        own = self._own(place)
        topics = lexicon.spoken.get("@topic", ()) if place.topics else ()
        common = lexicon.spoken.get("", ()) if place.kind != "commands" else ()
        by_first_word = {phrase.split()[0]: phrase for phrase in own}  # the pairs after it are in ``own`` already
        framed = (f"{before} {phrase}" for phrase in by_first_word.values() for before in self.before)
        denials = (f"{denied} {phrase}" for phrase in by_first_word.values() for denied in self.denied)
        whole = tuple(dict.fromkeys((*self.bare(place_id), *self._commands(place), *lexicon.cries, *denials)))
        return (*whole, *_covering(chain(own, self.places.get(place_id, ()), topics, common, framed), whole))

    def _commands(self, place: Place) -> tuple[str, ...]:
        return self.reader.commands.spoken[place.context]

    def _own(self, place: Place) -> tuple[str, ...]:
        return tuple(phrase for name in sorted(place.own) for phrase in self.reader.lexicon.spoken.get(name, ()))


def _covering(phrases: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The phrases that have a pair of neighbouring words which none before them and none of ``known`` has."""
    seen = set(chain.from_iterable(map(_pairs, known)))
    for phrase in phrases:
        new = _pairs(phrase) - seen
        if new:
            seen |= new
            yield phrase


def _pairs(phrase: str) -> set[tuple[str, str]]:
    return set(pairwise((_EDGE, *phrase.split(), _EDGE)))


def load(folder: Path, reader: Reader) -> Expected:
    """Read ``grammars/spoken`` of ``folder``. ``LexiconError`` says what is wrong."""
    answers, places, frames, decoys = (
        _phrases(folder / f"{name}.yaml") for name in ("answers", "places", "frames", "decoys")
    )
    return Expected(
        reader, tuple(chain(*answers.values())), frames["before"], frames["denied"], places, decoys["decoys"]
    )


def _phrases(path: Path) -> dict[str, tuple[str, ...]]:
    """Every phrase of each list of a file, its templates expanded."""
    table = read_table(path)
    return {
        key: tuple(phrase for template in texts(table, key, path.name) for phrase in expanded(template))
        for key in table
    }
