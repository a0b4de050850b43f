"""What is logged where nobody has set up a log: whole in a service's log, one sentence for a person."""

from __future__ import annotations

import logging
import os


class OneSentence(logging.Formatter):
    """The message alone; its traceback is for whoever looks after the program, not for whoever talks to it."""

    def formatException(self, ei: object) -> str:
        """Nothing, for any exception."""
        return ""


def no_tracebacks_for_a_person() -> None:
    """From now on, unless systemd started the program: then standard error is a log, and gets everything."""
    if logging.lastResort and "INVOCATION_ID" not in os.environ:
        logging.lastResort.setFormatter(OneSentence())
