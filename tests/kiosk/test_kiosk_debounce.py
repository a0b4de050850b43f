"""What counts as one press of a push button, by the times of its contact alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.kiosk.gpio.debounce import BOUNCE_S, STUCK_S, TOGETHER_S, Taps

LATE_S = 60.0


def pressed(*edges: tuple[float, str, bool], until_s: float = LATE_S) -> list[str]:
    """The buttons that count after these edges; each ``(at_s, name, down)``."""
    taps = Taps(("yes", "no", "start"))
    for at_s, name, down in sorted(edges):
        taps.edge(name, down, at_s, turn=round(at_s * 1000))
    taps.advance(until_s)
    return [tap.name for tap in taps.taps]


def held(name: str, from_s: float, to_s: float) -> list[tuple[float, str, bool]]:
    return [(from_s, name, True), (to_s, name, False)]


@pytest.mark.parametrize("length_s", [0.03, 0.07, 0.5, 9.0])
def test_a_press_is_one_press_however_long(length_s: float) -> None:
    """A quick tap counts when it ends, a long one once, while the finger is still down."""
    assert pressed(*held("no", 1.0, 1.0 + length_s)) == ["no"]


def test_a_press_counts_soon() -> None:
    """Nobody waits: it counts a tenth of a second after the finger came down."""
    taps = Taps(("no",))
    taps.edge("no", True, 1.0, 7)
    due_s = 1.0
    while not taps.taps:
        due_s = taps.due_s() or 99.0
        taps.advance(due_s)
    assert due_s <= 1.0 + 0.1
    assert taps.taps[0].turn == 7


def test_bounce_is_absorbed() -> None:
    """Contacts that chatter for 15 ms when they close and when they open are one press."""
    chatter = [
        (start_s + at_s / 1000, "no", at_s % 2 == first)
        for start_s, first in ((1.0, 0), (1.3, 1))
        for at_s in range(16)
    ]
    edges = [*chatter, (1.0155, "no", True), (1.3155, "no", False)]
    assert pressed(*edges) == ["no"]


def test_a_spike_on_the_wire_is_no_press() -> None:
    """What is shorter than any finger counts nothing, and spoils nothing."""
    assert pressed(*held("no", 1.0, 1.0 + BOUNCE_S / 2)) == []
    assert pressed(*held("no", 1.0, 1.005), *held("yes", 2.0, 2.2)) == ["yes"]


def test_hum_is_no_press() -> None:
    """A loose wire that picks up the mains for a minute presses nothing."""
    assert pressed(*((at / 100, "no", at % 2 == 0) for at in range(6000)), until_s=120.0) == []


@pytest.mark.parametrize("apart_s", [0.0, 0.01, 0.05, TOGETHER_S - 0.001])
def test_two_at_once_are_no_answer(apart_s: float) -> None:
    """Yes and No pressed together, one a little later than the other, count as neither; so does one kept down."""
    assert pressed(*held("yes", 1.0, 1.4), *held("no", 1.0 + apart_s, 1.3)) == []
    assert pressed(*held("yes", 1.0, 3.0), *held("no", 1.0 + apart_s, 1.3), *held("no", 2.0, 2.2)) == []


def test_a_second_finger_counts_only_after_all_are_up() -> None:
    """While one button is held another one presses nothing; once both are up it does."""
    assert pressed(*held("yes", 1.0, 2.0), *held("no", 1.5, 1.8), *held("no", 2.5, 2.7)) == ["yes", "no"]


def test_one_after_the_other_are_two() -> None:
    """Two presses in a row are two."""
    assert pressed(*held("no", 1.0, 1.1), *held("yes", 1.25, 1.4)) == ["no", "yes"]


def test_a_stuck_button_stops_no_other() -> None:
    """Down for ten seconds, it is told and left out; the others work again, and so does it once it is let go."""
    taps = Taps(("yes", "no"))
    taps.edge("yes", True, 1.0, 0)
    taps.advance(1.0 + STUCK_S + 0.1)
    assert taps.stuck == ["yes"]
    taps.taps.clear()
    for edge in ((20.0, "no", True), (20.2, "no", False), (30.0, "yes", False), (31.0, "yes", True)):
        taps.edge(edge[1], edge[2], edge[0], 0)
    taps.advance(31.5)
    assert [tap.name for tap in taps.taps] == ["no", "yes"]
    assert taps.stuck == ["yes"]


def test_what_is_down_at_the_start_is_no_press() -> None:
    """A button that is down when the program starts presses nothing until it was let go."""
    taps = Taps(("yes", "no"))
    taps.held("yes", 0.0)
    taps.advance(STUCK_S + 1.0)
    assert (taps.taps, taps.stuck) == ([], ["yes"])
    taps.edge("yes", False, 12.0, 0)
    taps.edge("yes", True, 13.0, 0)
    taps.advance(14.0)
    assert [tap.name for tap in taps.taps] == ["yes"]


@given(
    st.lists(st.tuples(st.floats(0.0, 30.0), st.sampled_from(["yes", "no", "start"]), st.booleans()), max_size=60),
)
def test_whatever_the_contacts_do(edges: list[tuple[float, str, bool]]) -> None:
    """No more presses than times a contact closed, none while nothing closed, and it always comes to rest."""
    taps = Taps(("yes", "no", "start"))
    for at_s, name, down in sorted(edges):
        taps.edge(name, down, at_s, 0)
    taps.advance(LATE_S)
    for name in ("yes", "no", "start"):
        closed = sum(down for _, each, down in edges if each == name)
        assert sum(tap.name == name for tap in taps.taps) <= closed
    assert taps.due_s() is None
