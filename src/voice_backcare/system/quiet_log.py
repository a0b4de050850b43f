"""Logging where none was set up: complete in the log of a service, one sentence without a traceback for a person."""

from __future__ import annotations

import logging
import os


class OneSentence(logging.Formatter):
    """Formatter that prints the message alone, without a traceback."""

    def formatException(self, ei: object) -> str:
        """Empty text, for any exception."""
        return ""


def no_tracebacks_for_a_person() -> None:
    """Switch the default logging to ``OneSentence``, unless systemd started the program: then standard error
    is a log.
    """
    if logging.lastResort and "INVOCATION_ID" not in os.environ:
        logging.lastResort.setFormatter(OneSentence())
