"""Options ``--verbose`` and ``--log FILE``: what the program does, told on standard error or written to a file.

Nothing that was said or answered is logged: a log can be shown to others.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from voice_backcare.cli.exit_codes import ExitStatus, Fault
from voice_backcare.system.quiet_log import OneSentence, WithoutText

_LOG = logging.getLogger(__name__)
_PACKAGE = "voice_backcare"
_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class StandardError(logging.Handler):
    """Handler that writes to whatever ``sys.stderr`` is at the moment: the sound machine replaces it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write ``record``; nothing happens where standard error is closed."""
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()


def log_options() -> tuple[click.Option, click.Option]:
    """The two options, new for each command."""
    verbose = click.Option(
        ["--verbose"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=lambda context, option, given: _to_standard_error() if given else None,
        help="Tell on standard error what the program does; nothing of what is said.",
    )
    log = click.Option(
        ["--log"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=lambda context, option, path: _to_file(path) if path else None,
        help="Add the same to this file, which only you may read.",
    )
    return verbose, log


def _to_standard_error() -> None:
    handler = StandardError()
    handler.setFormatter(WithoutText(_FORMAT))
    _begin(handler)


def _to_file(path: Path) -> None:
    """Log to ``path`` from now on. Raises ``Fault`` where it cannot be written or is no ordinary file."""
    if path.exists() and not path.is_file():
        raise Fault(f"The log {path} is no ordinary file. Name another one.", ExitStatus.NOT_WRITABLE)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o600))
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise Fault(f"The log {path} cannot be written: {error.strerror}.", ExitStatus.NOT_WRITABLE) from error
    handler.setFormatter(WithoutText(_FORMAT))
    sentences = StandardError()  # a person is still told what went wrong, as without a log
    sentences.setLevel(logging.WARNING)
    sentences.setFormatter(OneSentence())
    if not any(isinstance(each, StandardError) for each in logging.getLogger().handlers):
        logging.getLogger().addHandler(sentences)
    _begin(handler)


def _begin(handler: logging.Handler) -> None:
    from voice_backcare.cli.version import version_lines

    root = logging.getLogger()
    for each in root.handlers:
        if isinstance(each, StandardError) and isinstance(handler, StandardError):
            root.removeHandler(each)  # the one that only warns
    root.addHandler(handler)
    logging.getLogger(_PACKAGE).setLevel(logging.DEBUG)
    for line in version_lines():
        _LOG.info("%s", line)
