"""What of a ``Say`` is still to be said, and which answers count where a person begins over it (D10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from voice_backcare.core.events import Heard, Line, NoMatch, Say
from voice_backcare.core.state import ANSWERS, NO, SOFT_NO
from voice_backcare.session.ports import Ears

SPEECH_MOST_S = 8.0  # no stretch of speech is longer without a gap to listen in (D5)
ASKED_S = 0.7  # from its being given to the mouth until a line has begun, and a person who answers it was noticed
INTERRUPTIONS_MOST = 2  # that came to nothing: then a speech is said to its end


def pieces(line: Line) -> list[Line]:
    """The line's sentences, and their clauses: for a slow voice, so that there is room for a gap between (D5)."""
    return [replace(line, text=text) for text in re.split(r"(?<=[.?:,]) ", line.text)]


@dataclass
class Speech:
    """The ``Say`` that is being spoken: what is left of it, and how long it has gone on without a gap."""

    say: Say
    left: list[Line]
    spoken_s: float = 0.0
    line: Line | None = None  # that is being said
    line_began_s: float = 0.0
    interruptions: int = 0  # that came to nothing
    counts: frozenset[str] | None = None  # a person has begun over it: the answers that count

    @property
    def is_interrupted(self) -> bool:
        """Whether a person has begun over the line, and what they say is not known yet."""
        return self.counts is not None

    def next_s(self, duration_s: Callable[[Line], float]) -> float:
        """How long the next line takes; one that is too long for one stretch is said in pieces."""
        line_s = duration_s(self.left[0])
        if line_s > SPEECH_MOST_S and len(parts := pieces(self.left[0])) > 1:
            self.left[:1] = parts
            line_s = duration_s(parts[0])
        return line_s

    def wants_gap(self, line_s: float) -> bool:
        """Whether the next line would make the stretch too long."""
        return bool(self.say.interruptible and self.spoken_s and self.spoken_s + line_s > SPEECH_MOST_S)

    def begin_line(self, at_s: float) -> Line:
        """The next line, which begins now."""
        self.line, self.line_began_s = self.left.pop(0), at_s
        return self.line

    def interrupted(self, noticed_s: float) -> None:
        """A person was noticed to have begun over the line.

        Before the question's own words a "no" belongs to the question before, or to nothing; and where it is no
        question of the handout, a "yes" may be as grave.
        """
        asked = self.line is not None and self.line.id in {line.id for line in self.say.asked}
        if asked and noticed_s - self.line_began_s >= ASKED_S:
            self.counts = frozenset(ANSWERS)
        else:
            self.counts = frozenset(ANSWERS) - {NO, SOFT_NO} if self.say.kind == "question" else frozenset()

    def is_answered_by(self, event: Heard | NoMatch) -> bool:
        """Whether what the person said is an answer that counts; afterwards it is not interrupted any more."""
        counts, self.counts = self.counts or frozenset(), None
        return isinstance(event, Heard) and event.meaning in counts

    def again(self) -> None:
        """The line is said once more; there was silence before it."""
        self.interruptions += 1
        self.counts = None
        self.spoken_s = 0.0
        if self.line is not None:
            self.left.insert(0, self.line)


class OpenOverSpeech:
    """The ears over what is said: opened with its first line, open to its end and in the listening after it."""

    def __init__(self, ears: Ears, possible: Callable[[], bool]) -> None:
        self._ears = ears
        self._possible = possible
        self._place: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the ears are open over what is said."""
        return self._place is not None

    def line_begins(self, speech: Speech, place: str, turn: int) -> None:
        """Open where a person is told from the mouth; close where not, or where nothing came of it so often."""
        if speech.say.interruptible and speech.interruptions < INTERRUPTIONS_MOST and self._possible():
            if self._place is None:
                self._place = place
                self._ears.listen(place, turn)
        elif self._place is not None:
            self._place = None
            self._ears.stop()

    def goes_on_with(self, place: str) -> bool:
        """Whether they are open for this place: who has begun already is heard out. Not told a second time."""
        open_with, self._place = self._place, None
        return open_with == place

    def forget(self) -> None:
        """They were closed or opened for something else."""
        self._place = None
