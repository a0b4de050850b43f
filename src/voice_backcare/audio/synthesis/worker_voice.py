"""Voice on a worker process: text to a WAV file; the process is replaced where it hangs or dies."""

from __future__ import annotations

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
from voice_backcare.system.atomic_write import part_of

DEFAULT_VOICE = "gmw/en-us"
_LIBRARY = "libespeak-ng.so.1"
_DEADLINE_S = 3.0  # a line usually takes 0.05 s, but pyttsx3 loses one now and then and has to repeat it
_DEADLINE_S_PER_CHARACTER = 0.01
_DEADLINE_STARTS = 4  # a line may take this many times what starting the worker took, on a slow machine
_DEADLINE_MOST_S = 10.0
_START_S = 8.0
_END_S = 1.0
_WORKER = (sys.executable, "-m", "voice_backcare.audio.synthesis.espeak_worker")


def espeak_version() -> str:
    """Version of the espeak-ng library that will speak. Raises ``NoVoice`` where it is missing."""
    try:
        library = ctypes.CDLL(_LIBRARY)
        library.espeak_Info.restype = ctypes.c_char_p
        return str(library.espeak_Info(None).decode())
    except (OSError, AttributeError) as error:
        raise NoVoice(
            "The voice espeak-ng is missing. Install it with: sudo apt-get install espeak-ng libespeak-ng1"
        ) from error


class _WorkerEnded(Exception):
    """Error: the worker process ended."""


class _CannotStart(VoiceError):
    """Error: the worker process cannot be started, and could not a moment later either."""


class _Worker:
    """One worker process, which answers each line with a line."""

    def __init__(self, command: Sequence[str]) -> None:
        package = str(Path(__file__).parents[3])
        paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))},
            start_new_session=True,  # Ctrl-C must reach the program only, which then ends the worker
            bufsize=0,
        )
        self.pid = self._process.pid
        self._rest = b""

    def ask(self, job: dict[str, object]) -> None:
        """Send ``job``. Raises ``_WorkerEnded``."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
        except OSError as error:
            raise _WorkerEnded from error

    def answer(self, deadline_s: float) -> dict[str, str]:
        """The next line of the worker. Raises ``TimeoutError`` where it does not come until ``deadline_s`` on
        ``time.monotonic``.
        """
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
        """Kill the process; whoever waits for its answer gets ``_WorkerEnded``."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and close its pipes; it holds nothing that would be lost."""
        self._process.kill()
        self._process.wait(_END_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Synthesiser:
    """Implementation of ``ports.Voice`` on a worker process; thread-safe, one text at a time.

    ``spelled``: numbers that are said digit by digit, as they are shown. ``command``: starts the worker. ``engine``:
    what its sounds depend on; None: the versions of pyttsx3 and espeak-ng. A text on which the worker hangs or dies is
    tried once more with a new worker; after a second failure every text is tried only once, until one has been spoken
    again.
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
        """Everything beside text and rate that decides how a file sounds."""
        engine = self._engine or (importlib.metadata.version("pyttsx3"), espeak_version())
        return (*engine, self.voice, *self.spelled)

    def start(self) -> None:
        """Start the worker before it is needed."""
        with self._lock:
            self._ready()

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        """Write a complete WAV file to ``path``. Raises ``VoiceError`` and leaves no file where that fails."""
        spoken = spoken_form(text, self.spelled)
        if not spoken:
            raise VoiceError("there is nothing to say")
        try:
            with part_of(path) as part:  # it exists already: where none can be, pyttsx3 would wait for ever
                job: dict[str, object] = {
                    "text": spoken,
                    "path": str(part.absolute()),
                    "rate_wpm": rate_wpm,
                    "voice": self.voice,
                }
                with self._lock:
                    self._speak(job, self._deadline_s + _DEADLINE_S_PER_CHARACTER * len(text))
                if not complete(part):
                    raise VoiceError("the voice wrote no complete file")
        except OSError as error:
            raise VoiceError(f"the voice's file cannot be kept: {error}") from error

    def interrupt(self) -> None:
        """Give up the text that is being synthesised, if any; the next one gets a new worker."""
        worker = self._worker
        if worker is not None:
            self._interrupted = True
            worker.kill()

    def close(self) -> None:
        """End the worker; a text that is being synthesised fails."""
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
        """Answer of the worker. Where none comes in time, raises ``VoiceError``, and the worker is ended."""
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
