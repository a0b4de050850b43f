"""Worker process for pyttsx3, which may hang, crash or keep its one engine busy; the program itself must not.

Run as ``python -m voice_backcare.audio.synthesis.espeak_worker``. Protocol: one JSON object a line. In: ``{"text",
"path", "rate_wpm", "voice"}``. Out: ``{}`` or ``{"error"}``, and one such line at the start when the engine is ready.
The process ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

_FILE_WAIT_S = 5.0  # the first file can be there later than the call that writes it
_PROPERTY_WAIT_S = 1.0
_PROPERTY_AGAIN_S = 0.02
_LOST_S = 0.5  # pyttsx3 sometimes loses a job between its two threads; after this long it is given again
_TRIES = 5
_POLL_S = 0.002
_TIDY_S = 1.0

Speak = Callable[[dict[str, Any]], None]


def complete(path: Path) -> bool:
    """Whether ``path`` is a WAV file with every sample that its header promises."""
    try:
        with wave.open(str(path), "rb") as file:
            count = file.getnframes()
            return count > 0 and len(file.readframes(count)) == count * file.getsampwidth() * file.getnchannels()
    except (OSError, EOFError, wave.Error):
        return False


def _await_file(path: Path) -> bool:
    """Wait for the file; False where espeak has been still for a while without writing it."""
    from pyttsx3.drivers import _espeak

    end_s = time.monotonic() + _FILE_WAIT_S
    still_s = time.monotonic()
    while not complete(path):
        now_s = time.monotonic()
        if _espeak.IsPlaying():
            still_s = now_s
        if now_s > end_s or now_s - still_s > _LOST_S:
            return False
        time.sleep(_POLL_S)  # pyttsx3 has no event for it
    return True


def _put(engine: Any, name: str, value: str | int) -> None:
    """Set a property and wait until it is set: espeak takes it some time later, and now and then not at all."""
    end_s = time.monotonic() + _PROPERTY_WAIT_S
    while engine.getProperty(name) != value:
        if time.monotonic() > end_s:
            raise RuntimeError(f"the voice does not take the {name} {value!r}")
        engine.setProperty(name, value)
        again_s = time.monotonic() + _PROPERTY_AGAIN_S
        while engine.getProperty(name) != value and time.monotonic() < again_s:
            time.sleep(_POLL_S)


def _await_idle(engine: Any, finished: threading.Event) -> None:
    """Wait until espeak is idle. Its own thread writes the file, then tidies up; a job that begins before that ends is
    cancelled.
    """
    from pyttsx3.drivers import _espeak

    finished.wait(_TIDY_S)
    end_s = time.monotonic() + _TIDY_S
    while (engine.proxy.isBusy() or _espeak.IsPlaying()) and time.monotonic() < end_s:
        time.sleep(_POLL_S)
    time.sleep(_POLL_S)  # the loop ends with its very last statement, for which there is no event


def _speak(engine: Any, job: dict[str, Any], finished: threading.Event) -> None:
    _put(engine, "voice", str(job["voice"]).lower())
    _put(engine, "rate", int(job["rate_wpm"]))
    for _ in range(_TRIES):
        finished.clear()
        engine.save_to_file(job["text"], job["path"])
        engine.runAndWait()
        if _await_file(Path(job["path"])):
            _await_idle(engine, finished)
            return
    raise RuntimeError("the voice wrote no complete file")


def _open() -> Speak:
    import pyttsx3

    engine = pyttsx3.init("espeak")
    engine.proxy.setBusy(False)  # it delays every setting until its first job otherwise
    finished = threading.Event()
    engine.connect("finished-utterance", lambda name, completed: finished.set())
    return lambda job: _speak(engine, job, finished)


def serve(jobs: TextIO, answers: TextIO, open_engine: Callable[[], Speak]) -> None:
    """Open the engine, then do every job until the input ends. ``open_engine`` returns the function that does one."""

    def answer(**fields: str) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    try:
        speak = open_engine()
    except Exception as error:  # a missing library raises OSError, a broken one anything
        answer(error=f"{type(error).__name__}: {error}")
        return
    answer()
    for row in jobs:
        try:
            speak(json.loads(row))
        except Exception as error:  # whatever the engine raises, the next job may work
            answer(error=f"{type(error).__name__}: {error}")
        else:
            answer()


def run(open_engine: Callable[[], Speak]) -> None:
    """Serve standard input and output, until the input ends."""
    # Engines print to standard output, which has to carry nothing but the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(sys.stdin, answers, open_engine)


if __name__ == "__main__":
    run(_open)
