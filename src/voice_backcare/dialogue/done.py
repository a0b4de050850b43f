"""What of home care has been done: facts for the summary, spoken or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_backcare.dialogue.state import State

Pack = Literal["ice", "heat"]


@dataclass(frozen=True, slots=True)
class PackPhase:
    """One time that a pack was on the skin.

    ``on_at_s`` and ``off_at_s`` are seconds on the session's clock, None where that is not known (C6: after a power
    cut); ``off_at_s`` is None too while the pack is on. ``minutes``: how long it was on, so far; None: not known.
    """

    pack: Pack
    on_at_s: float | None
    off_at_s: float | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class HomeCareDone:
    """All phases in their order, and the minutes since the first "on", pauses included (C3); None: not known."""

    phases: tuple[PackPhase, ...] = ()
    total_minutes: float | None = None

    def packs(self) -> tuple[tuple[Pack, int, float | None], ...]:
        """Each pack that was used, how often, and for how many minutes in all (None: not known)."""
        result = []
        for pack in dict.fromkeys(phase.pack for phase in self.phases):
            lasted = [phase.minutes for phase in self.phases if phase.pack == pack]
            known = [minutes for minutes in lasted if minutes is not None]
            result.append((pack, len(lasted), sum(known) if len(known) == len(lasted) else None))
        return tuple(result)


NOTHING_DONE = HomeCareDone()


def home_care_done(state: State) -> HomeCareDone:
    """What the state tells of it."""
    return NOTHING_DONE
