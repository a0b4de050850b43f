"""Lines on their way to sounds: one thread makes them, those that are needed now first."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from voice_backcare.audio.formats.sound import Sound
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.session.ports import VoiceError

_LOG = logging.getLogger(__name__)

_END_S = 5.0
_PATIENCE_S = 1.0

_Job = tuple[str, int, "Future[Sound]"]


class Prompts:
    """``wanted`` comes before all that ``prepare`` has in store.

    Only what was to be prepared is kept on the disk: it is the same for every child.

    A line that is only prepared and takes longer than ``patience_s`` is given up by ``interrupt`` when another is
    wanted: a voice that hangs there keeps nobody waiting.
    """

    def __init__(
        self, cache: PromptCache, interrupt: Callable[[], None] = lambda: None, *, patience_s: float = _PATIENCE_S
    ) -> None:
        self._cache = cache
        self._interrupt = interrupt
        self._patience_s = patience_s
        self._preparing: object | None = None
        self._given_up: object | None = None
        self._condition = threading.Condition()
        self._now: deque[_Job] = deque()
        self._later: deque[tuple[str, int]] = deque()
        self._ahead: frozenset[str] = frozenset()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="prompts", daemon=True)
        self._thread.start()

    def wanted(self, text: str, rate_wpm: int) -> Future[Sound]:
        """The line's sound, as soon as it can be had; ``VoiceError`` in it where it cannot."""
        future: Future[Sound] = Future()
        with self._condition:
            if self._closed:
                future.set_exception(VoiceError("the voice is closed"))
                return future
            self._now.append((text, rate_wpm, future))
            self._condition.notify()
            if self._preparing is not None:
                timer = threading.Timer(self._patience_s, self._hurry, [self._preparing])
                timer.daemon = True
                timer.start()
        return future

    def _hurry(self, preparing: object) -> None:
        with self._condition:
            if self._preparing is preparing and self._now:
                self._given_up = preparing
                self._interrupt()

    def prepare(self, texts: Iterable[str], rate_wpm: int) -> None:
        """Have these in the cache some time later; replaces what was still to be prepared."""
        with self._condition:
            self._later = deque((text, rate_wpm) for text in dict.fromkeys(texts))
            self._ahead |= {text for text, _ in self._later}
            self._condition.notify()

    def end(self) -> None:
        """Make nothing more; whoever still waits gets a ``VoiceError``."""
        with self._condition:
            self._closed = True
            waiting = list(self._now)
            self._now.clear()
            self._later.clear()
            self._condition.notify()
        for _, _, future in waiting:
            future.set_exception(VoiceError("the voice is closed"))

    def close(self) -> None:
        """``end``, and wait for the line in the making."""
        self.end()
        self._thread.join(_END_S)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not (self._now or self._later or self._closed):
                    self._condition.wait()
                if self._closed:
                    return
                job = self._now.popleft() if self._now else None
                later = self._later.popleft() if job is None else None
                self._preparing = object() if later is not None else None
            if job is not None:
                self._make(*job)
            elif later is not None:
                self._prepare(*later)

    def _make(self, text: str, rate_wpm: int, future: Future[Sound]) -> None:
        try:
            sound = self._cache.sound(text, rate_wpm, keep=text in self._ahead)
        except Exception as error:  # the one who waits must not wait for ever
            future.set_exception(error if isinstance(error, VoiceError) else VoiceError(str(error)))
        else:
            future.set_result(sound)

    def _prepare(self, text: str, rate_wpm: int) -> None:
        try:
            if not self._cache.has(text, rate_wpm):
                self._cache.sound(text, rate_wpm, keep=True)
        except Exception as error:
            if not self._closed and self._given_up is not self._preparing:
                _LOG.warning("A line could not be prepared: %s", error)
