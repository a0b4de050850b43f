"""What is logged where nobody has set up a log."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from voice_backcare.system.quiet_log import no_tracebacks_on_a_terminal


class Terminal(io.StringIO):
    """Standard error as a person sees it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stderr", "whole"), [(Terminal(), False), (io.StringIO(), True)])
def test_a_terminal_gets_one_sentence(stderr: io.StringIO, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent reads the sentence alone; a service's log has the traceback too."""
    last = logging.lastResort
    assert last is not None
    monkeypatch.setattr(last, "formatter", None)
    monkeypatch.setattr(sys, "stderr", stderr)
    no_tracebacks_on_a_terminal()
    try:
        raise RuntimeError
    except RuntimeError:
        record = logging.LogRecord("a", logging.ERROR, "b", 1, "That went wrong.", (), sys.exc_info())
    last.handle(record)
    text = stderr.getvalue()
    assert text.startswith("That went wrong.\n") and ("Traceback" in text) == whole
