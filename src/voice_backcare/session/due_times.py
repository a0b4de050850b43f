"""What is due, and when: the timers of the core, the time-out of a question, the gap between two lines."""

from __future__ import annotations

from dataclasses import dataclass, field

# An utterance is cut at 9 s (D4); then it is over after a hangover, a hold and the recogniser's work.
HEARD_WITHIN_S = 11.0


@dataclass
class DueTimes:
    """Times in seconds on the session's clock; None where nothing is timed.

    ``timers``: when each is due. ``no_input_at_s``: when silence is no-input. ``gap_until_s``: the end of the gap
    between two lines, in which the ears are open (D5). While somebody speaks these two wait in ``held_up_s`` and
    ``gap_held_up_s``. ``heard_by_s``: the latest moment at which what somebody says is known.
    """

    timers: dict[str, float] = field(default_factory=dict)
    no_input_at_s: float | None = None
    held_up_s: float | None = None
    gap_until_s: float | None = None
    gap_held_up_s: float | None = None
    heard_by_s: float | None = None

    def speech_begins(self, now_s: float) -> None:
        """Somebody is heard out: neither the time-out nor the end of the gap comes before."""
        if self.no_input_at_s is not None:
            self.held_up_s, self.no_input_at_s = self.no_input_at_s, None
        self.heard_by_s = now_s + HEARD_WITHIN_S
        if self.gap_until_s is not None:
            self.gap_held_up_s = self.gap_held_up_s or self.gap_until_s
            self.gap_until_s = now_s + HEARD_WITHIN_S

    def nothing_began(self, now_s: float) -> None:
        """It was no speech: the time-out (D3) and the gap are those of before."""
        self.heard_by_s = None
        if self.held_up_s is not None:
            self.no_input_at_s, self.held_up_s = self.held_up_s, None
        if self.gap_held_up_s is not None:
            self.gap_until_s, self.gap_held_up_s = max(self.gap_held_up_s, now_s), None

    def utterance_over(self) -> None:
        """What somebody said is known."""
        self.gap_until_s = self.gap_held_up_s = self.heard_by_s = None

    def turn_over(self) -> None:
        """Forget all but the timers."""
        self.no_input_at_s = self.held_up_s = None
        self.utterance_over()

    def next_s(self) -> float | None:
        """When the next timer, time-out or gap is over."""
        due = [*map(self._fires_at_s, self.timers.values()), self.no_input_at_s, self.gap_until_s]
        return min((at_s for at_s in due if at_s is not None), default=None)

    def next_timer(self) -> str:
        """The name of the timer that is due first; it is due no more."""
        name = min(self.timers, key=lambda name: self.timers[name])
        del self.timers[name]
        return name

    def skip(self, now_s: float) -> None:
        """Cancel the timers that are due by ``now_s``."""
        self.timers = {name: at_s for name, at_s in self.timers.items() if at_s > now_s}

    def _fires_at_s(self, due_s: float) -> float:
        """When a timer that is due at ``due_s`` fires: not before the end of what somebody says, maybe an emergency."""
        return due_s if self.heard_by_s is None else max(due_s, self.heard_by_s)
