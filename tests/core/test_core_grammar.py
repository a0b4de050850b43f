"""Phrases to meanings: what counts, what negates, and what a broken grammar file is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voice_backcare.core import grammar
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.grammar.matcher import GrammarError, Match
from voice_backcare.system.paths import checkout

WORDS = grammar.load()
BASE = {
    "contexts.yaml": 'groups: {answers: {"Yes": "yes"}}\ncontexts: {question: [answers]}\n',
    "words.yaml": "language: en\n",
    "yes.yaml": 'language: en\nintents: {"Yes": {data: [{sentences: ["yes"]}]}}\n',
    "emergency.yaml": 'language: en\nintents: {EmergencyE1: {data: [{sentences: ["not breathing"]}]}}\n',
}


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in {**BASE, **{f"{name}.yaml": text for name, text in files.items()}}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("context", "text", "meaning"),
    [
        ("question", "Yes.", "yes"),
        ("question", "um, no please", "no"),
        ("question", "well uh yeah", "yes"),
        ("question", "yes he does", "yes"),
        ("question", "no she's fine", "no"),
        ("question", "I don\u2019t know", "unsure"),
        ("question", "I don't think so", "unsure"),
        ("question", "no idea", "unsure"),
        ("question", "yes and no", "unsure"),
        ("question", "right", None),
        ("question", "oh no", None),
        ("question", "um", None),
        ("question", "", None),
        ("question", "uh huh", "yes"),
        ("question", "um i don't know please", "unsure"),
        ("question", "he said no earlier", None),
        ("read_back", "that's right", "yes"),
        ("read_back", "yes she does", "unsure"),
        ("read_back", "okay", "unsure"),
        ("confirmation", "sure", "unsure"),
        ("offer", "sure", "yes"),
        ("offer", "not now", "no"),
        ("standby_911", "what do I tell them", "summary"),
        ("standby_911", "yes", None),
        ("idle", "start", "start"),
    ],
)
def test_what_an_utterance_means_in_its_context(context: str, text: str, meaning: str | None) -> None:
    """The whole utterance is matched, hesitation at its ends aside; anything else is a no-match."""
    match = WORDS.match(context, text)
    assert (match.meaning if match else None) == meaning


def test_a_match_names_the_phrase_without_its_hesitation() -> None:
    """What is shown as heard is the phrase itself."""
    assert WORDS.match("question", "Um, yes please") == Match("yes", "yes")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("she's not breathing", "E1"),
        ("oh god please he can't breathe help", "E1"),
        ("I can't wake her up", "E3"),
        ("he passed out", "E4"),
        ("call 911", "emergency"),
        ("9-1-1", "emergency"),
        ("no, he fainted", "E4"),
        ("yes trouble breathing", "E1"),
        ("i think he passed out and is struggling to breathe", "E1"),
        ("should i call nine one one", "emergency"),
    ],
)
def test_an_emergency_phrase_counts_anywhere(text: str, sign: str) -> None:
    """D5: in every context, anywhere inside an utterance; the longest of several names the sign."""
    for context in WORDS.contexts:
        match = WORDS.match(context, text)
        assert match is not None
        assert (match.meaning, match.sign) == ("emergency", sign)


@pytest.mark.parametrize(
    "text",
    [
        "he has not fainted",
        "she never passed out",
        "no trouble breathing",
        "don't call nine one one",
        "no need to call nine one one",
        "he hasn't really ever fainted",
        "not going to call an ambulance",
    ],
)
def test_a_negated_emergency_phrase_is_none(text: str) -> None:
    """D5: a negator before it, with nothing but fillers between, takes it back."""
    match = WORDS.match("question", text)
    assert match is None or match.meaning != "emergency"


def test_every_bare_yes_and_no_other_confirms() -> None:
    """D13: at a read-back and a confirmation only these are a yes."""
    for context in ("read_back", "confirmation"):
        yes = {phrase for phrase, meaning in WORDS.contexts[context].items() if meaning == "yes"}
        assert yes
        assert all(set(phrase.split()) <= BARE for phrase in yes), yes


BARE = {"yes", "yeah", "yep", "yup", "uh", "huh", "ma'am", "sir", "right", "correct", "that's", "that", "is"}


def test_phrases_hold_the_emergency_phrases_once_and_no_decoys() -> None:
    """What the recogniser is given is each phrase once, the emergency phrases of every context among them."""
    phrases = WORDS.phrases("idle")
    assert len(phrases) == len(set(phrases))
    assert set(phrases) == set(WORDS.contexts["idle"]) | set(WORDS.emergencies.signs)
    assert WORDS.decoys
    assert WORDS.meanings("idle") == set(WORDS.contexts["idle"].values()) | {"emergency"}


def test_no_phrase_of_no_is_a_yes_in_any_context() -> None:
    """No phrase means yes in one context and no in another."""
    said: dict[str, set[str]] = {}
    for phrases in WORDS.contexts.values():
        for phrase, meaning in phrases.items():
            said.setdefault(phrase, set()).add(meaning)
    assert [phrase for phrase, meanings in said.items() if {"yes", "no"} <= meanings] == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"yes": "intents: ["}, r"^yes\.yaml: cannot be read: "),
        ({"yes": "- a list\n"}, r"^yes\.yaml: is not a table of intents$"),
        ({"yes": 'intents: {Yes: {data: [{sentences: ["yes"]}]}}\n'}, r"^yes\.yaml: an intent's name must be in quot"),
        (
            {"yes": 'language: en\nintents: {"Yes": {data: [{sentences: ["[yes]"]}]}}\n'},
            "^intent Yes: a template matches",
        ),
        (
            {"yes": 'language: en\nintents: {"Yes": {data: [{sentences: ["<nobody>"]}]}}\n'},
            "^a sentence template cannot",
        ),
        (
            {"contexts": "groups: {}\ncontexts: {question: [answers]}\n"},
            r"^contexts\.yaml: there is no group 'answers'$",
        ),
        (
            {"contexts": "groups: {answers: [nothing]}\ncontexts: {question: [answers]}\n"},
            r"^contexts\.yaml: group 'answers' names the intent 'nothing', which no file has$",
        ),
        (
            {"contexts": 'groups: {a: {"Yes": "yes"}, b: {"Yes": "no"}}\ncontexts: {question: [a, b]}\n'},
            "^question: 'yes' means both 'yes' and 'no'$",
        ),
    ],
)
def test_a_broken_grammar_is_refused_by_name(tmp_path: Path, files: dict[str, str], told: str) -> None:
    """The error names the file, or the phrase, that is wrong."""
    with pytest.raises(GrammarError, match=told):
        grammar.load(folder(tmp_path, **files))


def test_a_missing_grammar_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is told by name too."""
    (folder(tmp_path) / "contexts.yaml").unlink()
    with pytest.raises(GrammarError, match=r"^contexts\.yaml: cannot be read"):
        grammar.load(tmp_path)


def test_a_small_grammar_is_read_whole(tmp_path: Path) -> None:
    """No fillers, no negators, no decoys: none is needed."""
    small = grammar.load(folder(tmp_path))
    assert small.match("question", "yes") == Match("yes", "yes")
    assert small.match("question", "he is not breathing now") == Match("emergency", "not breathing", "E1")
    assert small.decoys == ()
    assert small.match("question", "she does not breathe") is None


def test_the_data_is_found_in_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Inside the package where it is installed, else at the top of the checkout; a wheel has no checkout."""

    assert data_folder("grammars").is_dir()
    monkeypatch.setattr("voice_backcare.core.data_folder.PACKAGE", tmp_path)
    monkeypatch.setattr("voice_backcare.core.data_folder.CHECKOUT", tmp_path / "top")
    assert data_folder("grammars") == tmp_path / "top" / "grammars"
    (tmp_path / "grammars").mkdir()
    assert data_folder("grammars") == tmp_path / "grammars"
    assert checkout() is None
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "pyproject.toml").touch()
    assert checkout() == tmp_path / "top"


def test_the_shipped_grammar_is_read_as_it_is_used(tmp_path: Path) -> None:
    """Read afresh: negators, fillers, signs and meanings are all there."""
    for path in data_folder("grammars").glob("*.yaml"):
        shutil.copy(path, tmp_path)
    read = grammar.load(tmp_path)
    assert read == WORDS
    assert read.match("question", "he hasn't really ever fainted") is None
    assert read.match("question", "no need to call nine one one") is None
    assert read.match("question", "get an ambulance") == Match("emergency", "ambulance", "emergency")
    assert read.match("question", "he fainted") == Match("emergency", "fainted", "E4")


def test_what_is_heard_is_brought_to_one_form() -> None:
    """Lower case, no punctuation, one space between; 911 as it is spoken."""
    assert grammar.normalise("  Call 9-1-1,  NOW! It\u2019s bad") == "call nine one one now it's bad"
    assert grammar.normalise("911") == grammar.normalise("9 1 1") == "nine one one"
    assert grammar.normalise("1911") == "1911"


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("he is not breathing", True),
        ("he is not breathing hard", False),
        ("not breathing hard", False),
        ("he is not breathing hard he is not breathing", True),
        ("not breathing breathing hard", True),
        ("it is not breathing easily", True),
    ],
)
def test_ordinary_words_that_go_on_after_a_phrase_excuse_it(tmp_path: Path, text: str, emergency: bool) -> None:
    """Only where they begin inside of the phrase, and end after it."""
    excused = 'excused: ["breathing hard", "breathing", "is not breathing easily"]\n'
    read = grammar.load(folder(tmp_path, emergency=BASE["emergency.yaml"] + excused))
    assert (read.match("question", text) is not None) is emergency
