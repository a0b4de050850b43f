"""The command ``model``: fetch the speech model, verify it, print where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from voice_backcare.audio.model import store
from voice_backcare.cli.exit_codes import faults
from voice_backcare.settings.cli_options import chosen, settings_options


class _Bar:
    """Progress bar on standard error; where that is no terminal, one line for each step."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._what = ""
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def __call__(self, what: str, done_bytes: int, total_bytes: int) -> None:
        if what != self._what:
            self._what = what
            self._progress.reset(self._task, description=what)
            if not self._console.is_terminal:
                click.echo(f"{what} ...", err=True)
        self._progress.update(self._task, completed=done_bytes, total=total_bytes or None)


@click.group("model")
def model_group() -> None:
    """The speech model: fetch it, verify it, show where it is."""


@model_group.command("fetch")
@click.option(
    "--from",
    "given",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|FOLDER",
    help="Take it from this zip file or folder instead of the network.",
)
@settings_options(("model_url",))
def fetch_command(given: Path | None, **options: Any) -> None:
    """Fetch the model, unless it is there and whole."""
    with faults():  # here too, because scripts/setup runs this module alone
        mirror = chosen(options).model_url
        was_there = given is not None and _is_ready()
        with _Bar() as bar:
            folder = store.fetch(given, mirror=mirror, progress=bar)
    if was_there:
        click.echo(f"The speech model was here already, and whole, so {given} was not used.", err=True)
    click.echo(f"The speech model is ready: {folder}", err=True)


def _is_ready() -> bool:
    try:
        store.verify()
    except store.ModelError:
        return False
    return True


@model_group.command("verify")
def verify_command() -> None:
    """Read every file of the model and check it."""
    with faults():
        folder = store.verify()
    click.echo(f"Every file is right: {folder}")


@model_group.command("path")
def path_command() -> None:
    """Print the folder the model is in, or would be."""
    click.echo(store.location())


if __name__ == "__main__":
    model_group(prog_name="voice-backcare model")
