"""Settings and summaries on the command line: real processes, clear sentences, exit statuses."""

from __future__ import annotations

import json
import os
import pty
import resource
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "voice_backcare"]
URGENT = [*["no"] * 6, "yes", "no", "yes", "no"]
SECRET = "Dr. Ada Lee"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of its own, with a settings folder in it."""
    (tmp_path / "config" / "voice-backcare").mkdir(parents=True)
    return tmp_path


def own(home: Path, text: str) -> Path:
    path = home / "config" / "voice-backcare" / "settings.toml"
    path.write_text(text)
    return path


def run(home: Path, *arguments: str, answers: list[str] | None = None, **options: Any) -> tuple[int, str, str]:
    """Exit status, output and what was said beside it; ``answers`` come from standard input."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VOICE_BACKCARE_SET")}
    environment |= {"XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state"), "COLUMNS": "100"}
    environment |= options.pop("environment", {})
    given = "".join(f"{answer}\n" for answer in answers or [])
    done = subprocess.run(
        [*COMMAND, *arguments], input=given, capture_output=True, text=True, timeout=60, env=environment, **options
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def said(output: str) -> list[str]:
    return [event["say"] for event in map(json.loads, output.splitlines()) if "say" in event]


# --- settings ----------------------------------------------------------------------------------


def test_the_settings_are_shown_with_their_file(home: Path) -> None:
    """Each key with its value, where it is the usual one, and the file; what is shown is a settings file itself."""
    path = own(home, 'emergency_number = "112"\n')
    status, output, _ = run(home, "settings")
    assert status == 0 and str(path) in output
    assert 'emergency_number = "112"\n' in output
    assert "rate_wpm = 180  # the usual value" in output
    assert tomllib.loads(output)["emergency_number"] == "112"
    path.unlink()
    assert "not there yet" in run(home, "settings")[1]


def test_an_example_is_written_once(home: Path) -> None:
    """``--init`` writes it into a folder that may not be there yet, and never over a file."""
    path = home / "config" / "voice-backcare" / "settings.toml"
    path.parent.rmdir()
    assert run(home, "settings", "--init")[0] == 0
    assert run(home, "settings")[0] == 0
    path.write_text("rate_wpm = 150\n")
    status, _, error = run(home, "settings", "--init")
    assert status == 8 and "stays as it is" in error
    assert path.read_text() == "rate_wpm = 150\n"
    named = home / "other.toml"
    assert run(home, "settings", "--init", "--settings", str(named))[0] == 0 and named.exists()
    assert run(home, "settings", "--init", "--settings", "/proc/nowhere/x.toml")[0] == 8


@pytest.mark.parametrize("command", [["talk", "--once"], ["settings"], ["summary"], ["simulate"]])
def test_a_broken_file_is_one_sentence(home: Path, command: list[str]) -> None:
    """Every command that heeds the file ends with 8, and names file, line and key."""
    path = own(home, '\nprovider_phone = "555-O142"\n')
    named = ["--settings", str(path)] if command == ["simulate"] else []
    status, _, error = run(home, *command, *named)
    assert status == 8
    assert f"{path}, line 2: provider_phone" in error and "the letter 'O'" in error


def test_doctor_looks_at_the_file(home: Path) -> None:
    """It says what is wrong in it, and that ``talk`` would not work with it."""
    own(home, "rate_wpm = 'fast'\n")
    status, output, _ = run(home, "doctor")
    line = next(line for line in output.splitlines() if line.startswith("fail") and "settings" in line)
    assert "line 1: rate_wpm" in line and status == 6
    own(home, 'emergency_number = "112"\nprovider_name = "Dr. Ada Lee"\n')
    output = run(home, "doctor")[1]
    assert "call 112. Your child's provider: Dr. Ada Lee." in output


def test_another_program_is_not_troubled_by_the_users_file(home: Path) -> None:
    """``simulate --json`` and ``--answers`` leave it alone, even broken, unless it is named."""
    own(home, f'emergency_number = "112"\nprovider_name = "{SECRET}"\nbroken\n')
    status, output, _ = run(home, "simulate", "--json", answers=["yes"])
    assert status == 0 and "Call 911 now." in said(output)
    file = home / "answers.txt"
    file.write_text("yes\n")
    assert run(home, "simulate", "--answers", str(file))[0] == 0
    assert run(home, "protocol")[0] == 0


def test_a_person_at_a_terminal_has_their_own_settings(home: Path) -> None:
    """In writing as by voice: typed at a terminal, the user's own number is shown."""
    own(home, 'emergency_number = "112"\n')
    ours, theirs = pty.openpty()
    environment = os.environ | {"XDG_CONFIG_HOME": str(home / "config")}
    environment.pop("VOICE_BACKCARE_SETTINGS", None)
    with subprocess.Popen(
        [*COMMAND, "simulate"], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True, env=environment
    ) as process:
        os.close(theirs)
        os.write(ours, b"y\nq\n")
        screen = b""
        with suppress(OSError):  # the terminal is gone with its program
            while piece := os.read(ours, 4096):
                screen += piece
        assert process.wait(20) == 0
    os.close(ours)
    assert b"Call 112 now" in screen and b"Call 911" not in screen


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_named_file_holds_for_another_program_too(home: Path, way: str) -> None:
    """``--settings FILE`` or the environment: the number and the provider are said."""
    path = home / "mine.toml"
    path.write_text('emergency_number = "112"\nprovider_name = "Dr. Ada Lee"\nprovider_phone = "555-0142"\n')
    arguments = ["--settings", str(path)] if way == "option" else []
    environment = {"VOICE_BACKCARE_SETTINGS": str(path)} if way == "variable" else {}
    status, output, _ = run(home, "simulate", "--json", *arguments, answers=URGENT, environment=environment)
    assert status == 0
    assert "Dr. Ada Lee is your child's provider." in said(output)
    assert "The number to call is 555-0142." in said(output)
    status, output, _ = run(home, "simulate", "--json", *arguments, answers=["call 112"], environment=environment)
    assert "Call 112 now." in said(output) and '"outcome": "call_911"' in output


def test_an_option_comes_before_the_file(home: Path) -> None:
    """What the command line gives holds for once."""
    path = home / "mine.toml"
    path.write_text('emergency_number = "112"\n')
    arguments = ["simulate", "--json", "--settings", str(path), "--emergency-number", "999"]
    assert "Call 999 now." in said(run(home, *arguments, answers=["yes"])[1])


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "--provider-phone", "555-O142"],
        ["simulate", "--no-input", "6,10"],
        ["simulate", "--give-up", "soon"],
        ["talk", "--rate", "999"],
        ["talk", "--volume", "loud"],
        ["talk", "--emergency-number", "12"],
    ],
)
def test_a_wrong_option_is_bad_usage(home: Path, arguments: list[str]) -> None:
    """Status 2, and the option's name with what it must be."""
    status, _, error = run(home, *arguments)
    assert status == 2
    assert arguments[1] in error and "must be" in error


def test_time_outs_can_be_set(home: Path) -> None:
    """The second time-out is the one that was given: before it nothing is asked again."""
    arguments = ["simulate", "--json", "--no-input", "6, 50, 15"]
    events = [json.loads(line) for line in run(home, *arguments, answers=["+6s", "+49s", "+1s"])[1].splitlines()]
    asked = [event["say"] for event in events if event["event"] == "ask"]
    assert asked[1] == asked[2] != asked[0] and asked[3] != asked[2]


# --- summary -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "words"),
    [("txt", b"Does your child have chills?"), ("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF"), ("JSON", b'"#quest')],
)
def test_a_conversation_leaves_its_summary(home: Path, ending: str, words: bytes) -> None:
    """``simulate --summary FILE`` writes it at the end, in the format of the file's ending."""
    path = home / f"summary.{ending}"
    status, output, error = run(
        home, "simulate", "--json", "--summary", str(path), "--provider-name", SECRET, answers=URGENT
    )
    assert (status, error) == (0, "") and json.loads(output.splitlines()[-1])["outcome"] == "call_provider_now"
    data = path.read_bytes()
    assert words in data
    if ending != "pdf":
        assert b"Call your child's provider right now." in data.replace(b"&#x27;", b"'") and SECRET.encode() in data
    assert sorted(each.name for each in home.iterdir()) == ["config", path.name]


def test_the_summary_is_of_the_whole_conversation(home: Path) -> None:
    """Doubt, a correction and a stop in the middle are in it as they stood at the end."""
    path = home / "summary.json"
    answers = ["no", "i don't know", "i don't know", "go back", "no", "yes", "no", "stop", "stop"]
    output = run(home, "simulate", "--json", "--summary", str(path), answers=answers)[1]
    end = json.loads(output.splitlines()[-1])
    items = {item["linkId"]: item for group in json.loads(path.read_text())["item"] for item in group.get("item", [])}
    codes = {"Y": "yes", "N": "no", "asked-unknown": "unsure"}
    told = {key: codes[item["answer"][0]["valueCoding"]["code"]] for key, item in items.items()}
    assert told == end["answers"] and len(told) == 3


@pytest.mark.parametrize("name", ["summary.doc", "summary"])
def test_an_unknown_ending_is_bad_usage(home: Path, name: str) -> None:
    """Said before the conversation begins, not after it."""
    status, output, error = run(home, "simulate", "--summary", str(home / name), answers=URGENT)
    assert status == 2 and not output and ".pdf" in error


@pytest.mark.parametrize("position", ["none/summary.txt", "folder.txt", "/proc/summary.txt"])
def test_a_summary_that_cannot_be_written_is_told_at_once(home: Path, position: str) -> None:
    """No such folder, no ordinary file: one sentence and status 5, before the conversation begins."""
    (home / "folder.txt").mkdir()
    path = home / position
    status, output, error = run(home, "simulate", "--summary", str(path), answers=URGENT)
    assert status == 5 and path.name in error and not output
    assert not path.is_file()


def test_a_summary_that_finds_no_room_is_told(home: Path) -> None:
    """The disk fills up meanwhile: the conversation is held to its end, then one sentence; no half of a file."""
    path = home / "summary.json"

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    status, output, error = run(home, "simulate", "--json", "--summary", str(path), answers=URGENT, preexec_fn=no_room)
    assert status == 5 and "cannot be written" in error
    assert json.loads(output.splitlines()[-1])["event"] == "end"
    assert [each.name for each in home.iterdir()] == ["config"]


def test_nothing_is_written_unless_asked_for(home: Path) -> None:
    """A conversation leaves no file at all in the user's folders."""
    assert run(home, "simulate", "--json", answers=URGENT)[0] == 0
    assert not [path for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("arguments", [[], ["--format", "fhir"], ["--output", "HOME/summary.pdf"]])
def test_without_a_session_there_is_no_summary(home: Path, arguments: list[str]) -> None:
    """One sentence that says how to get one, and a status of its own."""
    status, output, error = run(home, "summary", *(value.replace("HOME", str(home)) for value in arguments))
    assert status == 9 and not output
    assert "none was kept" in error and "--summary FILE" in error
    assert not (home / "summary.pdf").exists()


@pytest.mark.parametrize("arguments", [[], ["--journal", "HOME/mistyped/journal"], ["--journal", "HOME/config"]])
def test_to_look_for_a_session_makes_no_file(home: Path, arguments: list[str]) -> None:
    """Neither a journal nor a folder for it, in the user's own place or a mistyped one."""
    before = sorted(home.rglob("*"))
    status, _, error = run(home, "summary", *(value.replace("HOME", str(home)) for value in arguments))
    assert status == 9 and "none was kept" in error
    assert sorted(home.rglob("*")) == before


def test_summary_refuses_what_it_does_not_know(home: Path) -> None:
    """An unknown format or ending is bad usage."""
    assert run(home, "summary", "--format", "doc")[0] == 2
    assert run(home, "summary", "--output", "summary.doc")[0] == 2


# --- summary of what is written down -----------------------------------------------------------


def test_a_kept_session_is_summed_up(home: Path) -> None:
    """What was asked and answered, after the program has ended, with the time of day it was."""
    journal = ["--journal", str(home / "journal")]
    assert run(home, "simulate", "--json", "--keep", *journal, answers=[*URGENT, "stop"])[0] == 0
    output = home / "summary.json"
    assert run(home, "summary", *journal, "--output", str(output))[0] == 0
    data = json.loads(output.read_text())
    items = {item["linkId"]: item for group in data["item"] for item in group.get("item", [])}
    assert data["status"] == "completed" and len(items) == 8
    assert items["R1"]["answer"][0]["valueCoding"]["code"] == "Y"
    before = sorted((home / "journal").iterdir())
    text = run(home, "summary", *journal)[1]
    assert sorted((home / "journal").iterdir()) == before
    assert "* Has a fever reached 100.4 F" in text and "Call your child's provider right now." in text


def test_a_session_that_was_cut_off_is_summed_up_and_stays(home: Path) -> None:
    """Killed in the middle: the summary says that nothing is ruled out yet, twice over."""
    journal = ["--journal", str(home / "journal")]
    with subprocess.Popen(
        [*COMMAND, "simulate", "--json", *journal], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"no\n")
        process.stdin.flush()
        while b'"E2"' not in process.stdout.readline():
            pass
        status, _, error = run(home, "summary", *journal)
        assert status == 9 and "give me the summary" in error
        process.kill()
    for _ in range(2):
        status, text, _ = run(home, "summary", *journal)
        assert status == 0 and "Not finished yet" in text
        assert text.count("not asked") == 18
