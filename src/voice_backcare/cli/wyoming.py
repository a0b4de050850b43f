"""The command ``wyoming``. Its libraries are an extra, and are imported only where it is used."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from voice_backcare.cli.exit_codes import ExtraNotInstalled
from voice_backcare.core.grammar.matcher import Grammar
from voice_backcare.session.factory import build_turn_cores
from voice_backcare.settings.cli_options import chosen, settings_options

if TYPE_CHECKING:
    from voice_backcare.assistants.wyoming.speech_to_text import AudioFormat, Hear

_HEARD_AT_ONCE = 2
_FIELDS = ("emergency_number", "provider_name", "provider_phone", "give_up_s")
_LIBRARIES = ("wyoming", "zeroconf", "ifaddr")


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
        raise ExtraNotInstalled(
            "The service needs its own libraries: pip install 'voice-backcare[wyoming]'."
        ) from error
    address = server.address_in(uri, wider=listen_wider, announced=announced)
    shared = build_turn_cores(chosen(given).conversation)
    hear = None if text_only else hearing(shared.grammar)
    server.serve(shared, click.echo, address, hear=hear, announced=announced)


def hearing(words: Grammar) -> Hear:
    """Speech to text for the service: one model, and a recogniser for each processor. Raises ``SpeechError`` where the
    model is missing.
    """
    from voice_backcare.assistants.wyoming.speech_to_text import HearingFault
    from voice_backcare.audio.model import store
    from voice_backcare.audio.recognition.pool import NoneFree, SharedHearing, TooSlow
    from voice_backcare.audio.recognition.vosk_decoder import load_model
    from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser

    loaded = load_model(store.ready())
    shared = SharedHearing(
        lambda: VoskRecogniser(loaded, words),
        max(_HEARD_AT_ONCE, os.cpu_count() or 1),
    )

    def hear(pieces: Iterator[bytes], audio_format: AudioFormat, place: str) -> Mapping[str, Any]:
        try:
            return shared.hear(
                pieces,
                rate_hz=audio_format.rate_hz,
                width=audio_format.width,
                channels=audio_format.channels,
                place=place,
            )
        except (NoneFree, TooSlow) as error:
            raise HearingFault(str(error)) from error

    return hear
