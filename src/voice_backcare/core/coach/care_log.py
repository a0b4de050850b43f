"""Care log: which pack was on when, and for how long. The summary says or prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_backcare.core.coach.state import Application
from voice_backcare.core.state import State

Pack = Literal["ice", "heat"]


@dataclass(frozen=True, slots=True)
class PackPhase:
    """One time that a pack was on the skin, in the summary's units.

    ``on_at_s`` and ``off_at_s`` are seconds on the session's clock, None where that is not known (C6: after a power
    cut); ``off_at_s`` is None too while the pack is on. ``minutes``: how long it was on, so far; None: not known.
    """

    pack: Pack
    on_at_s: float | None
    off_at_s: float | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class HomeCareDone:
    """All phases in the order in which they were, and the total.

    ``total_minutes``: since the first "on", pauses included (C3); None where an interruption hides it.
    """

    phases: tuple[PackPhase, ...] = ()
    total_minutes: float | None = None

    def packs(self) -> tuple[tuple[Pack, int, float | None], ...]:
        """Each pack that was used, with how often it was on and for how many minutes in all (None: not known)."""
        result = []
        for pack in dict.fromkeys(phase.pack for phase in self.phases):
            lasted = [phase.minutes for phase in self.phases if phase.pack == pack]
            known = [minutes for minutes in lasted if minutes is not None]
            result.append((pack, len(lasted), sum(known) if len(known) == len(lasted) else None))
        return tuple(result)


NOTHING_DONE = HomeCareDone()


def home_care_done(state: State) -> HomeCareDone:
    """The care log of ``state``. A pack that is still on counts up to the latest event of the hour."""
    if not state.applications:
        return NOTHING_DONE
    now_s = state.treatment.now_at_s if state.treatment else state.applications[-1].on_at_s
    phases = tuple(_phase(application, now_s) for application in state.applications)
    known = all(application.known for application in state.applications)
    last_s = now_s if state.applications[-1].off_at_s is None else state.applications[-1].off_at_s
    return HomeCareDone(phases, (last_s - state.applications[0].on_at_s) / 60.0 if known else None)


def _phase(application: Application, now_s: float) -> PackPhase:
    pack: Pack = "ice" if application.pack == "ice" else "heat"
    if not application.known:
        return PackPhase(pack, application.on_at_s, None, None)
    until_s = now_s if application.off_at_s is None else application.off_at_s
    return PackPhase(pack, application.on_at_s, application.off_at_s, (until_s - application.on_at_s) / 60.0)
