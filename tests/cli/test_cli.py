"""The commands as a person or another program meets them: real processes, clear sentences, exit statuses."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "voice_backcare"]
NO_TO_ALL = ["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"] + ["no"] * 4


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    values: dict[str, object] = {"capture_output": True, "text": True, "timeout": 60, "stdin": subprocess.DEVNULL}
    return subprocess.run([*COMMAND, *arguments], **(values | options))  # type: ignore[call-overload, no-any-return]


def one_clear_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What was said on standard error; a traceback is none."""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


def test_a_file_of_answers_is_a_whole_conversation(tmp_path: Path) -> None:
    """``simulate --answers`` prints the conversation and exits with 0."""
    answers = tmp_path / "answers.txt"
    answers.write_text("\n".join([*NO_TO_ALL, "no"]) + "\n")
    done = run("simulate", "--answers", str(answers))
    assert done.returncode == 0
    assert "Care at home" in done.stdout
    assert not done.stderr


def test_answers_that_end_early_or_mean_nothing_are_told(tmp_path: Path) -> None:
    """Both are said in a sentence, neither is taken for an answer."""
    answers = tmp_path / "answers.txt"
    answers.write_text("no\npurple\n")
    done = run("simulate", "--answers", str(answers))
    assert done.returncode == 0
    assert "'purple' means nothing here" in done.stdout
    assert "used up" in done.stdout
    assert "Not finished" in done.stdout


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_an_unreadable_answers_file_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    """No text, or no file at all: one sentence and exit status 2."""
    answers = tmp_path / "answers.txt"
    if content is not None:
        answers.write_bytes(content)
    done = run("simulate", "--answers", str(answers))
    assert done.returncode == 2
    assert "answers.txt" in one_clear_sentence(done)


@pytest.mark.parametrize("arguments", [["nonsense"], ["hear"], ["talk", "--rate", "fast"], ["simulate", "--no-such"]])
def test_bad_usage_is_status_two(arguments: list[str]) -> None:
    """A wrong word on the command line is explained, with status 2."""
    done = run(*arguments)
    assert done.returncode == 2
    one_clear_sentence(done)


def test_ctrl_c_stops_quietly() -> None:
    """An interrupt ends the program with 130 and no traceback."""
    with subprocess.Popen(
        [*COMMAND, "simulate", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        while b'"ask"' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert b"Traceback" not in process.stderr.read()


def test_closed_output_is_said(tmp_path: Path) -> None:
    """Where nobody reads the output any more, the program says so and ends with 3."""
    answers = tmp_path / "answers.txt"
    answers.write_text("repeat\n" * 3000)
    with subprocess.Popen(
        [*COMMAND, "simulate", "--json", "--answers", str(answers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 3
    assert "closed" in said and "Traceback" not in said


@pytest.mark.parametrize("command", [["hear", "x.wav"], ["rehearse"]])
def test_a_missing_model_is_a_clear_error(tmp_path: Path, command: list[str]) -> None:
    """Without the model: one sentence that says how to get it, and a status of its own."""
    done = run(*command, env=os.environ | {"VOICE_BACKCARE_MODEL_DIR": str(tmp_path / "none")})
    assert done.returncode not in (0, 1, 2)
    assert "model" in one_clear_sentence(done)


def test_a_wav_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    """``rehearse --wav`` into a folder that is not there says so, and leaves nothing behind."""
    done = run("rehearse", "--wav", str(tmp_path / "none" / "out.wav"))
    assert done.returncode == 5
    assert "out.wav" in one_clear_sentence(done)
    assert not list(tmp_path.iterdir())


def test_rehearse_reaches_home_care_and_keeps_the_lines(tmp_path: Path) -> None:
    """ "No" throughout, synthesised and really recognised, reaches home care; the lines are in the WAV file."""
    import soundfile

    wav = tmp_path / "lines.wav"
    done = run("rehearse", "--wav", str(wav), timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Care at home" in done.stdout and "Put ice cubes in a plastic bag" in done.stdout
    assert soundfile.info(wav).duration > 60
    assert not list(tmp_path.glob("*.part"))


def test_keys_work_at_a_terminal() -> None:
    """At a terminal ``simulate`` takes single letters for answers and commands, and shows which."""
    ours, theirs = pty.openpty()
    command = [*COMMAND, "simulate"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        screen = b""
        for key in (b"n", b"y", b"q"):
            screen += read_until(ours, b"\n> ")
            os.write(ours, key + b"\n")
        screen += read_until(ours, None)
        assert process.wait(20) == 0
    os.close(ours)
    assert b"y yes" in screen
    assert b"Call 911 now" in screen


def test_without_a_model_talk_goes_on_in_writing(tmp_path: Path) -> None:
    """No model is like no microphone: it says so, and whoever is at the terminal is asked in writing."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"VOICE_BACKCARE_MODEL_DIR": str(tmp_path / "none"), "XDG_STATE_HOME": str(tmp_path)}
    command = [*COMMAND, "talk"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, env=environment
    ) as process:
        os.close(theirs)
        screen = read_until(ours, b"\n> ")
        os.write(ours, b"y\n")
        screen += read_until(ours, b"\n> ")
        os.write(ours, b"q\n")
        screen += read_until(ours, None)
        assert process.wait(20) == 0
    os.close(ours)
    assert b"model" in screen and b"So we go on in writing." in screen
    assert b"Call 911 now" in screen


def read_until(descriptor: int, wanted: bytes | None) -> bytes:
    """What a terminal shows until ``wanted``, or until its program is gone; fails after 20 s of nothing."""
    screen = b""
    while wanted is None or not screen.replace(b"\r", b"").endswith(wanted):
        assert select.select([descriptor], [], [], 20)[0], screen
        try:
            piece = os.read(descriptor, 4096)
        except OSError:  # the terminal is gone with its program
            return screen
        screen += piece
    return screen
