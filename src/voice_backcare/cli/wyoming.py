"""The command ``wyoming``; its libraries are an extra, and are imported only where it is used."""

from __future__ import annotations

from typing import Any

import click

from voice_backcare.settings.cli_options import chosen, settings_options

_FIELDS = ("emergency_number", "provider_name", "provider_phone", "give_up_s")
_LIBRARIES = ("wyoming", "zeroconf", "ifaddr")


class NoWyoming(Exception):
    """The service's own libraries are not installed; ``str()`` is the sentence for the user."""

    exit_code = 18


@click.command("wyoming")
@settings_options(_FIELDS)
@click.option("--uri", default="tcp://127.0.0.1:10911", show_default=True, help="Where to listen.")
@click.option(
    "--listen-wider",
    is_flag=True,
    help="Let other machines in: without encryption or password, so whoever is on that network can talk and listen.",
)
@click.option("--zeroconf", "announced", is_flag=True, help="Tell the network, so that Home Assistant finds it.")
@click.option("--text-only", is_flag=True, help="Only answer texts; understand no speech, and need no model.")
def wyoming_command(uri: str, listen_wider: bool, announced: bool, text_only: bool, **given: Any) -> None:
    """The conversation as a service for Home Assistant and other Wyoming programs."""
    try:
        from voice_backcare.assistants.wyoming import server
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _LIBRARIES:
            raise
        raise NoWyoming("The service needs its own libraries: pip install 'voice-backcare[wyoming]'.") from error
    address = server.address_in(uri, wider=listen_wider, announced=announced)
    server.serve(chosen(given), click.echo, address, hears=not text_only, announced=announced)
