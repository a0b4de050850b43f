"""A warm bath as the heat of the ice and heat hour (T2, C4): what is said fits a bath, and is timed as heat is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from coach_steps import CALM, CONTENT, MINUTE, at, begun, fired, heard, off, on, on_hour, resting, step

from voice_backcare.core.events import Pressed
from voice_backcare.core.state import Position, State

OF_A_BATH = {line_id for line_id in CONTENT.lines if line_id.startswith("coach_") and line_id.endswith("_bath")}
BATH = on_hour("heat", bath=True)


def text(line_id: str, **values: object) -> str:
    return CONTENT.lines[line_id].text.format(**values)


def test_a_bath_begins_from_idle_and_from_the_steps() -> None:
    """C1, C2: it is run first, and the child has to stay awake in it as on a heating pad (T3)."""
    alone = begun("start_bath")
    from_step = step(State(Position("home_care", "2", speaking=False), CALM), Pressed(0.0, "start_bath"))
    for turn in (alone, from_step):
        assert (turn.treatment.pack, turn.treatment.bath, turn.position) == ("heat", True, ("coach", "ready"))
        assert turn.said[-3:] == ["coach_fetch_heat", "coach_forbid_heat", "coach_check_heat"]
        assert turn.texts[-3:-1] == [text("coach_fetch_bath"), text("coach_forbid_bath")]
    assert heard(alone.state, "no", 5.0).texts[0] == text("coach_not_yet_bath")
    started = heard(alone.state, "yes", 10.0)
    assert started.texts[0] == text("coach_on_bath", time="20 minutes")
    assert started.treatment.phase is not None and started.treatment.phase.pack == "heat"


def test_a_bath_is_spoken_of_as_a_bath_from_on_to_the_end() -> None:
    """C4: no line that is said while the heat is a bath names the pad, or "the heat" that is taken off."""
    bath = at("on", BATH)
    turns = {
        "left": heard(bath, "time_left", 300.0),
        "stays": heard(bath, "help", 300.0),
        "held": heard(bath, "wait", 300.0),
        "off": fired(bath, 20 * MINUTE),
        "asleep": heard(at("awake", replace(BATH, awake_by_at_s=330.0)), "no", 310.0),
        "resting": heard(at("resting", replace(BATH, stage="resting", since_at_s=1200.0)), "repeat", 1320.0),
        "take_off": heard(bath, "stop", 300.0),
    }
    for name, turn in turns.items():
        time = "15 minutes" if name == "left" else "20 minutes" if name != "resting" else "18 minutes"
        assert text(f"coach_{name}_bath", time=time) in turn.texts, name
    assert turns["off"].texts == [text("coach_off_bath"), text("coach_off_hint_bath")]
    assert turns["off"].said == ["coach_off", "coach_off_hint"]
    assert turns["asleep"].lead[0] == "coach_off"


@pytest.mark.parametrize("stage", ["on", "off", "resting", "held", "ready"])
def test_a_bath_comes_after_ice(stage: str) -> None:
    """C5: in every stage it can be chosen for the next time; ice is spoken of as ice until then."""
    states = {
        "on": on(),
        "off": off(),
        "resting": resting(),
        "held": at("held", on_hour(stage="held", since_at_s=300.0, spent_s=300.0)),
        "ready": at("ready", on_hour(stage="ready")),
    }
    turn = heard(states[stage], "start_bath", 1210.0)
    assert turn.treatment.bath and "heat" in (turn.treatment.next_pack, turn.treatment.pack)
    assert not any("bath" in line.text for line in turn.say.lines if "ice" in line.text)
    later = {"resting": "coach_next_bath", "held": "coach_next_bath", "ready": "coach_forbid_bath"}
    assert stage not in later or turn.texts[0] == text(later[stage])


def test_a_pad_that_is_a_bath_goes_on() -> None:
    """Whoever says during heat that it is a bath, or heat during a bath, changes the words and not the time."""
    turn = heard(on("heat"), "start_bath", 300.0)
    assert (turn.treatment.stage, turn.texts[0]) == ("on", text("coach_left_bath", time="15 minutes"))
    back = heard(turn.state, "start_heat", 310.0)
    assert (back.treatment.bath, back.asked) == (False, ["coach_left"])
    assert back.texts[0] == text("coach_left_heat", time="15 minutes")


def test_ice_after_a_bath_is_ice() -> None:
    """C5: "switch" in a bath leads to ice, in its own words."""
    assert heard(at("resting", replace(BATH, stage="resting")), "switch", 1300.0).texts[0] == text("coach_next_ice")
    assert heard(at("held", replace(on_hour(stage="held"), bath=True)), "continue", 100.0).texts[0] == text(
        "coach_forbid_ice"
    )


def test_every_line_of_a_bath_has_one_that_it_stands_for() -> None:
    """Each replaces a line of heat, or one of both packs, and has the same gaps."""
    for line_id in OF_A_BATH:
        name = line_id.removesuffix("_bath")
        usual = CONTENT.lines.get(f"{name}_heat") or CONTENT.lines[name]
        assert ("{time}" in usual.text) == ("{time}" in CONTENT.lines[line_id].text), line_id
