"""Where the data is: in the package where it is installed, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_backcare.core.data_folder import data_folder
from voice_backcare.system.paths import checkout


def test_the_data_is_found_in_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Inside the package where it is installed, else at the top of the checkout; a wheel has no checkout."""
    assert data_folder("grammars").is_dir()
    monkeypatch.setattr("voice_backcare.core.data_folder.PACKAGE", tmp_path)
    monkeypatch.setattr("voice_backcare.core.data_folder.CHECKOUT", tmp_path / "top")
    assert data_folder("grammars") == tmp_path / "top" / "grammars"
    (tmp_path / "grammars").mkdir()
    assert data_folder("grammars") == tmp_path / "grammars"
    assert checkout() is None
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "pyproject.toml").touch()
    assert checkout() == tmp_path / "top"
