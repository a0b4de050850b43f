"""Gate for utterances: which sound counts as an answer, and what it means. Uses no thread and no device.

Sound that was captured before the ears opened, or while the room still held the program's own voice, never counts
(D10). The endpointer hears it all the same, so that it is known whether somebody was already speaking when the ears
opened: such an utterance is no answer (D4), but an emergency in it counts (D5).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from voice_backcare.audio.formats.frames import Frame, frame_count
from voice_backcare.audio.input.endpointer import Endpointer
from voice_backcare.audio.input.turn_end import Turn, is_speech
from voice_backcare.audio.recognition.rejection import known
from voice_backcare.core.grammar.matcher import Match
from voice_backcare.core.state import ANSWERS
from voice_backcare.core.understanding.agreement import CRIES
from voice_backcare.core.understanding.reading import NO_MATCH
from voice_backcare.session.ports import Recognised, Recogniser

# Somebody is speaking at the opening where the last voice is no older than this; else it was over.
_FRESH_VOICE_S = 0.06
# An utterance from before the opening that ends so soon after it was our own echo, if it began with our voice.
_ECHO_S = 0.3
_ECHO_SILENCE_S = 0.1
# ... and where a loudspeaker is later than it tells, its words last this long: a cry for help lasts longer.
_LATE_ECHO_S = 0.6
_BLIP_S = 0.2  # one as short as this was the program's own tone, or nothing
# A television never decides (D4): after so many utterances that mean nothing, each so soon after the one before,
# somebody is talking on, and a word among theirs is no answer. Who answers after an "um" or a cough is heard.
_TALK_UTTERANCES = 2
_TALK_GAP_S = 1.0
_FOUND_WITHIN_S = 0.24  # of its beginning a person is told from our own voice
# Too common to tell whose words they are.
_LITTLE_WORDS = frozenset(
    {"a", "an", "and", "are", "at", "been", "he", "he's", "her", "him", "his", "i", "i'm", "in", "is", "it", "it's"}
    | {"my", "not", "of", "on", "or", "she", "she's", "the", "they", "to"}
)
_STEM = 4  # letters: "breathing" is heard in "breathe"


@dataclass(frozen=True, slots=True)
class Playback:
    """The program's own sound in the room, as times; infinite while it is still on its way."""

    spoke_until_s: float = -math.inf  # the last audible sample of a line
    quiet_at_s: float = -math.inf  # when the room is free of all that we play, tones and tails included
    words: frozenset[str] = frozenset()  # of the lines said last: heard over our own voice, they may be ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one opening of the ears: the meaning found, or None, and the words as they were recognised."""

    found: Match | None
    text: str


def _cries_only(carried: Recognised) -> Recognised:
    """An utterance that began before the opening: only an emergency in it counts (D4, D5)."""
    found = carried.found
    return carried if found and found.meaning in CRIES else replace(carried, found=None)


def _may_be_ours(found: Match, own_words: frozenset[str]) -> bool:
    """Whether we have just said all of it ourselves: then it is never an answer and never an emergency (D10)."""
    own = {word[:_STEM] for word in own_words}
    said = [word for word in found.phrase.split() if word not in _LITTLE_WORDS]
    return all(word[:_STEM] in own for word in said)


# "started": somebody begins to speak; "no speech": it was a sound without words, and the ears stay open.
Heeded = Literal["started", "no speech"] | Outcome


@dataclass(slots=True)
class _Open:
    """One opening of the ears."""

    place: str
    at_s: float
    began_s: float | None = None  # the first frame that counts, on the endpointer's clock
    speech_start_s: float = 0.0  # of the turn, which may be of several utterances
    carried: bool = False  # somebody was speaking at the opening
    with_ours: bool = False  # ... and had begun while the program's own voice sounded
    started: bool = False
    over_ours: bool = False  # ... and our own voice, mostly taken out, sounded with it
    own_words: frozenset[str] = frozenset()


class Listener:
    """Recognition of one utterance per opening: ``open``, then ``feed`` with every frame.

    After each "started" comes "no speech", or the opening's one ``Outcome``.
    """

    def __init__(self, recogniser: Recogniser, endpointer: Endpointer | None = None) -> None:
        self._endpointer = endpointer or Endpointer()
        self._turn = Turn(recogniser, self._endpointer)
        self._preroll: deque[bytes] = deque(maxlen=frame_count(self._endpointer.preroll_s) + 1)
        self._open: _Open | None = None
        self._ours_frames: deque[bool] = deque(maxlen=self._preroll.maxlen)
        self._ours_until_s = 0.0  # in the endpointer's time
        self._talk_utterances = 0  # so many meant nothing, one upon the other
        self._talk_until_s = -math.inf  # in the endpointer's time

    @property
    def is_open(self) -> bool:
        """Whether an utterance is wanted."""
        return self._open is not None

    @property
    def started(self) -> bool:
        """Whether "started" was returned and the outcome was not yet."""
        return self._open is not None and self._open.started

    def open(self, place: str, at_s: float) -> None:
        """Listen at ``place`` from the frames of ``at_s`` on; replaces an earlier opening."""
        self._open = _Open(place, at_s)
        self._preroll.clear()

    def close(self) -> None:
        """Stop listening; frames still have to be fed."""
        self._open = None

    def forget(self) -> None:
        """Forget the utterance in progress, because the stream of sound was interrupted."""
        self._endpointer.reset()
        self._preroll.clear()

    def feed_cleaned(self, frame: Frame, playback: Playback) -> Heeded | None:
        """The next frame, out of which our own voice was taken (D10): it counts also while that sounds."""
        self._ours_frames.append(frame.ours)
        result = self.feed(frame, Playback())
        now = self._open
        if now is not None and frame.at_s < playback.quiet_at_s:
            now.own_words |= playback.words
            now.over_ours = now.over_ours or now.started
        return result

    def feed(self, frame: Frame, playback: Playback) -> Heeded | None:
        """Process the next frame; ``playback`` says which sound in the room is the program's own."""
        before_s = self._endpointer.now_s
        if frame.at_s < playback.spoke_until_s:
            self._ours_until_s = before_s
        now = self._open
        if now is None or frame.at_s < max(now.at_s, playback.quiet_at_s):
            self._endpointer.feed(frame.pcm, ours=frame.ours)
            if now is not None:
                now.began_s = None
            return None
        withdrawn = False
        if now.began_s is None:
            withdrawn, now.started = now.started, False  # a tone of ours sounded in the midst of it
            self._begin(now, before_s)
        result = self._feed_carried(now, frame) if now.carried else self._feed_fresh(now, frame)
        return "no speech" if withdrawn and result is None else result

    def _begin(self, now: _Open, at_s: float) -> None:
        """Take the first frame that counts, which begins at ``at_s`` on the endpointer's clock."""
        now.began_s = at_s
        self._preroll.clear()
        ear = self._endpointer
        if ear.speaking and at_s - ear.speech_end_s < _FRESH_VOICE_S:
            self._carry(now)
        elif ear.speaking:
            ear.reset()

    def _carry(self, now: _Open) -> None:
        """Note that the utterance in progress began before the opening, and whether the program's own voice sounded
        then.
        """
        now.carried = True
        now.with_ours = self._endpointer.speech_start_s <= self._ours_until_s

    def _feed_carried(self, now: _Open, frame: Frame) -> Heeded | None:
        """Process the next frame of an utterance that began before the opening: no answer (D4), but maybe an emergency
        (D5).

        The order matters: endpointer and recogniser take the frame first. An echo of the program's own voice is dropped
        next, so that it neither ends the opening nor starts recognition. Then a finished utterance is decided. Only
        what is neither an echo nor over starts recognition.
        """
        ear = self._endpointer
        progress = ear.feed(frame.pcm, ours=frame.ours)
        if now.started:
            self._turn.add(frame.pcm)
        else:
            self._preroll.append(frame.pcm)
        over = progress in ("ended", "too_long")
        echo = now.with_ours and ear.speech_end_s - (now.began_s or 0.0) < _ECHO_S
        echo = echo or ear.speech_end_s - ear.speech_start_s <= _BLIP_S
        if echo and (over or ear.now_s - ear.speech_end_s >= _ECHO_SILENCE_S):
            ear.reset()
            now.carried = False
            return None
        if over:
            late_echo = now.with_ours and ear.speech_end_s - (now.began_s or 0.0) < _LATE_ECHO_S
            if not now.started or late_echo:
                return self._end(None, "")
            recognised = self._turn.result()
            if progress == "ended" and not is_speech(recognised):
                return self._go_on_listening(now)
            return self._decided(now, _cries_only(recognised))
        if not now.started and not echo:
            self._start(now)
            return "started"
        return None

    def _feed_fresh(self, now: _Open, frame: Frame) -> Heeded | None:
        progress = self._endpointer.feed(frame.pcm, ours=frame.ours)
        if now.started:
            recognised = self._turn.feed(frame.pcm, progress)
            if recognised is None:
                return None
            if progress != "too_long" and not is_speech(recognised):
                return self._go_on_listening(now)
            return self._decided(now, recognised)
        self._preroll.append(frame.pcm)
        if progress == "silence":
            return None
        if self._endpointer.speech_start_s < (now.began_s or 0.0):
            self._carry(now)
            return None
        self._start(now)
        return "started"

    def _go_on_listening(self, now: _Open) -> Heeded:
        if now.speech_start_s - self._talk_until_s < _TALK_GAP_S:
            self._talk_until_s = self._endpointer.speech_end_s  # laughter in a television's talk is part of it
        now.started = now.carried = now.over_ours = False
        self._preroll.clear()
        return "no speech"

    def _start(self, now: _Open) -> None:
        """Begin recognition with the pre-roll."""
        now.started, now.speech_start_s = True, self._endpointer.speech_start_s
        self._turn.begin(now.place, b"".join(self._beginning(now)))
        self._preroll.clear()

    def _beginning(self, now: _Open) -> list[bytes]:
        """What is kept from before the start; of what may be ours only the last, in which the person was found."""
        kept = list(self._preroll)
        ours = list(self._ours_frames)[-len(kept) :]
        if any(ours):
            now.over_ours = True
            kept = kept[-frame_count(_FOUND_WITHIN_S) :]
        return kept

    def _decided(self, now: _Open, recognised: Recognised) -> Outcome:
        """Result of an utterance that is over; what may be our own voice counts for nothing."""
        found = recognised.found
        if found is not None and now.over_ours and _may_be_ours(found, now.own_words):
            found = None
        return self._end(found, known(recognised.text))

    def _end(self, found: Match | None, text: str) -> Outcome:
        """Close, and return the outcome; an answer amid talk (``_in_talk``) does not count."""
        now, self._open = self._open, None
        if now is not None and self._in_talk(now) and found is not None and found.meaning in (*ANSWERS, NO_MATCH):
            found = None
        self._talk_utterances = self._talk_utterances + 1 if found is None else 0
        self._talk_until_s = self._endpointer.speech_end_s
        return Outcome(found, text)

    def _in_talk(self, now: _Open) -> bool:
        """Whether the utterance is one of many in quick succession, as of a television (D4); a pause starts the count
        afresh.
        """
        if now.speech_start_s - self._talk_until_s >= _TALK_GAP_S:
            self._talk_utterances = 0
        return self._talk_utterances >= _TALK_UTTERANCES
