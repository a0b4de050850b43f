"""The command ``devices``: every microphone and loudspeaker, and which of them the settings choose."""

from __future__ import annotations

from pathlib import Path

import click

from voice_backcare.audio.devices.portaudio import Kind, PortAudio
from voice_backcare.audio.errors import NoLoudspeaker, NoMicrophone
from voice_backcare.settings.cli_options import FILE, chosen, settings_options

_TITLES: dict[Kind, str] = {"input": "Microphones:", "output": "Loudspeakers:"}


@click.command("devices")
@settings_options(("microphone", "loudspeaker"))
def devices_command(microphone: str | None, loudspeaker: str | None, settings_file: Path | None) -> None:
    """List the microphones and loudspeakers, and which of them a conversation uses.

    A name, a part of one or a number is what --microphone and --loudspeaker take. The exit status is not 0 where either
    is missing.
    """
    from voice_backcare.audio.machine import quiet_native_messages

    given = {"microphone": microphone, "loudspeaker": loudspeaker, FILE: settings_file}
    settings = chosen(given)
    quiet_native_messages()
    portaudio = PortAudio()
    missing: NoMicrophone | NoLoudspeaker | None = None
    wanted: dict[Kind, str | None] = {"input": settings.microphone, "output": settings.loudspeaker}
    for kind, name in wanted.items():
        click.echo(_TITLES[kind])
        try:
            used = portaudio.find(kind, name).index
        except (NoMicrophone, NoLoudspeaker) as error:
            used, missing = -1, missing or error
        for device in portaudio.devices(kind):
            mark = "*" if device.index == used else " "
            channels = "1 channel" if device.channels == 1 else f"{device.channels} channels"
            click.echo(f" {mark} {device.index:>2}  {device.name} ({channels}, {device.rate_hz} Hz)")
    if missing:
        raise missing
    click.echo("* is used, unless --microphone or --loudspeaker names another.")
