"""The real kiosk, killed in the middle and started again: what its screen shows then, and what is left on the disk."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kiosk_process import Kiosk, kiosk, silence
from wall import wait_for

_TRACES = (b"Pressed", b"Heard", b'"E1"', b"worn")


class Position:
    """Where a kiosk is plugged in; each ``started`` is another start there, ended by SIGKILL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._environment = silence(folder) | {"STATE_DIRECTORY": str(self.state)}

    @contextmanager
    def started(self) -> Iterator[Kiosk]:
        with kiosk(self._environment, self.folder) as running:
            running.until(microphone="missing", voice="ready")
            yield running

    def left(self) -> list[bytes]:
        """Traces of a conversation in any file of the journal."""
        files = [path.read_bytes() for path in self.state.iterdir()] if self.state.is_dir() else []
        return [trace for trace in _TRACES for data in files if trace in data]


@pytest.fixture
def position(tmp_path: Path) -> Position:
    return Position(tmp_path / "kiosk")


def begin(running: Kiosk) -> None:
    running.until(screen="idle")
    assert running.press("start") == 200
    running.until(id="E1")


def test_the_next_family_sees_nothing(position: Position) -> None:
    """Answers that asked neither for 911 nor for ice or heat are gone: from the screen, and from the disk."""
    with position.started() as running:
        begin(running)
        running.answer("no", id="E2")
        assert position.left() != []
    with position.started() as running:
        running.until(screen="idle", told=None)
        assert position.left() == []


def test_911_is_there_again_until_it_is_closed(position: Position) -> None:
    """After the cut, and after another once its talk was over; closed by hand, nothing of it is left."""
    with position.started() as running:
        begin(running)
        running.answer("yes", screen="call_911")
    with position.started() as running:
        running.until(screen="call_911", danger=True)
        assert position.left() != []
        running.answer("stop", screen="finished_911")
    with position.started() as running:
        running.until(screen="call_911", danger=True)
        running.answer("close_911", screen="idle")
        wait_for(lambda: position.left() == [])


def test_take_the_pack_off(position: Position) -> None:
    """Ice was on when the power went: "off" is the first that is shown, until somebody says that it is."""
    with position.started() as running:
        running.until(screen="idle")
        running.answer("start_ice", id="wrap")
        running.answer("yes", screen="pack_on")
    with position.started() as running:
        running.until(screen="pack_off")
        assert "cut off" in json.dumps(running.state)
        running.answer("acknowledge", id="changed")
        running.answer("stop", screen="finished")
        running.until(voice="ready")
        assert position.left() == []


def test_a_full_disk(position: Position) -> None:
    """A sentence says so, and the conversation goes on as ever."""
    position.state.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "mode=700,size=8k", "none", str(position.state)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        with position.started() as running:
            begin(running)
            running.answer("no", id="E2")
            running.answer("yes", screen="call_911")
            assert running.stop() == 130
            assert running.process.stdout is not None
            said = "".join(running.said) + running.process.stdout.read()
            assert "full" in said and "The kiosk goes on" in said, said
    finally:
        subprocess.run(["umount", str(position.state)], check=True)
