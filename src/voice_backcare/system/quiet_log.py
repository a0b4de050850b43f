"""What is logged where nobody has set up a log: whole in a service's log, one sentence on a parent's terminal."""

from __future__ import annotations

import logging
import sys


class OneSentence(logging.Formatter):
    """The message alone; its traceback is for whoever looks after the program, not for whoever talks to it."""

    def formatException(self, ei: object) -> str:
        """Nothing, for any exception."""
        return ""


def no_tracebacks_on_a_terminal() -> None:
    """From now on, where standard error is a terminal. A service's standard error is its log, and gets everything."""
    if logging.lastResort and sys.stderr is not None and sys.stderr.isatty():
        logging.lastResort.setFormatter(OneSentence())
