"""The content files: what the loader refuses, what every line cites, and how easily it is read (D12)."""

from __future__ import annotations

import re
import shutil
import warnings
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from json_contract import CONVERSATIONS, play
from oracle import EMERGENCY, FOLLOW_UP, HANDOUT, QUESTIONS, SCOPE, URGENT

from transcripts import FILES, parse
from voice_backcare.core import content, conversation
from voice_backcare.core.content import ContentError
from voice_backcare.core.content.loader import DATA

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import textstat

FOLDER = DATA
CONTENT = content.load()
GRADE_MOST = 6
PROMPT_WORDS_MOST = 25
QUESTION_WORDS_MOST = 12


@cache
def spoken() -> dict[str, str]:
    """Every line as it was really said in some conversation, gaps filled in, with the id it had."""
    lines: dict[str, str] = {}
    conversations = [*CONVERSATIONS]
    for path in FILES:
        conversations.append(
            [turn.person for turn in parse(path.read_text(encoding="utf-8")) if turn.person is not None]
        )
    for lines_in in conversations:
        for event in play(lines_in):
            if event["event"] in ("say", "ask"):
                lines.setdefault(event["say"], event["id"])
    return lines


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the content with one change in one file."""
    copy = folder / "content"
    copy.mkdir()
    for path in FOLDER.glob("*.toml"):
        shutil.copy(path, copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


LONG = " ".join(["word"] * 26)


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("questions.toml", 'id = "E1"\n', "", "question"),
        ("questions.toml", 'id = "E1"\n', 'id = "E9"\n', "E9"),
        ("questions.toml", 'id = "E2"\n', 'id = "E1"\n', "E1"),
        ("questions.toml", 'ask = "Does your child seem confused?"', "", "E2.ask"),
        ("questions.toml", 'ask = "Does your child seem confused?"', 'ask = ""', "E2.ask"),
        ("questions.toml", 'ask = "Does your child seem confused?"', 'ask = "  \\t"', "E2.ask"),
        ("questions.toml", 'ask = "Does your child seem confused?"', "ask = 5", "E2.ask"),
        ("questions.toml", "Does your child seem confused?", " ".join(["word"] * 13), "E2.ask"),
        ("questions.toml", 'why = "If it is hard', f'why = "{LONG} If it is hard', "E1.why"),
        ("questions.toml", 'sign = "hard to breathe"', 'sign = ""', "E1.sign"),
        ("questions.toml", 'part = "scope"', 'part = "somewhere"', "S1.part"),
        ("questions.toml", 'also = ["F1"]', 'also = ["F99"]', "R1.also"),
        ("questions.toml", 'also = ["F1"]', "also = []", "R1.also"),
        ("lines.toml", 'text = "Call 911 now."', "", "call_911.text"),
        ("lines.toml", 'text = "Call 911 now."', 'text = ""', "call_911.text"),
        ("lines.toml", 'text = "Call 911 now."', f'text = "{LONG}"', "call_911.text"),
        (
            "lines.toml",
            'text = "Call 911 now."\nsources = ["E1", ',
            'text = "Call 911 now."\nsources = ["E7", ',
            "call_911",
        ),
        ("lines.toml", 'sources = ["S2"]', "", "opening_guide.sources"),
        ("lines.toml", 'sources = ["S2"]', "sources = []", "opening_guide.sources"),
        ("lines.toml", 'sources = ["S2"]', 'sources = "S2"', "opening_guide.sources"),
        ("home_care.toml", 'sources = ["I2"]', 'sources = ["I9"]', "ice_pack"),
        ("home_care.toml", 'sources = ["I2"]', "sources = []", "ice_pack"),
        ("home_care.toml", 'text = "Do not put ice right on the skin."', 'text = ""', "step_ice"),
        ("home_care.toml", 'text = "Do not bend or move the back by force."', f'text = "{LONG}"', "massage"),
        ("home_care.toml", 'id = "heat"', 'id = "ice"', "ice"),
        ("home_care.toml", 'id = "heat"\n', "", "step"),
    ],
)
def test_the_loader_refuses(tmp_path: Path, name: str, old: str, new: str, key: str) -> None:
    """A missing id, an unknown id, an empty or a long line: refused, naming file and key."""
    with pytest.raises(ContentError) as error:
        content.load(changed(tmp_path, name, old, new))
    assert name in str(error.value)
    assert key in str(error.value)


@pytest.mark.parametrize("name", ["handout.toml", "questions.toml", "lines.toml", "home_care.toml"])
@pytest.mark.parametrize("text", [None, "", "= broken", "\udcff"])
def test_the_loader_refuses_a_broken_file(tmp_path: Path, name: str, text: str | None) -> None:
    """A file that is missing, empty, no TOML or no text: the same clear error, naming the file."""
    copy = changed(tmp_path, "handout.toml", "", "")
    if text is None:
        (copy / name).unlink()
    else:
        (copy / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ContentError) as error:
        content.load(copy)
    assert name in str(error.value)


NEEDED = [f"[line.{key}]" for key in ("call_911", "home_care", "paused", "safety_net_1", "is_that_right", "ack_1")]


@pytest.mark.parametrize("start", [*NEEDED, '[[question]]\nid = "E3"', '[[question]]\nid = "R8"'])
def test_what_the_program_needs_must_be_there(tmp_path: Path, start: str) -> None:
    """A line or a question that is left out is refused before the first word is said, not in the middle of it."""
    name = "lines.toml" if start.startswith("[line") else "questions.toml"
    text = (FOLDER / name).read_text(encoding="utf-8")
    entry = next(part for part in re.split(r"\n(?=\[)", text) if part.startswith(start))
    with pytest.raises(ContentError) as error:
        conversation.build(content.load(changed(tmp_path, name, entry, "")))
    assert name in str(error.value)


def test_a_copy_of_the_content_is_accepted(tmp_path: Path) -> None:
    """What the refusals change is the only thing wrong with those copies."""
    assert content.load(changed(tmp_path, "handout.toml", "", "")) == CONTENT


def test_every_id_of_the_handout_is_cited_and_no_other_exists() -> None:
    """D12, both ways: each fact is in some line, and each line's fact is in the handout."""
    cited = {source for text in CONTENT.texts() for source in text.sources}
    assert cited - {"own"} == HANDOUT
    assert CONTENT.handout_ids == HANDOUT


def test_every_question_of_the_handout_is_asked_once_in_its_part() -> None:
    """The nineteen questions, most urgent part first; F1, F3 and F4 are answered by R1, R2, R8, R6 and R5."""
    assert tuple(CONTENT.questions) == QUESTIONS
    parts = {"emergency": EMERGENCY, "scope": SCOPE, "urgent": URGENT, "follow_up": FOLLOW_UP}
    assert {part: CONTENT.part(part) for part in parts} == parts
    also = {
        key: set(question.sources) - {key} for key, question in CONTENT.questions.items() if len(question.sources) > 1
    }
    assert also == {"R1": {"F1"}, "R2": {"F1"}, "R8": {"F1"}, "R6": {"F3"}, "R5": {"F4"}}


def test_every_line_has_its_ids_or_is_the_products_own() -> None:
    """D12: handout ids or "own", never none and never both."""
    for text in CONTENT.texts():
        assert text.sources, text.id
        assert text.sources == ("own",) or "own" not in text.sources, text.id


def test_prompts_are_short() -> None:
    """A prompt has 25 words at most, a question's first wording 12."""
    for text in CONTENT.texts():
        assert len(text.text.split()) <= PROMPT_WORDS_MOST, text.id
    for question in CONTENT.questions.values():
        assert len(question.ask.split()) <= QUESTION_WORDS_MOST, question.id


def test_wordings_of_a_question_differ() -> None:
    """No reprompt repeats word for word, and each question's explanation is its own."""
    for question in CONTENT.questions.values():
        assert len({question.ask, question.again, question.plain}) == 3
        assert len(question.again.split()) <= len(question.ask.split()) + 2, "shorter, or more explicit"
    whys = Counter(question.why for question in CONTENT.questions.values())
    assert max(whys.values()) == 1


def test_every_wording_of_a_question_asks() -> None:
    """A question ends with a question mark; what explains it does not."""
    for question in CONTENT.questions.values():
        assert question.ask.endswith("?") and question.again.endswith("?") and question.plain.endswith("?")
        assert question.why.endswith(".") and not question.sign.endswith((".", "?"))


def test_yes_always_means_that_the_sign_is_there() -> None:
    """No wording asks for the sign's absence: a "no" to "does it make no sense?" could mean either."""
    negations = re.compile(r"\b(no|not|never|\w+n't|unable|normal|fine|okay)\b", re.IGNORECASE)
    wrong = [
        f"{question.id}: {sentence}"
        for question in CONTENT.questions.values()
        for wording in (question.ask, question.again, question.plain)
        for sentence in re.split(r"(?<=[.?])\s+", wording)
        if sentence.endswith("?") and negations.search(sentence)
    ]
    assert not wrong


def test_one_question_at_a_time() -> None:
    """One answer can only answer one question: no wording asks two."""
    wrong = [
        f"{question.id}: {wording}"
        for question in CONTENT.questions.values()
        for wording in (question.ask, question.again, question.plain)
        if wording.count("?") != 1
    ]
    assert not wrong


def test_the_two_pairs_of_near_twins_can_be_told_apart() -> None:
    """E6 (loss of control) is not F5 (problems), R7 (wakes the child) is not F6 (keeps it from sleeping)."""
    for urgent, follow_up, own in (("E6", "F5", "control|come out|hold"), ("R7", "F6", "wake|up from|break")):
        urgent_question, follow_up_question = CONTENT.questions[urgent], CONTENT.questions[follow_up]
        for wording in ("ask", "again", "plain", "sign"):
            assert re.search(own, getattr(urgent_question, wording)), (urgent, wording)
            assert not re.search(own, getattr(follow_up_question, wording)), (follow_up, wording)


def test_the_facts_that_are_numbers_are_said() -> None:
    """Twenty minutes, sixty to ninety, one to three days, 100.4 F, thirty minutes of play: as in the handout."""

    def said(*steps: str) -> str:
        return " ".join(line.text for step in CONTENT.steps if step.id in steps for line in step.lines)

    assert "20 minutes" in said("ice") and "60 to 90 minutes" in said("ice_again")
    assert re.search("24 to 72 hours|one to three days", said("ice"))
    assert "20 minutes" in said("heat") and "60 to 90 minutes" in said("heat_again")
    assert "30 minutes" in said("play")
    assert "100.4" in CONTENT.questions["R1"].ask and "38" in CONTENT.questions["R1"].ask
    assert "provider" in CONTENT.questions["R1"].plain


def test_what_must_not_be_is_said_before_what_to_do() -> None:
    """I3, T3, G1 and A2 are the first that is said at their step, and so before its minutes."""
    for step_id, fact in (("ice", "I3"), ("heat", "T3"), ("massage", "G1"), ("activity", "A2")):
        first = next(step for step in CONTENT.steps if step.id == step_id).lines[0]
        assert fact in first.sources and re.match("Do not|No ", first.text)


def test_a_step_is_two_breaths() -> None:
    """Two lines at most, thirty words at most; nobody keeps more in mind while holding a child."""
    for step in CONTENT.steps:
        assert len(step.lines) <= 2, step.id
        assert sum(len(line.text.split()) for line in step.lines) <= 30, step.id


def test_a_part_says_a_fact_once() -> None:
    """No two steps of a part say the same: no sentence comes twice, and what must not be has one place."""
    for part in {step.part for step in CONTENT.steps}:
        lines = [line for step in CONTENT.steps if step.part == part for line in step.lines]
        sentences = [sentence for line in lines for sentence in re.split(r"(?<=[.])\s", line.text)]
        assert len(sentences) == len(set(sentences))
        for fact in ("I2", "I3", "T1", "T3", "A2"):
            assert sum(fact in line.sources for line in lines) <= 1, fact


# --- readability -----------------------------------------------------------------------------


def grade(text: str) -> float:
    """The school grade that reads it."""
    return float(textstat.flesch_kincaid_grade(text))


def test_every_line_is_read_in_grade_six() -> None:
    """Every line of the files that is said by itself (a sign is only said inside another)."""
    hard = {text.id: grade(text.text) for text in CONTENT.texts() if not text.id.endswith("_sign")}
    assert {key: value for key, value in hard.items() if value > GRADE_MOST} == {}


ELSEWHERE = content.without_time(content.without_keys(CONTENT))


def test_the_lines_of_an_assistant_keep_the_same_rules() -> None:
    """Grade six, 25 words; and none ends in an answer, which a microphone that opens too soon would hear."""
    own = [text for text in ELSEWHERE.lines.values() if text != CONTENT.lines.get(text.id)]
    assert len(own) >= 12
    for text in own:
        assert grade(text.text) <= GRADE_MOST and len(text.text.split()) <= PROMPT_WORDS_MOST, text
        assert text.text.lower().rstrip(".?").split()[-1] not in ("yes", "no", "know"), text


def test_every_line_as_it_was_said_is_read_in_grade_six() -> None:
    """Read-backs, reasons and summaries with their signs filled in, of every transcript."""
    assert len(spoken()) > 100
    assert {text: grade(text) for text in spoken() if grade(text) > GRADE_MOST} == {}


def test_every_sentence_is_read_in_grade_eight() -> None:
    """No hard sentence hides behind an easy one."""
    sentences = {part for text in spoken() for part in re.split(r"(?<=[.?!])\s+", text) if len(part.split()) > 3}
    assert {text: grade(text) for text in sentences if grade(text) > GRADE_MOST + 2} == {}


def test_lists_are_spoken_in_pieces() -> None:
    """As it was said, no prompt of a read-back or a safety net is longer than 25 words."""
    for text, key in spoken().items():
        longest = max(len(part.split()) for part in re.split(r"(?<=[.?!])\s+", text))
        assert longest <= PROMPT_WORDS_MOST, (key, text)


def test_every_gap_is_filled_in() -> None:
    """No braces, doubled spaces or doubled full stops are ever said."""
    for text in spoken():
        assert not re.search(r"[{}]|  |\.\.|,\.|: \.", text), text


def test_every_line_can_be_spoken() -> None:
    """Plain letters and marks only: nothing that a voice would spell or skip."""
    for text in (*spoken(), *(text.text for text in CONTENT.texts())):
        assert re.fullmatch(r"[A-Za-z0-9 .,:;?!'(){}-]+", text), text
