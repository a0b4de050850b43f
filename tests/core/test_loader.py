"""The content loader: what it reads, and what it refuses, naming file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voice_backcare.core.content import ContentError, Text, load
from voice_backcare.core.content.loader import DATA

SHIPPED = DATA

GUIDE = "I am a guide for a child's sore back, not a doctor."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in SHIPPED.glob("*.toml"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_every_question_has_its_part_its_sources_and_its_wordings(folder: Path) -> None:
    """The order is the file's, and a question cites itself first."""
    shipped = load(folder)
    assert shipped.part("emergency") == ("E1", "E2", "E3", "E4", "E5", "E6")
    assert shipped.part("scope") == ("S1",)
    assert shipped.part("urgent") == tuple(f"R{n}" for n in range(1, 9))
    assert shipped.part("follow_up") == ("F2", "F5", "F6", "F7")
    question = shipped.questions["R1"]
    assert (question.id, question.part) == ("R1", "urgent")
    assert question.sources == ("R1", "F1")
    assert [text.id for text in question.texts()] == ["R1_ask", "R1_again", "R1_plain", "R1_why", "R1_sign", "R1_no"]
    assert next(question.texts()) == Text("R1_ask", question.ask, ("R1", "F1"))
    assert shipped.source["title"] == "Back Spasm, No Trauma (Child)"
    assert "ids" not in shipped.source
    assert [title.shown for title in shipped.part_titles.values()] == [
        "Danger signs",
        "Injury",
        "Urgent signs",
        "Other signs",
    ]
    assert shipped.steps[0].lines[0].id == "step_ice_pack_1"
    assert shipped.answers["what_is_spasm"].lines[1].id == "what_is_spasm_2"
    assert shipped.lines["opening_guide"].sources == ("S2",)


def test_texts_are_all_there_is() -> None:
    """Every question, line, step and answer is among the texts, and every id of the handout is cited by one."""
    shipped = load()
    texts = list(shipped.texts())
    parts = [6 * len(shipped.questions), len(shipped.lines)]
    parts += [sum(len(told.lines) for told in group) for group in (shipped.steps, shipped.answers.values())]
    assert len(texts) == sum(parts)
    assert {source for text in texts for source in text.sources} == shipped.handout_ids | {"own"}


def test_no_question_is_longer_than_twelve_words() -> None:
    """Every sentence that asks something, in any wording, can be kept in mind."""
    asked = [s for text in load().texts() for s in text.text.replace("!", ".").replace("?", "?.").split(".")]
    assert [sentence for sentence in asked if sentence.endswith("?") and len(sentence.split()) > 12] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("questions.toml", 'id = "E1"', 'id = "E9"', r"question\.E9: is no id of the handout"),
        ("questions.toml", 'id = "E2"', 'id = "E1"', r"question\.E1: is there twice"),
        ("questions.toml", 'id = "E1"', 'id = ""', r"question\.id: is missing or empty"),
        (
            "questions.toml",
            'part = "emergency"',
            'part = "urgency"',
            r"question\.E1\.part: must be one of emergency, scope, ",
        ),
        ("questions.toml", 'sign = "confused"', 'sign = " "', r"E2\.sign: is missing or empty"),
        ("questions.toml", 'sign = "confused"', "sign = 3", r"E2\.sign: is missing or empty"),
        ("questions.toml", 'sign = "confused"', "", r"E2\.sign: is missing or empty"),
        ("questions.toml", "Does your child seem confused?", "w " * 13, r"E2\.ask: has 13 words; 12 is the most"),
        ("questions.toml", "Is your child mixed up?", "w " * 26, r"E2\.again: has 26 words; 25 is the most"),
        ("questions.toml", 'also = ["F4"]', 'also = ["F9"]', r"R5\.also: 'F9' is no id of the handout"),
        ("questions.toml", 'also = ["F4"]', "also = []", r"R5\.also: is missing: name the handout ids, or \"own\""),
        ("questions.toml", "[part.urgent]", "[part.urgency]", r"part\.urgent: is missing: name its title"),
        ("questions.toml", 'title = "Urgent signs"', "", r"part\.urgent\.title: is missing or empty"),
        ("questions.toml", 'shown = "Urgent signs"', 'shown = ""', r"part\.urgent\.shown: is missing or empty"),
        ("questions.toml", "[[question]]", "[[questions]]", r"question: there is none"),
        ("questions.toml", "[[question]]", "[[question", r"cannot be read: "),
        ("lines.toml", 'sources = ["S2"]', 'sources = "S2"', r"opening_guide\.sources: is missing: name"),
        ("lines.toml", 'sources = ["S2"]', "", r"opening_guide\.sources: is missing: name"),
        ("lines.toml", GUIDE, "", r"opening_guide\.text: is missing or empty"),
        ("lines.toml", GUIDE, "w " * 26, r"opening_guide\.text: has 26 words; 25 is the most"),
        ("home_care.toml", 'part = "ice"', "", r"ice_pack\.part: is missing or empty"),
        (
            "home_care.toml",
            "Do not put ice right on the skin.",
            "",
            r"step_ice\.lines\[1\]\.text: is missing",
        ),
        (
            "home_care.toml",
            'sources = ["I3"]',
            'sources = ["I9"]',
            r"step_ice\.lines\[1\]\.sources: 'I9' is no id",
        ),
        ("handout.toml", "ids = [", "names = [", r"ids: is missing or empty"),
    ],
)
def test_a_broken_file_is_refused_by_file_and_key(folder: Path, name: str, old: str, new: str, told: str) -> None:
    """The sentence names the file and the key, so that it can be mended."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    everywhere = old.startswith("[[")
    path.write_text(text.replace(old, new) if everywhere else text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=rf"^{name}: {told}"):
        load(folder)


def test_a_step_without_lines_is_refused(folder: Path) -> None:
    """A step that says nothing is no step."""
    path = folder / "home_care.toml"
    path.write_text(
        '[[step]]\nid = "empty"\npart = "ice"\nlines = []\n' + path.read_text(encoding="utf-8"), encoding="utf-8"
    )
    with pytest.raises(ContentError, match=r"^home_care\.toml: step_empty\.lines: is missing or empty$"):
        load(folder)


def test_a_question_may_be_twelve_words_and_a_prompt_twenty_five(folder: Path) -> None:
    """The longest that is allowed is allowed."""
    path = folder / "questions.toml"
    text = path.read_text(encoding="utf-8").replace("Does your child seem confused?", "w " * 12)
    path.write_text(text.replace("Is your child mixed up?", "w " * 25), encoding="utf-8")
    assert load(folder).questions["E2"].again.split() == ["w"] * 25


def test_a_missing_file_is_named(folder: Path) -> None:
    """A file that is not there is told by name."""
    (folder / "lines.toml").unlink()
    with pytest.raises(ContentError, match=r"^lines\.toml: cannot be read"):
        load(folder)


def test_without_lines_the_file_is_refused(folder: Path) -> None:
    """A folder without a single line has nothing to say."""
    (folder / "lines.toml").write_text("", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^lines\.toml: line: there is none$"):
        load(folder)


def test_a_sign_that_no_question_asks_about_is_refused(folder: Path) -> None:
    """Every sign of the handout has its question."""
    path = folder / "questions.toml"
    text = path.read_text(encoding="utf-8").replace('also = ["F4"]', "")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"^questions\.toml: question\.F4: is missing: no question asks"):
        load(folder)
