"""The exit statuses of the commands, and the sentence that goes with each fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

EXIT_INTERRUPTED = 130
EXIT_OUTPUT_CLOSED = 3
EXIT_BROKEN_INSTALLATION = 4
EXIT_UNREADABLE_ANSWERS = 2
EXIT_NOT_WRITABLE = 5
EXIT_NO_VOICE = 16
EXIT_TALK_WOULD_NOT_WORK = 6


class Fault(click.ClickException):
    """A clear sentence on standard error, and an exit status of its own."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click reads it from the instance


class OutputClosed(Exception):
    """Nobody reads standard output any more."""


@contextmanager
def faults() -> Iterator[None]:
    """Every fault that is known gets its sentence and its exit status."""
    from voice_backcare.core.content import ContentError
    from voice_backcare.core.grammar.matcher import GrammarError
    from voice_backcare.core.understanding.lexicon import LexiconError
    from voice_backcare.session.ports import VoiceError

    try:
        yield
    except (ContentError, GrammarError, LexiconError) as error:
        message = f"The installation is broken: {error}. Install the program again."
        raise Fault(message, EXIT_BROKEN_INSTALLATION) from error
    except VoiceError as error:
        raise Fault(f"The voice does not work: {error}. Run: voice-backcare doctor", EXIT_NO_VOICE) from error
    except BrokenPipeError as error:
        raise OutputClosed from error  # click would make a silent exit of it
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if isinstance(code, int) and not isinstance(error, click.ClickException | click.exceptions.Exit):
            raise Fault(str(error), code) from error
        raise
