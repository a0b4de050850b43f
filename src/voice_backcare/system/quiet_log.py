"""Logging where none was set up: complete in the log of a service, one sentence without a traceback for a person."""

from __future__ import annotations

import copy
import logging
import os
import traceback
from typing import Any


class WithoutText(logging.Formatter):
    """Formatter that leaves out the text of an exception, which may quote an answer; its place in the code stays."""

    def format(self, record: logging.LogRecord) -> str:
        """Text of ``record``, whatever another handler has made of its exception."""
        record = copy.copy(record)
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """Traceback and class of the exception."""
        kind, _, where = ei
        return "".join(traceback.format_tb(where)) + (kind.__name__ if kind else "")


class OneSentence(WithoutText):
    """Formatter that prints the message alone, without a traceback."""

    def formatException(self, ei: Any) -> str:
        """Empty text, for any exception."""
        return ""


def no_tracebacks_for_a_person() -> None:
    """Switch the default logging to ``OneSentence``, unless systemd started the program: then standard error
    is a log.
    """
    if logging.lastResort and "INVOCATION_ID" not in os.environ:
        logging.lastResort.setFormatter(OneSentence())
