"""``voice-backcare summary``, and ``--summary FILE`` of the conversations: written only when asked for."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voice_backcare.core.coach.care_log import home_care_done
from voice_backcare.core.state import State
from voice_backcare.report import FORMATS, SUFFIXES
from voice_backcare.settings.cli_options import chosen, settings_options

if TYPE_CHECKING:
    from voice_backcare.core.content import Content
    from voice_backcare.core.conversation import Conversation
    from voice_backcare.core.summary import Summary
    from voice_backcare.journal import Entry
    from voice_backcare.session.session import Session

F = TypeVar("F", bound=Callable[..., Any])

EXIT_NOTHING_KEPT = 9


class NothingKept(Exception):
    """There is no session to tell of."""

    exit_code = EXIT_NOTHING_KEPT


class SummaryNotWritable(Exception):
    """The summary's file cannot be written."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session as it was kept: where it stands, when it was on, and whether it is over.

    ``started_at_s``: the session's clock when it began, which the coach's times count from.
    """

    state: State
    ended: bool
    started: datetime | None = None
    ended_at: datetime | None = None
    started_at_s: float = 0.0


def last_session(conversation: Conversation, folder: Path | None = None) -> KeptSession | None:
    """The session that was cut off, else the last that was kept, from the journal in ``folder`` (default: the
    user's own); None where there is none. ``JournalError`` where it cannot be read, or a conversation uses it now.
    """
    from voice_backcare.journal import JournalBusy, database_files, open_journal, this_boot
    from voice_backcare.journal.recorder import state_before_end, state_folder
    from voice_backcare.system import wall_clock
    from voice_backcare.system.monotonic_clock import SystemClock, boot_clock_works

    folder = folder or state_folder()
    if not database_files(folder):
        return None  # and make no file only to look into it
    boot = this_boot(SystemClock().now_s if boot_clock_works() else None)
    try:
        opened = open_journal(folder, boot)
    except JournalBusy as error:
        raise NothingKept('A conversation is going on. Ask it: say "give me the summary".') from error
    with closing(opened) as journal:
        stored, ended = journal.running, False
        if stored is None:
            stored, ended = (journal.finished() or (None,))[-1], True
    if stored is None:
        return None
    now = wall_clock.now()
    first, last = (stored.entries[0], stored.entries[-1]) if stored.entries else (None, None)

    def moment(entry: Entry | None) -> datetime | None:
        """Known only where the machine has not been switched off since: no wall clock is written down."""
        away_s = boot.since_s(entry.boot_id, entry.boot_s) if entry else None
        return now - timedelta(seconds=away_s) if now and away_s is not None else None

    return KeptSession(
        state_before_end(conversation, stored, ended=ended),
        ended,
        moment(first),
        moment(last) if ended else None,
        first.now_s if first else 0.0,
    )


def _write(path: Path, data: bytes) -> None:
    from voice_backcare.system.atomic_write import write_whole

    try:
        write_whole(path, data)
    except OSError as error:
        raise SummaryNotWritable(f"The summary {path} cannot be written: {error.strerror or error}.") from error


def _usable(path: Path) -> None:
    """Refuse at once what could not be written at the end."""
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
    """The file that the summary of a conversation goes to, in the format that its ending says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.format = _format_of(path)
        _usable(path)

    def write(self, session: Session) -> None:
        """Of the conversation that has just ended."""
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
        """The same, where another conversation may follow: a fault is told, and no more."""
        try:
            self.write(session)
        except SummaryNotWritable as error:
            with suppress(OSError):
                click.echo(str(error), err=True)


def summary_option(function: F) -> F:
    """``--summary FILE`` of a command that holds conversations."""
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
    kept = last_session(conversation, journal)
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
