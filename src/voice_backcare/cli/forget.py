"""The command ``forget``, which erases the journal, and the recorder of typed conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_backcare.system.errors import Terminated

if TYPE_CHECKING:
    from voice_backcare.core.conversation import Conversation
    from voice_backcare.journal.recorder import Recorder

_FOLDER = click.Path(file_okay=False, path_type=Path)
JOURNAL = click.option(
    "--journal", type=_FOLDER, metavar="DIR", help="Write the conversation down there, and go on from what is there."
)


@contextmanager
def written_down(
    conversation: Conversation, folder: Path | None, tell: Callable[[str], None], *, keep: bool
) -> Iterator[Recorder | None]:
    """Context manager: recorder of a typed conversation in ``folder``; None where no folder is given. ``tell``: called
    with what goes wrong.
    """
    if folder is None:
        yield None
        return
    from voice_backcare.journal.recorder import open_recorder

    with closing(open_recorder(conversation, folder, tell, keep=keep)) as recorder:
        try:
            yield recorder
        except KeyboardInterrupt as error:
            if not isinstance(error, Terminated):
                recorder.given_up()
            raise


@click.command()
@click.option("--journal", type=_FOLDER, metavar="DIR", help="What simulate wrote there, rather than what talk wrote.")
def forget(journal: Path | None) -> None:
    """Erase everything that was written down about conversations.

    The stored prompts go too. They are made again when they are needed.
    """
    from voice_backcare import journal as written
    from voice_backcare.journal.recorder import kiosk_folder, state_folder

    erased = written.forget(journal or state_folder())
    if journal is None:
        erased += written.forget(kiosk_folder()) + _forget_prompts()
    if erased:
        click.echo("Everything that was written down about conversations is erased.")
    else:
        click.echo("Nothing was written down, so there was nothing to erase.")


def _forget_prompts() -> int:
    from voice_backcare.audio.machine import prompt_folder
    from voice_backcare.journal import JournalError

    paths = list(prompt_folder().glob("*.*"))
    try:
        for path in paths:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise JournalError(f"Not everything could be erased in {prompt_folder()}: {error.strerror}.") from error
    return len(paths)
