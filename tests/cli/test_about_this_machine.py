"""``--version``, ``devices``, ``doctor --report`` and the log: what they tell, and what they do not."""

from __future__ import annotations

import logging
import os
import platform
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_backcare import __version__
from voice_backcare.audio.devices import portaudio
from voice_backcare.cli import doctor_report, log_options
from voice_backcare.cli.doctor import Check
from voice_backcare.cli.exit_codes import ExitStatus
from voice_backcare.cli.main import cli

COMMAND = [sys.executable, "-m", "voice_backcare"]


@pytest.fixture
def root_logger() -> Iterator[None]:
    """The handlers and levels of this process are as before afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("voice_backcare")
    handlers, level = list(root.handlers), ours.level
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    ours.setLevel(level)


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    values: dict[str, object] = {"capture_output": True, "text": True, "timeout": 60, "stdin": subprocess.DEVNULL}
    return subprocess.run([*COMMAND, *arguments], **(values | options))  # type: ignore[call-overload, no-any-return]


def test_the_version_tells_what_a_fault_depends_on() -> None:
    """Program, model, engines, Python and system, each in a line."""
    lines = run("--version").stdout.splitlines()
    assert lines[0] == f"voice-backcare, version {__version__}"
    assert lines[1].startswith("Speech model: vosk-model-small-en-us-0.15")
    assert "vosk 0.3" in lines[2] and "pyttsx3 2" in lines[2]
    assert lines[3] == f"Python: {platform.python_version()}"
    assert platform.machine() in lines[4]


def test_the_devices_are_listed_and_the_chosen_one_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every device with its number, the one that is used with a star; a name that is not there has its status."""
    rows = {
        0: {"name": "Built-in", "max_input_channels": 2, "max_output_channels": 2, "default_samplerate": 48000.0},
        1: {"name": "USB Headset", "max_input_channels": 1, "max_output_channels": 0, "default_samplerate": 16000.0},
    }
    monkeypatch.setattr(portaudio, "_rows", lambda library: rows)
    done = CliRunner().invoke(cli, ["devices", "--microphone", "usb"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "Microphones:" and lines[3] == "Loudspeakers:"
    assert lines[1] == "    0  Built-in (2 channels, 48000 Hz)"
    assert lines[2] == " *  1  USB Headset (1 channel, 16000 Hz)"
    assert lines[4] == " *  0  Built-in (2 channels, 48000 Hz)"
    gone = CliRunner().invoke(cli, ["devices", "--loudspeaker", "HDMI"])
    assert gone.exit_code == ExitStatus.NO_LOUDSPEAKER
    assert "no loudspeaker called 'HDMI'" in gone.output and " *  0  Built-in" in gone.output


def test_a_machine_without_devices_has_a_sentence_and_a_status(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Both lists are empty, one sentence says what to do, and the status is that of a missing microphone."""
    done = run("devices", env=os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "none")})
    assert done.returncode in (12, 28) and "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_the_report_tells_nothing_of_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No provider, no phone, no home folder, no name of a user, a machine or a device; but the key and the fault."""
    home = tmp_path / "wilhelmina"
    home.mkdir()
    settings = home / "settings.toml"
    settings.write_text('provider_name = "Dr. Zebra"\nprovider_phone = "555-0142"\nmicrophone = "Zoe\'s Buds"\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOGNAME", "wilhelmina")
    monkeypatch.setattr(platform, "node", lambda: "zoes-laptop")
    checks = [
        Check("settings", "ok", "Your child's provider: Dr. Zebra, 555-0142."),
        Check("microphone", "warn", 'The microphone "Zoe\'s Buds" sends pure silence.'),
        Check("loudspeaker", "fail", "There is no loudspeaker called 'Zoe'. There are: 3 (Zoe)."),
        Check("record", "warn", f"What went wrong is written in {home}/fault.txt, on zoes-laptop, of Wilhelmina."),
    ]
    text = doctor_report.report(checks, settings)
    for secret in ("Zebra", "555", "Zoe", "zoes", "wilhelmina", "Wilhelmina", str(home)):
        assert secret not in text, text
    assert "Keys that are set: microphone, provider_name, provider_phone" in text
    assert "~/fault.txt" in text and "sends pure silence" in text
    assert __version__ in text and "Memory:" in text


def test_a_settings_file_that_is_wrong_is_not_quoted(tmp_path: Path) -> None:
    """The report says that it is wrong, and nothing that stands in it."""
    settings = tmp_path / "settings.toml"
    settings.write_text('provider_name = "Zebra')
    text = doctor_report.report([Check("settings", "fail", "Zebra is not closed")], settings)
    assert "Zebra" not in text and "The settings file is not valid." in text


def test_the_report_is_printed_with_the_checks_of_this_machine() -> None:
    """``doctor --report`` has every check, and the status that ``doctor`` has."""
    done = run("doctor", "--report", timeout=120)
    assert done.returncode in (0, 6), done.stderr
    for part in ("## Versions", "## Machine", "## Settings", "## Checks", "model", "loudspeaker"):
        assert part in done.stdout


def test_a_log_is_written_for_its_owner_and_holds_no_answer(tmp_path: Path) -> None:
    """``--log`` adds versions and events to a private file; what was answered is not in it."""
    log, answers = tmp_path / "talk.log", tmp_path / "answers.txt"
    answers.write_text("no she does not tremble\nyes his lips are blue\n")
    for _ in range(2):
        done = run("simulate", "--answers", str(answers), "--log", str(log))
        assert done.returncode == 0, done.stderr
        assert not done.stderr
    text = log.read_text()
    assert text.count("voice-backcare, version") == 2 and "Heard" in text
    assert not [word for word in ("tremble", "blue", "lips", "yes", "E1") if word in text]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_verbose_tells_the_same_on_standard_error(tmp_path: Path) -> None:
    """Standard output stays what it is without the option."""
    answers = tmp_path / "answers.txt"
    answers.write_text("no\n")
    plain = run("simulate", "--json", "--answers", str(answers))
    told = run("simulate", "--json", "--answers", str(answers), "--verbose")
    assert told.stdout == plain.stdout
    assert "voice-backcare, version" in told.stderr and "Heard" in told.stderr


@pytest.mark.parametrize("made", ["folder", "fifo", "missing"])
def test_a_log_that_cannot_be_written_is_a_sentence(made: str, tmp_path: Path) -> None:
    """A folder, a pipe, or a folder that is not there: status 5, at once."""
    path = tmp_path / "log"
    if made == "folder":
        path.mkdir()
    elif made == "fifo":
        os.mkfifo(path)
    else:
        path = tmp_path / "none" / "log"
    done = run("protocol", "--log", str(path))
    assert done.returncode == 5 and "Traceback" not in done.stderr
    assert str(path) in done.stderr and not done.stdout


@pytest.mark.usefixtures("root_logger")
def test_what_is_logged_reaches_the_standard_error_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sound machine replaces standard error to silence libraries; the log goes where it is then."""
    import io

    log_options._to_standard_error()
    monkeypatch.setattr(sys, "stderr", later := io.StringIO())
    logging.getLogger("voice_backcare.test").debug("a device opened")
    assert "a device opened" in later.getvalue()


@pytest.mark.usefixtures("root_logger")
def test_the_text_of_an_exception_is_not_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may quote an answer: the log has where it happened and its class, in the file and on standard error."""
    log_options._to_file(tmp_path / "log")
    answer = "his lips are blue"
    try:
        raise ValueError(answer)
    except ValueError:
        logging.getLogger("voice_backcare.test").exception("An answer could not be read")
    text = (tmp_path / "log").read_text()
    assert "ValueError" in text and "test_about_this_machine.py" in text and "An answer could not be read" in text
    assert "blue" not in text and "blue" not in capsys.readouterr().err


def test_hear_fails_where_no_file_could_be_read_and_only_there(tmp_path: Path) -> None:
    """Each unreadable file has its error line; the status is 2 only where none was read."""
    import numpy as np
    import soundfile

    good, bad = tmp_path / "good.wav", tmp_path / "bad.wav"
    soundfile.write(good, np.zeros(16000, dtype=np.int16), 16000)
    bad.write_text("no sound")
    none = run("hear", str(bad), str(tmp_path / "none.wav"))
    assert none.returncode == 2 and none.stdout.count('"error"') == 2 and "No file could be read" in none.stderr
    one = run("hear", str(bad), str(good))
    assert one.returncode == 0 and one.stdout.count('"error"') == 1 and not one.stderr


def test_a_file_that_was_not_needed_for_the_model_is_told(tmp_path: Path) -> None:
    """``model fetch --from`` beside a whole model says that it did not use the file."""
    given = tmp_path / "model.zip"
    given.write_text("no zip")
    done = run("model", "fetch", "--from", str(given))
    assert done.returncode == 0 and f"so {given} was not used" in done.stderr
