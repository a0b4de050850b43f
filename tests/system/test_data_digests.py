"""Content, grammars and the page's words are checked before anything is decided by them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from voice_backcare.cli.doctor import check_data
from voice_backcare.core.data_folder import data_folder
from voice_backcare.system import data_digests
from voice_backcare.system.data_digests import DataDamaged, check, digests


def test_what_is_shipped_is_what_was_written_down() -> None:
    """The digests are those of the files as they are: ``scripts/digests`` was run after the last change."""
    check()
    assert check_data().status == "ok"
    assert {name.split("/")[0] for name in digests()} == {"content", "grammars", "page"}


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "added"])
@pytest.mark.parametrize("name", ["signs/emergencies.yaml", "spoken/answers.yaml"])
def test_a_damaged_grammar_is_told(name: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was cut off, changed, taken away or added is named, at the start and by ``doctor``."""
    folder = tmp_path / "grammars"
    shutil.copytree(data_folder("grammars"), folder)
    monkeypatch.setattr(data_digests, "data_folder", lambda name: folder)
    check()
    path = folder / name
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "changed":
            path.write_bytes(path.read_bytes().replace(b"no", b"now", 1) + b"\n")
        case "missing":
            path.unlink()
        case "added":
            path = folder / "more.yaml"
            path.write_text("phrases: []\n")
    with pytest.raises(DataDamaged, match=path.name):
        check()
    assert check_data().status == "fail"


def test_a_command_on_damaged_data_does_not_start(tmp_path: Path) -> None:
    """With half of the emergency phrases gone no conversation begins: a sentence, and an exit status of its own."""
    tree = tmp_path / "tree"
    for part in ("src/voice_backcare", "grammars"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    cut = tree / "grammars" / "signs" / "emergencies.yaml"
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    result = subprocess.run(
        [sys.executable, "-m", "voice_backcare", "simulate", "--json"],
        env={"PYTHONPATH": str(tree / "src"), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 4
    assert "emergencies.yaml" in result.stderr and "Traceback" not in result.stderr
    assert result.stdout == ""
