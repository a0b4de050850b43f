"""The settings on the command line: an option for each key, and ``voice-backcare settings``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_backcare.settings import schema as room
from voice_backcare.settings.kinds import Flag
from voice_backcare.settings.schema import Key, Settings, SettingsError

F = TypeVar("F", bound=Callable[..., Any])

SAID = ("emergency_number", "provider_name", "provider_phone", "no_input_s", "give_up_s")
ENGINES = ("recogniser", "voice_engine")
FILE = "settings_file"
OF_NO_CONVERSATION = frozenset({"model_url"})  # keys that only the command ``model`` has as options


def _checked(key: Key) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(context: click.Context, parameter: click.Parameter, given: Any) -> Any:
        if given is None:
            return None
        try:
            return key.kind.check(key.kind.parse(given) if isinstance(given, str) else given)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", context, parameter) from error

    return callback


def settings_options(fields: Iterable[str] | None = None) -> Callable[[F], F]:
    """``--settings FILE``, and an option for each of these fields; None stands for "not given".

    Default: all that every conversation has.
    """

    def decorate(function: F) -> F:
        for key in reversed(room.all_keys()):
            of_conversations = key.table not in room.KIOSK_TABLES and key.field not in OF_NO_CONVERSATION
            if of_conversations if fields is None else key.field in fields:
                flag = isinstance(key.kind, Flag)
                name = f"{key.option}/--no-{key.option[2:]}" if flag else key.option
                about: dict[str, Any] = {} if flag else {"metavar": key.kind.metavar}
                function = click.option(
                    name, key.field, default=None, help=key.about, callback=_checked(key), **about
                )(function)  # fmt: skip
        return click.option(
            "--settings",
            FILE,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"Take the settings from this file instead of your own (or set {room.VARIABLE}).",
        )(function)

    return decorate


def chosen(given: dict[str, Any], *, own: bool = True) -> Settings:
    """The settings of the file, with what the command line gave in their place. ``own``: look for the user's own file.

    ``SettingsError`` where the file will not do.
    """
    given = dict(given)
    settings, _ = room.read(given.pop(FILE, None), own=own)
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def toml(value: object) -> str:
    """A setting's value as the file has it."""
    if isinstance(value, tuple):
        return f"[{', '.join(toml(each) for each in value)}]"
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value if value is not None else "", ensure_ascii=False)


def example() -> str:
    """A settings file that sets nothing, and says what could be set."""
    return "\n".join(_example_lines()) + "\n"


def _example_lines() -> Iterator[str]:
    yield '# The settings of voice-backcare. Take away the "# " before a line to set it.'
    table = ""
    for key in sorted(room.all_keys(), key=lambda key: key.table):
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
    path = room.location(settings_file)
    if init:
        _write_example(path)
        click.echo(f"The settings file is here now: {path}")
        return
    settings, given = room.read(settings_file)
    click.echo(
        f"# {path}" + ("" if path.exists() else ": not there yet; voice-backcare settings --init writes an example")
    )
    for key in room.all_keys():
        value = getattr(settings, key.field)
        source = "" if key.field in given else "  # not set" if value in (None, "") else "  # the usual value"
        click.echo(f"{key.shown} = {toml(value)}{source}")
