"""Conversations as files that can be read aloud: ``transcripts/*.txt``, in the format of the README there."""

from __future__ import annotations

from pathlib import Path

import pytest

from transcripts import FILES, Reader, begins, by_turn, parse, personal, play


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """The conversation goes as the file says, line by line."""
    text = path.read_text(encoding="utf-8")
    turns = parse(text)
    said = [turn.person for turn in turns if turn.person is not None]
    events = by_turn(play(said, personal(text), begins(text)))
    for turn, came in zip(turns, events, strict=False):
        Reader(f"{path.name}, after {turn.person!r}", came).check(turn.expected)
    assert len(events) >= len(turns), f"{path.name}: the conversation ended before line {turns[len(events)].number}"


def test_every_rule_has_a_transcript() -> None:
    """Each rule that words alone can show, and each outcome, has a file of its own at least."""
    titles = " ".join(path.read_text(encoding="utf-8").splitlines()[0] for path in FILES)
    missing = [
        rule
        for rule in ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D13", *(f"C{n}" for n in range(1, 6)))
        if f"{rule}:" not in titles
    ]
    everything = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    outcomes = ("call_911", "call_provider_now", "follow_up", "home_care", "out_of_scope", "incomplete", "coach_done")
    assert not missing + [outcome for outcome in outcomes if f"end {outcome}" not in everything]
    assert len(FILES) >= 30


def test_every_transcript_is_about_something() -> None:
    """The first line of each file is its title: the rule and the promise."""
    for path in FILES:
        title = path.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith("# ") and ": " in title, path.name
