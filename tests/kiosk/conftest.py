"""One real browser for all tests of the page: the system's Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from audio_rig import skip_or_fail
from page_screen import Screen
from playwright.sync_api import Browser, sync_playwright
from wall import Wall, wall


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; a visible skip where it is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        skip_or_fail("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Wall]:
    with wall(page=True) as running:
        yield running


@pytest.fixture(scope="module")
def one_page(kiosk: Wall, browser: Browser) -> Iterator[Screen]:
    context = browser.new_context(viewport={"width": 800, "height": 480}, has_touch=True)
    screen = Screen(kiosk, context.new_page())
    yield screen
    context.close()


@pytest.fixture
def screen(one_page: Screen) -> Iterator[Screen]:
    """The page at 800x480 by day, at the idle screen; it may have no fault at the end."""
    one_page.page.set_viewport_size({"width": 800, "height": 480})
    one_page.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    one_page.page.evaluate("delete document.documentElement.dataset.theme")
    one_page.page.evaluate("delete document.body.dataset.keys")
    one_page.come_to("idle")
    one_page.faults.clear()
    yield one_page
    assert one_page.faults == []
