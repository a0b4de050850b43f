"""The option ``--version``: program, speech model, engines, Python and system."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata

import click

from voice_backcare import __version__
from voice_backcare.system.paths import program


def version_lines() -> Iterator[str]:
    """One line each for program, model, engines, Python and system; nothing of this machine's user is in them."""
    yield f"voice-backcare, version {__version__}"
    yield f"Speech model: {_model()}"
    yield f"Recogniser: {_release('vosk')}. Voice: {_release('pyttsx3')}."
    yield f"Python: {platform.python_version()}"
    yield f"System: {_system()}, {platform.machine()}"


def version_option(function: click.decorators.FC) -> click.decorators.FC:
    """Decorator that adds ``--version``."""

    def show(context: click.Context, option: click.Parameter, given: bool) -> None:
        if given and not context.resilient_parsing:
            for line in version_lines():
                click.echo(line)
            context.exit()

    return click.option(
        "--version",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help="Show the version of the program, its model, its engines, Python and the system.",
    )(function)


def _model() -> str:
    from voice_backcare.audio.model import store, table

    try:
        name = table.load_model().name
    except store.ModelError as error:
        return str(error)
    return name if store.location().is_dir() else f"{name}, not here yet: {program()} model fetch"


def _release(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package}, not installed"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name} ({platform.system()} {platform.release()})"
