"""`scripts/setup` and `scripts/run`: what they do, in which order, and what an interruption leaves."""

from __future__ import annotations

import fcntl
import os
import signal
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


def test_a_first_run_sets_up_everything_in_order(checkout: Checkout) -> None:
    """A fresh checkout gets an environment, hashed packages, the project itself and the model."""
    result = checkout.run("setup")
    assert result.returncode == 0, result.stderr
    calls = checkout.done()
    assert calls[0] == f"python3.13 -m venv {checkout.root}/.venv"
    wanted = ["requirements/build.txt", "requirements/run.txt", "--editable", "model_command fetch"]
    assert [word for call in calls[1:] for word in wanted if word in call] == wanted
    assert all("--require-hashes" in call for call in calls if "--requirement" in call)
    assert all("--no-build-isolation" in call for call in calls if "pip install" in call)


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
    assert "Installing" in result.stderr


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


def test_doctor_runs_where_setting_up_fell_short(checkout: Checkout) -> None:
    """With no model to be had, `doctor` still runs and can say so itself; `talk` does not start."""
    checkout.environment["MODEL_FAILS"] = "yes"
    assert checkout.run("run", "doctor").stdout == "doctor|"
    result = checkout.run("run", "talk")
    assert (result.returncode, result.stdout) == (11, "")


def test_a_half_made_environment_is_made_anew(checkout: Checkout) -> None:
    """An environment of ours without its stamp is thrown away, whatever it holds."""
    checkout.run("setup", "--text")
    (checkout.root / ".venv" / "setup-stamp").unlink()
    left = checkout.root / ".venv" / "lib" / "half-a-package"
    left.mkdir(parents=True)
    assert checkout.run("setup", "--text").returncode == 0
    assert not left.exists()


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


def test_a_changed_requirement_is_installed_without_starting_over(checkout: Checkout) -> None:
    """New pins go into the environment that is there."""
    checkout.run("setup", "--text")
    checkout.done()
    with (checkout.root / "requirements" / "run.txt").open("a") as file:
        file.write("# changed\n")
    assert checkout.run("setup", "--text").returncode == 0
    calls = checkout.done()
    assert any("pip install" in call for call in calls)
    assert not any("-m venv" in call for call in calls)


def test_a_moved_checkout_gets_a_new_environment(checkout: Checkout, tmp_path: Path) -> None:
    """The paths inside an environment do not move with the folder, so it is made again."""
    checkout.run("setup", "--text")
    checkout.done()
    checkout.root = checkout.root.rename(tmp_path / "moved")
    assert checkout.run("setup", "--text").returncode == 0
    assert checkout.done()[0] == f"python3.13 -m venv {checkout.root}/.venv"


def test_an_environment_for_the_tests_serves_the_program(checkout: Checkout) -> None:
    """After `scripts/test`, `scripts/run` installs nothing; the other way round the rest is added."""
    checkout.run("setup", "--text")
    checkout.done()
    assert checkout.run("setup", "--text", "--dev").returncode == 0
    assert any("requirements/dev.txt" in call for call in checkout.done())
    checkout.run("setup", "--text")
    assert checkout.done() == []


def test_the_page_has_libraries_of_its_own(checkout: Checkout) -> None:
    """`scripts/run kiosk` adds the page's libraries to what is there; what else is run does not take them away."""
    checkout.run("setup", "--text")
    checkout.done()
    assert checkout.run("run", "kiosk", "--no-browser").stdout == "kiosk|--no-browser|"
    calls = checkout.done()
    assert any("requirements/kiosk.txt" in call for call in calls)
    assert not any("-m venv" in call for call in calls)
    checkout.run("setup", "--text")
    assert checkout.done() == []


def test_the_service_has_libraries_of_its_own(checkout: Checkout) -> None:
    """`scripts/run wyoming` adds the service's libraries, and its arguments go on to the program."""
    checkout.run("setup", "--text")
    checkout.done()
    assert checkout.run("run", "wyoming", "--text-only").stdout == "wyoming|--text-only|"
    calls = checkout.done()
    assert any("requirements/wyoming.txt" in call for call in calls)
    assert not any("-m venv" in call for call in calls)


def test_the_page_is_served_where_there_can_be_no_voice(checkout: Checkout) -> None:
    """With no model to be had, `scripts/run kiosk` still starts: it works by touch."""
    checkout.environment["MODEL_FAILS"] = "yes"
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
    assert not (checkout.root / ".venv" / "setup-stamp").exists()
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
    """A failing pip ends with a sentence, its own status and no stamp."""
    checkout.environment["PIP_FAILS"] = "yes"
    result = checkout.run("run", "simulate")
    assert result.returncode == 22
    assert result.stderr.splitlines()[-1].startswith("voice-backcare: the Python packages could not be installed")
    assert not (checkout.root / ".venv" / "setup-stamp").exists()


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
    assert result.stderr.splitlines()[-1].endswith("run this again: libespeak-ng1 libportaudio2")


def test_a_wrong_option_is_bad_usage(checkout: Checkout) -> None:
    """An option that setup does not have ends with 2."""
    assert checkout.run("setup", "--nonsense").returncode == 2
