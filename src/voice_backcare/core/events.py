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
    """Event: the current ``Say`` could not be spoken (D9). ``said`` is that ``Say``, of which nothing is left out next
    time.
    """

    at_s: float
    said: Say | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """Event: the timer of this name is over."""

    at_s: float
    timer: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """Event: the "microphone" or the "loudspeaker" is gone."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """Event: the "microphone" or the "loudspeaker" works again."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Event: the program runs again after an interruption of ``away_s`` seconds; None where the time is not known
    (D11).
    """

    at_s: float
    away_s: float | None
    same_boot: bool


Event = Heard | NoMatch | NoInput | Pressed | Finished | Failed | Fired | DeviceLost | DeviceBack | Resumed


# --- actions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Action: speak ``lead`` (wants no answer), then ``asked`` (wants one of ``kind``, known by ``id``)."""

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
    """A phase of ice or heat. Times are on the session's clock; ``first_on_s`` is when the first pack went on."""

    pack: str
    on: bool
    began_s: float
    ends_s: float
    first_on_s: float


@dataclass(frozen=True, slots=True)
class Show:
    """Action: show these lines; ``attention`` means that they could not be spoken (D9)."""

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
    """Action: change the voice: "slower", "faster", "louder" or "quieter"."""

    what: str


@dataclass(frozen=True, slots=True)
class End:
    """Action: the conversation is over. ``because``: the ids that caused the outcome. ``answers``: pairs of question id
    and answer.
    """

    outcome: str
    because: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


Action = Say | Listen | Show | StartTimer | CancelTimer | Adjust | End
