"""What the screens keep in sight: the one idea of a home-care step, what was noted, and what comes next."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib import resources

import pytest
from wall import EMERGENCY, Wall, answered, the_book

from voice_backcare.core import content
from voice_backcare.core.events import Heard, Line, Phase
from voice_backcare.core.state import Position, State
from voice_backcare.kiosk.screen.snapshot import snapshot
from voice_backcare.kiosk.screen.view import View


def test_a_step_has_one_idea_as_its_heading() -> None:
    """Each step's heading is a fact of the handout that its own lines tell; it stands too when "why" is asked (D12)."""
    titles = tomllib.loads(resources.files("voice_backcare.kiosk.screen").joinpath("layouts.toml").read_text())["step"]
    wall = Wall()
    for at, step in enumerate(content.load().steps):
        wall.put(State(Position("home_care", str(at)), answered(*EMERGENCY)))
        assert wall.seen["headline"] == titles[step.id]["title"]
        assert {source for line in step.lines for source in line.sources} >= set(titles[step.id]["sources"])
        wall.press("why")
        assert (wall.seen["headline"], wall.seen["step"]["id"]) == (titles[step.id]["title"], step.id)
        assert wall.seen["lead"] or wall.seen["body"]


def test_every_sentence_that_forbids_is_a_warning() -> None:
    """No sentence of a home-care step that begins with "do not" or "no" stands among the others."""
    wall = Wall()
    warned = 0
    for at in range(len(content.load().steps)):
        wall.put(State(Position("home_care", str(at)), answered(*EMERGENCY)))
        for paragraph in wall.seen["body"]:
            sentences = re.split(r"(?<=[.?!]) ", paragraph["text"])
            assert paragraph["warning"] or not any(re.match(r"(Do not|Never|No)\b", each) for each in sentences)
            warned += paragraph["warning"]
    assert warned == 4  # I3, T3, A2, and the back that must not be moved by force


def test_what_was_volunteered_is_shown_until_the_outcome() -> None:
    """A sign that was named beside a no (D14) stands on every question after it, and in the causes of the outcome."""
    wall = Wall()
    wall.press("start")
    with wall.lock:
        wall.ears.hear(Heard(wall.clock.now_s(), "no", "no but she has a fever", None, ("R1",)))
        wall.pump()
    for question in EMERGENCY[1:]:
        assert wall.seen["id"] == question
        assert wall.seen["noted"] == [{"id": "yes", "word": "Noted", "signs": ["a fever"]}]
        wall.press("no")
    assert wall.seen["noted"] and wall.seen["screen"] == "read_back"
    wall.press("yes")
    wall.press("no")
    assert wall.seen["screen"] == "offer"
    assert ["a fever"] in [paragraph["items"] for paragraph in wall.seen["body"]]
    assert wall.seen["noted"] == [], "what is told there anyway is not told twice"


@pytest.mark.parametrize("answer", ["unsure", "soft_no"])
def test_what_was_not_sure_is_shown(answer: str) -> None:
    """What was doubted or not firmly denied (D2) stands beside the questions, at the outcome and in the summary."""
    wall = Wall()
    for at in (Position("question", "R5"), Position("outcome", "call_provider_now")):
        record = replace(answered(*EMERGENCY, "S1", "R1", "R3", "R4", yes=("R6",)), confirmed=frozenset({"emergency"}))
        wall.put(State(at, record.with_answer("R2", answer)))
        told = [sign for paragraph in wall.seen["body"] for sign in paragraph["items"]]
        noted = {each["id"]: each["signs"] for each in wall.seen["noted"]}
        assert "chills" in [*told, *noted.get("unsure", [])], (wall.seen["screen"], told, noted)
    wall.press("summary")
    assert ["chills"] in [paragraph["items"] for paragraph in wall.seen["body"]]


def test_nothing_noted_outlives_the_conversation() -> None:
    """What was noted is gone when the talk is over, and is not there when the next begins."""
    wall = Wall()
    wall.put(State(Position("question", "R2"), answered(*EMERGENCY, "S1", yes=("R1",))))
    assert wall.seen["noted"]
    wall.press("stop")
    wall.press("yes")
    assert wall.seen["screen"] == "finished" and wall.seen["noted"] == [] and wall.screen.view.noted == ()
    wall.press("start")
    assert wall.seen["noted"] == []


@pytest.mark.parametrize(
    ("on", "began_s", "ends_s", "comes"),
    [
        (True, 0.0, 1200.0, "20 minutes off"),
        (False, 1200.0, 2400.0, "on again"),
        (False, 3600.0, 4800.0, "ask"),
        (True, 4800.0, 5400.0, "done"),
    ],
)
def test_the_ring_says_what_comes_next(on: bool, began_s: float, ends_s: float, comes: str) -> None:
    """Off after on, on after off, the question after an hour, and the end after 90 minutes (C2, C3)."""
    phase = Phase("ice", on, began_s, ends_s, 0.0)
    line = Line("coach_on", "On. Hold the ice on the sore spot for 20 minutes.", ("I1",))
    seen = snapshot(View(id="coach_on" if on else "coach_off", lines=(line,), phase=phase), the_book(), began_s)
    assert comes in seen["phase"]["next"]
