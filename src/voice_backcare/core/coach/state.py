"""State of the ice and heat hour (I1, T2, C1-C6).

``TreatmentState`` says how far the hour has come, ``Application`` when a pack was on the skin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from voice_backcare.core.events import Phase

Stage = Literal[
    "before",  # no pack has been on yet
    "on",
    "off",  # "off" was said, and nobody has acknowledged it
    "resting",  # off, and the next "on" is timed
    "held",  # off, because somebody asked to wait
    "ready",  # off, and the next "on" waits for the answers that it needs
    "over",
]
ON_S = OFF_S = 1200.0  # I1, T2
HOUR_S = 3600.0
MOST_S = 5400.0  # I1, T2: 60 to 90 minutes


@dataclass(frozen=True, slots=True)
class TreatmentState:
    """State of one ice and heat hour (C1-C6). Seconds named ``..._at_s`` are on the session's clock.

    ``pack``: "ice", "heat", or "" while it is not chosen; ``next_pack``: what comes after this one.
    ``bath``: the heat is a warm bath, not a pad (C4).
    ``alone``: begun without a triage. ``step``: the home-care step that it goes back to.
    ``now_at_s``: of the latest event. ``first_on_at_s``: what the total is counted from.
    ``since_at_s``: the stage's beginning; of an off-phase what its 20 minutes are counted from.
    ``length_s``: how long the pack may be on. ``spent_s``: of that, before it was last interrupted.
    ``announcements_made``: so far, in this stage. ``checked_at_s``: when the child was last known to be awake.
    ``awake_by_at_s``: when the answer to "awake?" is overdue. ``unchanged``: "no" was heard to "has anything
    changed?" since the pack came off. ``longer``: going on after 60 minutes was wanted.
    ``stale``: an interruption has made the answers of the triage doubtful (D11).
    ``left_on``: the hour was cut short while the pack may have been on.
    """

    pack: str = ""
    alone: bool = False
    step: str = "0"
    stage: Stage = "before"
    now_at_s: float = 0.0
    first_on_at_s: float | None = None
    since_at_s: float = 0.0
    length_s: float = ON_S
    spent_s: float = 0.0
    announcements_made: int = 0
    checked_at_s: float = 0.0
    awake_by_at_s: float | None = None
    next_pack: str = ""
    unchanged: bool = False
    longer: bool = False
    stale: bool = False
    left_on: bool = False
    bath: bool = False

    @property
    def running(self) -> bool:
        """Whether the hour goes on."""
        return self.stage != "over"

    @property
    def may_be_worn(self) -> bool:
        """Whether the pack may be on the child: it is, or nobody has said yet that it came off."""
        return self.stage in ("on", "off")

    @property
    def total_s(self) -> float:
        """Seconds since the first "on", pauses included (C3); 0 before it."""
        return 0.0 if self.first_on_at_s is None else self.now_at_s - self.first_on_at_s

    @property
    def left_s(self) -> float:
        """Seconds that are left of the phase that runs, on or off; 0 where it is over."""
        length_s = self.length_s - self.spent_s if self.stage == "on" else OFF_S
        return max(0.0, self.since_at_s + length_s - self.now_at_s)

    def ended(self) -> TreatmentState:
        """The hour as one that is over. What it was is kept, so that a next "on" waits for the rest of the 20 minutes
        off.
        """
        if not self.running:
            return self
        since_s = self.now_at_s if self.may_be_worn else self.since_at_s
        return replace(self, stage="over", left_on=self.may_be_worn, since_at_s=since_s)

    @property
    def phase(self) -> Phase | None:
        """The phase that a screen counts down; None while nothing is timed."""
        if self.stage not in ("on", "resting") or self.first_on_at_s is None:
            return None
        ends_s = self.now_at_s + self.left_s
        return Phase(self.pack, self.stage == "on", self.since_at_s, ends_s, self.first_on_at_s)


@dataclass(frozen=True, slots=True)
class Application:
    """One time that a pack was on the skin.

    ``pack``: "ice" or "heat". ``on_at_s``, ``off_at_s``: seconds on the session's clock; ``off_at_s`` is None while it
    is on. ``known``: False where an interruption hides how long it was on (C6).
    """

    pack: str
    on_at_s: float
    off_at_s: float | None = None
    known: bool = True
