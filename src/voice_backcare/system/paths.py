"""The folder that the program runs from."""

from __future__ import annotations

from pathlib import Path

from voice_backcare.core import data_folder


def checkout() -> Path | None:
    """Top folder of the checkout that the program runs from; None where it runs from an installed wheel."""
    top = data_folder.CHECKOUT
    return top if (top / "pyproject.toml").is_file() else None
