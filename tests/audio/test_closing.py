"""Closing the machine: in the right order, and nothing is left running that a process must not exit with."""

from __future__ import annotations

import contextlib
import threading

from voice_backcare.audio.machine import make_recogniser
from voice_backcare.fakes.ports import FakeClock
from voice_backcare.fakes.speech import FakeRecogniser
from voice_backcare.session.ports import Recogniser


def test_closing_waits_for_the_model_that_is_still_loading() -> None:
    """A process that exits in the midst of loading crashes, in every command that listens."""
    loading, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def load() -> Recogniser:
        loading.set()
        go_on.wait(5)
        return FakeRecogniser({})

    undo = contextlib.ExitStack()
    make_recogniser(load, lambda posted: None, FakeClock(), undo)
    assert loading.wait(5)
    closing = threading.Thread(target=lambda: (undo.close(), closed.set()))
    closing.start()
    assert not closed.wait(0.1)
    go_on.set()
    assert closed.wait(5)
    closing.join()
