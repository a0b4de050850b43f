"""The folder that the program runs from, and the command that starts it."""

from __future__ import annotations

from pathlib import Path

from voice_backcare.core import data_folder


def checkout() -> Path | None:
    """Top folder of the checkout that the program runs from; None where it runs from an installed wheel."""
    top = data_folder.CHECKOUT
    return top if (top / "pyproject.toml").is_file() else None


def program() -> str:
    """What a person types to start the program here: ``scripts/run`` in a checkout, the installed command else.

    Every command in a message begins with it, so that the message holds where it is read.
    """
    return "scripts/run" if checkout() else "voice-backcare"
