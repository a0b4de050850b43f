"""`scripts/install-kiosk`: what it makes, what it refuses, and that nothing of it is left when it is undone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from kiosk_stand_in import Machine, make_archive, make_machine
from places import ROOT


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return make_machine(tmp_path)


def _installed(machine: Machine, tmp_path: Path, *arguments: str, **environment: Any) -> Path:
    archive = make_archive(tmp_path)
    result = machine.install(*arguments, archive, **environment)
    assert result.returncode == 0, result.stderr
    return archive


def test_it_installs_the_program_its_users_and_its_units(machine: Machine, tmp_path: Path) -> None:
    """After one command all is there that the units name, and the units start with the machine."""
    _installed(machine, tmp_path)
    assert machine.names("users") == ["voice-backcare", "voice-backcare-screen"]
    assert machine.names("packages") == ["cage", "chromium", "dependency", "espeak-ng", "python3-venv"]
    current = machine.root / "opt" / "voice-backcare" / "current"
    assert (current / "venv" / "bin" / "voice-backcare").exists()
    assert (current / "model" / "final.mdl").read_text() == "a model"
    wanted = machine.root / "etc" / "systemd" / "system" / "multi-user.target.wants"
    assert sorted(path.name for path in wanted.iterdir()) == ["voice-backcare-screen.service", "voice-backcare.service"]
    assert (wanted.parent / "sysinit.target.wants" / "voice-backcare-starting.service").is_symlink()
    for name in ("voice-backcare-screen", "voice-backcare-starting"):
        assert os.access(current / "units" / name, os.X_OK)
    for link in wanted.iterdir():
        assert (machine.root / str(link.readlink()).removeprefix("/")).is_file()
    assert (machine.root / "etc" / "voice-backcare" / "settings.toml").exists()
    assert os.access(machine.root / "usr" / "local" / "bin" / "voice-backcare", os.X_OK)


def test_python_packages_come_from_the_archive_by_their_digests(machine: Machine, tmp_path: Path) -> None:
    """pip may not look anywhere else, and takes nothing whose digest is not the archive's."""
    _installed(machine, tmp_path)
    [pip] = [line for line in machine.log().splitlines() if line.startswith("pip ")]
    assert all(option in pip for option in ("--no-index", "--require-hashes", "--no-deps", "--find-links"))


def test_apt_reads_the_archive_alone(machine: Machine, tmp_path: Path) -> None:
    """The machine's own package sources and lists are neither read nor changed."""
    _installed(machine, tmp_path)
    calls = [line for line in machine.log().splitlines() if line.startswith("apt-get ")]
    assert calls
    for call in calls:
        assert all(
            f"-o Dir::{name}=" in call for name in ("Etc::SourceList", "Etc::SourceParts", "State::Lists", "Cache")
        )
        assert "--no-remove" in call or " update" in call


def test_nothing_is_left_when_it_is_removed(machine: Machine, tmp_path: Path) -> None:
    """Every file, folder and user is gone again; packages stay, and are named."""
    before = machine.tree()
    _installed(machine, tmp_path, GROUPS_TOO="gpio")
    (machine.root / "var" / "lib" / "voice-backcare").mkdir()
    (machine.root / "var" / "cache" / "voice-backcare").mkdir()
    script = machine.root / "opt" / "voice-backcare" / "current" / "install-kiosk"
    result = machine.install("--remove", script=script)
    assert result.returncode == 0, result.stderr
    assert machine.tree() == before
    assert machine.names("users") == []
    assert "cage chromium dependency" in result.stderr.replace("espeak-ng python3-venv ", "")
    assert "libc6" not in result.stderr  # it was there, and was brought up to date only


def test_settings_can_be_kept(machine: Machine, tmp_path: Path) -> None:
    """`--keep-settings` leaves the settings, as they were changed, and nothing else."""
    before = machine.tree()
    _installed(machine, tmp_path)
    settings = machine.root / "etc" / "voice-backcare" / "settings.toml"
    settings.write_text("rate_wpm = 120\n")
    machine.install("--remove", "--keep-settings")
    left = {name for name in machine.tree() if name not in before}
    assert left == {"etc/voice-backcare", "etc/voice-backcare/settings.toml"}
    assert settings.read_text() == "rate_wpm = 120\n"


def test_removing_what_is_not_there_is_no_fault(machine: Machine) -> None:
    """Without a kiosk it says so, and changes nothing."""
    before = machine.tree()
    result = machine.install("--remove")
    assert (result.returncode, result.stderr) == (0, "voice-backcare: there is no kiosk here.\n")
    assert machine.tree() == before


def test_a_user_who_was_there_stays(machine: Machine, tmp_path: Path) -> None:
    """Only what it made itself is taken away."""
    (machine.state / "users" / "voice-backcare").touch()
    _installed(machine, tmp_path)
    machine.install("--remove")
    assert machine.names("users") == ["voice-backcare"]


def test_a_second_run_changes_nothing(machine: Machine, tmp_path: Path) -> None:
    """The same archive again leaves the same files, and installs nothing twice."""
    archive = _installed(machine, tmp_path)
    before = machine.tree()
    machine.log()
    assert machine.install(archive).returncode == 0
    assert machine.tree() == before
    assert not [line for line in machine.log().splitlines() if not line.startswith("usermod ")]


def test_an_update_takes_the_place_of_the_old(machine: Machine, tmp_path: Path) -> None:
    """A newer archive is in use afterwards, the older program is gone, and the settings stay."""
    _installed(machine, tmp_path)
    settings = machine.root / "etc" / "voice-backcare" / "settings.toml"
    settings.write_text("rate_wpm = 120\n")
    assert machine.install(make_archive(tmp_path, "2.0")).returncode == 0
    top = machine.root / "opt" / "voice-backcare"
    assert str((top / "current").readlink()).startswith("2.0-")
    assert [path.name[:4] for path in top.iterdir() if path.is_dir() and not path.is_symlink()] == ["2.0-"]
    assert settings.read_text() == "rate_wpm = 120\n"


def test_an_update_that_fails_leaves_the_old_in_use(machine: Machine, tmp_path: Path) -> None:
    """Where the new program cannot be installed the old one is whole, and the same command goes on later."""
    _installed(machine, tmp_path)
    newer = make_archive(tmp_path, "2.0")
    current = machine.root / "opt" / "voice-backcare" / "current"
    result = machine.install(newer, PIP_FAILS="yes")
    assert result.returncode == 27
    assert str(current.readlink()).startswith("1.0-")
    assert (current / "complete").exists()
    assert machine.install(newer).returncode == 0
    assert str(current.readlink()).startswith("2.0-")


def test_an_install_that_failed_can_be_removed(machine: Machine, tmp_path: Path) -> None:
    """What was made before the fault is written down, so it is found again."""
    before = machine.tree()
    assert machine.install(make_archive(tmp_path), PIP_FAILS="yes").returncode == 27
    assert machine.install("--remove").returncode == 0
    assert (machine.tree(), machine.names("users")) == (before, [])


def test_voice_only_has_no_screen(machine: Machine, tmp_path: Path) -> None:
    """`--voice-only` installs no compositor, no browser, and no user and unit for them."""
    _installed(machine, tmp_path, "--voice-only")
    assert machine.names("users") == ["voice-backcare"]
    assert machine.names("packages") == ["dependency", "espeak-ng", "python3-venv"]
    assert not [name for name in machine.tree() if "screen" in name]


def test_voice_only_takes_the_screen_away(machine: Machine, tmp_path: Path) -> None:
    """A kiosk with a screen becomes one without."""
    archive = _installed(machine, tmp_path)
    assert machine.install("--voice-only", archive).returncode == 0
    assert machine.names("users") == ["voice-backcare"]
    assert not [name for name in machine.tree() if name.startswith("etc/") and "screen" in name]


def test_it_installs_from_the_unpacked_archive(machine: Machine, tmp_path: Path) -> None:
    """The archive carries its own install-kiosk, which needs no argument."""
    make_archive(tmp_path)
    [script] = (tmp_path / "archive 1.0").glob("*/install-kiosk")
    assert machine.install(script=script).returncode == 0
    assert machine.names("users") == ["voice-backcare", "voice-backcare-screen"]


@pytest.mark.parametrize("part", ["about", "SHA256SUMS", "model/final.mdl", "units/voice-backcare.service"])
def test_a_damaged_part_is_refused(machine: Machine, tmp_path: Path, part: str) -> None:
    """Whatever part of the archive is damaged: one sentence, and nothing is changed."""
    before = machine.tree()
    result = machine.install(make_archive(tmp_path, damage=part))
    assert result.returncode == 25
    assert result.stderr.splitlines()[-1].endswith("damaged or missing; copy the archive here again.")
    assert (machine.tree(), machine.names("packages"), machine.names("users")) == (before, [], [])


@pytest.mark.parametrize("size_bytes", [0, 700, 20_000])
def test_an_archive_that_was_cut_off_is_refused(machine: Machine, tmp_path: Path, size_bytes: int) -> None:
    """Half an archive is told to be one, and nothing is changed."""
    before = machine.tree()
    archive = make_archive(tmp_path)
    os.truncate(archive, size_bytes)
    result = machine.install(archive)
    assert result.returncode == 25
    assert "copy " in result.stderr
    assert machine.tree() == before


@pytest.mark.parametrize(
    ("about", "environment", "status", "words"),
    [
        ({}, {"ARCHITECTURE": "amd64"}, 24, "for aarch64 (arm64), and this machine is amd64"),
        ({"debian": "13"}, {}, 24, "for Debian 13, and this machine has release 12"),
        ({"program_kb": "9" * 12}, {}, 26, "make room there, or take a larger card."),
        ({}, {"APT_FAILS": "yes"}, 27, "do not fit this machine"),
    ],
)
def test_a_machine_that_will_not_do_is_told_why(
    machine: Machine, tmp_path: Path, about: dict[str, str], environment: dict[str, str], status: int, words: str
) -> None:
    """Wrong processor, wrong system, no room, no packages: one sentence, its own status, nothing changed."""
    before = machine.tree()
    given: dict[str, Any] = dict(environment)
    result = machine.install(make_archive(tmp_path, **about), **given)
    assert (result.returncode, machine.tree()) == (status, before)
    assert words in result.stderr.splitlines()[-1]
    assert machine.names("users") == machine.names("packages") == []


@pytest.mark.parametrize("arguments", [[], ["--what"], ["one", "two"], ["--remove", "one"], ["--keep-settings", "one"]])
def test_bad_usage_is_told(machine: Machine, arguments: list[str]) -> None:
    """What cannot be meant is answered with how it is used."""
    before = machine.tree()
    result = machine.install(*arguments)
    assert (result.returncode, machine.tree()) == (2, before)
    assert "usage: install-kiosk" in result.stderr


def test_it_is_for_root() -> None:
    """Who may not change the machine is told so before anything is looked at."""
    with tempfile.TemporaryDirectory() as folder:  # a copy, because the checkout may be closed to others
        Path(folder).chmod(0o755)
        for name in ("install-kiosk", "common.sh"):
            shutil.copy(ROOT / "scripts" / name, folder)
        command = [f"{folder}/install-kiosk", "a.tar"]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        result = subprocess.run(command, capture_output=True, text=True, cwd="/")
    assert result.returncode == 23
    assert "must be run as root: sudo" in result.stderr
