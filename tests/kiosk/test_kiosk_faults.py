"""A machine that nobody looks after: whatever fails, the screen says so with 911 advice, and its buttons still work.

The same with real devices, a real disk and a real voice: test_kiosk_service, test_kiosk_power_cut, scripts/soak-kiosk.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from wall import Wall, the_core

from voice_backcare.core import content
from voice_backcare.core.events import DeviceBack, DeviceLost, Failed
from voice_backcare.journal import Boot, JournalError
from voice_backcare.journal.kiosk_recorder import KioskRecorder
from voice_backcare.kiosk.screen import layouts as books

_FAULTS = ("cannot_speak", "microphone_missing", "microphone_lost", "loudspeaker_missing", "loudspeaker_lost", "silent")


def _dead_voice(wall: Wall) -> None:
    wall.mouth.failing = True
    wall.press("repeat")


def _lost(device: str) -> Callable[[Wall], None]:
    return lambda wall: wall.post(DeviceLost(wall.clock.now_s(), device))


def _all_at_once(wall: Wall) -> None:
    for device in ("loudspeaker", "microphone", "recogniser"):
        _lost(device)(wall)
    _dead_voice(wall)


BROKEN = {
    "voice": _dead_voice,
    "microphone": _lost("microphone"),
    "loudspeaker": _lost("loudspeaker"),
    "recogniser": _lost("recogniser"),
    "everything": _all_at_once,
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_fails_is_told_and_touch_goes_on(what: str) -> None:
    """In mid-question: a notice with 911, the answers by touch count, and "yes" comes to 911 on the whole screen."""
    wall = Wall()
    wall.press("start")
    BROKEN[what](wall)
    assert any("911" in notice["text"] for notice in wall.seen["notices"])
    assert [button["id"] for button in wall.seen["buttons"]["main"]] == ["yes", "no", "unsure"]
    wall.press("no")
    assert wall.seen["id"] == "E2"
    wall.press("yes")
    assert (wall.seen["screen"], wall.seen["danger"]) == ("call_911", True)
    assert wall.session.state.record.answers == (("E1", "no"), ("E2", "yes"))


def test_911_that_cannot_be_said_is_said_when_the_voice_is_back() -> None:
    """It stands on the screen, is tried again and again, and is heard at last (D9)."""
    wall = Wall()
    wall.press("start")
    _dead_voice(wall)
    wall.press("yes")
    wall.pass_time(30)
    assert wall.seen["screen"] == "call_911"
    assert not any(line.id == "call_911" for line in wall.mouth.said)
    wall.mouth.failing = False
    wall.pass_time(60)
    assert any(line.id == "call_911" for line in wall.mouth.said)


def test_it_recovers_without_anybody() -> None:
    """What is back is used at once, and the notices are gone."""
    wall = Wall()
    wall.press("start")
    for device in ("microphone", "loudspeaker"):
        _lost(device)(wall)
        wall.post(DeviceBack(wall.clock.now_s(), device))
    wall.press("repeat")
    assert wall.seen["notices"] == [] and wall.seen["voice"] == "listening"
    wall.hear("no")
    assert wall.seen["id"] == "E2"


def test_every_notice_of_a_fault_names_the_number() -> None:
    """Whatever the number is; the switch that somebody threw by hand is no fault."""
    for number in ("911", "112"):
        texts = books.load(content.load(), number).texts
        assert [name for name in _FAULTS if f"In an emergency call {number}." not in texts[name]] == []


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=errno.errorcode.get)
def test_a_disk_that_fails_in_mid_talk(error: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, in words that say what it means; not an event of the talk is lost by it."""
    told: list[str] = []
    wall = Wall()
    recorder = wall.app.recorder
    recorder._tell = told.append
    wall.press("start")
    wall.press("no")

    def fail(*values: object) -> None:
        raise JournalError(f"Nothing can be written down: {errno.errorcode[error]}.")

    assert recorder._journal is not None
    monkeypatch.setattr(recorder._journal, "append", fail)
    for meaning in ("no", "unsure", "yes"):
        wall.press(meaning)
    assert wall.seen["screen"] == "call_911"
    assert len(told) == 1 and "The kiosk goes on" in told[0]
    assert recorder.state == wall.session.state and not any(isinstance(event, Failed) for event in wall.events)
    recorder.close()
    again = KioskRecorder(the_core(), told.append)
    again.open(Path(wall._folder.name), Boot("two", lambda: 0.0))
    assert again.interruption is None, "what is torn had no 911 in it yet"
    again.close()
