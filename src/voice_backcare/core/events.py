"""Events and actions: the values that pass between the pure core and its edges.

``at_s`` is in seconds on the session's own monotonic clock. Everything is frozen, so a conversation can be replayed
from its events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AskKind = Literal["question", "read_back", "confirmation", "offer", "check", "standby"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line to say or show: ``text`` is its shown form ("911"), ``sources`` its handout ids or ``("own",)``."""

    id: str
    text: str
    sources: tuple[str, ...]


# --- events -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """Event: a phrase was heard. ``meaning`` is "yes", "no", "unsure", "emergency" or the name of a command.

    ``sign`` is set for an emergency phrase only: "E1", "E3", "E4", or "emergency" where it belongs to no single sign
    (D5). ``signs`` are named beside the answer, each a yes to its question (D14).
    """

    at_s: float
    meaning: str
    phrase: str = ""
    sign: str | None = None
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Event: something without a meaning was heard; ``phrase`` is what it was recognised as."""

    at_s: float
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class NoInput:
    """Event: nothing was heard within the time-out."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """Event: a key, touch or button; ``meaning`` is one of the names that ``Heard.meaning`` has."""

    at_s: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Event: all lines of the current ``Say`` were spoken to their end."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """Event: the current ``Say`` could not be spoken (D9). ``said`` is that ``Say``: all of it is said again."""

    at_s: float
    said: Say | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """Event: the timer ``timer`` has run out."""

    at_s: float
    timer: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """Event: ``device``, "microphone" or "loudspeaker", is gone."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """Event: ``device``, "microphone" or "loudspeaker", works again."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Event: the program runs again after an interruption (D11).

    ``away_s``: how many seconds it lasted; None where that is not known. ``same_boot``: the machine has not been
    started anew since.
    """

    at_s: float
    away_s: float | None
    same_boot: bool


Event = Heard | NoMatch | NoInput | Pressed | Finished | Failed | Fired | DeviceLost | DeviceBack | Resumed


# --- actions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Action: speak ``lead``, which wants no answer, then ``asked``, which wants one.

    ``kind``: what is asked; None where nothing is. ``id``: what the prompt is known by (a handout id for a question).
    ``interruptible``: whether a voice or a key may cut it short (D6).
    """

    lead: tuple[Line, ...]
    asked: tuple[Line, ...]
    kind: AskKind | None
    id: str
    interruptible: bool = True

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in the order in which they are said."""
        return self.lead + self.asked


@dataclass(frozen=True, slots=True)
class Listen:
    """Action: open the ears. ``place``: what an utterance is read for, a place of ``understanding.places``.
    ``timeout_s``: how long until a no-input; None waits without one.
    """

    place: str
    timeout_s: float | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of ice or heat that a screen counts down (C3).

    ``pack``: "ice" or "heat". ``on``: whether it is on the skin. ``began_s``, ``ends_s`` and ``first_on_s`` (when the
    first pack went on) are seconds on the session's clock.
    """

    pack: str
    on: bool
    began_s: float
    ends_s: float
    first_on_s: float


@dataclass(frozen=True, slots=True)
class Show:
    """Action: show ``lines``, with ``kind`` and ``id`` as in ``Say``.

    ``attention``: they could not be spoken (D9). ``phase``: the phase that is being timed; None where none is.
    """

    kind: AskKind | None
    id: str
    lines: tuple[Line, ...]
    attention: bool = False
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Action: send ``Fired(name)`` after ``after_s`` seconds; a running timer of that name starts anew."""

    name: str
    after_s: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Action: cancel the timer of this name; nothing happens where there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Adjust:
    """Action: change the voice.

    ``what``: "slower", "faster", "louder" or "quieter" (D8); "raised", a step louder until "usual" (C3).
    """

    what: str


@dataclass(frozen=True, slots=True)
class End:
    """Action: the conversation is over.

    ``outcome``: a disposition, "out_of_scope", "incomplete", "coach_done" or "coach_stopped". ``because``: the ids that
    caused it. ``answers``: pairs of question id and answer.
    """

    outcome: str
    because: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


Action = Say | Listen | Show | StartTimer | CancelTimer | Adjust | End
