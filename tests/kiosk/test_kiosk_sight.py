"""The words have the floor: on every glass, whatever is said and whatever does not work, what is asked is in sight."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from in_sight import OUT_OF_SIGHT
from playwright.sync_api import Browser, Page
from scenes import SCENES
from wall import Wall, the_book, the_core, wall

from voice_backcare.core import content
from voice_backcare.core.content import Personal
from voice_backcare.core.events import Line
from voice_backcare.kiosk.screen import layouts
from voice_backcare.kiosk.screen.snapshot import snapshot
from voice_backcare.kiosk.screen.view import DeviceState, Ended, View

# In CSS pixels: a glass of 320 to 1920 by 240 to 1080; at 200 % zoom the page has half of each.
WIDTHS, HEIGHTS = (320, 480, 667, 1024, 1920), (240, 320, 480, 1080)
KNOWN = [(480, 320), (667, 320), (800, 480), (400, 240), (160, 120), (480, 800)]
GLASS = sorted({(w // zoom, h // zoom) for w in WIDTHS for h in HEIGHTS for zoom in (1, 2)} - {*KNOWN})
# Runs in one go, so that nothing that the program sends comes between; as one text the states come in a tenth of the
# time.
_SHOW = """async (states_json) => {
  const { showControls } = await import("/controls.js");
  const { showState } = await import("/render.js");
  const faults = [];
  dispatchEvent(new Event("resize")); // of a new size the browser tells with the next frame that is drawn
  for (const state of JSON.parse(states_json)) {
    showControls(state);
    showState(state);
    faults.push(...(OUT_OF_SIGHT)(state));
  }
  return RESULT;
}""".replace("OUT_OF_SIGHT", OUT_OF_SIGHT)
LOOK = _SHOW.replace("RESULT", "faults")
TYPE_PX = _SHOW.replace(
    "RESULT", "[faults, parseFloat(getComputedStyle(document.querySelector('#words h1')).fontSize)]"
)
CAP_HEIGHT = 0.668  # of the typeface, against its size


@pytest.fixture(scope="module")
def page(kiosk: Wall, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(kiosk.server.url)
    page.wait_for_function("() => document.body.dataset.turn && document.fonts.status === 'loaded'")
    yield page
    context.close()


def _resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("([w, h]) => innerWidth === w && innerHeight === h", arg=[width, height])


def _look(page: Page, width: int, height: int, states: list[dict[str, Any]]) -> list[str]:
    _resize(page, width, height)
    return [f"{width}x{height} {fault}" for fault in page.evaluate(LOOK, json.dumps(states))]


def _type_px(page: Page, width: int, height: int, state: dict[str, Any]) -> float:
    """The size of the heading's type, of one state that is wholly in sight."""
    _resize(page, width, height)
    faults, type_px = page.evaluate(TYPE_PX, json.dumps([state]))
    assert faults == []
    return float(type_px)


def sent(view: View, **more: Any) -> dict[str, Any]:
    return {"run": "test", "volume": 0.5, **snapshot(view, the_book(), 0.0), **more}


@cache
def every_line() -> tuple[View, ...]:
    """Each wording of each question, and each line of the content, as the screen that it is on asks it."""
    facts, prompts = content.load(), the_core().prompts
    asked = [View(id=q, kind="question", lines=(prompts.wording(q, w),)) for q in facts.questions for w in WORDINGS]
    lines = [Line(text.id, text.text, text.sources) for text in facts.lines.values()]
    screens = {"call_911": "call_911", "coach_off": "coach_off"}
    told = [View(id=screens.get(line.id, "stop"), kind="confirmation", lines=(line,)) for line in lines]
    return (*asked, *told)


@cache
def every_scene() -> dict[str, View]:
    """Each kind of screen, of a kiosk that no page watches: nothing is drawn on the way there."""
    views = {}
    with wall() as kiosk:
        for name, come_to in SCENES.items():
            come_to(kiosk)
            views[name] = kiosk.screen.view
    return views


NOTED = (("R1", "yes"), ("R6", "yes"), ("R2", "unsure"), ("R3", "soft_no"))
WORDINGS = ("ask", "again", "plain")
WRONG = "Line 12 of /etc/voice-backcare/settings.toml: no_input_s must be a number from 2 to 60, and it is a word."
NOTICES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no microphone": {"microphone": "missing"},
    "microphone lost": {"microphone": "lost"},
    "muted": {"microphone": "muted"},
    "no loudspeaker": {"loudspeaker": "missing"},
    "loudspeaker lost": {"loudspeaker": "lost"},
    "silent": {"microphone": "missing", "loudspeaker": "missing"},
    "wrong settings": {"settings_fault": WRONG},
    "unspoken": {"attention": True},
    "all at once": {"attention": True, "microphone": "lost", "settings_fault": WRONG},
}


@pytest.mark.parametrize("glass", [*KNOWN, *GLASS], ids=lambda glass: f"{glass[0]}x{glass[1]}")
def test_what_is_asked_is_wholly_in_sight(page: Page, glass: tuple[int, int]) -> None:
    """Every line that may be asked, with nothing wrong and with everything wrong: whole, uncovered, Emergency in reach.

    Every line on the glasses that are sold most; elsewhere the longest of them, which leave the least room.
    """
    views = every_line() if glass in KNOWN else sorted(every_line(), key=lambda v: -len(v.lines[0].text))[:12]
    states = [sent(replace(view, **NOTICES[what])) for view in views for what in ("nothing", "all at once")]
    assert _look(page, *glass, states) == []


@pytest.mark.parametrize("glass", KNOWN, ids=lambda glass: f"{glass[0]}x{glass[1]}")
def test_every_scene_with_every_notice(page: Page, glass: tuple[int, int]) -> None:
    """Each kind of screen, beside each thing that may not work, shows its heading whole."""
    states = [sent(replace(view, **changes)) for view in every_scene().values() for changes in NOTICES.values()]
    assert _look(page, *glass, states) == []


def test_where_the_page_is_the_only_channel_nothing_is_cut(page: Page) -> None:
    """With no sound at 800x480 every wording of every question, and what to tell them, is there without scrolling."""
    silent: dict[str, DeviceState] = {"microphone": "missing", "loudspeaker": "missing"}
    views = [view for view in every_line() if view.kind == "question"]
    views += [replace(view, noted=NOTED) for view in views]
    with wall() as asked:
        SCENES["provider"](asked)
        asked.press("summary")
        views.append(asked.screen.view)
    assert views[-1].screen == "summary"
    states = [sent(replace(view, **silent), whole=True) for view in views]  # type: ignore[arg-type]
    assert _look(page, 800, 480, states) == []


def test_questions_can_be_read_from_two_metres(page: Page) -> None:
    """On the official 7" glass (86 mm for 480 rows) the questions' capitals come to 16 minutes of arc at 2 m."""
    row_mm = 85.92 / 480
    wanted_px = 2000 * 0.0046542 / row_mm / CAP_HEIGHT
    sizes = {}
    for view in every_line():
        if view.kind == "question" and view.lines[0].id.endswith("_ask"):
            sizes[view.id] = _type_px(page, 800, 480, sent(view))
    assert sizes and min(sizes.values()) >= wanted_px, (wanted_px, sizes)


def test_type_grows_with_the_glass(page: Page) -> None:
    """The same question is larger on a larger glass, upright too."""
    (view,) = [view for view in every_line() if view.lines[0].id == every_line()[0].lines[0].id]
    sizes = [_type_px(page, *glass, sent(view)) for glass in ((480, 320), (800, 480), (1024, 600), (1920, 1080))]
    assert sizes == sorted(set(sizes)), sizes
    assert _type_px(page, 1080, 1920, sent(view)) > sizes[1]


@pytest.mark.parametrize("glass", KNOWN, ids=lambda glass: f"{glass[0]}x{glass[1]}")
def test_the_number_to_call_is_the_largest_thing(page: Page, glass: tuple[int, int]) -> None:
    """911, and the provider's number where it is known: unbroken, larger than all else, at the outcome and after it."""
    phone = "+1 (555) 010-0199"
    facts = content.personalise(content.load(), Personal(provider_name="Dr. Lee", provider_phone=phone))
    book = layouts.load(facts)
    line = {name: Line(name, facts.lines[name].text, facts.lines[name].sources) for name in facts.lines}
    states = []
    for outcome in ("call_911", "call_provider_now", "out_of_scope", "follow_up"):
        number = "911" if outcome == "call_911" else phone
        shown = (line[outcome], line["outcome_hint"])
        views = (
            View(id=outcome, lines=shown, standing=outcome),
            View(id="paused", lines=(line["paused"],), standing=outcome),
            View(id="closing", lines=(line[outcome], line["goodbye"]), kind=None, standing=outcome),
            View(id="idle", ended=Ended(outcome, (), 60.0)),
        )
        for view in views:
            sent = {"run": "test", "volume": 0.5, **snapshot(view, book, 0.0)}
            assert sent["call"]["number"] == number, (outcome, view.screen)
            states.append(sent)
    assert _look(page, *glass, states) == []
