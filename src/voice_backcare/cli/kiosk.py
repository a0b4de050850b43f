"""The command ``kiosk``; its libraries are an extra, and are imported only where it is used."""

from __future__ import annotations

from typing import Any

import click

from voice_backcare.settings.cli_options import chosen, settings_options

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


class NoKiosk(Exception):
    """The page's own libraries are not installed; ``str()`` is the sentence for the user."""

    exit_code = 18


@click.command("kiosk")
@settings_options(_FIELDS)
@click.option("--port", type=click.IntRange(0, 65535), default=8911, show_default=True, help="Where the page is.")
@click.option("--no-browser", is_flag=True, help="Only serve the page; open it by hand.")
def kiosk_command(port: int, no_browser: bool, **given: Any) -> None:
    """The voice conversation with a page beside it, for a screen on the wall."""
    try:
        from voice_backcare.kiosk import app
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn", "h11"):
            raise
        raise NoKiosk("The page needs its own libraries: pip install 'voice-backcare[kiosk]'.") from error
    app.kiosk(chosen(given), click.echo, port=port, browser=not no_browser)
