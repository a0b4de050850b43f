"""The words and phrases of ``grammars/``, read once and made ready for the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import hassil
import yaml
from hassil.sample import sample_sentence

from voice_backcare.core.content import USUAL_NUMBER
from voice_backcare.core.understanding.phrases import GAP, PhraseTree, Tag
from voice_backcare.core.understanding.text import ASKED, BOUNDARY, CALL_NUMBER, words

_CLASS = re.compile(r"\{([a-z_]+)\}")


class LexiconError(Exception):
    """A file of the words is not what it must be; the text names the file and what is wrong."""


@dataclass(frozen=True)
class Lexicon:
    """``classes``: sets of single words by name. ``respelt`` and ``lemmas``: one form to another.

    ``doubting``: the phrases of doubt as they are said, by their first word. ``phrases``: every phrase by the words
    that are compared. ``spoken``: all that the data expects to be said, by the tag's sign, as written.
    ``cries``: all that is an emergency wherever it is said, as written (D5). ``topics``: what home care is asked about.
    """

    classes: Mapping[str, frozenset[str]]
    respelt: Mapping[str, str]
    joined: Mapping[str, Mapping[tuple[str, ...], str]]
    lemmas: Mapping[str, str]
    finite: frozenset[str]
    filler_phrases: frozenset[tuple[str, ...]]
    contrast_phrases: frozenset[tuple[str, ...]]
    polite_before: frozenset[tuple[str, ...]]
    polite_after: frozenset[tuple[str, ...]]
    doubting: Mapping[str, Sequence[tuple[str, ...]]]
    phrases: PhraseTree
    small_phrases: Mapping[tuple[str, ...], Sequence[Tag]]
    spoken: Mapping[str, tuple[str, ...]]
    cries: tuple[str, ...]
    topics: tuple[str, ...]
    signs: tuple[str, ...]
    dropped: frozenset[str]

    def split(self, text: str) -> tuple[str, ...]:
        """The words of ``text``, spelt and joined as the data is (``text.words``)."""
        return words(text, self.respelt, self.joined)

    def doubts(self, tokens: Sequence[str]) -> bool:
        """Whether a phrase of doubt stands in ``tokens``, word for word."""
        spoken = tuple(token for token in tokens if token not in (BOUNDARY, ASKED))
        return any(
            spoken[at : at + len(run)] == run for at, token in enumerate(spoken) for run in self.doubting.get(token, ())
        )

    def reduced(self, tokens: Sequence[str]) -> list[tuple[str, int]]:
        """The words that are compared, each with its position among ``tokens``: small words out, forms made one."""
        dropped, lemmas, negations, softening = (
            self.dropped,
            self.lemmas,
            self.classes["negations"],
            self.classes["softening"],
        )
        return [
            (lemmas.get(word, word), at)
            for at, word in enumerate(tokens)
            if word not in dropped or (at and word in softening and tokens[at - 1] in negations)
        ]


# Phrases of these kinds colour a whole clause, and are found wherever they stand in it.
_DEGREES = frozenset({"doubt", "hedge", "soft_no", "soft_yes", "low", "almost", "earlier"})
_TEXT_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DOUBTING = ("doubt", "hedge", "soft_no")
_EMERGENCY_KINDS = ("cry", "alone_cry", "event", "call")
_DROPPED = ("child", "oneself", "listener", "determiners", "auxiliaries", "appearance", "strengtheners", "fillers")


def read_table(path: Path) -> dict[str, Any]:
    """A file of the data as a table, all its values text. ``LexiconError`` where it is none."""
    try:
        # Every value is text: here yes, no, on and off are words.
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_TEXT_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LexiconError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise LexiconError(f"{path.name}: is not a table")
    return data


def texts(data: Mapping[str, Any], key: str, file: str) -> list[str]:
    """The list of phrases under ``key``. ``LexiconError`` where it is none."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise LexiconError(f"{file}: {key!r} must be a list of words or phrases")
    return found


@cache
def expanded(template: str) -> tuple[str, ...]:
    """Every phrase of a template: "pain in (the|one) [left] leg"; "{well}" and "..." stay as they are."""
    if not any(sign in template for sign in "[(|"):
        return (template,)
    shielded = _CLASS.sub(r"qq\1qq", template.replace("...", "qqgapqq"))
    try:
        sentence = hassil.parse_sentence(shielded)
        sampled = list(sample_sentence(sentence))
    except Exception as error:  # hassil raises plain exceptions for broken templates
        raise LexiconError(f"the phrase {template!r} cannot be read: {error}") from error
    return tuple(re.sub(r"qq([a-z_]+)qq", r"{\1}", " ".join(text.split())) for text in sampled)


def _forms(table: Mapping[str, Any]) -> tuple[dict[str, str], frozenset[str]]:
    """Each form of a word to the word itself, and the forms that make a sentence ("fainted", not "fainting")."""
    lemmas: dict[str, str] = {}
    finite: set[str] = set()
    for kind in ("verbs", "nouns", "others"):
        for word, forms in table.get(kind, {}).items():
            for form in forms:
                lemmas[str(form)] = str(word)
            if kind == "verbs":
                finite |= {str(form) for form in forms if not str(form).endswith("ing")}
    return lemmas, frozenset(finite)


def _dialled(number: str) -> tuple[str, ...]:
    """Every way to say a number to dial: "nine nine nine", "triple nine"."""
    digits = [_DIGITS[int(digit)] for digit in number]
    triple = (f"triple {digits[0]}",) if len(digits) == 3 and len(set(digits)) == 1 else ()
    return (" ".join(digits), *triple)


def _with_number(cries: Sequence[str], number: str) -> list[str]:
    """The cries that name 911, with ``number`` in its place."""
    if number == USUAL_NUMBER:
        return []
    usual = _dialled(USUAL_NUMBER)[0]
    return [cry.replace(usual, said) for cry in cries if usual in cry for said in _dialled(number)]


class _Builder:
    def __init__(self, folder: Path, number: str) -> None:
        small = read_table(folder / "words" / "small_words.yaml")
        forms = read_table(folder / "words" / "forms.yaml")
        self.classes = {name: frozenset(texts(small, name, "small_words.yaml")) for name in small}
        named = read_table(folder / "words" / "classes.yaml")
        self.named = {name: texts(named, name, "classes.yaml") for name in named}
        self.lemmas, self.finite = _forms(forms)
        respelt = {str(k): str(v) for k, v in forms["respelt"].items()}
        together = {tuple(k.split()): v for k, v in forms["joined"].items()}
        respelt[number] = CALL_NUMBER
        together |= {tuple(said.split()): CALL_NUMBER for said in (" ".join(number), *_dialled(number))}
        joined: dict[str, dict[tuple[str, ...], str]] = {}
        for phrase, word in together.items():
            joined.setdefault(phrase[0], {})[phrase] = word
        tree = PhraseTree(self.classes["negations"])
        self.spoken: dict[str, list[str]] = {}
        self.cries: list[str] = []
        self.topics: list[str] = []
        self.small: dict[tuple[str, ...], list[Tag]] = {}
        self.doubting: dict[str, list[tuple[str, ...]]] = {}
        self.lexicon = Lexicon(
            classes=self.classes,
            respelt=respelt,
            joined=joined,
            lemmas=self.lemmas,
            finite=self.finite,
            filler_phrases=frozenset(words(p, respelt, joined) for p in small["filler_phrases"]),
            contrast_phrases=frozenset(words(p, respelt, joined) for p in small["contrast_phrases"]),
            polite_before=frozenset(words(p, respelt, joined) for p in small["polite_before"]),
            polite_after=frozenset(words(p, respelt, joined) for p in small["polite_after"]),
            doubting=self.doubting,
            phrases=tree,
            small_phrases=self.small,
            spoken={},
            cries=(),
            topics=(),
            signs=(),
            dropped=frozenset().union(*(self.classes[name] for name in _DROPPED)),
        )
        for name, members in self.named.items():
            tree.add_class(name, [self.compared(member) for member in members])

    def add(self, kind: str, sign: str, templates: Sequence[str]) -> None:
        for template in templates:
            for text in expanded(template):
                compared = self.compared(text)
                self.spoken.setdefault(sign, []).extend(self._sayable(text))
                if kind in _EMERGENCY_KINDS:
                    self.cries.extend(self._sayable(text))
                if kind in DOUBTING and not sign:
                    self._add_doubt(text)
                alone = kind.startswith("alone_")
                tag = Tag(kind.removeprefix("alone_"), sign, text, alone)
                if compared:
                    # Of "he fell" only "fall" is left: too little to be found inside other words.
                    little = kind not in _DEGREES and len(compared) == 1 and " " in text
                    self.lexicon.phrases.add(compared, replace(tag, alone=alone or little))
                else:  # small words only, and perhaps a negation: known where they are all that is said
                    self.small.setdefault(self.lexicon.split(text), []).append(tag)

    def _add_doubt(self, text: str) -> None:
        """Keep a phrase of doubt word for word, where it is one unbroken run of words."""
        for sayable in self._sayable(text):
            run = self.lexicon.split(sayable)
            self.doubting.setdefault(run[0], []).append(run)

    def compared(self, text: str) -> tuple[str, ...]:
        """The words of a phrase that are compared; none where it has only small words."""
        reduced = tuple(word for word, _ in self.lexicon.reduced(self.lexicon.split(text.replace("...", GAP))))
        for word in reduced:
            if word.startswith("{") and word != GAP and word.strip("{}") not in self.named:
                raise LexiconError(f"{text!r}: there is no class {word} in classes.yaml")
        return () if all(word in self.classes["negations"] for word in reduced) else reduced

    def _sayable(self, text: str) -> list[str]:
        if "..." in text or GAP in text:
            return []
        parts = _CLASS.split(text)
        if len(parts) == 1:
            return [text]
        return [text.replace(f"{{{parts[1]}}}", word, 1) for word in self.named[parts[1]] if text.count("{") == 1]


@cache
def load(folder: Path, number: str) -> Lexicon:
    """All words and phrases under ``folder`` (``grammars``). ``LexiconError`` says what is wrong, and where.

    ``number``: what is dialled in an emergency, as digits; however it is said, it is one word.
    """
    builder = _Builder(folder, number)
    for path in sorted((folder / "words").glob("*.yaml")):
        if path.stem not in ("small_words", "forms", "classes"):
            data = read_table(path)
            for kind in data:
                builder.add(kind, "", texts(data, kind, path.name))
    signs = []
    for path in sorted((folder / "signs").glob("*.yaml")):
        for sign, groups in read_table(path).items():
            signs += [sign] if "asked_there" in groups else []
            for kind in groups:
                where = f"@{sign}" if kind.startswith("asked_") else sign
                builder.add(kind.removeprefix("asked_"), where, texts(groups, kind, path.name))
    for path in sorted((folder / "places").glob("*.yaml")):
        for place, groups in read_table(path).items():
            topics = groups.pop("topics", {})
            builder.topics += topics
            for topic in topics:
                builder.add(f"topic:{topic}", "@topic", texts(topics, topic, path.name))
            for kind in groups:
                builder.add(kind, f"@{place}", texts(groups, kind, path.name))
    return replace(
        builder.lexicon,
        cries=tuple(dict.fromkeys((*builder.cries, *_with_number(builder.cries, number)))),
        topics=tuple(dict.fromkeys(builder.topics)),
        spoken={sign: tuple(dict.fromkeys(texts)) for sign, texts in builder.spoken.items()},
        signs=tuple(sorted(signs, key=lambda sign: ("ESRF".index(sign[0]), sign))),
    )
