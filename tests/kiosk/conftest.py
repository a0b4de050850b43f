"""One real browser for all tests of the page: the system's Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from audio_rig import skip_or_fail
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
