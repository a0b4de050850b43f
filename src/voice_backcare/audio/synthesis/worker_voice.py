"""The voice: text to a WAV file, by a worker process that is replaced where it hangs or dies."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.metadata
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from voice_backcare.audio.errors import NoVoice
from voice_backcare.audio.synthesis.espeak_worker import complete
from voice_backcare.core.content.pronunciation import spoken_form
from voice_backcare.session.ports import VoiceError

DEFAULT_VOICE = "gmw/en-us"
_LIBRARY = "libespeak-ng.so.1"
_DEADLINE_S = 3.0  # a line takes a twentieth of a second; pyttsx3 loses one now and then and says it again
_DEADLINE_S_PER_CHARACTER = 0.01
_DEADLINE_STARTS = 4  # a machine on which the worker takes long to start may take longer for a line too
_DEADLINE_MOST_S = 10.0
_START_S = 8.0
_END_S = 1.0
_WORKER = (sys.executable, "-m", "voice_backcare.audio.synthesis.espeak_worker")


def espeak_version() -> str:
    """Of the library that will speak; ``NoVoice`` where it is missing."""
    try:
        library = ctypes.CDLL(_LIBRARY)
        library.espeak_Info.restype = ctypes.c_char_p
        return str(library.espeak_Info(None).decode())
    except (OSError, AttributeError) as error:
        raise NoVoice(
            "The voice espeak-ng is missing. Install it with: sudo apt-get install espeak-ng libespeak-ng1"
        ) from error


class _WorkerEnded(Exception):
    pass


class _CannotStart(VoiceError):
    """It would not start the next moment either."""


class _Worker:
    """One process; it answers a line for a line."""

    def __init__(self, command: Sequence[str]) -> None:
        package = str(Path(__file__).parents[3])
        paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))},
            start_new_session=True,  # Ctrl-C is for the program, which ends the worker
            bufsize=0,
        )
        self.pid = self._process.pid
        self._rest = b""

    def ask(self, job: dict[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
        except OSError as error:
            raise _WorkerEnded from error

    def answer(self, deadline_s: float) -> dict[str, str]:
        """The next line; ``TimeoutError`` where it does not come by then (``time.monotonic``)."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, deadline_s - time.monotonic())):
                    raise TimeoutError
                piece = os.read(self._process.stdout.fileno(), 4096)
                if not piece:
                    raise _WorkerEnded
                self._rest += piece
        row, self._rest = self._rest.split(b"\n", 1)
        answer: dict[str, str] = json.loads(row)
        return answer

    def kill(self) -> None:
        """Whoever waits for its answer learns that it ended."""
        self._process.kill()

    def end(self) -> None:
        """Kill it: it holds nothing that would be lost."""
        self._process.kill()
        self._process.wait(_END_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Synthesiser:
    """Implements ``ports.Voice``; safe for use from several threads, one text at a time.

    ``spelled``: numbers that are said digit by digit, as they are shown. ``command`` runs the worker; ``engine`` is
    what its sounds depend on, pyttsx3's versions where it is None. A text on which the worker hangs or dies is
    tried once more with a fresh one; after that, until one has been spoken again, each is tried once.
    """

    def __init__(
        self,
        voice: str = DEFAULT_VOICE,
        *,
        spelled: Sequence[str] = (),
        deadline_s: float = _DEADLINE_S,
        start_s: float = _START_S,
        command: Sequence[str] = _WORKER,
        engine: Sequence[str] | None = None,
    ) -> None:
        self.voice = voice
        self.spelled = tuple(spelled)
        self._deadline_s = deadline_s
        self._start_s = start_s
        self._engine = engine
        self._command = command
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._slow_s = 0.0
        self._closed = self._interrupted = self._broken = False

    @property
    def versions(self) -> tuple[str, ...]:
        """All that decides, beside text and rate, how a file sounds."""
        engine = self._engine or (importlib.metadata.version("pyttsx3"), espeak_version())
        return (*engine, self.voice, *self.spelled)

    @property
    def worker_pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    def start(self) -> None:
        """Start the worker before it is needed."""
        with self._lock:
            self._ready()

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        part = path.with_name(f".{path.name}.part")
        job: dict[str, object] = {
            "text": spoken_form(text, self.spelled),
            "path": str(part.absolute()),
            "rate_wpm": rate_wpm,
            "voice": self.voice,
        }
        try:
            if not job["text"]:
                raise VoiceError("there is nothing to say")
            part.touch()  # where no file can be, pyttsx3 would wait for ever
            with self._lock:
                self._speak(job, self._deadline_s + _DEADLINE_S_PER_CHARACTER * len(text))
            if not complete(part):
                raise VoiceError("the voice wrote no complete file")
            part.replace(path)
        except OSError as error:
            raise VoiceError(f"the voice's file cannot be kept: {error}") from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def interrupt(self) -> None:
        """Give up the text in the making, if there is one; the next has a fresh worker."""
        worker = self._worker
        if worker is not None:
            self._interrupted = True
            worker.kill()

    def close(self) -> None:
        """End the worker; a text in the making fails."""
        self._closed = True
        self._end_worker()

    def _speak(self, job: dict[str, object], deadline_s: float) -> None:
        self._interrupted = False
        for last in (self._broken, True):
            try:
                answer = self._ask(job, deadline_s)
            except VoiceError as error:
                wanted = not (self._closed or self._interrupted)
                if last or not wanted or isinstance(error, _CannotStart):
                    self._broken = wanted
                    raise
                continue
            if "error" in answer:
                raise VoiceError(answer["error"])
            self._broken = False
            return

    def _ask(self, job: dict[str, object], deadline_s: float) -> dict[str, str]:
        """The worker's answer; ``VoiceError``, and the worker is gone, where none comes by then."""
        if self._closed:
            raise VoiceError("the voice is closed")
        worker = self._ready()
        try:
            worker.ask(job)
            return worker.answer(time.monotonic() + max(deadline_s, min(self._slow_s, _DEADLINE_MOST_S)))
        except _WorkerEnded as error:
            self._end_worker()
            raise VoiceError("the voice ended while it spoke") from error
        except (TimeoutError, OSError, ValueError) as error:
            self._end_worker()
            raise VoiceError("the voice does not answer") from error

    def _ready(self) -> _Worker:
        if self._worker is None:
            try:
                worker = _Worker(self._command)
            except OSError as error:
                raise _CannotStart(f"the voice cannot be started: {error}") from error
            self._worker = worker
            began_s = time.monotonic()
            try:
                answer = worker.answer(began_s + self._start_s)
            except (_WorkerEnded, TimeoutError, OSError, ValueError) as error:
                self._end_worker()
                raise _CannotStart("the voice cannot be started") from error
            if "error" in answer:
                self._end_worker()
                raise _CannotStart(answer["error"])
            self._slow_s = _DEADLINE_STARTS * (time.monotonic() - began_s)
        return self._worker

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()
