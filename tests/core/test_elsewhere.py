"""The core where there are no keys, or where nobody keeps the time: what it says instead, and what never begins."""

from __future__ import annotations

import pytest

from voice_backcare.core import content, conversation
from voice_backcare.core.content import ContentError, variants
from voice_backcare.core.events import Heard, Pressed, Say, Show
from voice_backcare.core.state import Position, State

CONTENT = content.load()
UNTIMED = conversation.build(CONTENT, keeps_time=False)
ICE = next(str(at) for at, step in enumerate(CONTENT.steps) if step.id == "ice")


def said(state: State, event: Heard | Pressed) -> tuple[State, list[str]]:
    after, actions = UNTIMED.step(state, event)
    return after, [line.id for action in actions if isinstance(action, Say) for line in action.lines]


def test_without_keys_no_line_names_one() -> None:
    """Every line that offers a key has another one in its place, under the same id."""
    told = content.without_keys(CONTENT)
    changed = {line_id for line_id, text in told.lines.items() if text != CONTENT.lines.get(line_id)}
    assert changed >= {"offer_keys", "confirm_same_child_keys"}
    named = {text.id for text in told.lines.values() if " key" in text.text.lower() or "press" in text.text.lower()}
    assert named == {"microphone_lost", "recogniser_lost"}  # an assistant has no devices to lose


@pytest.mark.parametrize("word", ["start_ice", "start_heat", "start_bath", "start_coach"])
@pytest.mark.parametrize("kind", [Heard, Pressed])
def test_no_hour_begins_where_no_time_is_kept(kind: type[Heard] | type[Pressed], word: str) -> None:
    """At a step the handout's own times are told instead; from the idle place the questions begin."""
    step = State(Position("home_care", "0", speaking=False))
    after, lines = said(step, kind(0.0, word))
    assert after.treatment is None
    assert lines[0] == "no_time"
    assert after.position.name == "home_care"
    if word == "start_ice":
        assert after.position.id == ICE
    begun, lines = said(State(), kind(0.0, word))
    assert (begun.treatment, begun.position.id, lines[0]) == (None, "E1", "opening_guide")


def test_no_step_offers_what_cannot_be_kept() -> None:
    """The offer to keep the time is gone from the steps, on the screen as well."""
    offered = {line.id for step in CONTENT.steps for line in step.lines}
    untimed = content.without_time(CONTENT)
    left = {line.id for step in untimed.steps for line in step.lines}
    assert offered - left == set(variants._table()["offers_time"]["lines"])
    state, actions = UNTIMED.step(State(Position("home_care", ICE, speaking=False)), Heard(0.0, "repeat"))
    assert state.position.name == "home_care"
    assert not {line.id for a in actions if isinstance(a, Show) for line in a.lines} & (offered - left)


def test_a_broken_file_names_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that replaces nothing, an offer that no step makes, a section that is empty."""
    table = variants._table()
    text = {"text": "Say it.", "sources": ["own"]}
    monkeypatch.setattr(variants, "_table", lambda: {**table, "without_keys": {"nowhere": text}})
    with pytest.raises(ContentError, match=r"without_keys\.nowhere: there is no such line"):
        content.without_keys(CONTENT)
    monkeypatch.setattr(variants, "_table", lambda: {**table, "offers_time": {"lines": ["nowhere"]}})
    with pytest.raises(ContentError, match="no step has the line nowhere"):
        content.without_time(CONTENT)
    monkeypatch.setattr(variants, "_table", lambda: {**table, "untimed": {}})
    with pytest.raises(ContentError, match="untimed: there is none"):
        content.without_time(CONTENT)
