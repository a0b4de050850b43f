"""The ears: one thread from the microphone through the endpointer and the recogniser to the session.

The microphone is open all the time, so what came before the ears opened is known; only an
utterance that began while they were open is recognised. Whoever opens and closes the ears never waits
for the recogniser, which may be loading: what they want is only noted, and done at the next frame.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from voice_backcare.audio.devices.levels import Level, LevelWatch
from voice_backcare.audio.devices.microphone import Microphone, MicrophoneLost
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats.frames import Frame
from voice_backcare.audio.input.utterance_gate import Listener, Match, Outcome, Room
from voice_backcare.core.events import DeviceBack, DeviceLost, Event, Heard, NoMatch
from voice_backcare.session.ports import Clock, Post, Posted, Recogniser, SpeechStarted

_LOG = logging.getLogger(__name__)

_REOPEN_S = 1.0

Meter = Callable[[Level], None]
RoomNow = Callable[[], Room]


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """One opening of the ears."""

    grammar: str
    turn: int
    at_s: float


class SpokenEars:
    """Implements ``ports.Ears``. ``room`` is the mouth's: while the room holds its sounds, nothing is heard (D10).

    ``levels`` is told how loud it is while the ears are open, ``meter`` gets it ten times a second.
    """

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
        levels: LevelWatch | None = None,
        meter: Meter | None = None,
        reopen_s: float = _REOPEN_S,
    ) -> None:
        self._microphone = microphone
        self._listener = Listener(recogniser, match)
        self._post = post
        self._clock = clock
        self._portaudio = portaudio
        self._room = room
        self._levels = levels or LevelWatch()
        self._meter = meter
        self._reopen_s = reopen_s
        self._lock = threading.Lock()  # held for a moment only: the session waits for it
        self._wanted: _Wanted | None = None
        self._opened: _Wanted | None = None  # what the listener was opened for; the thread's own
        self._closed = threading.Event()
        self.alive_at_s = clock.now_s()  # of the latest frame, or attempt to have frames again
        self._thread = threading.Thread(target=self._run, name="ears", daemon=True)

    def start(self) -> None:
        """Open the microphone; ``SpeechError`` where that is impossible."""
        self._microphone.open()
        self._thread.start()

    # --- ports.Ears ------------------------------------------------------------------------

    def listen(self, grammar: str, turn: int) -> None:
        with self._lock:
            self._wanted = _Wanted(grammar, turn, self._clock.now_s())

    def stop(self) -> None:
        with self._lock:
            self._wanted = None

    # --- beside the port -------------------------------------------------------------------

    def close(self) -> None:
        """Close for good; nothing is posted afterwards."""
        with self._lock:
            self._closed.set()
            self._wanted = None
        self._microphone.close()
        if self._thread.is_alive():
            self._thread.join(5)

    # --- the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                frame = self._microphone.read()
            except Exception as error:  # whatever it is that PortAudio does, hearing must not end with it
                if not isinstance(error, MicrophoneLost):
                    _LOG.error("The microphone failed: %r", error)
                if not self._closed.is_set():
                    self._recover()
                continue
            self.alive_at_s = self._clock.now_s()
            self._hear(frame)

    def _hear(self, frame: Frame) -> None:
        wanted = self._apply()
        try:
            result = self._listener.feed(frame, self._room())
        except Exception as error:  # a mistake of ours or of the recogniser's must not end the hearing
            _LOG.error("An utterance could not be recognised: %s", error)
            self._give_up()
            return
        if wanted is None:
            return
        level = self._levels.feed(frame.pcm, voiced=self._listener.started)
        if level is not None and self._meter is not None:
            self._meter(level)
        if result == "started":
            self._tell(wanted, SpeechStarted(self._clock.now_s()))
        elif isinstance(result, Outcome):
            self._tell(wanted, self._event(result), over=True)

    def _apply(self) -> _Wanted | None:
        """Open or close the listener as it is wanted by now."""
        with self._lock:
            wanted = self._wanted
        if wanted is not self._opened:
            self._opened = wanted
            self._listener.close()
            if wanted is not None:
                self._levels.begin()  # not at the closing: what was wrong is asked for then
                self._listener.open(wanted.grammar, wanted.at_s)
        return wanted

    def _tell(self, wanted: _Wanted, what: Event | SpeechStarted, *, over: bool = False) -> None:
        """Post it, unless the ears were closed or opened anew meanwhile; ``over``: this opening has its result."""
        with self._lock:
            if self._wanted is not wanted:
                return
            if over:
                self._wanted = None
            self._post(Posted(wanted.turn, what))

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
        if promised and self._opened is not None:
            self._listener.close()
            self._tell(self._opened, NoMatch(self._clock.now_s()), over=True)

    def _recover(self) -> None:
        """Tell of the loss, and try again until the microphone is back or the ears are closed."""
        self._microphone.close()
        self._give_up()
        self._levels.begin()  # of what was before nothing is said any more
        if not self._post_device(DeviceLost(self._clock.now_s(), "microphone")):
            return
        attempts = 0
        while not self._closed.is_set():
            attempts += 1
            self.alive_at_s = self._clock.now_s()
            try:
                if attempts % 2 == 0:  # first as it was; then with a fresh list of devices
                    self._portaudio.refresh()
                self._microphone.open()
                self._microphone.read()  # a stalled device opens well and stays silent
                break
            except Exception as error:
                if not isinstance(error, SpeechError | TimeoutError | MicrophoneLost):
                    _LOG.error("The microphone failed: %r", error)
                self._microphone.close()
                self._closed.wait(self._reopen_s)
        if not self._post_device(DeviceBack(self._clock.now_s(), "microphone")):
            self._microphone.close()

    def _post_device(self, event: DeviceLost | DeviceBack) -> bool:
        """Whether it was told: not where the ears are closed."""
        with self._lock:
            if self._closed.is_set():
                return False
            self._post(Posted(None, event))
            return True
