"""A parent's whole path through the page: by touch, by voice and by both, on the smallest and the largest glass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from in_sight import out_of_sight
from page_screen import Screen
from wall import EMERGENCY, URGENT, Wall, wait_for, wall

FOLLOW_UP = ("F2", "F5", "F6", "F7")
PHASE_S = 1205.0  # an ice phase, and a little
GLASS = {"smallest": (320, 240), "largest": (1920, 1080)}
YES_TO = {"home care": "F7", "911": "E3", "provider": "R1"}
_SPOKEN = {"yes": "yes", "no": "no", "acknowledge": "okay", "next": "next", "start": "start", "stop": "stop"}


def _meant(wall: Wall, yes_to: str, iced: bool) -> str | None:
    """What a parent whose only yes is to ``yes_to`` means next; None where the path ends."""
    seen = wall.seen
    screen, about = seen["screen"], seen["id"]
    if screen == "question":
        return "yes" if about == yes_to else "no"
    if screen == "check":
        return "no" if about == "changed" else "yes"
    if screen in ("read_back", "offer"):
        return "yes"
    if screen == "home_care":
        return "start_ice" if about == "step_ice" and not iced else "next"
    return {
        "idle": "start",
        "pack_off": "acknowledge",
        "pack_resting": "stop",
        "outcome": "summary",
        "call_911": "summary",
    }.get(screen)


def _walk(wall: Wall, yes_to: str, act: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    """Go the whole way by ``act``; each screen on it, by its kind and what it is about."""
    iced = False
    while True:
        seen = wall.seen
        yield seen["screen"], seen["id"]
        if seen["screen"] == "pack_on":
            wall.pass_time(PHASE_S, 30.0)
            act("")
            continue
        meaning = _meant(wall, yes_to, iced)
        if meaning is None:
            return
        iced = iced or meaning == "start_ice"
        act(meaning)


@cache
def _expected(yes_to: str) -> list[tuple[str, str]]:
    """The same way on a kiosk that no page watches, by presses of the program itself."""
    with wall() as alone:
        return list(_walk(alone, yes_to, lambda meaning: alone.press(meaning) if meaning else None))


def _touch(screen: Screen, meaning: str) -> None:
    """One tap of a finger on its button, which the finger can reach."""
    turn = screen.wall.session.turn
    screen.settle()
    if not screen.page.locator(f"#press-{meaning}").is_visible():
        screen.page.tap("#press-more")
    screen.page.tap(f"#press-{meaning}")
    wait_for(lambda: screen.wall.session.turn != turn)


def _speak(screen: Screen, meaning: str) -> None:
    screen.settle()
    screen.wall.hear(meaning, _SPOKEN.get(meaning, meaning.replace("_", " ")))


@pytest.mark.parametrize("glass", GLASS)
@pytest.mark.parametrize("way", ["touch", "voice", "both"])
@pytest.mark.parametrize("path", YES_TO)
def test_the_whole_path(screen: Screen, path: str, way: str, glass: str) -> None:
    """From the invitation to the last screen, each screen of the way: its words in sight, what was meant shown."""
    width, height = GLASS[glass]
    screen.page.set_viewport_size({"width": width, "height": height})
    taken = 0

    def act(meaning: str) -> None:
        nonlocal taken
        taken += 1
        by_touch = way == "touch" or (way == "both" and taken % 2 == 0)
        if meaning:
            (_touch if by_touch else _speak)(screen, meaning)
        screen.sync()
        assert out_of_sight(screen.page, screen.wall) == []
        told = screen.wall.seen["told"]
        assert told is None or not meaning or told["by"] == ("touch" if by_touch else "voice")

    screens = list(_walk(screen.wall, YES_TO[path], act))
    assert screens == _expected(YES_TO[path])
    assert {about for _, about in screens} >= set(_asked(path))
    assert screens[-1][0] == {"home care": "finished", "911": "summary_911", "provider": "summary"}[path]


def _asked(path: str) -> tuple[str, ...]:
    """The questions that have to come on this way."""
    every = (*EMERGENCY, "S1", *URGENT, *FOLLOW_UP)
    return every[: every.index("E3") + 1] if path == "911" else every
