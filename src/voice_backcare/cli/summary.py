"""The command ``summary``, and the option ``--summary FILE`` of the conversations. Nothing is written unless
asked for.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voice_backcare.core.coach.care_log import home_care_done
from voice_backcare.report import FORMATS, SUFFIXES
from voice_backcare.settings.cli_options import chosen, settings_options

if TYPE_CHECKING:
    from voice_backcare.core.content import Content
    from voice_backcare.core.conversation import Conversation
    from voice_backcare.core.summary import Summary
    from voice_backcare.journal.last_session import KeptSession
    from voice_backcare.session.session import Session

F = TypeVar("F", bound=Callable[..., Any])


class NothingKept(Exception):
    """Error: there is no session to sum up."""


class SummaryNotWritable(Exception):
    """Error: the summary's file cannot be written."""


def _write(path: Path, data: bytes) -> None:
    from voice_backcare.system.atomic_write import write_whole

    try:
        write_whole(path, data, private=True)
    except OSError as error:
        raise SummaryNotWritable(f"The summary {path} cannot be written: {error.strerror or error}.") from error


def _usable(path: Path) -> None:
    """Raise ``SummaryNotWritable`` now for a path that could not be written at the end."""
    if path.exists() and not path.is_file():
        raise SummaryNotWritable(f"{path} is no ordinary file. Name another one for the summary.")
    if not path.parent.is_dir():
        raise SummaryNotWritable(f"The summary {path} cannot be written: there is no folder {path.parent}.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise SummaryNotWritable(
            f"The summary {path} cannot be written: nothing can be put in {path.parent} ({error.strerror})."
        ) from error


def _format_of(path: Path) -> str:
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(SUFFIXES)
        raise click.UsageError(f"{path}: the summary's file must end in one of {endings}.") from None


class SummaryFile:
    """File for the summary of a conversation, in the format of its suffix. Raises ``SummaryNotWritable``, or
    ``click.UsageError`` for an unknown suffix.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.format = _format_of(path)
        _usable(path)

    def write(self, session: Session) -> None:
        """Write the summary of the conversation that has just ended. Raises ``SummaryNotWritable``."""
        from voice_backcare.core.summary import When, summarise
        from voice_backcare.report import render
        from voice_backcare.system import wall_clock

        ended = wall_clock.now()
        ended_s = session.clock.now_s()
        began_s = ended_s if session.began_s is None else session.began_s
        lasted = timedelta(seconds=ended_s - began_s)
        summary = summarise(
            session.conversation.prompts.content,
            session.last.record,
            done=home_care_done(session.last),
            when=When(ended - lasted, ended) if ended else None,
            started_at_s=began_s,
        )
        _write(self.path, render(summary, self.format))

    def try_to_write(self, session: Session) -> None:
        """Write it where another conversation may follow: an error is only reported on standard error."""
        try:
            self.write(session)
        except SummaryNotWritable as error:
            with suppress(OSError):
                click.echo(str(error), err=True)


def summary_option(function: F) -> F:
    """Decorator that adds ``--summary FILE`` to a command that runs conversations."""
    return click.option(
        "--summary",
        type=click.Path(path_type=Path),
        callback=lambda context, parameter, path: SummaryFile(path) if path else None,
        metavar="FILE",
        help="At the end write there what was asked, answered and advised (.txt, .html, .pdf, .json for FHIR).",
    )(function)


@click.command("summary")
@click.option("--format", "name", type=click.Choice(FORMATS), help="How; without it by the file's ending, else text.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there, not to the screen.")
@click.option(
    "--journal", type=click.Path(path_type=Path), metavar="DIR", help="What simulate wrote there, not your own."
)
@settings_options(("emergency_number", "provider_name", "provider_phone"))
def summary_command(name: str | None, output: Path | None, journal: Path | None, **given: Any) -> None:
    """What was asked and answered, advised and done in the session that runs or was kept."""
    settings = chosen(given)
    name = name or (_format_of(output) if output else "text")
    if output:
        _usable(output)
    if name == "pdf" and not output and sys.stdout.isatty():
        raise click.UsageError("A PDF is nothing for the screen: name a file with --output.")
    from voice_backcare.session.factory import build_conversation

    conversation = build_conversation(settings.conversation)
    kept = _kept(conversation, journal)
    if kept is None:
        raise NothingKept(
            "No session is running, and none was kept, so there is nothing to sum up. "
            "To keep them, set keep_sessions = true, or give talk or simulate --summary FILE."
        )
    from voice_backcare.report import render

    data = render(_summary_of(kept, conversation.prompts.content), name)
    if output:
        _write(output, data)
        click.echo(f"The summary is here: {output}", err=True)
    else:
        click.echo(data.decode() if name == "text" else data, nl=False)


def _kept(conversation: Conversation, folder: Path | None) -> KeptSession | None:
    """The last session in ``folder``, or in the user's own where that is None. Raises ``NothingKept`` while a
    conversation goes on.
    """
    from voice_backcare.journal import JournalBusy
    from voice_backcare.journal.last_session import last_session
    from voice_backcare.journal.recorder import state_folder

    try:
        return last_session(conversation, folder or state_folder())
    except JournalBusy as error:
        raise NothingKept('A conversation is going on. Ask it: say "give me the summary".') from error


def _summary_of(kept: KeptSession, facts: Content) -> Summary:
    from voice_backcare.core.summary import When, summarise

    return summarise(
        facts,
        kept.state.record,
        ended=kept.ended,
        done=home_care_done(kept.state),
        when=When(kept.started, kept.ended_at),
        started_at_s=kept.started_at_s,
    )
