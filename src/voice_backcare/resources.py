"""Where the data folders are: inside the installed package, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]


def data_folder(name: str) -> Path:
    """The folder ``name`` ("grammars", "models") of the package, else of the checkout it runs from."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _CHECKOUT / name


def checkout() -> Path | None:
    """The top of the checkout the program runs from; None where it is an installed wheel."""
    return _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else None
