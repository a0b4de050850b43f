"""What is logged where nobody has set up a log."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from voice_backcare.system.quiet_log import no_tracebacks_for_a_person


@pytest.mark.parametrize("started_by_systemd", [False, True])
def test_a_person_gets_one_sentence(started_by_systemd: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent reads the sentence alone; a service's log has the traceback too."""
    last = logging.lastResort
    assert last is not None
    monkeypatch.setattr(last, "formatter", None)
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    if started_by_systemd:
        monkeypatch.setenv("INVOCATION_ID", "1")
    else:
        monkeypatch.delenv("INVOCATION_ID", raising=False)
    no_tracebacks_for_a_person()
    try:
        raise RuntimeError
    except RuntimeError:
        record = logging.LogRecord("a", logging.ERROR, "b", 1, "That went wrong.", (), sys.exc_info())
    last.handle(record)
    text = stderr.getvalue()
    assert text.startswith("That went wrong.\n") and ("Traceback" in text) == started_by_systemd
