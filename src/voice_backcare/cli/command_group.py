"""The group of all commands: help in sections, examples, and options that every command has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from voice_backcare.cli.exit_codes import faults
from voice_backcare.cli.log_options import log_options
from voice_backcare.system import data_digests
from voice_backcare.system.paths import program
from voice_backcare.system.quiet_log import no_tracebacks_for_a_person

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Conversations": ("talk", "simulate", "coach", "rehearse"),
    "On the wall, and in other assistants": ("kiosk", "wyoming"),
    "What is understood": ("hear", "understand"),
    "This machine": ("doctor", "devices", "model", "settings"),
    "What was said, and what is asked": ("summary", "forget", "protocol"),
}

# Arguments of a command, and what they do.
EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "talk": (
        ("talk", "talk, and wait for the next conversation"),
        ("talk --once --summary night.pdf", "one conversation, written down at its end"),
        ("talk --microphone USB --rate 150", "another microphone, slower speech"),
    ),
    "simulate": (
        ("simulate", "type the answers: y, n, d, or what you would say"),
        ("simulate --answers answers.txt", "answers from a file, one a line"),
        ("simulate --json", "JSON lines, for another program"),
    ),
    "coach": (
        ("coach ice", "time ice by voice"),
        ("coach heat --typed", "time heat in writing"),
    ),
    "rehearse": (
        ("rehearse", '"no" to every question'),
        ("rehearse --answers answers.txt --wav lines.wav", "these answers; keep what is said"),
    ),
    "kiosk": (
        ("kiosk", "serve the page and open it in a browser"),
        ("kiosk --port 8080 --no-browser", "serve it elsewhere, and open nothing"),
    ),
    "wyoming": (
        ("wyoming", "for Home Assistant on this machine"),
        ("wyoming --uri tcp://0.0.0.0:10911 --listen-wider", "for other machines too: anybody there can join in"),
    ),
    "hear": (
        ("hear answer.wav", "what it answers to any question"),
        ("hear --place E1 answer.wav other.flac", "what each answers to the first question"),
    ),
    "understand": (
        ("understand --places", "the places that a sentence can be read for"),
        ("understand < sentences.jsonl", "a line in, a line out"),
    ),
    "doctor": (
        ("doctor", "check everything that talk needs"),
        ("doctor --report > report.txt", "a text to paste into a report of a fault"),
    ),
    "devices": (("devices", "every microphone and loudspeaker, and which are used"),),
    "model": (
        ("model fetch", "from the network"),
        ("model fetch --from model.zip", "from a file that was carried here"),
        ("model verify", "read and check every file"),
    ),
    "settings": (
        ("settings", "the settings that hold"),
        ("settings --init", "write an example with every key explained"),
    ),
    "summary": (
        ("summary", "on the screen"),
        ("summary --output night.pdf", "as a page to print or send"),
    ),
    "forget": (("forget", "erase all of it"),),
    "protocol": (("protocol > protocol.md", "write the page to a file"),),
}

_BESIDE_MOST = 74  # characters of an example and what it does on one line of 80
_WITHOUT_DATA = {"doctor", "devices", "forget", "model", "settings"}  # doctor tells of it by itself


def help_of_examples(name: str) -> str:
    """Section of the help that shows how the command ``name`` is used."""
    rows = [(f"{program()} {line}", does) for line, does in EXAMPLES[name]]
    width = max(len(line) for line, _ in rows)
    if width + max(len(does) for _, does in rows) > _BESIDE_MOST:
        lines = [text for line, does in rows for text in (f"  {line}", f"      {does}")]
    else:
        lines = [f"  {line:<{width}}  {does}" for line, does in rows]
    return "\n".join(["\b", "Examples:", *lines])


class Commands(click.Group):
    """Group of all commands, each run within ``faults``."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add ``cmd`` with its examples, and with the options of the log."""
        super().add_command(cmd, name)
        cmd.epilog = help_of_examples(cmd.name or "")
        for each in cmd.commands.values() if isinstance(cmd, click.Group) else (cmd,):
            each.params.extend(log_options())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named; an exception of the table becomes a sentence and a status."""
        no_tracebacks_for_a_person()
        with faults():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named. Raises ``DataDamaged`` where it needs content that is not as it was made."""
        found = super().resolve_command(ctx, args)
        if found[0] not in _WITHOUT_DATA:
            data_digests.check()
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, each with its whole first sentence."""
        width = max(len(name) for name in self.commands)
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), first_sentence(self.commands[name])) for name in names])


def first_sentence(command: click.Command) -> str:
    """First paragraph of the help of ``command``, on one line."""
    return " ".join((command.help or "").split("\n\n")[0].split())
