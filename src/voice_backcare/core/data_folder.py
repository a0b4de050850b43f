"""Where the program's data folders are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHECKOUT = PACKAGE.parents[1]


def data_folder(name: str) -> Path:
    """The folder ``name`` ("grammars", "models") of the package, else of the checkout it runs from."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else CHECKOUT / name
