"""The mouth (speech synthesis): lines to sounds to the loudspeaker, one after the other, and events for how
each ended.
"""

from __future__ import annotations

import logging
import math
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field

from voice_backcare.audio.devices.loudspeaker import Loudspeaker, LoudspeakerLost
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats import sound
from voice_backcare.audio.formats.sound import Sound
from voice_backcare.audio.input.utterance_gate import Playback
from voice_backcare.audio.output.synthesis_queue import SynthesisQueue
from voice_backcare.core.events import DeviceBack, DeviceLost, Event, Failed, Finished, Line
from voice_backcare.session.ports import Clock, Post, Posted, VoiceError

_LOG = logging.getLogger(__name__)

DEFAULT_RATE_WPM = 180
_RATE_STEP_WPM = 20
RATES_WPM = (105, 245)
_GAIN_STEP_DB = 4.0
_GAINS_DB = (-16.0, 12.0)
# Said at no less than the voice's own level, however often "quieter" was said or set (D6).
ALOUD = frozenset({"call_911", "cannot_dial", "call_911_reminder"})
ALOUD_LEAST_DB = 0.0
_ADJUST = {"slower": (-1, 0), "faster": (1, 0), "quieter": (0, -1), "louder": (0, 1)}

# How long after its last audible sample a sound may still be in the room (D10); a tone holds no words.
LINE_TAIL_S = 0.25
# An echo of the 0.08 s tone that is 0.2 s late begins two frames before this is over, and is so recognised as one.
TONE_TAIL_S = 0.16
# A line that could only be shown has to be read first; a "no" that comes sooner was meant for the line before.
READ_S = 0.6

_DURATION_WAIT_S = 0.5
_LOOK_S = 0.05  # how often to check whether the line is still wanted
_MAKE_S = 20.0  # longest wait for a sound; longer than the voice's own deadlines
_REOPEN_S = 2.0
_IDLE_CLOSE_S = 30.0
_TONES = {
    "listen": sound.tone(((784.0, 0.08),), level_dbfs=-24.0),
    "fault": sound.tone(((392.0, 0.16), (294.0, 0.24)), level_dbfs=-14.0),
}


@dataclass(frozen=True, slots=True)
class Manner:
    """Rate and volume of the speech: words a minute, and gain in dB."""

    rate_wpm: int
    gain_db: float

    @property
    def volume(self) -> float:
        """Gain as a number from 0, the quietest that can still be heard, to 1."""
        least, most = _GAINS_DB
        return min(1.0, max(0.0, (self.gain_db - least) / (most - least)))


@dataclass(eq=False, slots=True)
class _Job:
    """A line to be spoken, or a tone where ``line`` is None."""

    line: Line | None
    turn: int | None
    sound: Sound | None
    tail_s: float
    rate_wpm: int
    gain_db: float
    cancelled: threading.Event = field(default_factory=threading.Event)


def words_in(text: str) -> frozenset[str]:
    """The words of a shown text, in lower case and without its marks."""
    return frozenset(re.findall(r"[a-z']+|[0-9]+", text.lower()))


class SpokenMouth:
    """Implementation of ``ports.Mouth`` on a loudspeaker.

    ``line_tail_s``: how long a line stays in the room as an echo. ``reopen_s``: pause between two attempts to open a
    lost loudspeaker. ``idle_close_s``: silence after which the loudspeaker may rest. ``before_aloud``: called before
    each line that must be heard (D6); may take a moment at most.
    """

    def __init__(
        self,
        synthesis: SynthesisQueue,
        loudspeaker: Loudspeaker,
        post: Post,
        clock: Clock,
        portaudio: PortAudio,
        *,
        rate_wpm: int = DEFAULT_RATE_WPM,
        gain_db: float = 0.0,
        line_tail_s: float = LINE_TAIL_S,
        reopen_s: float = _REOPEN_S,
        idle_close_s: float = _IDLE_CLOSE_S,
        before_aloud: Callable[[], object] = lambda: None,
    ) -> None:
        self._synthesis = synthesis
        self._loudspeaker = loudspeaker
        self._post = post
        self._clock = clock
        self._portaudio = portaudio
        self._rate_wpm = rate_wpm
        self._gain_db = gain_db
        self._raised_db = 0.0
        self._line_tail_s = line_tail_s
        self._reopen_s = reopen_s
        self._idle_close_s = idle_close_s
        self._before_aloud = before_aloud
        self._prepared: tuple[str, ...] = ()
        self._condition = threading.Condition(threading.RLock())
        self._jobs: deque[_Job] = deque()
        self._current: _Job | None = None
        self._quiet_at_s = self._spoke_until_s = -math.inf
        self._words: frozenset[str] = frozenset()
        self._lost = False
        self._attempts = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="mouth", daemon=True)
        self._thread.start()

    # --- ports.Mouth -----------------------------------------------------------------------

    def duration_s(self, line: Line) -> float:
        """Length of the line's sound; an estimate where the voice fails (``say`` tells that) or takes too long."""
        try:
            return self._synthesis.wanted(line.text, self._rate_wpm).result(_DURATION_WAIT_S).duration_s
        except (VoiceError, FutureTimeoutError):
            return len(line.text.split()) * 60.0 / self._rate_wpm

    def say(self, line: Line, turn: int) -> None:
        """Speak ``line`` instead of any line that is being said or waits."""
        with self._condition:
            self._cancel_lines()
            gain_db = max(self._gain_db, ALOUD_LEAST_DB) if line.id in ALOUD else self._gain_db
            gain_db = min(gain_db + self._raised_db, _GAINS_DB[1])
            self._jobs.append(_Job(line, turn, None, self._line_tail_s, self._rate_wpm, gain_db))
            self._words = words_in(line.text)
            self._condition.notify_all()

    def stop(self) -> None:
        """Fall silent; a tone still sounds to its end."""
        with self._condition:
            self._cancel_lines()

    def tone(self, name: str) -> None:
        """Play a tone after what is in the queue; returns at once. ``playback`` tells the ears about it."""
        with self._condition:
            self._jobs.append(_Job(None, None, _TONES[name], TONE_TAIL_S, self._rate_wpm, min(0.0, self._gain_db)))
            self._condition.notify_all()

    def adjust(self, what: str) -> None:
        """Change rate or volume by one step, within their limits; what was "raised" ends with "usual"."""
        if what in ("raised", "usual"):
            self._raised_db = self._raised_db + _GAIN_STEP_DB if what == "raised" else 0.0
            return
        rate, gain = _ADJUST[what]
        with self._condition:
            self._gain_db = min(max(self._gain_db + gain * _GAIN_STEP_DB, _GAINS_DB[0]), _GAINS_DB[1])
        if rate:
            self._speak_at(min(max(self._rate_wpm + rate * _RATE_STEP_WPM, RATES_WPM[0]), RATES_WPM[1]))

    # --- beside the port -------------------------------------------------------------------

    @property
    def manner(self) -> Manner:
        """Present rate and volume. Setting them takes effect from the next line on."""
        return Manner(self._rate_wpm, self._gain_db)

    @manner.setter
    def manner(self, manner: Manner) -> None:
        with self._condition:
            self._gain_db = manner.gain_db
        self._speak_at(manner.rate_wpm)

    def _speak_at(self, rate_wpm: int) -> None:
        before, self._rate_wpm = self._rate_wpm, rate_wpm
        if rate_wpm != before and self._prepared:
            self._synthesis.prepare(self._prepared, rate_wpm)

    def prepare(self, lines: Iterable[Line]) -> None:
        """Have these lines synthesised ahead of time; lines that are wanted now come first."""
        self._prepared = tuple(line.text for line in lines)
        self._synthesis.prepare(self._prepared, self._rate_wpm)

    def playback(self) -> Playback:
        """The program's own sound in the room, and until when it is there."""
        with self._condition:
            jobs = [*self._jobs, *([self._current] if self._current else [])]
            speaking = any(job.line is not None for job in jobs)
            return Playback(
                spoke_until_s=math.inf if speaking else self._spoke_until_s,
                quiet_at_s=math.inf if jobs else self._quiet_at_s,
                words=self._words,
            )

    def close(self) -> None:
        """Fall silent for good; nothing is posted afterwards."""
        with self._condition:
            self._closed = True
            self._cancel_lines()
            if self._current is not None:
                self._current.cancelled.set()
            self._jobs.clear()
            self._condition.notify_all()
        self._synthesis.close()
        self._thread.join(5)
        self._loudspeaker.close()

    # --- the thread ------------------------------------------------------------------------

    def _cancel_lines(self) -> None:
        self._jobs = deque(job for job in self._jobs if job.line is None)
        if self._current is not None and self._current.line is not None:
            self._current.cancelled.set()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                good = self._play(job)
            except Exception as error:  # whatever failed, the conversation must not be left waiting
                _LOG.error("A sound could not be played: %s", error, exc_info=True)
                good = False
            self._end(job, good)
        with self._condition:
            self._current = None

    def _next(self) -> _Job | None:
        """The next sound, or None after ``close``. While there is none, a lost loudspeaker is tried again and an idle
        one rests.
        """
        while True:
            with self._condition:
                if not self._jobs and not self._closed:
                    self._condition.wait(self._reopen_s if self._lost else self._idle_close_s)
                if self._closed:
                    return None
                if self._jobs:
                    self._current = self._jobs.popleft()
                    return self._current
            if self._lost:
                self._try_again()
            else:
                self._loudspeaker.rest()

    def _play(self, job: _Job) -> bool:
        try:
            heard = job.sound
            if heard is None:
                assert job.line is not None
                heard = self._made(job.line, job)
                if job.line.id in ALOUD:
                    self._before_aloud()
            if job.cancelled.is_set():
                return False
            self._loudspeaker.play(heard, job.cancelled, gain_db=job.gain_db)
        except (VoiceError, FutureTimeoutError) as error:
            if not (self._closed or job.cancelled.is_set()):
                _LOG.warning("A line could not be spoken: %s", error)
            return False
        except (SpeechError, LoudspeakerLost) as error:
            _LOG.warning("The loudspeaker failed: %s", error)
            self._set_lost(True)
            return False
        silence_s = 0.0 if job.cancelled.is_set() else heard.duration_s - heard.audible_s
        with self._condition:
            until_s = self._clock.now_s() - silence_s
            self._quiet_at_s = max(self._quiet_at_s, until_s + job.tail_s)
            if job.line is not None:
                self._spoke_until_s = until_s
        self._set_lost(False)
        return True

    def _made(self, line: Line, job: _Job) -> Sound:
        """Sound of ``line``. Raises ``FutureTimeoutError`` where it takes too long, or ``job`` is not wanted
        any more.
        """
        future = self._synthesis.wanted(line.text, job.rate_wpm)
        for _ in range(round(_MAKE_S / _LOOK_S)):
            try:
                return future.result(_LOOK_S)
            except FutureTimeoutError:
                if job.cancelled.is_set():
                    raise
        raise FutureTimeoutError

    def _end(self, job: _Job, good: bool) -> None:
        """Post how ``job`` ended, unless it was stopped; the lock lets no ``stop`` come between."""
        with self._condition:
            self._current = None
            if job.line is None or job.cancelled.is_set() or self._closed:
                return
            at_s = self._clock.now_s()
            if not good:
                self._quiet_at_s = max(self._quiet_at_s, at_s + READ_S)
            self._post(Posted(job.turn, Finished(at_s) if good else Failed(at_s)))

    def _set_lost(self, lost: bool) -> None:
        with self._condition:
            if lost == self._lost or self._closed:
                return
            self._lost = lost
            at_s = self._clock.now_s()
            what: Event = DeviceLost(at_s, "loudspeaker") if lost else DeviceBack(at_s, "loudspeaker")
            self._post(Posted(None, what))

    def _try_again(self) -> None:
        self._attempts += 1
        if self._attempts % 2 == 0:
            self._portaudio.refresh()
        try:
            self._loudspeaker.open()
        except Exception as error:  # whatever failed, there has to be a next attempt
            if not isinstance(error, SpeechError | TimeoutError):
                _LOG.error("The loudspeaker failed: %r", error, exc_info=True)
        else:
            self._set_lost(False)
