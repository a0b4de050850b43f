"""No space, no permission, a second instance: the real process says so in a sentence, and the conversation goes on."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from below_sqlite import Disk, Written, watched
from crashes import Machine, Silent, parts, taken_up
from places import SRC

from voice_backcare.journal.recorder import open_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

COMMAND = [sys.executable, "-m", "voice_backcare"]
HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SRC), str(HERE)])}
TO_911 = ["no", "maybe", "no", "yes"]


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """A disk of its own in memory; a visible skip where this user may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def run(*arguments: str, lines: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    text = "".join(f"{line}\n" for line in lines or [])
    done = subprocess.run(
        [*COMMAND, *arguments], input=text, capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done


def whole_conversation(folder: Path, word: str) -> None:
    """It reaches its end with every answer, and one sentence on standard error has ``word``."""
    done = run("simulate", "--json", "--journal", str(folder), lines=TO_911)
    assert done.returncode == 0
    end = json.loads(done.stdout.splitlines()[-1])
    assert (end["outcome"], end["answers"]) == ("call_911", {"E1": "no", "E2": "no", "E3": "yes"})
    assert done.stderr.count("\n") == 1 and word in done.stderr and "goes on" in done.stderr, done.stderr


@pytest.mark.parametrize("kilobytes", [4, 8, 12, 20, 28, 36, 48])
def test_a_disk_that_gets_full(kilobytes: int, tmp_path: Path) -> None:
    """At once or after some events: told once, the conversation ends with all its answers, nothing wrong is resumed."""
    with small_disk(tmp_path / "disk", f"size={kilobytes}k,mode=700") as disk:
        whole_conversation(disk, "full")
        recorder, _ = taken_up(disk, Machine().boot)
        recorder.close()
        assert recorder.state.record.answers == ()


@pytest.mark.parametrize("kilobytes", [20, 28, 36, 48])
def test_killed_on_a_full_disk(kilobytes: int, tmp_path: Path) -> None:
    """After events that could not be written, no "no" of before is believed any more: it may have been corrected."""
    with small_disk(tmp_path / "disk", f"size={kilobytes}k,mode=700") as disk:
        with subprocess.Popen(
            [*COMMAND, "simulate", "--json", "--journal", str(disk)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            text=True,
        ) as process:
            assert process.stdin and process.stdout and process.stderr
            for line in ["no"] * 6 + ["yes"] + ["no"] * 9:
                process.stdin.write(f"{line}\n")
            process.stdin.flush()
            asked = 0
            while asked < 17:
                asked += json.loads(process.stdout.readline())["event"] == "ask"
            process.kill()
            assert "full" in process.stderr.read()
        again, _ = taken_up(disk, Machine().boot)
        again.close()
        assert "no" not in dict(again.state.record.answers).values()


def test_a_disk_that_is_full_when_it_goes_on(tmp_path: Path) -> None:
    """What was written before is taken up all the same."""
    with small_disk(tmp_path / "disk", "size=200k,mode=700") as disk:
        done = subprocess.run(
            [sys.executable, str(HERE / "dying.py"), "after", "6", "simulate", "--json", "--journal", str(disk)],
            input="no\nno\n",
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
        )
        assert done.returncode == -9
        with suppress(OSError):
            (disk / "filler").write_bytes(bytes(300_000))
        done = run("simulate", "--json", "--journal", str(disk), lines=["yes", "yes"])
        assert done.returncode == 0
        assert json.loads(done.stdout.splitlines()[-1])["answers"] == {"E1": "no", "E2": "no", "E3": "yes"}


def test_a_read_only_disk(tmp_path: Path) -> None:
    """Nothing can be written there: told, and the conversation goes on."""
    with small_disk(tmp_path / "disk", "size=100k,mode=700") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        whole_conversation(disk, "ead-only")
        whole_conversation(disk / "deeper", "ead-only")


@pytest.mark.parametrize("error", [errno.EIO, errno.EROFS, errno.ENOSPC], ids=errno.errorcode.get)
def test_a_disk_that_fails_from_some_write_on(error: int, tmp_path: Path) -> None:
    """Whichever write it is: told once, the conversation has all its answers, and no old "no" is believed later."""
    lines = ["no", "maybe", "no", "go back", "no", "I meant yes", "go back", "no", "yes", "no", "stop", "stop"]
    writer = Silent()
    TypedConversation(*parts(), writer).run(lines)
    expected = writer.ended
    for number in range(1, 200, 3):
        left = number

        def fail(written: Written) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(error, os.strerror(error))

        folder, told = tmp_path / f"{number}", list[str]()
        writer = Silent()
        with watched(Disk(before=fail)):
            recorder = open_recorder(parts()[0], folder, told.append, boot=Machine().boot)
            TypedConversation(*parts(), writer, recorder=recorder).run(lines)
            recorder.close()
        assert writer.ended == expected
        if left >= 0:
            assert told == [] and number > 60
            break
        assert len(told) == 1 and "goes on" in told[0], told
        again, _ = taken_up(folder, Machine().boot)
        again.close()
        assert "no" not in dict(again.state.record.answers).values()
    else:
        pytest.fail("it never came to its end unharmed")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A file in its place is a clear error of usage for ``simulate``, and no obstacle below it."""
    (tmp_path / "file").write_text("mine")
    assert run("simulate", "--journal", str(tmp_path / "file")).returncode == 2
    whole_conversation(tmp_path / "file" / "deeper", "Not a directory")
    assert (tmp_path / "file").read_text() == "mine"


def test_two_instances_at_once(tmp_path: Path) -> None:
    """The second says that another runs, and goes on without the journal; ``forget`` waits for nobody, and says so."""
    with subprocess.Popen(
        [*COMMAND, "simulate", "--json", "--journal", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    ) as first:
        assert first.stdin and first.stdout
        first.stdin.write("no\n")
        first.stdin.flush()
        while '"E2"' not in first.stdout.readline():
            pass
        whole_conversation(tmp_path, "Another voice-backcare is running")
        done = run("forget", "--journal", str(tmp_path))
        assert done.returncode == 7 and "Another voice-backcare is running" in done.stderr
        first.kill()
    done = run("simulate", "--json", "--journal", str(tmp_path), lines=["yes"])
    assert done.stderr == "" and json.loads(done.stdout.splitlines()[0])["id"] == "interrupted"


def test_forget_says_what_it_did(tmp_path: Path) -> None:
    """All that ``talk`` keeps, the stored prompts too; and a second time, that there was nothing."""
    environment = {
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    state, prompts = tmp_path / "state" / "voice-backcare", tmp_path / "cache" / "voice-backcare" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "a.wav").write_bytes(b"You said yes to")
    assert run("simulate", "--keep", "--journal", str(state), lines=TO_911).returncode == 0
    assert (state / "journal.db").exists()
    said = []
    for _ in range(2):
        done = subprocess.run(
            [*COMMAND, "forget"], capture_output=True, text=True, env=ENVIRONMENT | environment, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")
        said.append(done.stdout)
    assert "is erased" in said[0] and "nothing to erase" in said[1]
    assert list(state.iterdir()) == [] and list(prompts.iterdir()) == []


def test_forget_that_cannot_is_told(tmp_path: Path) -> None:
    """On a read-only disk: a sentence, and exit status 7."""
    with small_disk(tmp_path / "disk", "size=100k,mode=700") as disk:
        assert run("simulate", "--keep", "--journal", str(disk), lines=TO_911).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = run("forget", "--journal", str(disk))
        assert done.returncode == 7 and done.stdout == "" and "ead-only" in done.stderr
