"""Ctrl-C is a wish: the next start begins anew, unless a pack may still be on the child (D11, C6)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def simulated(journal: Path, answers: list[str], stop: signal.Signals, command: tuple[str, ...]) -> list[str]:
    """Ids of what was asked of a conversation that is given ``answers`` and then ``stop``."""
    with subprocess.Popen(
        [sys.executable, "-m", "voice_backcare", *command, "--json", "--journal", str(journal)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        asked = []
        for answer in [*answers, None]:
            while True:
                event = json.loads(process.stdout.readline())
                if event["event"] == "ask":
                    asked.append(event["id"])
                    break
            if answer is not None:
                process.stdin.write(f"{answer}\n")
                process.stdin.flush()
        process.send_signal(stop)
        process.wait(30)
        assert "Traceback" not in process.stderr.read()
    return asked


@pytest.mark.parametrize("answers", [["no"], ["no"] * 6, ["no", "yes"]])
def test_after_ctrl_c_the_next_start_begins_anew(answers: list[str], tmp_path: Path) -> None:
    """Nobody is told that the program was cut off, and no answer is left in any file."""
    assert simulated(tmp_path, answers, signal.SIGINT, ("simulate",))[0] == "E1"
    assert simulated(tmp_path, [], signal.SIGINT, ("simulate",)) == ["E1"]
    assert b"Heard" not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_what_the_system_ended_is_gone_on_with(tmp_path: Path) -> None:
    """SIGTERM, as when a machine is shut down, is an interruption."""
    simulated(tmp_path, ["no", "no"], signal.SIGTERM, ("simulate",))
    assert simulated(tmp_path, [], signal.SIGTERM, ("simulate",)) == ["same_child"]


def test_a_pack_that_is_on_is_not_forgotten(tmp_path: Path) -> None:
    """Ctrl-C while ice is on: the next start speaks of it."""
    asked = simulated(tmp_path, ["yes"], signal.SIGINT, ("coach", "ice", "--typed"))
    assert asked[-1] == "coach_on"
    assert simulated(tmp_path, [], signal.SIGTERM, ("coach", "ice", "--typed"))[0] not in ("E1", "wrapped_check")
