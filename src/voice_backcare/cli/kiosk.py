"""The command ``kiosk``. Its libraries are an extra, and are imported only where it is used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from voice_backcare.cli.exit_codes import ExtraNotInstalled
from voice_backcare.settings.cli_options import FILE, chosen, settings_options
from voice_backcare.settings.schema import Settings, SettingsError

# All but how long it waits where nobody answers: a screen on the wall has rules of its own, and keeps nothing.
_FIELDS = (
    "emergency_number",
    "provider_name",
    "provider_phone",
    "recogniser",
    "voice_engine",
    "voice",
    "rate_wpm",
    "volume_db",
    "microphone",
    "loudspeaker",
    "no_input_s",
    "preroll_s",
    "gpio_yes",
    "gpio_no",
    "gpio_unsure",
    "gpio_start",
    "gpio_light",
)


@click.command("kiosk")
@settings_options(_FIELDS)
@click.option("--port", type=click.IntRange(0, 65535), default=8911, show_default=True, help="Where the page is.")
@click.option("--no-browser", is_flag=True, help="Only serve the page; open it by hand.")
@click.option("--keep-going", is_flag=True, help="With the usual settings where the file is wrong; the page says so.")
def kiosk_command(port: int, no_browser: bool, keep_going: bool, **given: Any) -> None:
    """The voice conversation with a page beside it, for a screen on the wall."""
    try:
        from voice_backcare.kiosk import app
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn", "h11"):
            raise
        raise ExtraNotInstalled("The page needs its own libraries: pip install 'voice-backcare[kiosk]'.") from error
    settings, fault = _usable(given) if keep_going else (chosen(given), "")
    app.kiosk(settings, click.echo, port=port, browser=not no_browser, fault=fault)


def _usable(given: dict[str, Any]) -> tuple[Settings, str]:
    """The settings and "", or the default settings and the sentence that says why the file is not valid."""
    try:
        return chosen(given), ""
    except SettingsError as error:
        click.echo(str(error))
        options = {name: value for name, value in given.items() if name != FILE and value is not None}
        return replace(Settings(), **options), str(error)
