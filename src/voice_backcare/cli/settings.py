"""The command ``settings``: the settings that hold, the file they come from, and an example of one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from voice_backcare.settings import schema
from voice_backcare.settings.cli_options import FILE
from voice_backcare.settings.schema import SettingsError
from voice_backcare.system.paths import program


def toml(value: object) -> str:
    """A setting's value as TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(toml(each) for each in value)}]"
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value if value is not None else "", ensure_ascii=False)


def example() -> str:
    """Text of a settings file that sets nothing and says what could be set."""
    return "\n".join(_example_lines()) + "\n"


def _example_lines() -> Iterator[str]:
    yield '# The settings of voice-backcare. Take away the "# " before a line to set it.'
    table = ""
    for key in sorted(schema.all_keys(), key=lambda key: key.table):
        if key.table != table:
            table = key.table
            yield from ("", f"# [{table}]")
        yield from ("", f"## {key.about}", f"# {key.name} = {toml(key.example or key.default)}")


def _write_example(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(example())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise SettingsError(f"{path} is there already, and stays as it is. Change it with any text editor.") from None
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be written: {error.strerror}.") from error


@click.command("settings")
@click.option("--settings", FILE, type=click.Path(path_type=Path), metavar="FILE", help="This file, not your own.")
@click.option("--init", is_flag=True, help="Write an example with every key explained; never over a file.")
def settings_command(settings_file: Path | None, init: bool) -> None:
    """Show the settings that hold, and the file they come from."""
    path = schema.location(settings_file)
    if init:
        _write_example(path)
        click.echo(f"The settings file is here now: {path}")
        return
    settings, given = schema.read(settings_file)
    click.echo(
        f"# {path}" + ("" if path.exists() else f": not there yet; {program()} settings --init writes an example")
    )
    for key in schema.all_keys():
        value = getattr(settings, key.field)
        source = "" if key.field in given else "  # not set" if value in (None, "") else "  # the usual value"
        click.echo(f"{key.shown} = {toml(value)}{source}")
