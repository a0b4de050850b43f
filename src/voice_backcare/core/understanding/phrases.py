"""Phrases of the data, found inside an utterance: a tree over words, the longest phrase first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

GAP = "{gap}"  # up to GAP_WORDS other words, none of them a negation
GAP_WORDS = 3


@dataclass(frozen=True, slots=True)
class Tag:
    """What a phrase stands for: ``kind`` ("there", "doubt" ...), of which ``sign`` or place, and as written.

    ``alone``: it counts only where it is all that a clause says.
    """

    kind: str
    sign: str
    phrase: str
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase from word ``start`` up to word ``end`` of a clause, with all it stands for."""

    start: int
    end: int
    tags: tuple[Tag, ...]


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    classes: dict[str, _Node] = field(default_factory=dict)  # children under the name of a class of words
    tags: list[Tag] = field(default_factory=list)


class PhraseTree:
    """Built once from the data, then only read."""

    def __init__(self, stoppers: Iterable[str] = ()) -> None:
        self._root = _Node()
        self._stoppers = frozenset(stoppers)
        self._classes: dict[str, _Node] = {}

    def add_class(self, name: str, phrases: Iterable[Sequence[str]]) -> None:
        """Know the phrases that can stand where a phrase has ``name`` in braces."""
        root = self._classes.setdefault(f"{{{name}}}", _Node())
        for words in phrases:
            self._grow(root, words).tags.append(Tag(name, "", ""))

    def add(self, words: Sequence[str], tag: Tag) -> None:
        """Know the phrase; ``GAP`` among its words lets others stand there."""
        node = self._grow(self._root, words)
        if tag not in node.tags:
            node.tags.append(tag)

    def _grow(self, node: _Node, words: Sequence[str]) -> _Node:
        for word in words:
            under = node.classes if word in self._classes else node.children
            node = under.setdefault(word, _Node())
        return node

    def find(self, words: Sequence[str], places: frozenset[str]) -> tuple[Found, ...]:
        """The phrases in ``words``, in order. Where one lies inside a longer one, only the longer counts.

        ``places``: tags whose sign begins with "@" count only where it is one of these.
        """
        found: list[Found] = []
        for start in range(len(words)):
            ends: dict[int, list[Tag]] = {}
            self._walk(self._root, words, start, ends)
            for end, tags in ends.items():
                whole = start == 0 and end == len(words)
                here = tuple(
                    tag
                    for tag in tags
                    if (not tag.sign.startswith("@") or tag.sign in places) and (whole or not tag.alone)
                )
                if here:
                    found.append(Found(start, end, here))
        return tuple(f for f in found if not any(_covers(other, f) for other in found))

    def _walk(self, node: _Node, words: Sequence[str], at: int, ends: dict[int, list[Tag]]) -> None:
        if node.tags:
            ends.setdefault(at, []).extend(node.tags)
        if at < len(words) and (child := node.children.get(words[at])):
            self._walk(child, words, at + 1, ends)
        for name, after in node.classes.items():
            stands: dict[int, list[Tag]] = {}
            self._walk(self._classes[name], words, at, stands)
            for end in stands:
                self._walk(after, words, end, ends)
        if gap := node.children.get(GAP):
            for skipped in range(GAP_WORDS + 1):
                if at + skipped >= len(words) or (skipped and words[at + skipped - 1] in self._stoppers):
                    break
                if gap.classes or words[at + skipped] in gap.children:
                    self._walk(gap, words, at + skipped, ends)


def _covers(longer: Found, shorter: Found) -> bool:
    inside = longer.start <= shorter.start and shorter.end <= longer.end
    return inside and (longer.end - longer.start) > (shorter.end - shorter.start)
