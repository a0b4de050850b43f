"""The ears (speech recognition): one thread that passes sound from the microphone through endpointer and recogniser.

The microphone is always open, so that it is known whether somebody was already speaking when the ears opened; only an
utterance that began while they were open can be an answer. ``listen`` and ``stop`` never wait for the recogniser, which
may still be loading: the request is noted and carried out at the next frame.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from voice_backcare.audio.devices.levels import LevelWatch, MeasuredLevel
from voice_backcare.audio.devices.microphone import Microphone, MicrophoneLost
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats.frames import Frame
from voice_backcare.audio.input.duplex import Duplex
from voice_backcare.audio.input.utterance_gate import Heeded, Listener, Outcome, Playback
from voice_backcare.core.events import DeviceBack, DeviceLost, Event, Heard, NoMatch
from voice_backcare.session.ports import Clock, NoSpeech, Notice, Post, Posted, Recogniser, SpeechStarted

_LOG = logging.getLogger(__name__)

_REOPEN_S = 1.0

Meter = Callable[[MeasuredLevel], None]
PlaybackNow = Callable[[], Playback]


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """A request to listen: its place, its turn, and when it was made."""

    place: str
    turn: int
    at_s: float


class SpokenEars:
    """Implementation of ``ports.Ears`` on a microphone and a recogniser.

    ``levels`` is told how loud it is while the ears are open, ``meter`` gets it ten times a second.
    ``duplex`` takes the mouth's sounds out of what is heard; where it can, a person is heard while they sound (D10).
    """

    def __init__(
        self,
        microphone: Microphone,
        recogniser: Recogniser,
        post: Post,
        clock: Clock,
        portaudio: PortAudio,
        *,
        playback: PlaybackNow = Playback,
        levels: LevelWatch | None = None,
        meter: Meter | None = None,
        reopen_s: float = _REOPEN_S,
        duplex: Duplex | None = None,
    ) -> None:
        self._duplex = duplex
        self._microphone = microphone
        self._listener = Listener(recogniser)
        self._post = post
        self._clock = clock
        self._portaudio = portaudio
        self._playback = playback
        self._levels = levels or LevelWatch()
        self._meter = meter
        self._reopen_s = reopen_s
        self._lock = threading.Lock()  # held for a moment only, because the session waits for it
        self._wanted: _Wanted | None = None
        self._opened: _Wanted | None = None  # what the listener was opened for; used by the thread only
        self._closed = threading.Event()
        self.alive_at_s = clock.now_s()  # time of the latest frame, or of the latest attempt to reopen the microphone
        self._thread = threading.Thread(target=self._run, name="ears", daemon=True)

    def start(self) -> None:
        """Open the microphone and start the thread. Raises ``SpeechError`` where that is impossible."""
        self._microphone.open()
        self._thread.start()

    # --- ports.Ears ------------------------------------------------------------------------

    def listen(self, place: str, turn: int) -> None:
        """Open for one utterance at ``place``, from the next frame on."""
        with self._lock:
            self._wanted = _Wanted(place, turn, self._clock.now_s())

    def stop(self) -> None:
        """Close; nothing of the closed turn is posted afterwards."""
        with self._lock:
            self._wanted = None

    # --- beside the port -------------------------------------------------------------------

    @property
    def full_duplex(self) -> bool:
        """Whether a person is heard while the program speaks; else nothing is heard then, and a tail after it (D10)."""
        return self._duplex is not None and self._duplex.full

    def close(self) -> None:
        """Close for good, microphone included; nothing is posted afterwards."""
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
            except Exception as error:  # whatever PortAudio raises, the thread must go on
                if not isinstance(error, MicrophoneLost):
                    _LOG.error("The microphone failed: %r", error, exc_info=True)
                if not self._closed.is_set():
                    self._recover()
                continue
            self.alive_at_s = self._clock.now_s()
            self._hear(frame)

    def _hear(self, frame: Frame) -> None:
        wanted = self._apply()
        try:
            result = self._feed(frame)
        except Exception as error:  # a mistake of ours or of the recogniser's must not end the hearing
            _LOG.error("An utterance could not be recognised: %s", error, exc_info=True)
            self._give_up()
            return
        if wanted is None:
            return
        level = self._levels.feed(frame.pcm, voiced=self._listener.started)
        if level is not None and self._meter is not None:
            self._meter(level)
        if result == "started":
            self._tell(wanted, SpeechStarted(self._clock.now_s()))
        elif result == "no speech":
            self._tell(wanted, NoSpeech(self._clock.now_s()))
        elif isinstance(result, Outcome):
            self._tell(wanted, self._event(result), over=True)

    def _feed(self, frame: Frame) -> Heeded | None:
        playback = self._playback()
        if self._duplex is None:
            return self._listener.feed(frame, playback)
        cleaned = self._duplex.cleaned(frame, sounding=frame.at_s < playback.quiet_at_s)
        if self._duplex.full:
            return self._listener.feed_cleaned(cleaned, playback)
        return self._listener.feed(frame, playback)

    def _apply(self) -> _Wanted | None:
        """Open or close the listener as the last request says, and return that request."""
        with self._lock:
            wanted = self._wanted
        if wanted is not self._opened:
            self._opened = wanted
            self._listener.close()
            if wanted is not None:
                self._levels.begin()  # not at the closing, after which the fault is asked for
                self._listener.open(wanted.place, wanted.at_s)
        return wanted

    def _tell(self, wanted: _Wanted, what: Notice, *, over: bool = False) -> None:
        """Post ``what``, unless the ears were closed or opened anew meanwhile. ``over``: it is the result of this
        opening.
        """
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
        return Heard(at_s, found.meaning, found.phrase, found.sign, found.signs)

    def _give_up(self) -> None:
        """Drop the utterance in progress; a ``NoMatch`` is posted where a result was promised by ``SpeechStarted``."""
        promised = self._listener.started
        self._listener.forget()
        if promised and self._opened is not None:
            self._listener.close()
            self._tell(self._opened, NoMatch(self._clock.now_s()), over=True)

    def _recover(self) -> None:
        """Post the loss of the microphone, then try to open it until it is back or the ears are closed."""
        self._microphone.close()
        self._give_up()
        self._levels.begin()  # the levels before the loss explain nothing any more
        if not self._post_device(DeviceLost(self._clock.now_s(), "microphone")):
            return
        attempts = 0
        while not self._closed.is_set():
            attempts += 1
            self.alive_at_s = self._clock.now_s()
            try:
                if attempts % 2 == 0:  # alternately with the old and a fresh list of devices
                    self._portaudio.refresh()
                self._microphone.open()
                self._microphone.read()  # a stalled device opens well and stays silent
                break
            except Exception as error:
                if not isinstance(error, SpeechError | TimeoutError | MicrophoneLost):
                    _LOG.error("The microphone failed: %r", error, exc_info=True)
                self._microphone.close()
                self._closed.wait(self._reopen_s)
        if not self._post_device(DeviceBack(self._clock.now_s(), "microphone")):
            self._microphone.close()

    def _post_device(self, event: DeviceLost | DeviceBack) -> bool:
        """Post ``event`` and return True; return False where the ears are closed."""
        with self._lock:
            if self._closed.is_set():
                return False
            self._post(Posted(None, event))
            return True
