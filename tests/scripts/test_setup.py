"""`scripts/setup` and `scripts/run`: what they do, in which order, and what an interruption leaves."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import tempfile
import tomllib
from pathlib import Path

import pytest
from stand_in import Checkout, make_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)


def _have_model(checkout: Checkout) -> None:
    table = tomllib.loads((checkout.root / "models" / "models.toml").read_text())
    (checkout.root / "models" / table["default"]).mkdir()


def _environments(checkout: Checkout) -> list[str]:
    """The environments that are there, by their names."""
    folder = checkout.root / ".venvs"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _change(checkout: Checkout, name: str) -> None:
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")


def test_a_first_run_sets_up_everything_in_order(checkout: Checkout) -> None:
    """A fresh checkout gets an environment, hashed packages, the project itself and the model."""
    result = checkout.run("setup")
    assert result.returncode == 0, result.stderr
    calls = checkout.done()
    assert calls[0].startswith(f"python3.13 -m venv {checkout.root}/.venvs/run-")
    wanted = ["requirements/build.txt", "requirements/run.txt", "--editable", "pip check", "cli.model fetch"]
    assert [word for call in calls[1:] for word in wanted if word in call] == wanted
    assert all("--require-hashes" in call for call in calls if "--requirement" in call)
    assert all("--no-build-isolation --no-deps" in call for call in calls if "pip install" in call)


def test_a_second_run_starts_no_python(checkout: Checkout) -> None:
    """Once all is there, setting up calls nothing but its own checks."""
    checkout.run("setup")
    checkout.done()
    _have_model(checkout)
    result = checkout.run("setup")
    assert (result.returncode, result.stdout, result.stderr, checkout.done()) == (0, "", "", [])


def test_standard_output_and_input_belong_to_the_program(checkout: Checkout) -> None:
    """On the very first run too, output is the program's only, and every answer reaches it."""
    result = checkout.run("run", "simulate", "--json", answers="no\nyes\n")
    assert result.stdout == "simulate|--json|no\nyes\n"
    assert "Python packages: done" in result.stderr


def test_without_arguments_it_talks(checkout: Checkout) -> None:
    """`scripts/run` alone is `talk`."""
    assert checkout.run("run").stdout == "talk|"


def test_arguments_are_handed_on_unchanged(checkout: Checkout) -> None:
    """Spaces, quotes and stars in arguments arrive as they were given."""
    given = ["hear", "a file.wav", "it's", "*"]
    assert checkout.run("run", *given).stdout == "".join(f"{argument}|" for argument in given)


@pytest.mark.parametrize("command", ["simulate", "model", "--help"])
def test_typed_commands_need_no_sound_and_no_model(checkout: Checkout, command: str) -> None:
    """Commands that need neither install no sound packages and fetch no model."""
    checkout.environment["LIBRARIES"] = ""
    assert checkout.run("run", command).returncode == 0
    assert not [call for call in checkout.done() if "apt-get" in call or "fetch" in call]


def test_without_a_model_the_program_starts_and_says_so_itself(checkout: Checkout) -> None:
    """No model is like no microphone: what is there starts, and the emergency number is named."""
    checkout.environment |= {"MODEL_FAILS": "yes", "APT_FAILS": "yes"}
    for command in ("doctor", "talk"):
        result = checkout.run("run", command)
        assert result.stdout == f"{command}|"
        assert "In an emergency call 911" in result.stderr
        assert result.stderr.splitlines()[-1] == "Setting up did not come to its end; starting with what is here."


def test_the_systems_maven_is_the_last_resort(checkout: Checkout) -> None:
    """Only where no source gave the model and mvn is missing is maven installed; then it is fetched again."""
    checkout.environment["MODEL_FAILS"] = "yes"
    result = checkout.run("setup")
    assert result.returncode == 0, result.stderr
    calls = [call for call in checkout.done() if "fetch" in call or "install --yes" in call]
    assert [call.split()[-1] for call in calls] == ["fetch", "maven", "fetch"]


def test_what_is_half_made_goes(checkout: Checkout) -> None:
    """An environment without its stamp is not used, and goes at the next change."""
    checkout.run("setup", "--text")
    (checkout.root / ".venv" / "setup-stamp").unlink()
    left = (checkout.root / ".venv").resolve()
    assert checkout.run("setup", "--text").returncode == 0
    assert (checkout.root / ".venv").resolve() != left
    _change(checkout, "requirements/run.txt")
    assert checkout.run("setup", "--text").returncode == 0
    assert not left.exists()


def test_the_place_of_an_earlier_version_is_taken(checkout: Checkout) -> None:
    """Where .venv is a folder that setup made itself, the link takes its place once the new one is whole."""
    earlier = checkout.root / ".venv"
    earlier.mkdir()
    (earlier / "made-by-setup").touch()
    assert checkout.run("setup", "--text").returncode == 0
    assert earlier.is_symlink() and earlier.resolve().parent == checkout.root / ".venvs"


def test_an_environment_that_somebody_else_made_is_left_alone(checkout: Checkout) -> None:
    """A .venv that was made by hand is never deleted: a sentence asks to move it away."""
    theirs = checkout.root / ".venv" / "bin" / "python"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    result = checkout.run("run", "simulate")
    assert result.returncode == 22
    assert "was not made by scripts/setup" in result.stderr
    assert theirs.read_text() == "theirs"
    assert checkout.done() == []


def test_an_empty_folder_in_the_environments_place_is_used(checkout: Checkout) -> None:
    """Ended between making the folder and marking it, the next run goes on."""
    (checkout.root / ".venv").mkdir()
    assert checkout.run("setup", "--text").returncode == 0


def test_changed_pins_make_a_new_environment_beside_the_old(checkout: Checkout) -> None:
    """The old one stays for a program that still runs from it, and goes at the next change."""
    checkout.run("setup", "--text")
    (first,) = _environments(checkout)
    for _ in range(2):
        _change(checkout, "requirements/run.txt")
        assert checkout.run("setup", "--text").returncode == 0
        assert len(_environments(checkout)) == 2
    assert first not in _environments(checkout)


def test_a_set_up_that_was_killed_at_its_last_step_is_taken_up(checkout: Checkout) -> None:
    """A whole environment whose link is missing is linked again; nothing is installed."""
    checkout.run("setup", "--text")
    checkout.done()
    (checkout.root / ".venv").unlink()
    assert checkout.run("run", "simulate").stdout == "simulate|"
    assert checkout.done() == []


@pytest.mark.parametrize("fault", ["PIP_FAILS", "no network"])
def test_a_set_up_that_fails_takes_nothing_away(checkout: Checkout, fault: str) -> None:
    """With new pins that cannot be had, the program that is there starts, after a sentence that says what to do."""
    checkout.run("setup", "--text")
    before = _environments(checkout)
    checkout.done()
    _change(checkout, "requirements/run.txt")
    checkout.environment |= {"PIP_FAILS": "yes"} if fault == "PIP_FAILS" else {"http_proxy": ""}
    unshare = ["unshare", "--net", "--map-root-user"] if fault == "no network" else []
    result = checkout.run("run", "simulate", before=unshare)
    assert (result.returncode, result.stdout) == (0, "simulate|")
    assert "In an emergency call 911" in result.stderr
    assert _environments(checkout) == before
    if fault == "no network":
        assert "this machine has no network" in result.stderr
        assert checkout.done() == [], "nothing waited for a time-out"


def test_what_only_the_tests_need_may_change(checkout: Checkout) -> None:
    """`scripts/run` looks at what `run` needs, and at nothing else."""
    checkout.run("setup", "--text")
    checkout.done()
    _change(checkout, "requirements/dev.txt")
    _change(checkout, "scripts/setup")
    assert checkout.run("setup", "--text").returncode == 0
    assert checkout.done() == []


def test_a_changed_pyproject_needs_no_network(checkout: Checkout) -> None:
    """The project's own entry is made anew from what is here; no package is installed."""
    checkout.run("setup", "--text")
    checkout.done()
    _change(checkout, "pyproject.toml")
    assert checkout.run("setup", "--text").returncode == 0
    (call,) = checkout.done()
    assert "--no-index" in call and "--editable" in call
    assert checkout.run("setup", "--text").stderr == ""


def test_a_moved_checkout_is_found_again(checkout: Checkout, tmp_path: Path) -> None:
    """Only the project's own entry names the folder, so only that is made again."""
    checkout.run("setup", "--text")
    checkout.done()
    checkout.root = checkout.root.rename(tmp_path / "moved")
    assert checkout.run("setup", "--text").returncode == 0
    (call,) = checkout.done()
    assert call.endswith(f"--editable {checkout.root}")


@pytest.mark.parametrize("name", ["a $(touch PWN) b", 'it\'s "quoted" `touch PWN`', "Rückenschmerz 100 %"])
def test_the_folders_name_is_never_run(checkout: Checkout, tmp_path: Path, name: str) -> None:
    """A clone works in a folder of any name."""
    checkout.root = checkout.root.rename(tmp_path / name)
    assert checkout.run("run", "simulate", "an argument").stdout == "simulate|an argument|"
    assert not list(tmp_path.rglob("PWN")) and not Path("PWN").exists()


def test_an_environment_for_the_tests_serves_the_program(checkout: Checkout) -> None:
    """After `scripts/test`, `scripts/run` installs nothing; the other way round the rest is added."""
    checkout.run("setup", "--text")
    checkout.done()
    assert checkout.run("setup", "--text", "--dev").returncode == 0
    assert any("requirements/dev.txt" in call for call in checkout.done())
    checkout.run("setup", "--text")
    assert checkout.done() == []


@pytest.mark.parametrize(("command", "option"), [("kiosk", "--no-browser"), ("wyoming", "--text-only")])
def test_some_commands_have_libraries_of_their_own(checkout: Checkout, command: str, option: str) -> None:
    """What a command adds stays when another one is run, and when another one adds its own."""
    checkout.run("setup", "--text")
    checkout.done()
    assert checkout.run("run", command, option).stdout == f"{command}|{option}|"
    assert any(f"requirements/{command}.txt" in call for call in checkout.done())
    checkout.run("setup", "--text")
    assert checkout.done() == []
    other = "wyoming" if command == "kiosk" else "kiosk"
    checkout.run("run", other)
    calls = " ".join(checkout.done())
    assert f"requirements/{command}.txt" in calls and f"requirements/{other}.txt" in calls


def test_the_page_is_served_where_there_can_be_no_voice(checkout: Checkout) -> None:
    """With no model to be had, `scripts/run kiosk` still starts: it works by touch."""
    checkout.environment |= {"MODEL_FAILS": "yes", "APT_FAILS": "yes"}
    assert checkout.run("run", "kiosk").stdout == "kiosk|"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_ended_while_packages_are_installed(checkout: Checkout, tmp_path: Path, sign: signal.Signals) -> None:
    """Ended in the middle of pip, the next run makes a whole environment."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    checkout.environment["HANG"] = str(gate)
    process = checkout.start("setup", "--text")
    with gate.open("w"):  # opens when pip has come to its reading end
        os.killpg(process.pid, sign)
        _, err = process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGKILL, 130, 143)
    if sign != signal.SIGKILL:
        assert err.splitlines()[-1].startswith("voice-backcare: setting up was")
        assert "Traceback" not in err
    assert not (checkout.root / ".venv").exists()
    del checkout.environment["HANG"]
    assert checkout.run("setup", "--text").returncode == 0
    assert (checkout.root / ".venv" / "setup-stamp").exists()


def test_two_at_once_wait_for_each_other(checkout: Checkout) -> None:
    """A second setup says that it waits, and then goes on."""
    with (checkout.root / "pyproject.toml").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = checkout.start("setup", "--text")
        assert process.stderr is not None
        assert "Waiting for another setup" in process.stderr.readline()
        assert checkout.done() == []
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_packages_that_cannot_be_installed_are_a_sentence(checkout: Checkout) -> None:
    """A failing pip ends with a sentence that names the log, its own status, and nothing half made."""
    checkout.environment["PIP_FAILS"] = "yes"
    result = checkout.run("run", "simulate")
    assert result.returncode == 22
    assert result.stderr.splitlines()[-1].startswith("voice-backcare: the Python packages could not be installed")
    assert "What was done is written in" in result.stderr
    assert _environments(checkout) == []


def test_only_missing_system_packages_are_installed(checkout: Checkout) -> None:
    """What is there is not asked for again."""
    checkout.environment["LIBRARIES"] = "libespeak-ng.so.1 libatomic.so.1"
    assert checkout.run("setup").returncode == 0
    installs = [call for call in checkout.done() if call.startswith("apt-get") and "install" in call]
    assert len(installs) == 1
    assert installs[0].endswith("--no-install-recommends libportaudio2")


def test_a_failing_apt_names_the_packages(checkout: Checkout) -> None:
    """Without a network or the right to install, the sentence says what to install by hand."""
    checkout.environment |= {"LIBRARIES": "libatomic.so.1", "APT_FAILS": "yes"}
    result = checkout.run("setup")
    assert result.returncode == 21
    assert "run this again: libespeak-ng1 libportaudio2." in result.stderr.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() != 0, reason="somebody who may not become root is made by root")
def test_a_password_that_nobody_can_be_asked_for_is_a_sentence() -> None:
    """Where sudo wants a password and there is no terminal, nothing hangs."""
    with tempfile.TemporaryDirectory() as name:
        checkout = make_checkout(Path(name))
        checkout.environment |= {"LIBRARIES": "libatomic.so.1", "SUDO_ASKS": "yes"}
        subprocess.run(["chown", "-R", "nobody", name], check=True)
        result = checkout.run("setup", before=["setpriv", "--reuid=nobody", "--clear-groups"])
        assert result.returncode == 21, result.stderr
        assert "there is no terminal to ask for it" in result.stderr
        assert not checkout.done()


def test_a_wrong_option_is_bad_usage(checkout: Checkout) -> None:
    """An option that setup does not have ends with 2."""
    assert checkout.run("setup", "--nonsense").returncode == 2
