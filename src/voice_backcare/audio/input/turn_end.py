"""The end of a turn: a "no" is held for a moment, because people draw breath after it and go on (D4)."""

from __future__ import annotations

from dataclasses import replace

from voice_backcare.audio.formats.frames import frame_count
from voice_backcare.audio.input.endpointer import Endpointer, EndpointerSettings, Progress
from voice_backcare.core.state import ANSWERS, NO, SOFT_NO
from voice_backcare.core.understanding.agreement import CRIES
from voice_backcare.core.understanding.reading import NO_MATCH
from voice_backcare.session.ports import RATE_HZ, Recognised, Recogniser

_SETTINGS = EndpointerSettings()
HOLD_S = 0.12  # beyond the hangover, in which a "no" is decided meanwhile: it comes hardly later
# At a danger sign a lost "... but she did faint" costs the most: there it is all of the 0.8 s of D4.
DANGER_HOLD_S = 0.8 - _SETTINGS.hangover_s
_LONGEST_BYTES = round(_SETTINGS.longest_s * RATE_HZ) * 2  # of a turn, all its utterances together (D4)
_NOES = (NO, SOFT_NO)


def hold_s(place: str) -> float:
    """How long a "no" is held at ``place``: longest at the danger signs, whose handout ids begin with E."""
    return DANGER_HOLD_S if place.startswith("E") or place == "need_help" else HOLD_S


class Turn:
    """One turn of a person: its frames, and a "no" that is held until it is known that nothing follows.

    What begins while it is held is heard together with it, as one utterance: "no ... but she did faint". A sound in
    which no word is heard (a cough) takes nothing away from the "no". Call ``begin`` where the endpointer says
    "started", then ``feed`` with every frame after it, until that returns a result.
    """

    def __init__(self, recogniser: Recogniser, endpointer: Endpointer) -> None:
        self._recogniser = recogniser
        self._endpointer = endpointer
        self._place = ""
        self._sound = bytearray()
        self._unread = False  # the recogniser has sound whose result was not asked for
        self._held: Recognised | None = None
        self._held_frames = 0
        self._said: Recognised | None = None  # the "no" that something has followed, which began at ``_then_at``
        self._then_at = 0

    def begin(self, place: str, sound: bytes) -> None:
        """A turn begins with ``sound`` (mono, 16 bit, 16 kHz) and is read for ``place``; an earlier one is dropped."""
        self._said = None
        self._hear(place, sound)

    def _hear(self, place: str, sound: bytes) -> None:
        if self._unread:
            self._recogniser.result()  # or Vosk would hear its last sounds in this utterance
        self._place, self._sound = place, bytearray(sound)
        self._held = None
        self._unread = True
        self._recogniser.begin(place)
        self._recogniser.feed(sound)

    def add(self, frame: bytes) -> None:
        """The next frame, wherever the utterance may end."""
        self._sound += frame
        self._recogniser.feed(frame)

    def result(self) -> Recognised:
        """The turn is over: what was recognised."""
        self._unread = False
        return self._recogniser.result()

    def feed(self, frame: bytes, progress: Progress) -> Recognised | None:
        """The next frame, and what the endpointer says of it. Returns what was recognised once the turn is over.

        Of a turn that was cut as too long, only emergencies and commands count (D4).
        """
        if self._held is not None:
            self._sound += frame
            return self._hold(self._held, progress)
        self.add(frame)
        cut = progress == "too_long" or (self._said is not None and len(self._sound) >= _LONGEST_BYTES)
        if not cut and progress != "ended":
            return None
        if cut:
            self._endpointer.reset()
        recognised = self._of_all(cut=cut)
        if cut or not _means(recognised, *_NOES):
            return recognised
        self._held, self._held_frames, self._then_at = recognised, 0, len(self._sound)
        return None

    def _of_all(self, *, cut: bool) -> Recognised:
        """What the turn comes to. What followed a "no" is heard by itself too, since the two may run into one another:
        "no ... call 911" sounds like a denial. The first rule that applies decides:

        1. An emergency in the one or the other is one (D5).
        2. A sound without words takes nothing from the "no".
        3. It stays a "no" only where what followed is one as well.
        4. What both say together counts, else what followed.
        """
        together = urgent_only(self.result()) if cut else self.result()
        if self._said is None:
            return together
        self._recogniser.begin(self._place)
        self._recogniser.feed(bytes(self._sound[self._then_at :]))
        heard = self._recogniser.result()
        then = urgent_only(heard) if cut else heard
        for each in (then, together):
            if _means(each, *CRIES):
                return each
        if not is_speech(heard):
            return self._said
        if _means(together, *_NOES) and not _means(then, *_NOES):
            return replace(together, found=None)
        if together.found is None and not _means(then, *_NOES):
            return then
        return together

    def _hold(self, held: Recognised, progress: Progress) -> Recognised | None:
        self._held_frames += 1
        if progress == "started":
            self._said = held
            self._hear(self._place, bytes(self._sound))
            return None
        waited = self._held_frames - frame_count(hold_s(self._place))
        # A voice that begins in the last moment is told from a click only after some frames.
        if waited < 0 or (self._endpointer.stirs and waited < frame_count(_SETTINGS.onset_window_s)):
            return None
        self._held = None
        return held


def _means(recognised: Recognised, *meanings: str) -> bool:
    return recognised.found is not None and recognised.found.meaning in meanings


def is_speech(recognised: Recognised) -> bool:
    """Whether a turn was one: a sound in which no word is heard (a click, a breath) is none, wherever it comes from."""
    return bool(recognised.text)


def urgent_only(cut: Recognised) -> Recognised:
    """An utterance that was cut: it is no answer, but an emergency or a command in it counts (D4, D5)."""
    found = cut.found
    return replace(cut, found=None) if found and found.meaning in (*ANSWERS, NO_MATCH) else cut
