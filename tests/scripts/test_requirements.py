"""The lists of pinned packages: whole, hashed, and installable by the oldest pip that a stock system brings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

LISTS = sorted((ROOT / "requirements").glob("*.txt"))
OLDEST_PIP = "23.0.1"  # of Debian 12


def pinned(path: Path) -> dict[str, str]:
    """Each requirement of a list, by its name, with all its lines joined."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return {line.split("==")[0].split("[")[0]: line for line in text.splitlines() if line and line[0] not in " #"}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_package_has_its_version_and_its_digest(path: Path) -> None:
    """A later release of anything changes nothing, and no list says where it is had from."""
    for line in pinned(path).values():
        assert re.match(r"[\w.\[\]-]+==[\w.]+ ", line), line
        assert "--hash=sha256:" in line
    assert "://" not in path.read_text(encoding="utf-8")


def test_the_oldest_pip_takes_a_list_with_an_extra_in_it(tmp_path: Path) -> None:
    """The pip of Debian 12, left to look for what a package wants, looks past the pin of ``coverage[toml]``."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "old"], check=True)
    python = tmp_path / "old" / "bin" / "python"
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    if subprocess.run([*pip, "install", "--retries", "1", f"pip=={OLDEST_PIP}"]).returncode != 0:
        pytest.skip("no network, so there is no old pip to try with")
    lines = pinned(ROOT / "requirements" / "dev.txt")
    (tmp_path / "few.txt").write_text("\n".join(lines[name] for name in ("pytest-cov", "coverage", "pluggy")))
    options = ["--require-hashes", "--no-deps", "--no-build-isolation", "--requirement", tmp_path / "few.txt"]
    done = subprocess.run([*pip, "install", *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert OLDEST_PIP in subprocess.run([*pip, "--version"], check=True, capture_output=True, text=True).stdout
