"""The page in a real Chromium: whole conversations by touch, keys and voice; what it looks like; who can use it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_screen import Screen
from places import ROOT
from playwright.sync_api import Browser, expect
from scenes import SCENES
from wall import EMERGENCY, URGENT, answered, wait_for

from voice_backcare.audio.devices.levels import MeasuredLevel
from voice_backcare.core import content
from voice_backcare.core.events import DeviceBack, DeviceLost, Line, Phase, Show
from voice_backcare.core.state import Position, State

PICTURES = ROOT / "test-output" / "kiosk"
SIZES = {"800x480": (800, 480), "1024x600": (1024, 600), "1920x1080": (1920, 1080), "390x844": (390, 844)}
THUMB_PX = 64
_SMALL_BUTTONS = """() => [...document.querySelectorAll("button")].filter((button) => {
  const {width, height} = button.getBoundingClientRect();
  return width > 0 && (width < %d || height < %d);
}).map((button) => button.textContent)"""
_CUT_OFF = """() => [...document.querySelectorAll("#words > *, #words li, button, #notices p, .voice")].filter(node => {
  const box = node.getBoundingClientRect();
  return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1 || node.scrollWidth > node.clientWidth + 1);
}).map((node) => node.textContent)"""
_IS_NIGHT = "() => getComputedStyle(document.documentElement).getPropertyValue('color-scheme') === 'dark'"
_TWO_POINTERS = """() => [1, 2].forEach((pointerId) =>
  document.body.dispatchEvent(new PointerEvent("pointer%s", {pointerId, bubbles: true})))"""
_CLICK_NO = """() => document.getElementById("press-no").dispatchEvent(
  new MouseEvent("click", {detail: 1, bubbles: true, cancelable: true}))"""
_ALL_IN_SIGHT = (
    "() => { const main = document.getElementById('main'); return main.scrollHeight <= main.clientHeight + 1; }"
)
# The fullest that a screen can be, fitted again.
_TOLD = """() => { document.getElementById('way').hidden = false;
  document.getElementById('told').textContent ||= 'You touched: “Repeat”';
  dispatchEvent(new Event('resize')); }"""
FITTED_MS = 3000  # the type is fitted to a new size with the next frame that is drawn


# --- whole conversations ----------------------------------------------------------------------


def test_by_touch_from_the_invitation_to_the_last_step(screen: Screen) -> None:
    """No to every question, yes to what is read back, all home-care steps; then the screen can be cleared."""
    questions = content.load().questions
    assert "start" in screen.heading
    screen.tap("start")
    for question in EMERGENCY:
        assert screen.heading == questions[question].ask
        screen.tap("no")
    expect(screen.page.locator(".signs li")).to_have_count(6)
    screen.tap("yes")
    while screen.wall.seen["screen"] == "question":
        screen.tap("no")
        if screen.wall.seen["screen"] == "read_back":
            screen.tap("yes")
    assert "home" in screen.heading
    screen.tap("yes")
    for step in content.load().steps:
        expect(screen.page.locator(f"#visual use[href='#draw-{step.id}']")).to_be_visible()
        assert step.lines[0].text.split(". ")[-1] in screen.page.inner_text("#words")
        screen.tap("next")
    assert screen.wall.seen["screen"] == "finished"
    screen.settle()
    screen.page.click("#press-dismiss")
    expect(screen.page.locator("#press-start")).to_be_visible()
    wait_for(lambda: screen.wall.seen["screen"] == "idle")


def test_by_keys_to_911_and_back(screen: Screen) -> None:
    """S, N, D, D: doubt twice is a yes, and the number fills the screen; B asks again; closing asks twice."""
    screen.key("s")
    screen.key("n")
    screen.key("d")
    screen.key("d")
    assert screen.wall.seen["screen"] == "call_911"
    assert "911" in screen.heading
    assert screen.page.locator("#emergency").is_hidden()
    number = screen.page.locator("#words h1").bounding_box()
    assert number and number["height"] > 70
    screen.key("b")
    assert screen.page.inner_text("#words h2") == content.load().questions["E2"].ask
    screen.key("y")
    screen.settle()
    screen.page.click("#press-close_911")
    expect(screen.page.locator("#press-close_911")).to_contain_text("again")
    assert screen.wall.seen["screen"] == "call_911"
    screen.page.click("#press-close_911")
    wait_for(lambda: screen.wall.seen["screen"] == "idle")
    screen.sync()


def test_by_voice_the_page_follows(screen: Screen) -> None:
    """What is said aloud moves every screen, and shows what was heard."""
    screen.wall.hear("start")
    screen.sync()
    screen.wall.hear("no", "nope")
    screen.sync()
    assert screen.page.inner_text("#told") == "I heard: “nope”"
    screen.wall.hear("emergency", "she's not breathing", "E1")
    screen.sync()
    assert "911" in screen.heading


def test_a_screen_that_comes_late_or_comes_back_sees_the_truth(screen: Screen) -> None:
    """A second screen, and the first one reloaded in mid-question, show the same; a press on one moves both."""
    screen.come_to("question")
    second = Screen(screen.wall, screen.page.context.new_page())
    screen.page.reload()
    screen.sync()
    assert second.heading == screen.heading == content.load().questions["E3"].ask
    second.tap("no")
    screen.sync()
    assert screen.heading == content.load().questions["E4"].ask
    second.page.close()
    assert second.faults == []


def test_a_screen_that_lost_its_program_says_so(screen: Screen) -> None:
    """Without its program the page says so with 911 advice, and goes on by itself when it is back."""
    screen.come_to("question")
    screen.page.context.set_offline(True)
    screen.wall.server.watchers.end()
    expect(screen.page.locator("#lost")).to_be_visible(timeout=10_000)
    assert "911" in screen.page.inner_text("#lost")
    screen.wall.server.watchers._ended = False
    screen.page.context.set_offline(False)
    expect(screen.page.locator("#lost")).to_be_hidden(timeout=10_000)
    screen.faults.clear()
    screen.tap("no")


def test_a_program_that_was_started_anew_gets_its_own_page(screen: Screen) -> None:
    """When another run of the program answers, the page loads itself again, and works."""
    screen.come_to("question")
    screen.page.evaluate("() => { window.old = true; }")
    server = screen.wall.server
    server.run = server.watchers._run = "another"
    server.watchers.changed()
    screen.page.wait_for_function("() => !window.old && document.body.dataset.screen === 'question'")
    screen.tap("no")


# --- fingers and keys -------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_a_double_tap_is_one_answer(screen: Screen, answer: str) -> None:
    """Two taps in a row, and a third right after the next question came, are one answer: doubt twice would be 911."""
    screen.come_to("question")
    screen.settle()
    screen.page.dblclick(f"#press-{answer}")
    screen.page.click(f"#press-{answer}")
    screen.page.wait_for_timeout(200)
    screen.sync()
    position = screen.wall.session.state.position
    assert (position.id, position.doubted) == (("E4", "") if answer == "no" else ("E3", "unsure"))


def test_two_fingers_answer_nothing(screen: Screen) -> None:
    """Yes and No touched at once are no answer; one finger after that is."""
    screen.come_to("question")
    screen.settle()
    boxes = [screen.page.locator(f"#press-{name}").bounding_box() for name in ("yes", "no")]
    points = [{"x": box["x"] + 30, "y": box["y"] + 30, "id": at} for at, box in enumerate(boxes) if box]
    touch = screen.page.context.new_cdp_session(screen.page)
    screen.page.evaluate(_TWO_POINTERS % "down")
    screen.page.evaluate(_CLICK_NO)  # a browser that makes clicks of both
    screen.page.evaluate(_TWO_POINTERS % "up")
    screen.page.wait_for_timeout(100)
    for kind, down in (("touchStart", points[:1]), ("touchStart", points), ("touchEnd", points[:1]), ("touchEnd", [])):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": down})
    screen.page.wait_for_timeout(300)
    assert screen.wall.session.state.position.id == "E3"
    screen.page.tap("#press-no")
    wait_for(lambda: screen.wall.session.state.position.id == "E4")


def test_a_key_held_down_is_one_press(screen: Screen) -> None:
    """Enter held on a button, or a letter held, answers one question, however long."""
    screen.come_to("question")
    screen.settle()
    screen.page.focus("#press-no")
    for key in ("Enter", "n"):
        before = screen.wall.session.state.record.answers
        screen.settle()
        for _ in range(50):
            screen.page.keyboard.down(key)
            screen.page.wait_for_timeout(30)
        screen.page.keyboard.up(key)
        assert len(screen.wall.session.state.record.answers) == len(before) + 1


def test_the_keyboard_reaches_everything(screen: Screen) -> None:
    """Tab comes to every button, with a ring around it; Enter presses; the focus stays when the question changes."""
    screen.come_to("question")
    screen.settle()
    reached = []
    screen.page.focus("#mute")
    for _ in range(12):
        reached.append(screen.page.evaluate("document.activeElement.id"))
        screen.page.keyboard.press("Tab")
    assert {"press-yes", "press-no", "press-unsure", "press-repeat", "press-go_back", "press-more"} <= set(reached)
    screen.page.focus("#press-no")
    assert screen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") in ("solid", "auto")
    screen.key("Enter")
    assert screen.page.evaluate("document.activeElement.id") == "press-no"


def test_letter_keys_can_be_switched_off(screen: Screen, browser: Browser) -> None:
    """Who speaks to the computer, or leans on the keyboard, can switch the letters off; none are shown before a key."""
    screen.come_to("question")
    assert screen.page.locator("kbd").first.is_hidden()
    context = browser.new_context(viewport={"width": 1024, "height": 600})
    desk = Screen(screen.wall, context.new_page())
    assert desk.page.locator("#press-no kbd").is_hidden()  # a panel of glass may say that it is a mouse
    desk.page.keyboard.press("Shift")
    assert desk.page.locator("#press-no kbd").is_visible()
    desk.settle()
    desk.page.click("#press-more")
    desk.page.click("#letters")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("n")
    desk.page.wait_for_timeout(150)
    assert screen.wall.session.state.position.id == "E3"
    desk.settle()
    desk.page.click("#press-more")
    desk.page.click("#letters")
    desk.page.click("#more-close")
    desk.key("n")
    assert desk.faults == []
    context.close()


def test_more_holds_the_other_commands(screen: Screen) -> None:
    """Everything that can be said can be touched: behind More, and it closes by itself."""
    screen.come_to("question")
    screen.settle()
    screen.page.click("#press-more")
    screen.tap("why")
    expect(screen.page.locator("#more")).to_be_hidden()
    assert content.load().questions["E3"].why in screen.page.inner_text("#words")


def test_the_volume_is_set_from_the_screen(screen: Screen) -> None:
    """Behind More, idle or not: louder and quieter with what they come to; it stays open, and never shows none."""
    for scene in ("idle", "question"):
        screen.come_to(scene)
        screen.settle()
        screen.page.click("#press-more")
        before = int(screen.page.inner_text("#volume-text").split()[1])
        screen.tap("louder")
        expect(screen.page.locator("#volume-text")).to_have_text(f"Volume {before + 1} of 8")
        for _ in range(before + 3):
            screen.tap("quieter")
        expect(screen.page.locator("#volume-text")).to_have_text("Volume 1 of 8")
        expect(screen.page.locator("#steps .on")).to_have_count(1)
        screen.page.screenshot(path=PICTURES / f"volume-{scene}.png")
        assert screen.page.evaluate(_SMALL_BUTTONS % (THUMB_PX, THUMB_PX)) == []
        assert Axe().run(screen.page).response["violations"] == []
        screen.tap("louder")
        screen.page.click("#more-close")


def test_a_voice_that_is_too_low_is_told(screen: Screen) -> None:
    """Why somebody was not understood stands above the question, and goes with the next answer."""
    screen.come_to("question")
    session = screen.wall.session
    session.advise = lambda event: session.conversation.prompts.lines("microphone_quiet")
    try:
        screen.wall.noise()
        screen.sync()
    finally:
        session.advise = lambda event: ()
    expect(screen.page.locator("#notices")).to_contain_text("come closer")
    screen.wall.screen.level(MeasuredLevel(-3.0, 0.5))
    expect(screen.page.locator("#voice-text")).to_have_text("Too loud")
    screen.page.screenshot(path=PICTURES / "hint.png")
    screen.tap("no")
    expect(screen.page.locator("#notices")).to_be_empty()


def test_the_emergency_button_leads_to_911(screen: Screen) -> None:
    """The red button is on every screen, the idle one too, and is one touch away from the number."""
    screen.page.click("#emergency")
    wait_for(lambda: screen.wall.seen["screen"] == "call_911")
    screen.sync()
    assert "911" in screen.heading


def test_the_microphone_is_switched_from_the_screen(screen: Screen) -> None:
    """Off: the ears are closed, the button and a line say so; on again: they are open."""
    screen.come_to("question")
    screen.page.click("#mute")
    expect(screen.page.locator("#notices")).to_contain_text("microphone is off")
    expect(screen.page.locator("#mute")).to_have_attribute("aria-pressed", "true")
    assert screen.wall.ears.open is None
    screen.page.keyboard.press("m")
    expect(screen.page.locator("#mute")).to_have_attribute("aria-pressed", "false")
    wait_for(lambda: screen.wall.ears.open is not None)


# --- what is heard and seen -------------------------------------------------------------------


def test_a_screen_reader_is_told_each_turn(screen: Screen) -> None:
    """The question is announced politely when it changes, "call 911" as an alarm; the heading is always one."""
    screen.come_to("question")
    assert content.load().questions["E3"].ask in screen.page.inner_text("#said")
    screen.come_to("call_911")
    assert "911" in screen.page.inner_text("#alarm")
    assert screen.page.inner_text("#said") == ""
    for scene in SCENES:
        screen.come_to(scene)
        assert screen.page.locator("h1").count() == 1


def test_progress_agrees_with_its_label(screen: Screen) -> None:
    """The bar is filled as far as the words beside it say, and tells a screen reader the same, in every part."""
    facts = content.load()
    asked = [State(Position("question", each), answered()) for each in facts.questions]
    steps = [State(Position("home_care", str(at)), answered(*EMERGENCY)) for at in range(len(facts.steps))]
    bar = screen.page.locator("#bar")
    for state in (*asked, *steps):
        screen.wall.put(state)
        screen.sync()
        number, of = (int(each) for each in screen.page.inner_text("#part").split(" ")[-3::2])
        assert screen.page.evaluate("() => document.querySelector('#bar i').style.width") == f"{100 * number / of:.6g}%"
        assert (bar.get_attribute("aria-valuenow"), bar.get_attribute("aria-valuemax")) == (str(number), str(of))
        assert bar.evaluate("node => node.style.getPropertyValue('--of')") == str(of)


def test_what_was_noted_is_in_sight(screen: Screen) -> None:
    """On the smallest glass that is sold too, what was said to be there and what was not sure stand under the words."""
    for width, height in ((480, 320), (800, 480), (480, 800)):
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.come_to("noted")
        shown = screen.page.locator(".noted")
        expect(shown).to_have_text(["Noteda fever, hard to walk, weak or numb", re.compile("Not surechills, .*")])
        screen.page.wait_for_function(_ALL_IN_SIGHT, timeout=FITTED_MS)


def test_the_ring_counts_down(screen: Screen) -> None:
    """The phase shows what is left in minutes and seconds, emptying, with a text that can be read out."""
    screen.come_to("pack_ice_on")
    ring = screen.page.locator(".ring")
    expect(ring).to_have_attribute("aria-label", "Ice on, about 13 minutes left")
    before = screen.page.inner_text(".ring-time")
    assert before in ("12:49", "12:48")
    expect(screen.page.locator(".ring-time")).not_to_have_text(before, timeout=3000)


def test_the_level_moves_the_meter(screen: Screen) -> None:
    """While it listens, the meter follows the microphone's level."""
    screen.come_to("question")
    screen.wall.screen.level(MeasuredLevel(-6.0, 0.0))
    screen.page.wait_for_function("() => document.getElementById('voice').style.getPropertyValue('--level') === '0.9'")
    assert screen.page.inner_text("#voice-text") == "Listening"


def test_nothing_moves_for_those_who_want_no_motion(screen: Screen) -> None:
    """With reduced motion no animation and no transition runs, not even while it speaks."""
    screen.page.emulate_media(reduced_motion="reduce")
    screen.wall.put(State(Position("question", "E1"), answered()), slow=True)
    screen.sync()
    assert screen.page.inner_text("#voice-text") == "Speaking"
    assert screen.page.evaluate("document.getAnimations().length") == 0
    screen.page.emulate_media(reduced_motion="no-preference")
    screen.page.wait_for_function("() => document.getAnimations().length > 0")


def test_day_and_night_by_hand(screen: Screen) -> None:
    """The switch behind More turns the colours over, whatever the system prefers."""
    ground = "getComputedStyle(document.body).backgroundColor"
    by_day = screen.page.evaluate(ground)
    screen.page.click("#press-more")
    screen.page.click("#theme")
    assert screen.page.evaluate(ground) != by_day
    screen.page.click("#theme")
    assert screen.page.evaluate(ground) == by_day
    screen.page.click("#more-close")


@pytest.mark.parametrize("scene", SCENES)
def test_every_screen_looks_right(screen: Screen, scene: str) -> None:
    """At every size, by day and night: nothing cut off, thumb-size buttons, no scrolling; a picture is kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    screen.come_to(scene)
    screen.page.evaluate(_TOLD)
    for name, (width, height) in SIZES.items():
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.page.wait_for_function(_ALL_IN_SIGHT, timeout=FITTED_MS)
        assert screen.page.evaluate(_CUT_OFF) == [], name
        assert screen.page.evaluate(_SMALL_BUTTONS % (THUMB_PX, THUMB_PX)) == [], name
        assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        for scheme in ("light", "dark"):
            screen.page.emulate_media(color_scheme=scheme)
            assert screen.page.evaluate(_IS_NIGHT) == (scheme == "dark")
            screen.page.screenshot(path=PICTURES / f"{scene}-{name}-{scheme}.png")


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(screen: Screen, scene: str) -> None:
    """No violation of WCAG 2.2 A and AA, nor of good practice, on a small screen by day and a phone by night."""
    screen.page.emulate_media(reduced_motion="reduce")
    screen.come_to(scene)
    for name, scheme in (("800x480", "light"), ("390x844", "dark")):
        width, height = SIZES[name]
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert screen.page.evaluate(_IS_NIGHT) == (scheme == "dark")
        found = Axe().run(screen.page)
        assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_behind_more(screen: Screen) -> None:
    """The dialog with the other commands is as usable as the rest, and its buttons as large."""
    screen.page.emulate_media(reduced_motion="reduce")
    screen.come_to("question")
    screen.page.click("#press-more")
    found = Axe().run(screen.page)
    assert found.violations_count == 0, found.generate_report()
    assert screen.page.evaluate(_SMALL_BUTTONS % (THUMB_PX, THUMB_PX)) == []
    screen.page.screenshot(path=PICTURES / "more-800x480-light.png")
    screen.page.keyboard.press("Escape")


def test_every_step_fits(screen: Screen) -> None:
    """Home-care steps are on one small screen without scrolling; the last, with what to watch for, says it goes on."""
    steps = content.load().steps
    for at, step in enumerate(steps):
        screen.wall.put(State(Position("home_care", str(at)), answered(*EMERGENCY)))
        screen.sync()
        if at + 1 < len(steps):
            screen.page.wait_for_function(_ALL_IN_SIGHT, timeout=FITTED_MS)
        else:
            expect(screen.page.locator("#main")).to_have_attribute("data-below", "true")
            screen.page.evaluate("() => document.getElementById('main').scrollTo(0, 10000)")
            expect(screen.page.locator("#main")).to_have_attribute("data-below", "false")
        screen.page.screenshot(path=PICTURES / f"step-{step.id}-800x480-light.png")


def test_what_does_not_fit_says_so_and_keeps_the_question(screen: Screen) -> None:
    """A long list says that there is more, and no longer once all is seen, or when a short one follows."""
    wall = screen.wall
    screen.page.set_viewport_size({"width": 480, "height": 320})
    wall.put(State(Position("outcome", "call_provider_now"), answered(*EMERGENCY, "S1", *URGENT[1:], yes=("R1",))))
    wall.press("summary")
    screen.sync()
    expect(screen.page.locator("#main")).to_have_attribute("data-below", "true")
    screen.page.evaluate("() => document.getElementById('main').scrollTo(0, 10000)")
    expect(screen.page.locator("#main")).to_have_attribute("data-below", "false")
    screen.page.evaluate("() => document.getElementById('main').scrollTo(0, 0)")
    expect(screen.page.locator("#main")).to_have_attribute("data-below", "true")
    now_s = wall.clock.now_s()
    held = Line("coach_on", "On. Hold the ice on the sore spot for 20 minutes.", ("I1",))
    phase = Phase("ice", True, now_s, now_s + 1200, now_s)
    wall.screen.show(Show("standby", "coach_on", (held,), phase=phase), wall.session.turn)
    screen.sync()
    expect(screen.page.locator("#main")).to_have_attribute("data-below", "false")


def test_every_question_fits_in_every_wording(screen: Screen) -> None:
    """Each question, asked, asked again and in its plainer words, is on one small screen without scrolling."""
    for question in content.load().questions:
        for tries, doubted in ((0, ""), (1, ""), (2, ""), (0, "unsure")):
            screen.wall.put(State(Position("question", question, tries=tries, doubted=doubted), answered("E1")))
            screen.sync()
            screen.page.wait_for_function(_ALL_IN_SIGHT, timeout=FITTED_MS)
            assert screen.page.evaluate(_CUT_OFF) == [], (question, tries, doubted)


def test_a_lost_device_leaves_the_buttons(screen: Screen) -> None:
    """With the microphone gone in mid-question, the page says so and the answer can be touched."""
    screen.come_to("question")
    screen.wall.post(DeviceLost(0.0, "microphone"))
    expect(screen.page.locator("#notices")).to_contain_text("microphone is gone")
    screen.tap("no")
    screen.wall.post(DeviceBack(0.0, "microphone"))
    expect(screen.page.locator("#notices")).to_be_empty()
