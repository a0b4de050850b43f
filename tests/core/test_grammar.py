"""The grammars: every phrase means what its file says, and nothing that is no answer is taken for one."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hassil
import pytest
import yaml
from hassil.sample import sample_intents
from hassil.util import merge_dict
from hypothesis import example, given, settings
from hypothesis import strategies as st
from places import ROOT

from voice_backcare.core import grammar
from voice_backcare.core.grammar.matcher import GrammarError

FOLDER = ROOT / "grammars"
GRAMMAR = grammar.load()
CONTEXTS = sorted(GRAMMAR.contexts)
ANSWERING = ("question", "check", "read_back", "confirmation", "offer")
UNIVERSAL = {
    *("help", "repeat", "go_back", "meant_yes", "why", "wait", "continue"),
    *("slower", "faster", "louder", "quieter", "start_over", "stop"),
}


def meaning(context: str, text: str) -> str | None:
    """What ``text`` means in ``context``; None for nothing."""
    match = GRAMMAR.match(context, text)
    return match.meaning if match else None


@cache
def intents() -> dict[str, list[str]]:
    """Every phrase of every intent, read from the files without the program's own reader."""
    merged: dict[str, Any] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "contexts.yaml":
            merge_dict(merged, yaml.safe_load(path.read_text(encoding="utf-8")))
    phrases = defaultdict(list)
    for intent, text in sample_intents(hassil.Intents.from_dict(merged)):
        phrases[intent].append(" ".join(text.lower().split()))
    return dict(phrases)


def opened(context: str) -> Iterator[tuple[str, str]]:
    """Each phrase that the files open in ``context``, with its meaning."""
    table = yaml.safe_load((FOLDER / "contexts.yaml").read_text(encoding="utf-8"))
    for group_name in table["contexts"][context]:
        group = table["groups"][group_name]
        for intent in group:
            for phrase in intents()[intent]:
                yield phrase, group[intent] if isinstance(group, dict) else intent
    for intent, phrases in intents().items():
        if intent.startswith("Emergency"):
            for phrase in phrases:
                yield phrase, "emergency"


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_phrase_means_what_its_file_says(context: str) -> None:
    """Each phrase of a context, emergency phrases included, is matched to its own meaning."""
    wrong = {phrase: meaning(context, phrase) for phrase, own in opened(context) if meaning(context, phrase) != own}
    assert not wrong


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_phrase_has_two_meanings(context: str) -> None:
    """In one context a phrase stands for one thing."""
    meanings = defaultdict(set)
    for phrase, own in opened(context):
        meanings[phrase].add(own)
    assert {phrase: own for phrase, own in meanings.items() if len(own) > 1} == {}


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_recogniser_is_given_every_phrase(context: str) -> None:
    """What can be matched can be heard: the phrase list is all that the files open."""
    assert set(GRAMMAR.phrases(context)) == {phrase for phrase, _ in opened(context)}


@pytest.mark.parametrize("context", CONTEXTS)
def test_emergency_phrases_are_open_everywhere(context: str) -> None:
    """D5: in every state, the one after 911 and the one between two sessions included."""
    for phrase in ("she's not breathing", "call 911", "he passed out", "I can't wake her"):
        assert meaning(context, phrase) == "emergency"


@pytest.mark.parametrize("context", [*ANSWERING, "standby", "home_care", "gap"])
def test_universal_commands_are_open(context: str) -> None:
    """D8: everywhere but after 911 and between sessions."""
    assert GRAMMAR.meanings(context) >= UNIVERSAL


@pytest.mark.parametrize("context", ["standby_911", "gap_911"])
def test_after_911_only_what_the_rule_names(context: str) -> None:
    """D6: repeat, go back, the summary, louder, stop and emergency phrases, and nothing else."""
    assert GRAMMAR.meanings(context) == {"repeat", "go_back", "summary", "louder", "stop", "emergency"}


def test_yes_and_no_are_never_swapped() -> None:
    """No phrase is a yes in one context and a no in another."""
    yes, no = (
        {phrase for context in ANSWERING for phrase, own in GRAMMAR.contexts[context].items() if own == wanted}
        for wanted in ("yes", "no")
    )
    assert not yes & no
    assert not [phrase for phrase in yes if {"no", "not", "nope", "nah", "never"} & set(phrase.split())]
    assert not [phrase for phrase in no if {"yes", "yeah", "yep", "sure", "correct"} & set(phrase.split())]
    assert not [phrase for phrase in no if {"know", "think", "maybe", "really", "sure"} & set(phrase.split())]


# --- what people say that is none of these, and the meaning it must get ----------------------

NOTHING = (
    "he said no earlier",
    "she says no",
    "the doctor said no",
    "no problem",
    "oh no",
    "yes no no",
    "no no yes",
    "no he does",
    "no she's not fine",
    "no it hurts",
    "no but she had one",
    "yes he doesn't",
    "yes but",
    "not no",
    "not yes",
    "no more than usual",
    "no one",
    "no doubt",
    "no wonder",
    "no way to tell",
    "know",
    "now",
    "nose",
    "note",
    "yesterday",
    "yes terday",
    "noise",
    "uh uh",
    "hmm",
    "the weather today",
    "",
    "...",
)
UNSURE = (
    "no idea",
    "I have no idea",
    "yes and no",
    "not that I know",
    "not that I know of",
    "I don't think so",
    "no I don't think so",
    "I think so",
    "not really",
    "no not really",
    "not sure",
    "kind of",
    "sort of",
    "a little",
    "maybe",
    "maybe not",
    "maybe no",
    "probably not",
    "I guess not",
    "I hope not",
    "no wait yes",
    "yes wait no",
    "no yes",
    "yes no",
    "I don't know",
    "I can't tell",
    "it's hard to say",
    "sometimes",
)
NO = ("no", "nope", "nah", "no no", "no she's fine", "no he doesn't", "she hasn't", "not at all", "of course not")
YES = ("yes", "yeah", "yep", "yes he does", "she is", "uh-huh", "definitely", "of course")


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_answer_to_a_question(text: str) -> None:
    """Neither yes nor no nor doubt: not understood, and asked again."""
    for context in ("question", "check"):
        assert meaning(context, text) is None


@pytest.mark.parametrize("text", [*NOTHING, *UNSURE, *YES])
def test_what_is_never_no(text: str) -> None:
    """In no context is any of it taken for a no."""
    for context in CONTEXTS:
        assert meaning(context, text) != "no"


@pytest.mark.parametrize("text", [*NOTHING, *UNSURE, *NO])
def test_what_is_never_yes(text: str) -> None:
    """In no context is any of it taken for a yes."""
    for context in CONTEXTS:
        assert meaning(context, text) != "yes"


@pytest.mark.parametrize("text", UNSURE)
def test_what_is_doubt(text: str) -> None:
    """D2: whatever only leans one way is doubt, to a question, a read-back, a confirmation and an offer."""
    for context in ANSWERING:
        assert meaning(context, text) == "unsure"


@pytest.mark.parametrize(("texts", "own"), [(NO, "no"), (YES, "yes")])
def test_how_people_answer(texts: tuple[str, ...], own: str) -> None:
    """The answers of everyday to a question of the handout."""
    assert {text: meaning("question", text) for text in texts} == dict.fromkeys(texts, own)


@pytest.mark.parametrize("context", ["read_back", "confirmation"])
def test_what_confirms(context: str) -> None:
    """D13: a bare yes, right, that's right, correct; every fuller yes is doubt."""
    for text in ("yes", "yeah", "right", "that's right", "correct", "Yes.", "yes that's correct"):
        assert meaning(context, text) == "yes"
    for text in (
        "yes she does",
        "yes he is",
        "she has",
        "okay",
        "sure",
        "definitely",
        "yes a little",
        "oh yes",
        "maybe",
    ):
        assert meaning(context, text) == "unsure"
    for text in ("no", "nope", "no no", "no he doesn't"):
        assert meaning(context, text) == "no"


def test_right_and_okay_answer_no_question() -> None:
    """What confirms, or only shows that somebody listens, is no answer to a question."""
    for text in ("right", "that's right", "correct", "okay", "sure", "all right", "alright", "got it", "please do"):
        assert meaning("question", text) is None


# --- emergency phrases (D5) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("she's not breathing", "E1"),
        ("oh my god he's not breathing please help me", "E1"),
        ("no no no he stopped breathing", "E1"),
        ("yes and she can't breathe", "E1"),
        ("she has trouble breathing", "E1"),
        ("I can't wake her", "E3"),
        ("I can't wake my son up", "E3"),
        ("he won't wake up at all", "E3"),
        ("he passed out", "E4"),
        ("no he fainted", "E4"),
        ("I think she just fainted in the bathroom", "E4"),
        ("I'm not kidding he passed out", "E4"),
        ("don't worry he fainted", "E4"),
        ("not now he passed out", "E4"),
        ("call 911", "emergency"),
        ("please call nine-one-one now", "emergency"),
        ("do I need to call 911", "emergency"),
        ("call an ambulance", "emergency"),
        ("this is an emergency", "emergency"),
        ("stop it's an emergency", "emergency"),
    ],
)
def test_an_emergency_phrase_counts_anywhere(text: str, sign: str) -> None:
    """D5: inside any utterance, in every state, as a yes to its sign."""
    for context in CONTEXTS:
        match = GRAMMAR.match(context, text)
        assert match and (match.meaning, match.sign) == ("emergency", sign)


@pytest.mark.parametrize(
    "text",
    [
        "he hasn't fainted",
        "she has never fainted",
        "no she has not passed out",
        "he didn't pass out",
        "she was never unconscious",
        "he hasn't ever passed out",
        "no trouble breathing",
        "he has no trouble breathing",
        "she doesn't have any trouble breathing",
        "not having trouble breathing",
        "no fainting",
        "nobody fainted",
        "no one passed out",
        "without passing out",
        "don't call 911",
        "no need to call 911",
        "I'm not going to call 911",
        "I don't need an ambulance",
        "it's not an emergency",
        "this is not an emergency",
        "he is not turning blue",
        "she isn't turning blue",
        "he's not choking",
        "she's breathing",
        "she can breathe",
        "I could wake her",
    ],
)
def test_a_negated_emergency_phrase_is_none(text: str) -> None:
    """D5: unless negated."""
    assert meaning("question", text) != "emergency"


@pytest.mark.parametrize("context", CONTEXTS)
def test_every_emergency_phrase_inside_a_longer_utterance(context: str) -> None:
    """D5: words before and after it change nothing."""
    for phrase in GRAMMAR.emergencies.signs:
        for text in (f"oh god {phrase}", f"{phrase} please", f"no wait {phrase} hurry up", f"yes {phrase}"):
            assert meaning(context, text) == "emergency", text


# --- how it is written -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("NO", "no"),
        ("No.", "no"),
        (" no ", "no"),
        ("no!", "no"),
        ("“No”", "no"),
        ("No, she’s fine.", "no"),
        ("no — she's fine", "no"),
        ("um, no", "no"),
        ("well yes", "yes"),
        ("Yes!!", "yes"),
        ("uh-huh", "yes"),
        ("I don’t know…", "unsure"),
        ("i DON'T know", "unsure"),
        ("go-back", "go_back"),
        ("That’s wrong!", "go_back"),
        ("CALL 911!!!", "emergency"),
        ("call 9-1-1", "emergency"),
        ("9 1 1", "emergency"),
        ("I can’t wake him", "emergency"),
    ],
)
def test_writing_makes_no_difference(text: str, own: str) -> None:
    """Capitals, punctuation, dashes, curly quotation marks, hesitations and spaces are not what was said."""
    assert meaning("question", text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("dont know", "unsure"),
        ("i dont know", "unsure"),
        ("no hes fine", "no"),
        ("cant breathe", "emergency"),
        ("i cant wake her", "emergency"),
        ("shes not breathing", "emergency"),
        ("he wont wake up", "emergency"),
        ("thats wrong", "go_back"),
    ],
)
def test_a_left_out_apostrophe_makes_no_difference(text: str, own: str) -> None:
    """Who types in a hurry leaves it out."""
    assert meaning("question", text) == own


# --- random words ----------------------------------------------------------------------------

HESITATIONS = {"um", "uh", "er", "hmm", "well", "please"}


def without_hesitation(text: str) -> str:
    """``text`` without the small sounds before and after it."""
    words = text.split()
    while words and words[0] in HESITATIONS:
        words.pop(0)
    while words and words[-1] in HESITATIONS:
        words.pop()
    return " ".join(words)


WORDS = sorted({word for context in CONTEXTS for phrase in GRAMMAR.phrases(context) for word in phrase.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=7), st.sampled_from(CONTEXTS))
@settings(max_examples=500, deadline=None, derandomize=True)
@example(["no", "no", "yes"], "question")
def test_word_salad_is_no_answer_unless_it_is_a_phrase(words: list[str], context: str) -> None:
    """Words of the grammar in any order mean yes, no or doubt only where they are a listed phrase."""
    text = " ".join(words)
    own = meaning(context, text)
    if own in ("yes", "no", "unsure"):
        assert own in (GRAMMAR.contexts[context].get(text), GRAMMAR.contexts[context].get(without_hesitation(text)))


@given(st.text(max_size=60), st.sampled_from(CONTEXTS))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_any_text_at_all_is_matched_without_an_error(text: str, context: str) -> None:
    """No text breaks the matching, and what is heard is a phrase of that context."""
    match = GRAMMAR.match(context, text)
    assert match is None or match.phrase in GRAMMAR.phrases(context)


@given(
    st.sampled_from(sorted(intents()["No"])), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.booleans()
)
@settings(max_examples=500, deadline=None, derandomize=True)
def test_a_no_with_more_words_is_a_no_only_where_it_is_listed(phrase: str, more: list[str], before: bool) -> None:
    """A "no" inside a longer utterance is none, except where the whole is a phrase of its own."""
    text = " ".join([*more, phrase] if before else [phrase, *more])
    if meaning("question", text) == "no":
        assert GRAMMAR.contexts["question"].get(without_hesitation(text)) == "no"


# --- sayable by the model --------------------------------------------------------------------


def test_every_word_is_in_the_model() -> None:
    """The recogniser can hear each word of each phrase, decoys included."""
    vosk = pytest.importorskip("vosk")
    from voice_backcare.audio.model.store import ModelError, ready

    try:
        folder = ready()
    except ModelError as error:
        pytest.skip(str(error))
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    words = {word for text in (*WORDS, *GRAMMAR.decoys) for word in text.split()}
    assert sorted(word for word in words if model.vosk_model_find_word(word) < 0) == []


# --- a broken file ---------------------------------------------------------------------------


def broken(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the grammars with one change in one file."""
    shutil.copytree(FOLDER, folder / "grammars")
    path = folder / "grammars" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path.parent


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("no.yaml", '- "nope"', '- "maybe"', "maybe"),
        ("no.yaml", '"No":', "No:", "no.yaml"),
        ("no.yaml", '- "nope"', '- "(nope"', ""),
        ("no.yaml", '- "nope"', '- "[nope]"', "silence"),
        ("contexts.yaml", "question: [answers,", "question: [answer,", "answer"),
        ("contexts.yaml", "help, repeat", "help, sing", "sing"),
        ("universal.yaml", "language: en", "\tlanguage: en", "universal.yaml"),
        ("universal.yaml", "language: en", "- a list\n#", "universal.yaml"),
    ],
)
def test_a_broken_grammar_is_refused(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    """Two meanings, an unquoted No, a broken template, silence, an unknown group or intent: refused, saying what."""
    folder = broken(tmp_path, name, old, new)
    with pytest.raises(GrammarError) as error:
        grammar.load(folder)
    assert told in str(error.value)


def test_a_missing_grammar_folder_is_refused(tmp_path: Path) -> None:
    """No files at all: the same clear error."""
    with pytest.raises(GrammarError):
        grammar.load(tmp_path)
