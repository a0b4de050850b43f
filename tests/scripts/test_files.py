"""What holds for every script and every file of the checkout."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT

_BASH = b"#!/usr/bin/env bash"
SCRIPTS = [
    *(path for path in sorted((ROOT / "scripts").rglob("*")) if path.is_file() and path.read_bytes().startswith(_BASH)),
    ROOT / ".ci" / "run",
]
PINNED = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
NOT_OURS = {
    ".venvs",
    ".git",
    ".venv",
    ".hypothesis",
    "build",
    "dist",
    "mutants",
    "test-output",
    "__pycache__",
    "coverage.xml",
}
# Written in pieces, so that this file passes its own test.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("piwheels", "org"),
        ("maven", "org"),
        ("maven", "apache", "org"),
        ("npmjs", "org"),
    )
]
MACHINE_PATHS = [str(ROOT) + "/", *(f"/{name}/" for name in ("work", "root"))]


def _files() -> Iterator[Path]:
    """Every text file that is ours: no environment, no model, no cache."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and not name.endswith("_cache") and Path(folder) != ROOT / "models"
        ]
        yield from (Path(folder, name) for name in names if name not in NOT_OURS)


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _files():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path.relative_to(ROOT), data.decode("utf-8", errors="replace")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_strict_and_can_be_run(script: Path) -> None:
    """Every script parses, may be executed, and stops at the first thing that fails."""
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's setting, not this project's."""
    found = [(str(path), name) for path, text in _texts() for name in REGISTRIES if name in text.lower()]
    assert found == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    """Nothing refers to where the checkout happens to be."""
    found = [(str(path), position) for path, text in _texts() for position in MACHINE_PATHS if position in text]
    assert found == []


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    """Each line names one version and at least one SHA-256, and no address."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_tests_run_what_is_shipped() -> None:
    """Versions in dev.txt and run.txt are the same wherever both name a package."""

    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return {line.rstrip(" \\") for line in text.splitlines() if "==" in line and not line.startswith(" ")}

    assert versions("run") <= versions("kiosk") <= versions("dev")
    assert versions("run") <= versions("wyoming") <= versions("dev")
    assert versions("pocketsphinx") | versions("piper") <= versions("dev")


def test_the_notice_names_every_library() -> None:
    """Whatever is pinned is named in NOTICE with its licence."""
    notice = re.sub(r"[\s,();]+", " ", (ROOT / "NOTICE").read_text()).split(" ")
    pins = "".join((ROOT / "requirements" / f"{name}.txt").read_text() for name in PINNED)
    assert sorted(set(re.findall(r"(?m)^([a-z0-9-]+)==", pins)) - set(notice)) == []
