"""What is due, and when: the timers of the core, the time-out of a question, the gap between two lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.session.speech import SPEECH_MOST_S


@dataclass
class DueTimes:
    """Times in seconds on the session's clock; None where nothing is timed.

    ``timers``: when each is due. ``no_input_at_s``: when silence is no-input; while somebody speaks it waits in
    ``held_up_s``. ``gap_until_s``: the end of the gap between two lines, in which the ears are open (D5).
    ``heard_by_s``: the latest moment at which what somebody says is known.
    """

    timers: dict[str, float] = field(default_factory=dict)
    no_input_at_s: float | None = None
    held_up_s: float | None = None
    gap_until_s: float | None = None
    heard_by_s: float | None = None

    def speech_begins(self, now_s: float) -> None:
        """Somebody is heard out: neither the time-out nor the end of the gap comes before."""
        if self.no_input_at_s is not None:
            self.held_up_s, self.no_input_at_s = self.no_input_at_s, None
        self.heard_by_s = now_s + SPEECH_MOST_S
        self.gap_until_s = None if self.gap_until_s is None else now_s + SPEECH_MOST_S

    def nothing_began(self, now_s: float) -> None:
        """It was no speech: the time-out is that of before (D3), and the gap is over."""
        self.heard_by_s = None
        self.no_input_at_s, self.held_up_s = self.held_up_s, None
        self.gap_until_s = None if self.gap_until_s is None else now_s

    def utterance_over(self) -> None:
        """What somebody said is known."""
        self.gap_until_s = self.heard_by_s = None

    def turn_over(self) -> None:
        """Forget all but the timers."""
        self.no_input_at_s = self.held_up_s = self.gap_until_s = self.heard_by_s = None

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
