"""Emergency on the page itself, presses that nobody answers, and taps that a panel sends twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from page_screen import Screen
from playwright.sync_api import Route, expect
from wall import wait_for

from voice_backcare.core.state import Position, State

_LARGEST = """(id) => [...document.querySelectorAll(`#${id} *`)].filter((node) => node.getClientRects().length)
  .sort((a, b) => parseFloat(getComputedStyle(b).fontSize) - parseFloat(getComputedStyle(a).fontSize))[0].textContent"""


@contextmanager
def unanswered(screen: Screen) -> Iterator[list[Route]]:
    """Presses come nowhere; at the end those that are still waiting do, and so does all that follows."""
    held: list[Route] = []
    screen.page.route("**/press", lambda route: held.append(route))  # noqa: PLW0108
    try:
        yield held
    finally:
        screen.page.unroute("**/press")


@pytest.mark.parametrize("key", ["e", "F9"])
def test_a_key_calls_for_help(screen: Screen, key: str) -> None:
    """E, or F9 where the letters are off, is the red button, on a question and in every layer over it."""
    screen.come_to("question")
    screen.page.click("#press-more")
    screen.page.keyboard.press(key)
    wait_for(lambda: screen.wall.seen["screen"] == "call_911")
    screen.sync()
    expect(screen.page.locator("#more")).to_be_hidden()
    expect(screen.page.locator("#calling")).to_be_hidden()


def test_the_red_button_is_in_every_layer(screen: Screen) -> None:
    """Behind More the red button is there as well, as large, and one touch leads to 911."""
    for scene in ("idle", "question", "home_care", "pack_ice_on"):
        screen.come_to(scene)
        screen.page.click("#press-more")
        screen.page.click("#more .emergency")
        wait_for(lambda: screen.wall.seen["danger"])
        screen.sync()
        assert "911" in screen.heading
        expect(screen.page.locator("#calling")).to_be_hidden()


def test_the_touch_shows_911_before_the_program_does(screen: Screen) -> None:
    """With a program that does not answer the number is there at once; told until it takes over."""
    screen.come_to("question")
    with unanswered(screen) as held:
        screen.page.click("#emergency")
        expect(screen.page.locator("#calling")).to_be_visible(timeout=300)
        assert screen.page.evaluate(_LARGEST, "calling") == "911"
        expect(screen.page.locator("#calling-state")).to_contain_text("Call by yourself", timeout=5000)
        assert screen.wall.seen["screen"] == "question" and len(held) >= 1
    wait_for(lambda: screen.wall.seen["screen"] == "call_911")
    expect(screen.page.locator("#calling")).to_be_hidden()
    screen.sync()
    screen.faults.clear()  # the browser tells of each post that was given up


def test_911_on_the_page_is_closed_by_two_touches(screen: Screen) -> None:
    """Without its program the page's own 911 can be left, by two touches, as the program's own can."""
    screen.come_to("question")
    with unanswered(screen):
        screen.page.click("#emergency")
        screen.page.click("#calling-close")
        expect(screen.page.locator("#calling")).to_be_visible()
        screen.page.click("#calling-close")
        expect(screen.page.locator("#calling")).to_be_hidden()
    expect(screen.page.locator("#lost")).to_be_hidden(timeout=8000)
    screen.faults.clear()


def test_a_press_without_an_answer_shows_that_the_program_is_lost(screen: Screen) -> None:
    """A touched button is marked at once; after two seconds without an answer the page says it is lost, 911 largest."""
    screen.come_to("question")
    screen.settle()
    with unanswered(screen):
        screen.page.click("#press-no")
        expect(screen.page.locator("#press-no")).to_have_class("press no taken", timeout=300)
        expect(screen.page.locator("#lost")).to_be_visible(timeout=4000)
        assert screen.page.evaluate(_LARGEST, "lost") == "911"
    expect(screen.page.locator("#lost")).to_be_hidden(timeout=8000)  # it answers something else again
    screen.faults.clear()


@pytest.mark.parametrize("command", ["go_back", "repeat", "next", "back", "louder"])
def test_a_tap_that_comes_as_touch_and_as_mouse_is_one_step(screen: Screen, command: str) -> None:
    """A panel that sends a touch and, 0.3 s later, a mouse's click of the same tap moves one step, for any command."""
    if command in ("next", "back"):
        screen.wall.put(State(Position("home_care", "3")))
    else:
        screen.wall.put(State(Position("question", "E4")))
    screen.sync()
    screen.settle()
    if command == "louder":
        screen.page.click("#press-more")
        screen.page.clock.fast_forward(2000)
    box = screen.page.locator(f"#press-{command}").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = len(screen.wall.events)
    screen.page.touchscreen.tap(x, y)
    wait_for(lambda: len(screen.wall.events) > before)
    screen.sync()
    screen.page.clock.fast_forward(300)
    screen.page.mouse.click(x, y)
    screen.page.wait_for_timeout(150)
    screen.wall.pump()
    pressed = [event for event in screen.wall.events[before:] if getattr(event, "meaning", "") == command]
    assert len(pressed) == 1
    screen.page.keyboard.press("Escape")


def test_a_mouse_and_a_finger_at_once_are_one_tap(screen: Screen) -> None:
    """A pointer that the panel moves along with the finger is no second finger: the answer counts."""
    screen.come_to("question")
    screen.settle()
    screen.page.mouse.down()
    screen.page.tap("#press-no")
    screen.page.mouse.up()
    wait_for(lambda: screen.wall.session.state.position.id == "E4")
    screen.sync()


def test_glass_alone_names_no_keys(screen: Screen) -> None:
    """A touch-only screen shows no letters on its buttons, and no switch for them."""
    screen.come_to("question")
    assert "N" not in screen.page.inner_text("#press-no").replace("No", "")
    screen.page.click("#press-more")
    expect(screen.page.locator("#letters")).to_be_hidden()
    screen.page.keyboard.press("Escape")
