"""What a kiosk wrote down comes to the same again, without its screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from wall import wall

from voice_backcare.cli.doctor import check_record
from voice_backcare.core.conversation import Conversation
from voice_backcare.journal import Boot
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
    """Touches and time-outs of either length: folded without the screen, the events give the same state."""
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
        assert check_record([kiosk.folder]).status == "ok"
