"""What the screens show, as data: words, buttons, progress, the phase, and what does not work."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import segno
from scenes import SCENES
from wall import EMERGENCY, Wall, answered, the_book

from voice_backcare.core import content, grammar
from voice_backcare.core.content import ContentError
from voice_backcare.core.events import DeviceBack, DeviceLost, Failed, Phase, Show
from voice_backcare.core.state import Position, State
from voice_backcare.kiosk.screen import layouts as books
from voice_backcare.kiosk.screen.phone_code import phone_code
from voice_backcare.kiosk.screen.snapshot import snapshot
from voice_backcare.kiosk.screen.view import View

PAGE_ONLY = {"dismiss", "close_911"}
COACH = {"start_coach", "start_ice", "start_heat", "acknowledge", "time_left", "switch", "hurts"}  # of the hour


@pytest.mark.parametrize("name", SCENES)
def test_every_screen_has_words_and_a_way_on(name: str) -> None:
    """Each kind of screen says something, offers at least one button, tells what is kept, and is plain JSON."""
    wall = Wall()
    SCENES[name](wall)
    seen = wall.seen
    assert seen["ask"] or seen["headline"] or seen["body"]
    assert [*seen["buttons"]["main"], *seen["buttons"]["side"]] or name == "starting"
    assert seen["kept"] and seen["help"]
    assert json.loads(json.dumps(seen)) == seen


def test_before_the_session_runs_it_asks_to_wait() -> None:
    """A page that is open before the sound is asks for a moment, and offers nothing that would be lost."""
    seen = snapshot(View(), the_book(), 0.0)
    assert (seen["screen"], seen["buttons"]["main"]) == ("starting", [])
    assert "moment" in seen["ask"]


def test_every_button_means_something() -> None:
    """A button presses what a spoken word of the grammar means as well, page-only ones aside."""
    words = grammar.load()
    meanings = {"emergency"}
    for place in ("E1", "outcome", "home_care", "idle"):
        meanings |= words.meanings(place)
    assert set(the_book().buttons) - meanings - PAGE_ONLY <= COACH


def test_every_question_screen_has_the_same_five() -> None:
    """Yes, No, I don't know, Repeat and Go back stand on every question, wherever it is asked."""
    for scene in ("question", "question_long", "recheck_911"):
        wall = Wall()
        SCENES[scene](wall)
        buttons = wall.seen["buttons"]
        assert [button["id"] for button in buttons["main"]] == ["yes", "no", "unsure"]
        assert [button["id"] for button in buttons["side"]] == ["repeat", "go_back"]


def test_a_question_stands_alone_and_large() -> None:
    """The question is what is asked; small words come before it, and nothing else stands beside it."""
    wall = Wall()
    wall.press("start")
    seen = wall.seen
    assert seen["ask"] == content.load().questions["E1"].ask
    assert seen["lead"][0] == "I am a guide for a child's sore back, not a doctor."
    assert (seen["headline"], seen["body"]) == ("", [])


def test_what_was_heard_is_shown() -> None:
    """The phrase, the touch, the noise and the silence are each told as what they were."""
    wall = Wall()
    wall.press("start")
    wall.hear("no", "no she doesn't")
    assert wall.seen["told"] == {"text": "no she doesn't", "by": "voice"}
    wall.noise()
    assert wall.seen["told"]["by"] == "noise"
    wall.pass_time(11)
    assert wall.seen["told"]["by"] == "silence"
    wall.press("no")
    assert wall.seen["told"] == {"text": "No", "by": "touch"}


def test_progress_goes_through_the_parts() -> None:
    """Each part counts its own questions, and the bar never goes back on the way."""
    wall = Wall()
    wall.press("start")
    done = []
    for number in range(1, 7):
        progress = wall.seen["progress"]
        assert (progress["part"], progress["number"], progress["of"]) == ("Danger signs", number, 6)
        done.append(progress["done"])
        wall.press("no")
    done.append(wall.seen["progress"]["done"])
    wall.press("yes")
    assert wall.seen["progress"]["part"] == "Injury"
    assert done == sorted(set(done))


def test_a_read_back_is_one_list() -> None:
    """Signs that are said in several breaths are one list to the eye, all of them."""
    wall = Wall()
    SCENES["read_back"](wall)
    (only,) = wall.seen["body"]
    assert only["text"] == "You said no to this:"
    assert only["items"] == [content.load().questions[q].sign for q in ("S1", *(f"R{n}" for n in range(1, 9)))]


def test_911_fills_the_screen_with_the_number() -> None:
    """The outcome 911 is its own screen: the number first, that the program cannot dial, and why."""
    wall = Wall()
    wall.press("start")
    wall.press("yes")
    seen = wall.seen
    assert (seen["screen"], seen["danger"]) == ("call_911", True)
    assert "911" in seen["headline"]
    assert any("dial" in paragraph["text"] for paragraph in seen["body"])
    assert any(paragraph["items"] == ["hard to breathe"] for paragraph in seen["body"])


def test_911_stays_while_its_cause_is_asked_again() -> None:
    """Going back from 911 asks its cause under the number, not instead of it (D6, D7)."""
    wall = Wall()
    wall.press("start")
    wall.press("yes")
    wall.press("go_back")
    seen = wall.seen
    assert seen["danger"] and "911" in seen["headline"]
    assert seen["ask"] == content.load().questions["E1"].ask
    assert [button["id"] for button in seen["buttons"]["main"]] == ["yes", "no", "unsure"]


def test_911_cannot_be_closed_while_it_is_being_said() -> None:
    """Only once the instruction was said is there a button that closes it (D6), and that asks twice."""
    wall = Wall()
    wall.mouth.slow = True
    wall.on("E1")
    wall.put(State(Position("outcome", "call_911"), answered(yes=("E1",))), slow=True)
    assert "close_911" not in [button["id"] for button in wall.seen["buttons"]["side"]]
    SCENES["call_911"](wall)
    (close,) = [button for button in wall.seen["buttons"]["side"] if button["id"] == "close_911"]
    assert close["twice"]


def test_an_outcome_shows_its_causes() -> None:
    """The provider's screen names the signs that were answered with yes, and what else to do."""
    wall = Wall()
    SCENES["provider"](wall)
    seen = wall.seen
    assert seen["screen"] == "outcome"
    assert "provider right now" in seen["headline"]
    assert ["a fever", "hard to walk"] in [paragraph["items"] for paragraph in seen["body"]]


def test_a_step_has_its_number_and_a_drawing() -> None:
    """Each home-care step is numbered, all the handout's lines are there, and a drawing of its name exists."""
    from voice_backcare.kiosk.web.server import PAGE

    drawings = (PAGE / "drawings.svg").read_text()
    wall = Wall()
    for at, step in enumerate(content.load().steps):
        wall.put(State(Position("home_care", str(at)), answered(*EMERGENCY)))
        seen = wall.seen
        assert seen["step"] == {"id": step.id, "number": at + 1, "of": len(content.load().steps)}
        told = [line.text for line in step.lines if line.sources != ("own",)]  # what to say is a button here
        shown = [seen["headline"] + ".", *(paragraph["text"] for paragraph in seen["body"])]
        sentences = {each for text in told for each in re.split(r"(?<=[.?!]) ", text)}
        assert sentences <= {each for text in shown for each in re.split(r"(?<=[.?!]) ", text)}
        warnings = [paragraph["warning"] for paragraph in seen["body"]]
        assert warnings == sorted(warnings, reverse=True), "what must not be done comes first"
        assert f'id="draw-{step.id}"' in drawings


def test_a_phase_is_sent_as_seconds_left() -> None:
    """However late a screen asks, it is told how long is left by then, not by anybody's clock."""
    wall = Wall()
    now_s = wall.clock.now_s()
    phase = Phase("ice", True, now_s, now_s + 1200, now_s)
    wall.screen.show(Show("standby", "coach_on", (), phase=phase), wall.session.turn)
    assert wall.seen["screen"] == "pack_on"
    assert wall.seen["phase"]["left_s"] == 1200
    wall.clock.advance(450)
    late = wall.seen["phase"]
    assert (late["left_s"], late["total_s"], late["length_s"]) == (750, 450, 1200)
    wall.clock.advance(5000)
    assert wall.seen["phase"]["left_s"] == 0


@pytest.mark.parametrize(
    ("scene", "screen"),
    [
        ("pack_ice_on", "pack_on"),
        ("pack_off", "pack_off"),
        ("pack_held", "pack_held"),
        ("pack_heat_resting", "pack_resting"),
        ("pack_awake", "check"),
    ],
)
def test_each_stage_of_the_hour_has_its_screen(scene: str, screen: str) -> None:
    """On, off at once, held, and off for a while are told apart, each with the words that matter there."""
    wall = Wall()
    SCENES[scene](wall)
    assert wall.seen["screen"] == screen
    first = wall.seen["buttons"]["main"][0]["id"]
    expected = {"pack_on": "time_left", "pack_off": "acknowledge", "pack_held": "continue", "pack_resting": "time_left"}
    assert first == expected.get(screen, "yes")


def test_off_is_the_largest_word() -> None:
    """That the pack comes off now is the headline, and the button says that it is off."""
    wall = Wall()
    SCENES["pack_off"](wall)
    assert wall.seen["headline"] == "Off. Take the ice off now."


def test_the_timer_is_offered_at_its_steps() -> None:
    """The steps about ice and heat have a button that keeps the time for them, the others have none."""
    wall = Wall()
    for at, step in enumerate(content.load().steps):
        wall.put(State(Position("home_care", str(at)), answered(*EMERGENCY)))
        main = [button["id"] for button in wall.seen["buttons"]["main"]]
        timed = step.part in ("ice", "heat") and step.id != "ice_pack"
        assert main == ["next", *([f"start_{step.part}"] if timed else [])]


def test_a_line_that_cannot_be_spoken_says_so() -> None:
    """Where a prompt fails twice, the screen asks to read it (D9)."""
    wall = Wall()
    wall.mouth.failing = True
    wall.press("start")
    assert [notice["id"] for notice in wall.seen["notices"]] == ["cannot_speak"]
    assert wall.seen["ask"]


@pytest.mark.parametrize("device", ["microphone", "loudspeaker"])
def test_a_device_that_is_gone_is_told_until_it_is_back(device: str) -> None:
    """A lost device has a notice, in a question and while idle, and none once it works again."""
    for start in (False, True):
        wall = Wall()
        if start:
            wall.press("start")
        wall.post(DeviceLost(0.0, device))
        assert f"{device}_lost" in [notice["id"] for notice in wall.seen["notices"]]
        wall.post(DeviceBack(0.0, device))
        assert wall.seen["notices"] == []


def test_no_sound_at_all_is_one_notice() -> None:
    """Without microphone and loudspeaker it says so in one line, and invites by touch."""
    wall = Wall(microphone=False, loudspeaker=False)
    assert [notice["id"] for notice in wall.seen["notices"]] == ["silent"]
    assert "say" not in wall.seen["ask"].lower()
    assert wall.seen["voice"] == "ready"


def test_speaking_and_listening_are_told_apart() -> None:
    """While lines are said the screen shows speaking, and listening as soon as the ears are open."""
    wall = Wall()
    wall.put(State(Position("question", "E1")), slow=True)
    assert wall.seen["voice"] == "speaking"
    wall.mouth.finish()
    wall.session.settle()
    while wall.mouth.speaking is not None:
        wall.mouth.finish()
        wall.session.settle()
    assert wall.seen["voice"] == "listening"


def test_a_failure_outside_a_turn_changes_nothing() -> None:
    """A late failure of an earlier line leaves the screen as it is."""
    wall = Wall()
    wall.press("start")
    before = wall.seen
    wall.post(Failed(0.0))
    assert wall.seen["ask"] == before["ask"]


def test_the_emergency_number_is_a_setting() -> None:
    """Where another number is called in an emergency, the page names that one."""
    seen = snapshot(View(id="idle"), books.load(content.load(), "112"), 0.0)
    assert seen["emergency"] == "In an emergency call 112."
    assert seen["emergency"] in [paragraph["text"] for paragraph in seen["body"]]


def test_a_broken_book_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layouts.toml that lacks something is a broken installation, in one sentence."""
    monkeypatch.setattr(tomllib, "loads", lambda text: {"button": {}, "screen": {"idle": {"help": "x"}}})
    with pytest.raises(ContentError, match=r"layouts\.toml"):
        books.load(content.load())


@pytest.mark.parametrize(
    ("scene", "level"),
    [
        ("call_911", "emergency"),
        ("provider", "urgent"),
        ("finished", "urgent"),
        ("offer", "home_care"),
        ("home_care", "home_care"),
        ("question", None),
    ],
)
def test_how_urgent_it_is_has_a_word(scene: str, level: str | None) -> None:
    """Each disposition has its level, with a word beside the shape and the colour; a question has none."""
    wall = Wall()
    SCENES[scene](wall)
    seen = wall.seen["level"]
    assert (seen and seen["name"]) == level
    assert level is None or seen["word"]


def test_what_to_tell_them_is_a_screen_of_its_own() -> None:
    """The summary alone, and a code that says the same, which is gone with the conversation; 911 stays above it."""
    wall = Wall()
    SCENES["provider"](wall)
    wall.press("summary")
    seen = wall.seen
    assert seen["screen"] == "summary"
    assert ["a fever", "hard to walk"] in [paragraph["items"] for paragraph in seen["body"]]
    assert "keep in touch" not in json.dumps(seen["body"])
    assert seen["code"]["path"]
    wall.press("stop")
    assert wall.seen["code"] is None
    SCENES["call_911"](wall)
    wall.press("summary")
    assert wall.seen["screen"] == "summary_911"
    assert wall.seen["danger"] and "911" in wall.seen["headline"]
    assert [button["id"] for button in wall.seen["buttons"]["side"]][-1] == "close_911"


def test_a_code_holds_all_that_is_shown() -> None:
    """The code is what segno makes of the shown words, square by square; what is too long has none."""
    words = {"body": [{"text": "Yes to this:", "items": ["a fever", "chills"]}, {"text": "Café.", "items": []}]}
    made = phone_code(words, "For your phone.")
    assert made
    rows = list(segno.make("Yes to this: a fever, chills\nCafé.", error="l", micro=False).matrix_iter(border=4))
    dark = {(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark}
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", made["path"])}
    assert (made["size"], drawn) == (len(rows), dark)
    assert phone_code({"body": [{"text": "a" * 5000, "items": []}]}, "") is None
