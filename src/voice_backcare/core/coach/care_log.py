"""What of home care has been done: facts for the summary, spoken or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_backcare.core.state import State, Worn

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
    """What the state tells of it; what lasts goes on until the hour's latest event."""
    if not state.worn:
        return NOTHING_DONE
    now_s = state.treatment.now_at_s if state.treatment else state.worn[-1].on_at_s
    phases = tuple(_phase(worn, now_s) for worn in state.worn)
    known = all(worn.known for worn in state.worn)
    last_s = now_s if state.worn[-1].off_at_s is None else state.worn[-1].off_at_s
    return HomeCareDone(phases, (last_s - state.worn[0].on_at_s) / 60.0 if known else None)


def _phase(worn: Worn, now_s: float) -> PackPhase:
    pack: Pack = "ice" if worn.pack == "ice" else "heat"
    if not worn.known:
        return PackPhase(pack, worn.on_at_s, None, None)
    until_s = now_s if worn.off_at_s is None else worn.off_at_s
    return PackPhase(pack, worn.on_at_s, worn.off_at_s, (until_s - worn.on_at_s) / 60.0)
