"""Prompts of the ice and heat hour: from its state to lines. Nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass

from voice_backcare.core.coach.state import MOST_S, TreatmentState
from voice_backcare.core.content import Content, ContentError
from voice_backcare.core.content.lines import Lines, spoken
from voice_backcare.core.content.required_lines import refuse_without
from voice_backcare.core.events import Line, Say
from voice_backcare.core.state import Position, State

_PACKS = ("ice", "heat")
_OF_A_PACK = """
    fetch forbid chosen check check_{}_again check_{}_keys not_yet on stays left off resting next take_off
"""
_OF_A_BATH = "fetch forbid not_yet on stays left off resting next take_off asleep held off_hint"
_OF_BOTH = """
    alone choose choose_again choose_keys choose_doubt on_hint halfway last_minute awake asleep off_hint total
    changed changed_again changed_keys has_changed still_off held held_hint go_on go_on_again go_on_keys
    been not_running done stopped time_unknown
"""
_NEXT_STEPS = ("activity", "watch")  # A1, A2, F7, F8


def refuse_what_lacks_lines(content: Content) -> None:
    """Raise ``ContentError``, which names the first line or home-care step of the hour that is missing."""
    of_a_pack = {
        f"coach_{name.format(pack)}" if "{}" in name else f"coach_{name}_{pack}"
        for name in _OF_A_PACK.split()
        for pack in _PACKS
    }
    of_a_pack |= {f"coach_{name}_bath" for name in _OF_A_BATH.split()}
    needed = of_a_pack | {f"coach_{name}" for name in _OF_BOTH.split()} | {"help_coach"}
    refuse_without(needed, content, "coach.toml")
    for step_id in _NEXT_STEPS:
        if not any(step.id == step_id for step in content.steps):
            raise ContentError(f"home_care.toml: step.{step_id}: is missing")


def minutes(seconds: float) -> str:
    """A duration in words, to the nearest minute and at least one: "one minute", "7 minutes"."""
    count = max(1, round(seconds / 60))
    return "one minute" if count == 1 else f"{count} minutes"


def total(treatment: TreatmentState) -> str:
    """The time since the first "on" in words, pauses included and 90 minutes at most (C3): the same wherever it is
    told.
    """
    return minutes(min(treatment.total_s, MOST_S))


@dataclass(frozen=True)
class CoachPrompts:
    """The lines of every place of the hour, out of ``texts``."""

    texts: Lines

    @property
    def content(self) -> Content:
        """The content that the lines come from."""
        return self.texts.content

    def line(self, line_id: str, **values: object) -> Line:
        """See ``Lines.line``."""
        return self.texts.line(line_id, **values)

    def lines(self, *line_ids: str) -> tuple[Line, ...]:
        """See ``Lines.lines``."""
        return self.texts.lines(*line_ids)

    def say(
        self, position: Position, treatment: TreatmentState, lead: tuple[Line, ...] = (), *, brief: bool = False
    ) -> Say:
        """All that is said at ``position``, a place of the hour, after ``lead``.

        ``brief``: it was said to its end before, so what has to be fetched and what is forbidden are left out.
        """
        match position.id:
            case "ready":
                told = (
                    () if brief else (*self.fetch(treatment), self.fitting(f"coach_forbid_{treatment.pack}", treatment))
                )
                check_id = "wrap" if treatment.pack == "ice" else "stay_awake"
                return Say(
                    (*lead, *told),
                    self.texts.tapered(f"coach_check_{treatment.pack}", position.tries),
                    "check",
                    check_id,
                )
            case "choose" | "changed":
                return Say(lead, self.texts.tapered(f"coach_{position.id}", position.tries), "check", position.id)
            case "go_on":
                asked = self.texts.tapered("coach_go_on", position.tries)
                told = () if position.tries else (self.line("coach_been", time=total(treatment)),)
                return Say(lead, (*told, *asked), "offer", "go_on")
            case "awake":
                return Say(lead, self.lines("coach_awake"), "check", "awake")
            case "on":
                return Say(*self._while_on(treatment, lead), "standby", "coach_on")
            case "off":
                # "Off" is the first word, because it may be all that is heard (C3).
                off, hint = self.of_pack("off", treatment), self.fitting("coach_off_hint", treatment)
                return Say((off, *lead), (hint,), "standby", "coach_off")
            case "held":
                return Say(lead, self.lines("coach_held_hint"), "standby", "coach_off")
            case _:
                return Say(lead, (self.resting(treatment),), "standby", "coach_off")

    def _while_on(self, treatment: TreatmentState, lead: tuple[Line, ...]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Lead and asked lines of an on-phase.

        What can be said is told at the start and on coming back. After an announcement only the pack's staying on is
        said, so that a short announcement stays short.
        """
        told = {line.id for line in lead}
        if "coach_left" in told:
            return lead[:-1], lead[-1:]
        if "coach_on" in told:
            return lead, self.lines("coach_on_hint")
        if lead:
            return lead, (self.fitting(f"coach_stays_{treatment.pack}", treatment),)
        return (self.left(treatment),), self.lines("coach_on_hint")

    def fitting(self, line_id: str, treatment: TreatmentState, **values: object) -> Line:
        """The line ``line_id``, with ``values`` for its gaps, in words that fit a bath where the heat is one (C4).

        Its id stays the same, because what a line is for does not change with its words.
        """
        of_a_bath = f"{line_id.removesuffix('_heat')}_bath"
        of_heat = line_id.endswith("_heat") or treatment.pack == "heat"
        if not (treatment.bath and of_heat and of_a_bath in self.content.lines):
            return self.line(line_id, **values)
        line = self.line(of_a_bath, **values)
        return Line(line_id, line.text, line.sources)

    def next_pack(self, treatment: TreatmentState, pack: str) -> tuple[Line, ...]:
        """That ``pack`` comes next."""
        return (self.fitting(f"coach_next_{pack}", treatment),)

    def of_pack(self, name: str, treatment: TreatmentState, **values: object) -> Line:
        """The line ``coach_NAME_PACK`` of this pack, under the id ``coach_NAME`` that it has for both packs."""
        line = self.fitting(f"coach_{name}_{treatment.pack}", treatment, **values)
        return Line(f"coach_{name}", line.text, line.sources)

    def left(self, treatment: TreatmentState) -> Line:
        """How long the pack stays on from now."""
        return self.of_pack("left", treatment, time=minutes(treatment.left_s))

    def resting(self, treatment: TreatmentState) -> Line:
        """How long the pack stays off from now."""
        return self.of_pack("resting", treatment, time=minutes(treatment.left_s))

    def fetch(self, treatment: TreatmentState) -> tuple[Line, ...]:
        """What has to be fetched; nothing after the first time."""
        if treatment.first_on_at_s is not None:
            return ()
        return (self.fitting(f"coach_fetch_{treatment.pack}", treatment),)

    def alone(self) -> tuple[Line, ...]:
        """The opening of an hour without a triage: S1, S2 and the six danger signs (C1)."""
        return (*self.lines("opening_guide", "coach_alone"), *self.texts.safety_net())

    def what_comes_next(self) -> tuple[Line, ...]:
        """The steps about activity and about what to watch for, said at the end."""
        steps = {step.id: step.lines for step in self.content.steps}
        told = (line for step_id in _NEXT_STEPS for line in spoken(steps[step_id]))
        return (*told, *self.lines("goodbye"))

    def take_off(self, state: State) -> tuple[Line, ...]:
        """That the pack has to come off; nothing where it cannot be on the child any more."""
        treatment = state.treatment
        if treatment and (treatment.may_be_worn or treatment.left_on):
            return (self.of_pack("take_off", treatment),)
        return ()

    def ended(self, state: State, outcome: str) -> tuple[Line, ...]:
        """That the hour is over, in the words of ``outcome``; that the pack has to come off goes first."""
        time = total(state.treatment or TreatmentState())
        return (*self.take_off(state), self.line(outcome, time=time))

    def closing(self, state: State, outcome: str) -> tuple[Line, ...]:
        """The last words of an hour without a triage: ``ended``, and what comes next."""
        return (*self.ended(state, outcome), *self.what_comes_next())
