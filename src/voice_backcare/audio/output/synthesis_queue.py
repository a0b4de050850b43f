"""Queue of lines to synthesise: one thread makes the sounds, those that are needed now first."""

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


class SynthesisQueue:
    """Queue in which ``wanted`` lines come before ``prepare``d ones.

    Only prepared lines are stored on disk, because they are the same for every child. A line that is only being
    prepared and takes longer than ``patience_s`` is given up with ``interrupt`` when another one is wanted, so that a
    voice which hangs there keeps nobody waiting.
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
        """Future of the sound of ``text``, made as soon as possible; it raises ``VoiceError`` where that fails."""
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
        """Put these texts in the cache some time later, instead of those that were still to be prepared."""
        with self._condition:
            self._later = deque((text, rate_wpm) for text in dict.fromkeys(texts))
            self._ahead |= {text for text, _ in self._later}
            self._condition.notify()

    def end(self) -> None:
        """Make nothing more; every future that still waits gets a ``VoiceError``."""
        with self._condition:
            self._closed = True
            waiting = list(self._now)
            self._now.clear()
            self._later.clear()
            self._condition.notify()
        for _, _, future in waiting:
            future.set_exception(VoiceError("the voice is closed"))

    def close(self) -> None:
        """Call ``end``, and wait for the line that is being made."""
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
        except Exception as error:  # whoever waits for the future must get a result
            future.set_exception(error if isinstance(error, VoiceError) else VoiceError(str(error)))
        else:
            future.set_result(sound)

    def _prepare(self, text: str, rate_wpm: int) -> None:
        try:
            if not self._cache.has(text, rate_wpm):
                self._cache.sound(text, rate_wpm, keep=True)
        except Exception as error:
            if not self._closed and self._given_up is not self._preparing:
                _LOG.warning("A line could not be prepared: %s", error, exc_info=not isinstance(error, VoiceError))
