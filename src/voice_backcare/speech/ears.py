"""The ears: one thread from the microphone through the endpointer and the recogniser to the session.

The microphone is open all the time, so what came before the ears opened is known; only an
utterance that began while they were open is recognised.
"""

from __future__ import annotations

import logging
import math
import threading
from array import array
from collections.abc import Callable

from voice_backcare.events import DeviceBack, DeviceLost, Event, Heard, NoMatch
from voice_backcare.ports import Clock, Post, Posted, Recogniser, SpeechStarted
from voice_backcare.speech.errors import SpeechError
from voice_backcare.speech.listener import Listener, Match, Outcome, Room
from voice_backcare.speech.microphone import Frame, Microphone, MicrophoneLost
from voice_backcare.speech.portaudio import PortAudio

_LOG = logging.getLogger(__name__)

_REOPEN_S = 1.0
_LEVEL_FRAMES = 5  # the meter moves ten times a second
_SILENT_DBFS = -96.0
_FULL = 32_768

Level = Callable[[float], None]
RoomNow = Callable[[], Room]


def level_dbfs(pcm: bytes) -> float:
    """The root mean square of 16-bit samples, in dB below full level."""
    samples = array("h", pcm)
    if not samples:
        return _SILENT_DBFS
    power = sum(sample * sample for sample in samples) / len(samples)
    return max(_SILENT_DBFS, 20 * math.log10(math.sqrt(power) / _FULL)) if power else _SILENT_DBFS


class SpokenEars:
    """Implements ``ports.Ears``. ``room`` is the mouth's: while the room holds its sounds, nothing is heard (D10)."""

    def __init__(
        self,
        microphone: Microphone,
        recogniser: Recogniser,
        match: Match,
        post: Post,
        clock: Clock,
        portaudio: PortAudio,
        *,
        room: RoomNow = Room,
        level: Level | None = None,
        reopen_s: float = _REOPEN_S,
    ) -> None:
        self._microphone = microphone
        self._listener = Listener(recogniser, match)
        self._post = post
        self._clock = clock
        self._portaudio = portaudio
        self._room = room
        self._level = level
        self._reopen_s = reopen_s
        self._lock = threading.RLock()
        self._turn = 0
        self._loud: list[bytes] = []
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ears", daemon=True)

    def start(self) -> None:
        """Open the microphone; ``SpeechError`` where that is impossible."""
        self._microphone.open()
        self._thread.start()

    # --- ports.Ears ------------------------------------------------------------------------

    def listen(self, grammar: str, turn: int) -> None:
        with self._lock:
            self._turn = turn
            self._listener.open(grammar, self._clock.now_s())

    def stop(self) -> None:
        with self._lock:
            self._listener.close()

    # --- beside the port -------------------------------------------------------------------

    def close(self) -> None:
        """Close for good; nothing is posted afterwards."""
        with self._lock:
            self._closed.set()
            self._listener.close()
        self._microphone.close()
        if self._thread.is_alive():
            self._thread.join(5)

    # --- the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                frame = self._microphone.read()
            except MicrophoneLost:
                if not self._closed.is_set():
                    self._recover()
                continue
            self._hear(frame)

    def _hear(self, frame: Frame) -> None:
        room = self._room()  # before the lock: the mouth has one of its own
        with self._lock:
            if self._closed.is_set():
                return
            open_before = self._listener.is_open
            try:
                result = self._listener.feed(frame, room)
            except Exception as error:  # a mistake of ours or of the recogniser's must not end the hearing
                _LOG.error("An utterance could not be recognised: %s", error)
                self._give_up()
                return
            if result == "started":
                self._post(Posted(self._turn, SpeechStarted(self._clock.now_s())))
            elif isinstance(result, Outcome):
                self._post(Posted(self._turn, self._event(result)))
        if self._level is not None and open_before:
            self._meter(frame.pcm)

    def _event(self, outcome: Outcome) -> Event:
        at_s = self._clock.now_s()
        found = outcome.found
        if found is None:
            return NoMatch(at_s, outcome.text)
        return Heard(at_s, found.meaning, found.phrase, found.sign)

    def _give_up(self) -> None:
        """The utterance in progress comes to nothing; a result that was promised is given."""
        promised = self._listener.started
        self._listener.forget()
        if promised:
            self._listener.close()
            self._post(Posted(self._turn, NoMatch(self._clock.now_s())))

    def _meter(self, pcm: bytes) -> None:
        self._loud.append(pcm)
        if len(self._loud) >= _LEVEL_FRAMES and self._level is not None:
            level_now = level_dbfs(b"".join(self._loud))
            self._loud.clear()
            self._level(level_now)

    def _recover(self) -> None:
        """Tell of the loss, and try again until the microphone is back or the ears are closed."""
        self._microphone.close()
        with self._lock:
            if self._closed.is_set():
                return
            self._give_up()
            self._post(Posted(None, DeviceLost(self._clock.now_s(), "microphone")))
        attempts = 0
        while not self._closed.is_set():
            attempts += 1
            try:
                if attempts % 2 == 0:  # first as it was; then with a fresh list of devices
                    self._portaudio.refresh()
                self._microphone.open()
                self._microphone.read()  # a stalled device opens well and stays silent
                break
            except (SpeechError, TimeoutError, MicrophoneLost):
                self._microphone.close()
                self._closed.wait(self._reopen_s)
        with self._lock:
            if not self._closed.is_set():
                self._post(Posted(None, DeviceBack(self._clock.now_s(), "microphone")))
                return
        self._microphone.close()
