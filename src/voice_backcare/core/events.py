"""Events and actions: the values that pass between the pure core and its edges.

Times named ``at_s`` are seconds on the session's own monotonic clock. Nothing here imports
anything of ours; everything is frozen, so a conversation can be replayed from its events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AskKind = Literal["question", "read_back", "confirmation", "offer", "check", "standby"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said or shown: ``text`` is the shown form ("911"), ``sources`` the handout ids or ``("own",)``."""

    id: str
    text: str
    sources: tuple[str, ...]


# --- events -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase was heard. ``meaning`` is "yes", "no", "unsure", "emergency" or a command's name.

    ``sign`` is set for an emergency phrase only: "E1", "E3", "E4", or "emergency" (D5).
    """

    at_s: float
    meaning: str
    phrase: str = ""
    sign: str | None = None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Something was heard that means nothing here; ``phrase`` is what it sounded like."""

    at_s: float
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was heard before the listening time was over."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, touch or button; ``meaning`` is drawn from the same names as ``Heard.meaning``."""

    at_s: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Finished:
    """All lines of the current ``Say`` were spoken to their end."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The current ``Say`` could not be spoken (D9). ``said`` is that: nothing of it is left out next time."""

    at_s: float
    said: Say | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """The timer of this name is over."""

    at_s: float
    timer: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The "microphone" or the "loudspeaker" is gone."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """The "microphone" or the "loudspeaker" works again."""

    at_s: float
    device: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The program runs again after an interruption; ``away_s`` is None where the time is not known (D11)."""

    at_s: float
    away_s: float | None
    same_boot: bool


Event = Heard | NoMatch | NoInput | Pressed | Finished | Failed | Fired | DeviceLost | DeviceBack | Resumed


# --- actions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Speak ``lead`` (wants no answer), then ``asked`` (wants one of ``kind``, known by ``id``)."""

    lead: tuple[Line, ...]
    asked: tuple[Line, ...]
    kind: AskKind | None
    id: str
    interruptible: bool = True

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.lead + self.asked


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the ears with the grammar of this context; ``timeout_s`` None waits without a no-input."""

    grammar: str
    timeout_s: float | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the ice and heat hour: times are of the session's clock, ``first_on_s`` is when it all began."""

    pack: str
    on: bool
    began_s: float
    ends_s: float
    first_on_s: float


@dataclass(frozen=True, slots=True)
class Show:
    """Put these lines on the screen; ``attention`` means they could not be spoken (D9)."""

    kind: AskKind | None
    id: str
    lines: tuple[Line, ...]
    attention: bool = False
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Send ``Fired(name)`` after ``after_s`` seconds; a running timer of that name starts afresh."""

    name: str
    after_s: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget the timer of this name; nothing happens where there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Adjust:
    """Change the voice: "slower", "faster", "louder" or "quieter"."""

    what: str


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over: its outcome, the ids that caused it, and every answer by id."""

    outcome: str
    because: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


Action = Say | Listen | Show | StartTimer | CancelTimer | Adjust | End
