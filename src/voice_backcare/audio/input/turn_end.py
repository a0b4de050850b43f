"""The end of a turn: a "no" is held for a moment, because people draw breath after it and go on (D4)."""

from __future__ import annotations

from dataclasses import replace

from voice_backcare.audio.formats.frames import frame_count
from voice_backcare.audio.input.endpointer import Endpointer, Progress
from voice_backcare.core.state import ANSWERS, NO, SOFT_NO
from voice_backcare.core.understanding.reading import NO_MATCH
from voice_backcare.session.ports import Recognised, Recogniser

HOLD_S = 0.12  # beyond the hangover, in which a "no" is decided meanwhile: it comes 0.1 s later
# A voice that begins in the last moment of the hold needs the endpointer's onset window to be told from a click.
_ONSET_S = 0.16


class Turn:
    """One turn of a person: its frames, and a "no" that is held until it is known that nothing follows.

    What begins while it is held is heard together with it, as one utterance: "no ... but she did faint". Call ``begin``
    where the endpointer says "started", then ``feed`` with every frame after it, until that returns a result.
    """

    def __init__(self, recogniser: Recogniser, endpointer: Endpointer) -> None:
        self._recogniser = recogniser
        self._endpointer = endpointer
        self._place = ""
        self._sound = bytearray()
        self._unread = False  # the recogniser has sound whose result was not asked for
        self._held: Recognised | None = None
        self._held_frames = 0

    def begin(self, place: str, sound: bytes) -> None:
        """A turn begins with ``sound`` (mono, 16 bit, 16 kHz) and is read for ``place``; an earlier one is dropped."""
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

        Of an utterance that was cut as too long, only emergencies and commands count (D4).
        """
        if self._held is not None:
            self._sound += frame
            return self._hold(self._held, progress)
        self.add(frame)
        if progress == "too_long":
            return urgent_only(self.result())
        if progress != "ended":
            return None
        recognised = self.result()
        if recognised.found is None or recognised.found.meaning not in (NO, SOFT_NO):
            return recognised
        self._held, self._held_frames = recognised, 0
        return None

    def _hold(self, held: Recognised, progress: Progress) -> Recognised | None:
        self._held_frames += 1
        if progress == "started":
            self.begin(self._place, bytes(self._sound))
            return None
        waited = self._held_frames - frame_count(HOLD_S)
        if waited < 0 or (self._endpointer.stirs and waited < frame_count(_ONSET_S)):
            return None
        self._held = None
        return held


def is_speech(recognised: Recognised) -> bool:
    """Whether a turn was one: a sound in which no word is heard (a click, a breath) is none, wherever it comes from."""
    return bool(recognised.text)


def urgent_only(cut: Recognised) -> Recognised:
    """An utterance that was cut: it is no answer, but an emergency or a command in it counts (D4, D5)."""
    found = cut.found
    return replace(cut, found=None) if found and found.meaning in (*ANSWERS, NO_MATCH) else cut
