"""The command ``voice-backcare`` and its subcommands. Heavy modules are imported where they are used."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from voice_backcare.cli import conversations
from voice_backcare.cli.command_group import Commands
from voice_backcare.cli.conversations import Run
from voice_backcare.cli.devices import devices_command
from voice_backcare.cli.exit_codes import ExitStatus, Fault, OutputClosed
from voice_backcare.cli.forget import JOURNAL, forget
from voice_backcare.cli.kiosk import kiosk_command
from voice_backcare.cli.model import model_group
from voice_backcare.cli.settings import settings_command
from voice_backcare.cli.summary import SummaryFile, summary_command, summary_option
from voice_backcare.cli.understand import understand_command
from voice_backcare.cli.version import version_option
from voice_backcare.cli.wyoming import wyoming_command
from voice_backcare.settings.cli_options import ENGINES, SAID, chosen, settings_options
from voice_backcare.system.errors import Terminated
from voice_backcare.system.paths import program

_COMPLETE = "_VOICE_BACKCARE_COMPLETE"  # set by a shell that completes a command, as click does it

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for other programs.")
_ANSWERS = click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the answers from this file, one a line; an empty line is silence.",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@version_option
def cli() -> None:
    """Red-flag questions and home care for a child's back spasm, spoken and offline.

    A guide, not a doctor. In an emergency call 911. COMMAND --help tells more of a command, with examples.
    """


@cli.command()
@settings_options()
@summary_option
@click.option("--once", is_flag=True, help="End after one conversation, rather than wait for the next.")
def talk(once: bool, summary: SummaryFile | None, **given: Any) -> None:
    """The voice conversation on this machine's microphone and loudspeaker."""
    conversations.spoken(Run(chosen(given), summary=summary), once=once)


@cli.command()
@settings_options(())
@click.option("--report", "as_report", is_flag=True, help="As a text for a report of a fault, with no name in it.")
def doctor(settings_file: Path | None, *, as_report: bool) -> None:
    """Check settings, model, voice, microphone, loudspeaker, disk and clock; and the kiosk, where it is a service."""
    from voice_backcare.cli import doctor as checks
    from voice_backcare.cli.doctor_echo import check_echo
    from voice_backcare.cli.doctor_service import check_service

    results = checks.run_checks(settings_file=settings_file)
    results.append(check_echo(checks.check_settings(settings_file)[1]))
    if (service := check_service()) is not None:
        results.append(service)
    if as_report:
        from voice_backcare.cli.doctor_report import report

        click.echo(report(results, settings_file), nl=False)
    else:
        checks.print_report(results, conversations.console())
    if not checks.talk_would_work(results):
        raise click.exceptions.Exit(ExitStatus.TALK_WOULD_NOT_WORK)


@cli.command()
@_ANSWERS
@_JSON
@JOURNAL
@settings_options((*SAID, "keep_sessions"))
@summary_option
def simulate(
    answers: Path | None, as_json: bool, journal: Path | None, summary: SummaryFile | None, **given: Any
) -> None:
    """The conversation as text: typed answers, or a file of them.

    With --json or --answers your own settings file is left alone; name it with --settings where it should hold.
    """
    run = Run(chosen(given, own=not (as_json or answers)), answers, summary=summary)
    conversations.written(run, as_json=as_json, journal=journal)


@cli.command()
@click.argument("pack", required=False, type=click.Choice(["ice", "heat"]))
@click.option("--typed", is_flag=True, help="In writing, rather than spoken.")
@_ANSWERS
@_JSON
@JOURNAL
@settings_options()
@summary_option
def coach(
    pack: str | None,
    typed: bool,
    answers: Path | None,
    as_json: bool,
    journal: Path | None,
    summary: SummaryFile | None,
    **given: Any,
) -> None:
    """Keep the time for ice or heat: 20 minutes on, 20 off, 60 to 90 minutes in all.

    Where neither is named, it asks how long the back has hurt.
    """
    run = Run(chosen(given, own=not (as_json or answers)), answers, start=f"start_{pack or 'coach'}", summary=summary)
    if as_json or typed or answers:
        conversations.written(run, as_json=as_json, journal=journal)
    else:
        conversations.spoken(run, once=True)


@cli.command()
@_ANSWERS
@click.option(
    "--wav", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the program's lines there."
)
@settings_options((*SAID, *ENGINES, "voice"))
def rehearse(answers: Path | None, wav: Path | None, **given: Any) -> None:
    """The conversation with synthesised answers, really recognised: no microphone or loudspeaker needed.

    Without --answers: "no" to every question.
    """
    conversations.rehearsed(Run(chosen(given, own=False), answers), wav)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--place", metavar="PLACE", help="What is asked: a place of understand --places. Without it: any question."
)
@settings_options(("recogniser",))
def hear(files: tuple[str, ...], place: str | None, **given: Any) -> None:
    """What each audio FILE (WAV or FLAC, any rate) answers to a question: one JSON line each.

    Your own settings file is left alone; name it with --settings where it should hold. The exit status is 2 where no
    file could be read.
    """
    import json

    from voice_backcare.audio.input.file_recognition import hear_file
    from voice_backcare.core.understanding.places import ANY_QUESTION
    from voice_backcare.session.factory import build_core

    conversations.utf_8_output()
    settings = chosen(given, own=False)
    words = build_core(settings.conversation).words
    if place and place not in words.reader.places:
        raise click.BadParameter(f"there is no place {place!r}; understand --places lists them all.")
    recogniser = conversations.recogniser(words, settings.recogniser)
    unread = 0
    for file in files:
        result = hear_file(file, recogniser, place or ANY_QUESTION)
        unread += "error" in result
        click.echo(json.dumps(result, ensure_ascii=False))
    if unread == len(files):
        raise Fault("No file could be read; what is wrong with each stands under error.", ExitStatus.BAD_USAGE)


@cli.command()
def protocol() -> None:
    """Print what is asked, why, and from where, as one page of Markdown."""
    from voice_backcare.cli.protocol import markdown
    from voice_backcare.core import content

    click.echo(markdown(content.load()), nl=False)


for _command in (
    devices_command,
    forget,
    kiosk_command,
    model_group,
    settings_command,
    summary_command,
    understand_command,
    wyoming_command,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command. A traceback never reaches the user."""
    sys.exit(_status())


def _forgive_characters() -> None:
    """Let no character that is not text, or that this terminal cannot show, end a conversation."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _open_missing_streams() -> None:
    """Replace streams that the parent process closed, which Python has as None: input is at its end, output goes
    nowhere.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - open as long as the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123


def _give_up_output() -> None:
    """Discard what is left in the output buffer, or Python would complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _terminate(number: int, frame: object) -> None:
    raise Terminated


def _status() -> int:
    _open_missing_streams()
    if sys.stdout is None:
        conversations.tell("The output is closed, so nothing can be shown.")
        return ExitStatus.OUTPUT_CLOSED
    _forgive_characters()
    signal.signal(signal.SIGTERM, _terminate)  # so that whatever has to be closed is
    try:
        status = cli.main(
            prog_name="voice-backcare" if _COMPLETE in os.environ else program(),
            complete_var=_COMPLETE,
            standalone_mode=False,
        )
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        conversations.tell("Stopped.")
        return ExitStatus.INTERRUPTED
    except (OutputClosed, BrokenPipeError):
        _give_up_output()
        conversations.tell("The output was closed, so this ends here.")
        return ExitStatus.OUTPUT_CLOSED
    except OSError as error:
        _give_up_output()
        conversations.tell(f"Something could not be written: {error.strerror or error}.")
        return ExitStatus.NOT_WRITABLE
