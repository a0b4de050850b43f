"""Command-line options made from the settings, shared by the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_backcare.settings import schema
from voice_backcare.settings.kinds import Flag
from voice_backcare.settings.schema import Key, Settings

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


def _help(key: Key) -> str:
    """Sentence of ``key``, with its usual value where it has one."""
    if key.default in (None, ""):
        return key.about
    values = key.default if isinstance(key.default, tuple) else (key.default,)
    return f"{key.about}  [default: {','.join(_shown(value) for value in values)}]"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings_options(fields: Iterable[str] | None = None) -> Callable[[F], F]:
    """Decorator that adds ``--settings FILE`` and an option for each of ``fields`` (default: those of every
    conversation). An option that is not given is None.
    """

    def decorate(function: F) -> F:
        for key in reversed(schema.all_keys()):
            of_conversations = key.table not in schema.KIOSK_TABLES and key.field not in OF_NO_CONVERSATION
            if of_conversations if fields is None else key.field in fields:
                flag = isinstance(key.kind, Flag)
                name = f"{key.option}/--no-{key.option[2:]}" if flag else key.option
                about: dict[str, Any] = {} if flag else {"metavar": key.kind.metavar}
                function = click.option(
                    name, key.field, default=None, help=_help(key), callback=_checked(key), **about
                )(function)  # fmt: skip
        return click.option(
            "--settings",
            FILE,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"Take the settings from this file instead of your own (or set {schema.VARIABLE}).",
        )(function)

    return decorate


def chosen(given: dict[str, Any], *, own: bool = True) -> Settings:
    """Settings of the file, overridden by what the command line gave. ``own``: use the user's own file where none is
    named.

    Raises ``SettingsError`` where the file is not valid.
    """
    given = dict(given)
    settings, _ = schema.read(given.pop(FILE, None), own=own)
    return replace(settings, **{name: value for name, value in given.items() if value is not None})
