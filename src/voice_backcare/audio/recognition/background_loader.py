"""The recogniser, loading while the program already speaks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from voice_backcare.session.ports import RATE_HZ, Recognised, Recogniser

_LOG = logging.getLogger(__name__)

_SILENCE = bytes(RATE_HZ)  # half a second


class LoadingRecogniser:
    """Implements ``ports.Recogniser``: the first ``begin`` waits until ``load`` is done.

    Where loading failed ``failed`` is called once, from another thread, and whoever uses the recogniser gets an error.
    """

    def __init__(
        self, load: Callable[[], Recogniser], warm: Iterable[str] = (), *, failed: Callable[[], None] = lambda: None
    ) -> None:
        self._load = load
        self._warm = tuple(warm)
        self._failed = failed
        self._done = threading.Event()
        self._recogniser: Recogniser | None = None
        self._error: Exception | None = None
        threading.Thread(target=self._run, name="model", daemon=True).start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Whether loading is over."""
        return self._done.wait(timeout_s)

    def begin(self, place: str) -> None:
        """See ``ports.Recogniser``; waits until the recogniser is loaded."""
        self._ready().begin(place)

    def feed(self, pcm: bytes) -> None:
        """See ``ports.Recogniser``."""
        self._ready().feed(pcm)

    def result(self) -> Recognised:
        """See ``ports.Recogniser``."""
        return self._ready().result()

    def _ready(self) -> Recogniser:
        self._done.wait()
        if self._recogniser is None:
            raise RuntimeError("the recogniser could not be loaded") from self._error
        return self._recogniser

    def _run(self) -> None:
        try:
            recogniser = self._load()
            for place in self._warm:
                recogniser.begin(place)
                recogniser.feed(_SILENCE)  # what is built at the first sound is built now
                recogniser.result()
            self._recogniser = recogniser
        except Exception as error:  # raised again where it is needed
            _LOG.error("The recogniser could not be loaded: %s", error, exc_info=True)
            self._error = error
            self._failed()
        finally:
            self._done.set()
