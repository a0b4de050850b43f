"""Whether a screen shows the page: told by the page itself, asked by what starts a dead screen anew."""

from __future__ import annotations

import json
import urllib.request

import pytest
from playwright.sync_api import Browser
from starlette.requests import Request
from wall import Wall, wait_for

from voice_backcare.kiosk.web.painted import Painted


def _asked(painted: Painted, method: str) -> float | None:
    answering = painted(Request({"type": "http", "method": method, "headers": []}))
    with pytest.raises(StopIteration) as answered:  # it waits for nothing, so it needs no event loop
        answering.send(None)
    age_s: float | None = json.loads(answered.value.value.body)["painted_s_ago"]
    return age_s


def test_the_age_of_the_last_painting_is_told() -> None:
    """Nothing before the first page; then the seconds since the last sign of one."""
    now_s = [100.0]
    painted = Painted(lambda: now_s[0])
    assert _asked(painted, "GET") is None
    assert _asked(painted, "POST") == 0.0
    now_s[0] += 42.04
    assert _asked(painted, "GET") == 42.0


def _told(kiosk: Wall) -> float | None:
    with urllib.request.urlopen(f"{kiosk.server.url}painted") as answer:
        age_s: float | None = json.load(answer)["painted_s_ago"]
        return age_s


def test_a_page_that_is_shown_says_so(kiosk: Wall, browser: Browser) -> None:
    """A real browser's page is known to be painted, and nothing else is."""
    assert _told(kiosk) is None
    page = browser.new_page()
    try:
        page.goto(kiosk.server.url)
        wait_for(lambda: _told(kiosk) is not None, within_s=60.0)
    finally:
        page.close()


def test_doctor_takes_the_service_at_its_word() -> None:
    """What the locked-down service can not reach is a warning, though ``doctor`` itself can; a dead one is a fault."""
    from voice_backcare.cli.doctor_service import judge

    assert judge("active", "Waiting for somebody.").status == "ok"
    assert judge("active", "Waiting for somebody; microphone missing: it works by touch.").status == "warn"
    assert judge("failed", "").status == "fail"
