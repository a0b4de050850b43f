"""What a kiosk wrote down comes to the same again; where it does not, that is seen."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from wall import wall

from voice_backcare.cli.doctor import check_journal
from voice_backcare.core.conversation import Conversation
from voice_backcare.journal import Boot
from voice_backcare.journal.folder import FAULT, forget
from voice_backcare.journal.recorder import Recorder

BOOT = Boot("one", lambda: 1000.0)


def taken_up(conversation: Conversation, folder: Path) -> Recorder:
    """Of a recorder that plays again all that is in the folder; a kiosk's own would leave most of it out."""
    recorder = Recorder(conversation, pytest.fail)
    recorder.open(folder, BOOT)
    recorder.close()
    return recorder


@pytest.mark.parametrize("microphone", [True, False])
@pytest.mark.parametrize("loudspeaker", [True, False])
def test_the_journal_of_a_kiosk_folds_to_its_state(microphone: bool, loudspeaker: bool) -> None:
    """Touches, time-outs of either length, and a pack on: folded without the screen, the events give the same state."""
    with wall(microphone=microphone, loudspeaker=loudspeaker) as kiosk:
        kiosk.press("start")
        for answer in ("no", "unsure", "no", "no"):
            kiosk.press(answer)
        kiosk.pass_time(45.0)
        kiosk.press("no")
        kiosk.app.recorder.close()
        state = kiosk.session.state
        assert state.record.answers and kiosk.events
        again = taken_up(kiosk.session.conversation, kiosk.folder)
        assert again.state == state and again.interruption is not None and again.interruption.same_boot
        assert check_journal([kiosk.folder]).status == "ok"


def test_a_replay_that_fails_is_seen(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Yes and doubt stand; the log has the traceback, ``doctor`` tells of it, and ``forget`` takes it away."""
    with wall() as kiosk:
        kiosk.press("start")
        kiosk.press("no")
        kiosk.press("unsure")
        kiosk.press("unsure")
        kiosk.app.recorder.close()
        assert dict(kiosk.session.state.record.answers) == {"E1": "no", "E2": "unsure"}

        def step(*_: object) -> None:
            raise RuntimeError(words)

        words = "the purple " + "walrus"
        conversation = kiosk.session.conversation
        monkeypatch.setattr(type(conversation), "step", step)
        with caplog.at_level(logging.ERROR, "voice_backcare"):
            again = taken_up(conversation, kiosk.folder)
        assert dict(again.state.record.answers) == {"E2": "unsure"}
        assert f"RuntimeError: {words}" in caplog.text and "Traceback" in caplog.text
        fault = kiosk.folder / FAULT
        assert "RuntimeError" in fault.read_text() and words not in fault.read_text()
        assert fault.stat().st_mode & 0o077 == 0
        check = check_journal([kiosk.folder])
        assert check.status == "warn" and str(fault) in check.says
        forget(kiosk.folder)
        assert check_journal([kiosk.folder]).status == "ok"
