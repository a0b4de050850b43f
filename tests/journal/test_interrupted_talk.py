"""The real ``talk`` at a real microphone, killed in the middle, and started again."""

from __future__ import annotations

import signal
import sqlite3
import stat
from pathlib import Path

from audio_rig import Rig, human_audio
from talker import Talker, clear_clips

from voice_backcare.core import content

QUESTIONS = content.load().questions


def asked(screen: str) -> str:
    """The id of the question that was asked last, in whatever words; "" where it was none."""
    wordings = {text.text: question.id for question in QUESTIONS.values() for text in question.texts()}
    return next((wordings[line] for line in reversed(screen.splitlines()) if line in wordings), "")


def test_killed_again_and_again_it_goes_on_with_the_same_child(rig: Rig, tmp_path: Path) -> None:
    """SIGKILL at three questions: each start says so, asks whether it is the same child, and has every answer."""
    no, yes = clear_clips(human_audio(), "no"), clear_clips(human_audio(), "yes")
    recording = rig.record()
    state, cache = tmp_path / "state", tmp_path / "cache"

    def talk(until: str, stop: signal.Signals) -> str:
        def answer(screen: str) -> Path | None:
            if "same child" in screen:
                return next(yes)
            return None if asked(screen) == until or "Call 911" in screen else next(no)

        return Talker(rig, recording, cache, ("--rate", "220"), state=state, stop_signal=stop).run(answer)

    assert "cut off" not in talk("E2", signal.SIGKILL)
    for question in ("E3", "E4"):
        screen = talk(question, signal.SIGKILL)
        assert "cut off" in screen and "same child" in screen, screen
        assert asked(screen.split("same child")[0]) == "", "nothing is asked before the child is the same"
        assert QUESTIONS["E1"].ask not in screen, "within 15 minutes no answer is asked for again"
    journal = state / "voice-backcare" / "journal.db"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.parent.stat().st_mode) == 0o700
    kept = sqlite3.connect(journal).execute("SELECT event FROM event ORDER BY number").fetchall()
    assert sum('"is":"Resumed"' in event for (event,) in kept) == 2
    assert not [path for path in state.rglob("*") if path.suffix in (".wav", ".raw", ".flac")], "no sound is kept"
    recording.stop()


def test_after_ctrl_c_it_begins_anew(rig: Rig, tmp_path: Path) -> None:
    """Ctrl-C in the middle is a wish: the next start says nothing of it, and asks from the first question on."""
    no = clear_clips(human_audio(), "no")
    recording = rig.record()

    def talk() -> str:
        def answer(screen: str) -> Path | None:
            return None if asked(screen) == "E2" else next(no)

        options = ("--rate", "220")
        return Talker(
            rig, recording, tmp_path / "cache", options, state=tmp_path / "state", stop_signal=signal.SIGINT
        ).run(answer)

    for _ in range(2):
        screen = talk()
        assert "cut off" not in screen and QUESTIONS["E1"].ask in screen, screen
    recording.stop()
