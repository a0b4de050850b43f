"""Where a conversation is (``Position``), and apart from that what has been answered (``Record``)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from voice_backcare.core.events import Phase

PositionName = Literal[
    "idle",  # nobody is being asked; waits for "start"
    "question",  # id: the question's
    "read_back",  # id: the part's
    "offer",  # id: "rest" or "home_care"
    "recheck",  # id: what caused the outcome, asked again (D7)
    "confirm",  # id: "withdraw", "stop", "start_over", "same_child"
    "paused",  # nobody answered (D3)
    "waiting",  # somebody said wait
    "outcome",  # id: the disposition, said and standing
    "home_care",  # id: the number of the step, from "0"
    "coach",  # id: "choose", "ready", "on", "awake", "off", "changed", "go_on", "resting" or "held"
    "closing",  # id: the outcome that the last words end with
]

YES, NO, UNSURE = "yes", "no", "unsure"
PHRASE = "emergency"  # the cause where an emergency phrase belongs to no single sign (D5)


@dataclass(frozen=True, slots=True)
class Position:
    """A position and its counters.

    ``speaking``: the lines are still being said. ``tries``: no-input and no-match so far (D3).
    ``doubted``: one "I don't know" was heard (D2). ``failures``: prompts that could not be spoken (D9).
    ``uninterruptible``: the 911 instruction is being said, and nothing interrupts it (D6).
    ``revisited``: a question that was gone back to, so "I meant yes" is said of it (D7).
    ``return_to``: where a pause, a wait or a confirmation returns to; never itself one of these, but for "same_child".
    A "same_child" with nothing behind it goes on by the record alone: what was answered "no" has gone stale.
    ``subject``: of a "withdraw" confirmation the cause that would be withdrawn; of "closing" if it was told.
    """

    name: PositionName
    id: str = ""
    speaking: bool = True
    tries: int = 0
    doubted: bool = False
    failures: int = 0
    uninterruptible: bool = False
    revisited: bool = False
    return_to: Position | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What was answered, in the order it was answered, and what became of the read-backs.

    ``confirmed``: parts whose read-back was confirmed. ``refused``: parts asked a second time after a refused
    or doubted read-back. ``unresolved``: parts whose read-back was refused or doubted twice (D13).
    ``continue_after_urgent``: whether the remaining questions are wanted after an urgent sign ("", "accepted" or
    "declined").
    """

    answers: tuple[tuple[str, str], ...] = ()
    phrase: bool = False
    confirmed: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    unresolved: frozenset[str] = frozenset()
    continue_after_urgent: str = ""

    def answer(self, question_id: str) -> str | None:
        return dict(self.answers).get(question_id)

    def with_answer(self, question_id: str, answer: str) -> Record:
        """The answer is now the latest one, in place of an earlier one to the same question."""
        return replace(self.without(question_id), answers=(*self.without(question_id).answers, (question_id, answer)))

    def without(self, *question_ids: str) -> Record:
        return replace(self, answers=tuple(a for a in self.answers if a[0] not in question_ids))


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
    """The ice and heat hour (C1-C6). Seconds named ``..._at_s`` are on the session's clock.

    ``pack``: "ice", "heat", or "" while it is not chosen; ``next_pack``: what comes after this one.
    ``alone``: begun without a triage. ``step``: the home-care step that it goes back to.
    ``now_at_s``: of the latest event. ``first_on_at_s``: what the total is counted from.
    ``since_at_s``: the stage's beginning; of an off-phase what its 20 minutes are counted from.
    ``length_s``: how long the pack may be on. ``spent_s``: of that, before it was last interrupted.
    ``told``: announcements made so far in this stage. ``checked_at_s``: when the child was last known to be awake.
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
    told: int = 0
    checked_at_s: float = 0.0
    awake_by_at_s: float | None = None
    next_pack: str = ""
    unchanged: bool = False
    longer: bool = False
    stale: bool = False
    left_on: bool = False

    @property
    def running(self) -> bool:
        return self.stage != "over"

    @property
    def worn(self) -> bool:
        """Whether the pack may be on the child."""
        return self.stage in ("on", "off")

    @property
    def total_s(self) -> float:
        """Since the first "on", pauses included (C3)."""
        return 0.0 if self.first_on_at_s is None else self.now_at_s - self.first_on_at_s

    @property
    def left_s(self) -> float:
        """Of the phase that runs."""
        length_s = self.length_s - self.spent_s if self.stage == "on" else OFF_S
        return max(0.0, self.since_at_s + length_s - self.now_at_s)

    def ended(self) -> TreatmentState:
        """Over; what it was is kept, for no "on" comes without its 20 minutes off."""
        if not self.running:
            return self
        since_s = self.now_at_s if self.worn else self.since_at_s
        return replace(self, stage="over", left_on=self.worn, since_at_s=since_s)

    @property
    def phase(self) -> Phase | None:
        """What a screen counts down; None while nothing runs."""
        if self.stage not in ("on", "resting") or self.first_on_at_s is None:
            return None
        ends_s = self.now_at_s + self.left_s
        return Phase(self.pack, self.stage == "on", self.since_at_s, ends_s, self.first_on_at_s)


@dataclass(frozen=True, slots=True)
class Worn:
    """One time that a pack was on, by the session's clock; ``known`` False where an interruption hides when it was."""

    pack: str
    on_at_s: float
    off_at_s: float | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """All there is to know about a conversation; ``treatment`` once ice or heat was begun, ``worn`` what was on."""

    position: Position = field(default_factory=lambda: Position("idle", speaking=False))
    record: Record = field(default_factory=Record)
    treatment: TreatmentState | None = None
    worn: tuple[Worn, ...] = ()
