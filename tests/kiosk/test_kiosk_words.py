"""Words for what is there (D12): on a wall nothing names keys; where nobody is heard nothing asks to say something."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from wall import EMERGENCY, URGENT, Wall, answered, the_book

from voice_backcare.core import content
from voice_backcare.core.events import Line
from voice_backcare.core.state import Position, State
from voice_backcare.fakes.ports import FakeClock, FakeMouth
from voice_backcare.kiosk.screen.view import Ended, View
from voice_backcare.kiosk.screen.wording import on_the_wall, shown_words
from voice_backcare.kiosk.worded_mouth import WordedMouth
from voice_backcare.session.ports import Posted

_KEYS = re.compile(r"\b(press|keys?)\b", re.IGNORECASE)
_TOUCH = re.compile(r"\b[Tt]ouch (.+?)(?= (?:if|when|once|to|too)\b|, and\b|[.?!])")
_TOUCHED = ("the button", "your answers", "your answer", "it")
_SAY = re.compile(r"(?<!not )\bsay\b|not (hear you|get that)", re.IGNORECASE)


def _every_line() -> list[Line]:
    """All that is ever said to a parent, as it stands in the content."""
    facts = content.load()
    wordings = [
        Line(f"{q.id}_{name}", getattr(q, name), (q.id,))
        for q in facts.questions.values()
        for name in ("ask", "again", "plain", "why")
    ]
    steps = [Line(text.id, text.text, text.sources) for step in facts.steps for text in step.lines]
    return [*wordings, *steps, *(Line(text.id, text.text, text.sources) for text in facts.lines.values())]


def test_no_line_on_the_wall_names_keys() -> None:
    """A wall may be glass alone: no line that is shown says to press a key or a letter (D12)."""
    assert [line.id for line in _every_line() if _KEYS.search(on_the_wall(line, View(), the_book()))] == []


def test_nothing_is_to_be_said_where_nobody_hears() -> None:
    """Without a microphone no line and no help line asks to say something, or tells that nothing was heard (D12)."""
    deaf = View(microphone="missing")
    told_others = the_book().told_others
    shown = {line.id: on_the_wall(line, deaf, the_book()) for line in _every_line() if line.id not in told_others}
    shown |= {f"{name}.touch": offered.help_touch for name, offered in the_book().screens.items()}
    assert shown["incomplete"].endswith("I can not say that all is well.")
    about_itself = {"microphone_lost", "recogniser_lost", "recogniser_none"}
    assert {line: text for line, text in shown.items() if _SAY.search(text)}.keys() <= about_itself


def test_what_is_to_be_touched_is_there() -> None:
    """Where nobody is heard, each thing that a line asks to touch is the label of a button (D12)."""
    book = the_book()
    labels = [button.label.lower() for button in book.buttons.values()]
    named = 0
    shown = {line: on_the_wall(line, View(microphone="missing"), book) for line in _every_line()}
    for line in (line for line, text in shown.items() if text != line.text):  # "Touch the arms" is of the child
        for asked in _TOUCH.findall(shown[line]):
            for thing in re.split(r", or |, | or ", asked):
                named += 1
                assert thing in _TOUCHED or any(thing.lower() in label for label in labels), (line.id, thing)
    assert named > 60


def test_nothing_is_left_over_from_before_the_first_question() -> None:
    """What was touched or heard on the idle screen is not shown beside the first question."""
    wall = Wall()
    wall.noise()
    assert wall.seen["told"]
    wall.press("start")
    assert wall.seen["told"] is None


# --- what is spoken ---------------------------------------------------------------------------


def _leave_unanswered(wall: Wall) -> None:
    """Say nothing at each kind of place until it has said all that it has (D3), and ask for help at each."""
    whole = (*EMERGENCY, "S1", *URGENT, "F2", "F5", "F6", "F7")
    for position, record in (
        (Position("question", "E3"), answered("E1", "E2")),
        (Position("question", "E1", doubted="unsure"), answered()),
        (Position("read_back", "emergency"), answered(*EMERGENCY)),
        (Position("offer", "home_care"), answered(*whole, confirmed=("emergency", "urgent"))),
        (Position("outcome", "call_provider_now"), answered(*EMERGENCY, "S1", yes=("R1",))),
        (Position("home_care", "1"), answered(*whole)),
        (Position("confirm", "same_child"), answered(*EMERGENCY)),
    ):
        for meaning in ("help", "why", "wait"):
            wall.put(State(position, record))
            wall.press(meaning)
        wall.put(State(position, record))
        wall.pass_time(200, 5.0)
    wall.put(State(Position("home_care", "1"), answered(*whole)))
    wall.press("start_ice")
    wall.pass_time(100, 5.0)


def test_no_spoken_line_names_keys() -> None:
    """In all that is spoken on the wall, help, reprompts and pauses included, no key is named, and touch is offered."""
    wall = Wall()
    _leave_unanswered(wall)
    spoken = [line.text for line in wall.mouth.said]
    assert len(set(spoken)) > 30
    assert [text for text in spoken if _KEYS.search(text)] == []
    assert "Say yes, no, or I don't know. Or touch it." in spoken


@pytest.mark.parametrize("why", ["missing", "muted"])
def test_no_spoken_line_asks_to_say_something_where_nobody_hears(why: str) -> None:
    """With a loudspeaker and no microphone, or a muted one, all that is spoken asks to touch."""
    wall = Wall(microphone=why != "missing")
    if why == "muted":
        wall.press("mute")
        wall.mouth.said.clear()
    _leave_unanswered(wall)
    spoken = [line.text for line in wall.mouth.said]
    assert len(set(spoken)) > 30
    assert [text for text in spoken if _SAY.search(text) or _KEYS.search(text)] == []


def test_what_is_spoken_is_what_is_shown() -> None:
    """The loudspeaker and the screen have the same words for a line, with a microphone and without one."""
    for microphone in (True, False):
        wall = Wall(microphone=microphone)
        wall.on("E1")
        shown = wall.seen["ask"]
        assert wall.mouth.said[-1].text == shown
        for line in _every_line():
            assert wall.app.worded(line).text == on_the_wall(line, wall.screen.view, the_book())


def test_a_line_of_which_nothing_is_left_is_over_at_once() -> None:
    """Nothing is spoken for it, it takes no time, and the conversation goes on; other lines reach the voice."""
    clock, posted = FakeClock(), list[Posted]()
    voice = FakeMouth(posted.append, clock, slow=True)

    def worded(line: Line) -> Line:
        return replace(line, text=line.text.removeprefix("Say it."))

    mouth = WordedMouth(voice, worded, posted.append, clock)
    gone, kept = Line("a", "Say it.", ("own",)), Line("b", "Touch it.", ("own",))
    mouth.say(gone, 7)
    assert (mouth.duration_s(gone), voice.said, [each.turn for each in posted]) == (0.0, [], [7])
    mouth.say(kept, 8)
    mouth.adjust("louder")
    mouth.tone("listen")
    assert (voice.said, voice.adjusted, voice.tones, voice.speaking) == ([kept], ["louder"], ["listen"], 8)
    assert mouth.duration_s(kept) == voice.duration_s(kept) > 0
    mouth.stop()
    assert voice.speaking is None


def test_under_a_call_right_now_nothing_sounds_like_later() -> None:
    """Once the talk is over, too: where somebody is to be called at once, "keep in touch" would say less."""
    for outcome, later in (("call_provider_now", False), ("out_of_scope", False), ("follow_up", True)):
        words = shown_words(View(id="idle", ended=Ended(outcome, (), 60.0)), the_book())
        assert ("keep in touch" in " ".join(each["text"] for each in words["body"])) == later
