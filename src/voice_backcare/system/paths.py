"""Where the program itself is."""

from __future__ import annotations

from pathlib import Path

from voice_backcare.core import data_folder


def checkout() -> Path | None:
    """The top of the checkout the program runs from; None where it is an installed wheel."""
    top = data_folder.CHECKOUT
    return top if (top / "pyproject.toml").is_file() else None
