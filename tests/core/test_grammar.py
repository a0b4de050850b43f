"""The grammar: what can be said at each place, what it means there, and what a recogniser expects."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.core import grammar
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.grammar import GrammarError, Match
from voice_backcare.core.understanding.lexicon import expanded

GRAMMAR = grammar.load()
PLACES = GRAMMAR.reader.places
FOLDER = data_folder("grammars")
UNIVERSAL = {
    *("help", "repeat", "go_back", "meant_yes", "why", "wait", "continue"),
    *("slower", "faster", "louder", "quieter", "start_over", "stop"),
}
AFTER_911 = {"repeat", "go_back", "summary", "louder", "stop", "emergency", "maybe_emergency", "no"}
ASKING = [place for place in PLACES if GRAMMAR.reader.place(place).kind != "commands"]


def answers(kind: str) -> list[str]:
    """The answers of this kind that a recogniser expects, as the file has them."""
    table = yaml.safe_load((FOLDER / "spoken" / "answers.yaml").read_text(encoding="utf-8"))
    return [phrase for template in table[kind] for phrase in expanded(template)]


def meaning(place: str, text: str) -> str | None:
    """What ``text`` means at ``place``; None for nothing."""
    match = GRAMMAR.read(place, text)
    return match.meaning if match else None


# --- what a recogniser expects ---------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_each_phrase_is_expected_once(place: str) -> None:
    """No phrase twice, and nothing that cannot be said."""
    for phrases in (GRAMMAR.bare(place), GRAMMAR.sentences(place)):
        assert len(phrases) == len(set(phrases))
        assert not [phrase for phrase in phrases if phrase != phrase.lower() or not phrase.strip() or "{" in phrase]
    assert set(GRAMMAR.bare(place)) <= set(GRAMMAR.sentences(place))


@pytest.mark.parametrize("place", PLACES)
def test_emergencies_are_expected_everywhere(place: str) -> None:
    """D5: every cry of the data, at every place."""
    assert set(GRAMMAR.reader.lexicon.cries) <= set(GRAMMAR.sentences(place))


@pytest.mark.parametrize("place", ASKING)
def test_answers_are_expected_wherever_something_is_asked(place: str) -> None:
    """Yes, no and doubt as they are said."""
    assert {phrase for kind in ("yes", "no", "unsure") for phrase in answers(kind)} <= set(GRAMMAR.bare(place))


@pytest.mark.parametrize("place", [place for place in PLACES if GRAMMAR.reader.place(place).kind == "question"][:-1])
def test_a_sign_is_expected_after_what_sentences_begin_with(place: str) -> None:
    """Each pair of neighbouring words of the sign's own phrases is in some phrase, and "no" before its first word."""
    expected = {pair for phrase in GRAMMAR.sentences(place) for pair in pairwise(phrase.split())}
    own = [text for name in (place, f"@{place}") for text in GRAMMAR.reader.lexicon.spoken[name]]
    assert {pair for text in own for pair in pairwise(text.split())} <= expected
    assert {("no", text.split()[0]) for text in own} <= expected


def test_numbers_are_expected_where_they_are_asked_for() -> None:
    """R1: a temperature in either scale."""
    expected = {pair for phrase in GRAMMAR.sentences("R1") for pair in pairwise(phrase.split())}
    for text in ("ninety eight point six", "a hundred and one", "one oh two point four", "thirty seven point two"):
        assert set(pairwise(text.split())) <= expected, text


def test_decoys_sound_like_no_answer() -> None:
    """What a short answer is weighed against is no word for yes or no, and none that a "no" sounds like."""
    assert not {"yes", "yeah", "yep", "yup", "no", "nope", "nah", "know", "now"} & set(GRAMMAR.decoys)


# --- what it means ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["any", "E1", "R5", "F7"])
def test_expected_answers_are_never_the_opposite(place: str) -> None:
    """No phrase for yes is read as a no at a question, none for a no as a yes, none for doubt as a no."""
    assert not [phrase for phrase in answers("yes") if meaning(place, phrase) == "no"]
    assert not [phrase for phrase in answers("no") if meaning(place, phrase) in ("yes", "soft_yes")]
    assert not [phrase for phrase in answers("unsure") if meaning(place, phrase) == "no"]


@pytest.mark.parametrize("place", [place for place in PLACES if place not in ("outcome_911", "idle")])
def test_universal_commands_are_open(place: str) -> None:
    """D8: everywhere but after 911 and between sessions."""
    assert GRAMMAR.meanings(place) >= UNIVERSAL


def test_after_911_only_what_the_rule_names() -> None:
    """D6: repeat, go back (a "no" is that too), the summary, louder, stop and emergencies, and nothing else."""
    assert GRAMMAR.meanings("outcome_911") == AFTER_911


@pytest.mark.parametrize("place", PLACES)
def test_every_reading_is_a_meaning_of_its_place(place: str) -> None:
    """What the expected phrases mean at a place is among the meanings that are told of it."""
    found = {match.meaning for phrase in GRAMMAR.sentences(place)[::7] if (match := GRAMMAR.read(place, phrase))}
    assert found <= GRAMMAR.meanings(place) | {"no_match"}


@given(st.text(max_size=60), st.sampled_from(PLACES))
def test_any_text_at_all_is_read_without_an_error(text: str, place: str) -> None:
    """No text breaks the reading, and its meaning is one of the place's."""
    match = GRAMMAR.read(place, text)
    assert match is None or match.meaning in GRAMMAR.meanings(place) | {"no_match"}


def test_what_was_not_understood_is_no_answer() -> None:
    """Beside a word that the recogniser did not know nothing is an answer, but an emergency is one."""
    assert GRAMMAR.read("any", "[unk] no") is None
    assert GRAMMAR.read("any", "no") == Match("no", "no")
    assert meaning("R1", "[unk] she's not breathing") == "emergency"


@pytest.mark.parametrize(
    ("place", "confirms"),
    [("E1", False), ("read_back_urgent", True), ("confirm_withdraw", True), ("coach_wrapped", True), ("offer", False)],
)
def test_where_a_yes_settles_something(place: str, confirms: bool) -> None:
    """D13, C2: at a read-back, a confirmation and a check."""
    assert GRAMMAR.confirms(place) is confirms


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("NO", "no"),
        ("No.", "no"),
        ("“No”", "no"),
        ("No, she’s fine.", "no"),
        ("no — she's fine", "no"),
        ("um, no", "no"),
        ("Yes!!", "yes"),
        ("uh-huh", "yes"),
        ("I don’t know…", "unsure"),
        ("go-back", "go_back"),
        ("That’s wrong!", "go_back"),
        ("CALL 911!!!", "emergency"),
        ("call 9-1-1", "emergency"),
        ("9 1 1", "emergency"),
        ("I can’t wake him", "emergency"),
        ("dont know", "unsure"),
        ("no hes fine", "no"),
        ("shes not breathing", "emergency"),
        ("thats wrong", "go_back"),
    ],
)
def test_writing_makes_no_difference(text: str, own: str) -> None:
    """Capitals, punctuation, dashes, curly quotation marks, left-out apostrophes are not what was said."""
    assert meaning("any", text) == own


# --- broken files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("spoken/answers.yaml", '"[yes] there (is|was|are)"', '"[yes"', "cannot be read"),
        ("spoken/decoys.yaml", "decoys: [", "decoys: {", "decoys.yaml"),
        ("commands/contexts.yaml", "help, repeat", "help, sing", "sing"),
        ("commands/contexts.yaml", "  universal: [", "  universe: [", "there is no group 'universal'"),
        ("commands/universal.yaml", "stop:", "\tstop:", "universal.yaml"),
        ("words/answers.yaml", "alone_no: [", "alone_no: n # [", "answers.yaml: 'alone_no' must be a list"),
        ("signs/E5.yaml", "{badly}", "{sadly}", "there is no class {sadly}"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    """A broken template or table, a word where a list belongs, a name that nothing has: refused, saying what."""
    shutil.copytree(FOLDER, tmp_path / "grammars")
    path = tmp_path / "grammars" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GrammarError) as error:
        grammar.load(tmp_path / "grammars")
    assert told in str(error.value)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """A bare list of phrases, under no kind: nobody could tell what they mean."""
    shutil.copytree(FOLDER, tmp_path / "grammars")
    (tmp_path / "grammars" / "words" / "doubt.yaml").write_text("- not sure\n", encoding="utf-8")
    with pytest.raises(GrammarError, match=r"doubt\.yaml: is not a table"):
        grammar.load(tmp_path / "grammars")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """No files at all: the same clear error."""
    with pytest.raises(GrammarError):
        grammar.load(tmp_path)
