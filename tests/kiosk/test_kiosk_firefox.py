"""The page in a real Firefox: the same headings in sight, the same touches, nothing on its console."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from audio_rig import skip_or_fail
from firefox import FirefoxPage, firefox_page
from test_kiosk_sight import KNOWN, LOOK, NOTICES, every_line, every_scene, sent
from wall import Wall, wait_for

from voice_backcare.core import content

_READY = "() => Boolean(document.body.dataset.turn) && document.fonts.status === 'loaded'"
_SHOWS = "(turn) => document.body.dataset.turn === turn"


@pytest.fixture(scope="module")
def page(kiosk: Wall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirefoxPage]:
    """Firefox at the kiosk's page; a visible skip where it is not installed."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        skip_or_fail("Firefox is not installed")
        raise AssertionError
    with firefox_page(program, tmp_path_factory.mktemp("firefox")) as page:
        page.goto(kiosk.server.url)
        wait_for(lambda: bool(page.evaluate(_READY)))
        yield page


def _follow(page: FirefoxPage, wall: Wall) -> None:
    wait_for(lambda: bool(page.evaluate(_SHOWS, str(wall.session.turn))))


@pytest.mark.parametrize("glass", KNOWN, ids=lambda glass: f"{glass[0]}x{glass[1]}")
def test_every_scene_is_in_sight(page: FirefoxPage, glass: tuple[int, int]) -> None:
    """Each kind of screen, with nothing wrong and with everything wrong, shows its heading whole in Firefox too."""
    page.size(*glass)
    both = ("nothing", "all at once")
    states = [sent(replace(view, **NOTICES[what])) for view in every_scene().values() for what in both]
    assert page.evaluate(LOOK, json.dumps(states)) == []
    assert page.faults == []


@pytest.mark.parametrize("glass", [(480, 320), (800, 480)], ids=lambda glass: f"{glass[0]}x{glass[1]}")
def test_every_line_is_in_sight(page: FirefoxPage, glass: tuple[int, int]) -> None:
    """Each wording of each question and each line, with everything wrong, on the two glasses that are sold most."""
    page.size(*glass)
    states = [sent(replace(view, **NOTICES["all at once"])) for view in every_line()]
    assert page.evaluate(LOOK, json.dumps(states)) == []


def test_by_touch_to_911(kiosk: Wall, page: FirefoxPage) -> None:
    """A finger starts, answers no, and then touches Emergency: the page follows, and the number fills it."""
    page.size(800, 480)
    kiosk.on("E1")
    _follow(page, kiosk)
    assert page.evaluate("() => document.querySelector('#words h1').textContent") == content.load().questions["E1"].ask
    page.evaluate("() => new Promise((done) => setTimeout(done, 600))")  # a page takes no answer sooner
    page.tap("#press-no")
    wait_for(lambda: kiosk.session.state.position.id == "E2")
    _follow(page, kiosk)
    page.tap("#emergency")
    wait_for(lambda: bool(kiosk.seen["danger"]))
    _follow(page, kiosk)
    assert "911" in page.evaluate("() => document.querySelector('#words h1').textContent")
    assert page.faults == []
