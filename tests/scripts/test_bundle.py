"""`scripts/bundle`: what goes into the archive is chosen for the kiosk's machine, not for the one that makes it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from places import ROOT

KIOSK = ROOT / "scripts" / "kiosk"
sys.path.insert(0, str(KIOSK))

import debs  # noqa: E402
import wheels  # noqa: E402

PINNED = (ROOT / "requirements" / "kiosk.txt").read_text()
PI = wheels.Target("aarch64", "3.11", 36, 17)
_HASH = "--hash=sha256:" + "0" * 64
_NO_DPKG = shutil.which("dpkg-deb") is None or shutil.which("apt-get") is None


def test_every_library_of_the_kiosk_is_taken_once_by_its_digest() -> None:
    """Whatever is pinned for the page and the program is in the archive, one version of each."""
    found = wheels.requirements(PINNED, PI)
    assert set(found) == set(re.findall(r"^([a-z0-9-]+)==", PINNED, re.MULTILINE))
    assert all(re.fullmatch(r"\S+==\S+( --hash=sha256:[0-9a-f]{64})+", line) for line in found.values())


@pytest.mark.parametrize(("python", "version"), [("3.11", "1.0"), ("3.12", "2.0")])
def test_conditions_are_judged_by_the_kiosks_python(python: str, version: str) -> None:
    """Which of two versions holds does not depend on the Python that makes the archive."""
    text = f"one==1.0 ; python_full_version < '3.12' and sys_platform == 'linux' \\\n    {_HASH}\n    # via two\n"
    text += f"one==2.0 ; python_full_version >= '3.12' and sys_platform == 'linux' \\\n    {_HASH}\n"
    assert wheels.requirements(text, wheels.Target("aarch64", python, 36, 17)) == {"one": f"one=={version} {_HASH}"}


def test_conditions_are_judged_by_the_kiosks_processor() -> None:
    """What is for another processor stays out."""
    text = f"one==1.0 ; platform_machine == 'x86_64' {_HASH}\n"
    assert wheels.requirements(text, PI) == {}


@pytest.mark.parametrize("line", ["one>=1.0", "one==1.0", f"./one {_HASH}"])
def test_what_is_not_pinned_is_refused(line: str) -> None:
    """No wheel gets in whose digest nobody wrote down."""
    with pytest.raises(wheels.WheelsError, match="not pinned with hashes"):
        wheels.requirements(line, PI)


def test_wheels_may_ask_for_no_newer_glibc_than_the_kiosk_has() -> None:
    """Debian 12 has glibc 2.36: a wheel for 2.37 is none for it, one for 2.17 is."""
    assert "manylinux_2_36_aarch64" in PI.platforms
    assert "manylinux_2_17_aarch64" in PI.platforms
    assert "manylinux2014_aarch64" in PI.platforms
    assert "manylinux_2_37_aarch64" not in PI.platforms
    assert all(platform.endswith("_aarch64") for platform in PI.platforms)


def test_the_packages_hold_what_setting_up_installs() -> None:
    """A kiosk has every system package that scripts/setup wants on a Pi, but for the certificates of downloads."""
    text = (ROOT / "scripts" / "setup").read_text()
    wanted = set(re.findall(r"\|\| echo ([a-z0-9-]+)", text.partition("missing_test_packages")[0])) - {
        "ca-certificates"
    }
    parts = tomllib.loads((KIOSK / "parts.toml").read_text())
    assert "libatomic1" in wanted
    assert wanted <= set(parts["packages"]["voice"])


@pytest.mark.skipif(_NO_DPKG, reason="without dpkg-deb and apt-get no archive is made here")
def test_apt_installs_from_the_index(tmp_path: Path) -> None:
    """apt finds every package through the index that is written, epochs and spaces in paths included."""
    folder = tmp_path / "the packages"
    folder.mkdir()
    for name in ("one", "two"):
        control = tmp_path / name / "DEBIAN" / "control"
        control.parent.mkdir(parents=True)
        depends = "Depends: two\n" if name == "one" else ""
        control.write_text(
            f"Package: {name}\nVersion: 3:1.0\nArchitecture: all\nMaintainer: nobody <a@b>\n"
            f"Installed-Size: 40\n{depends}Description: a package\n of two lines\n"
        )
        subprocess.run(["dpkg-deb", "--build", control.parents[1], folder / f"{name}_1.0_all.deb"], check=True)
    assert debs._write_index(folder) == 80
    sources = f"deb [trusted=yes] copy:{str(folder).replace(' ', '%20')} ./\n"
    (tmp_path / "out").mkdir()
    assert debs.collect(["one"], "arm64", sources, tmp_path / "out", tmp_path / "work") == 80
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "Packages",
        "one_1.0_all.deb",
        "two_1.0_all.deb",
    ]


@pytest.mark.skipif(_NO_DPKG, reason="without dpkg-deb and apt-get no archive is made here")
def test_a_package_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A package that no mirror has ends in one sentence."""
    (tmp_path / "Packages").write_text("")
    with pytest.raises(debs.DebsError, match="not to be had"):
        debs.collect(["none"], "arm64", f"deb [trusted=yes] file:{tmp_path} ./\n", tmp_path, tmp_path / "work")


def test_a_mirror_can_be_named() -> None:
    """Where this machine uses no Debian mirror, the one that was named is used, with Debian's own keys."""
    lines = debs.sources("bookworm", "https://mirror.example/debian").splitlines()
    assert [line.split("] ")[1] for line in lines] == [
        "https://mirror.example/debian bookworm main",
        "https://mirror.example/debian bookworm-updates main",
    ]
    assert all("signed-by=" in line for line in lines)


@pytest.mark.parametrize(
    ("processor", "words"),
    [("z80", "--arch must be one of: aarch64"), ("armv7l", "no ready-made packages for it; use the 64-bit system")],
)
def test_a_processor_that_has_no_archive_is_told_why(processor: str, words: str) -> None:
    """`--arch` names what there is, and what is missing for a 32-bit Pi."""
    command = [sys.executable, str(KIOSK / "make_bundle.py"), "--arch", processor]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert words in result.stderr
