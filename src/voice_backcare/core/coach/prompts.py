"""What is said in the ice and heat hour: from its state to lines. Nothing here decides."""

from __future__ import annotations

from voice_backcare.core.coach.state import MOST_S, TreatmentState
from voice_backcare.core.content import Content, ContentError
from voice_backcare.core.content.required_lines import refuse_without
from voice_backcare.core.dialogue.phrasing import spoken
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.events import Line, Say
from voice_backcare.core.state import Position, Record, State

_PACKS = ("ice", "heat")
_OF_A_PACK = """
    fetch forbid chosen check check_{}_again check_{}_keys not_yet on stays left off resting next take_off
"""
_OF_BOTH = """
    alone choose choose_again choose_keys choose_doubt on_hint halfway last_minute awake asleep off_hint total
    changed changed_again changed_keys has_changed still_off held held_hint go_on go_on_again go_on_keys
    not_running done stopped time_unknown
"""
_NEXT_STEPS = ("activity", "watch")  # A1, A2, F7, F8


def refuse_what_lacks_lines(content: Content) -> None:
    """``ContentError`` names the first line of the hour that is missing."""
    of_a_pack = {
        f"coach_{name.format(pack)}" if "{}" in name else f"coach_{name}_{pack}"
        for name in _OF_A_PACK.split()
        for pack in _PACKS
    }
    needed = of_a_pack | {f"coach_{name}" for name in _OF_BOTH.split()} | {"help_coach"}
    refuse_without(needed, content, "coach.toml")
    for step_id in _NEXT_STEPS:
        if not any(step.id == step_id for step in content.steps):
            raise ContentError(f"home_care.toml: step.{step_id}: is missing")


def minutes(seconds: float) -> str:
    """To the nearest minute, and never none: "one minute", "7 minutes"."""
    count = max(1, round(seconds / 60))
    return "one minute" if count == 1 else f"{count} minutes"


class CoachPrompts(Prompts):
    """The lines of every place, those of the hour too."""

    def say(self, state: State, lead: tuple[Line, ...] = (), *, brief: bool = False) -> Say:
        if state.position.name != "coach" or state.treatment is None:
            return super().say(state, lead, brief=brief)
        return self._in_the_hour(state.position, state.treatment, lead, brief)

    def _in_the_hour(self, position: Position, treatment: TreatmentState, lead: tuple[Line, ...], brief: bool) -> Say:
        match position.id:
            case "ready":
                told = () if brief else (*self.fetch(treatment), *self.lines(f"coach_forbid_{treatment.pack}"))
                check_id = "wrap" if treatment.pack == "ice" else "stay_awake"
                return Say((*lead, *told), self._tapered(f"coach_check_{treatment.pack}", position), "check", check_id)
            case "choose" | "changed":
                return Say(lead, self._tapered(f"coach_{position.id}", position), "check", position.id)
            case "go_on":
                return Say(lead, self._tapered("coach_go_on", position), "offer", "go_on")
            case "awake":
                return Say(lead, self.lines("coach_awake"), "check", "awake")
            case "on":
                return Say(*self._while_on(treatment, lead), "standby", "coach_on")
            case "off":
                # "Off" is the first word, whatever else there is to say.
                return Say(
                    (self.of_pack("off", treatment), *lead), self.lines("coach_off_hint"), "standby", "coach_off"
                )
            case "held":
                return Say(lead, self.lines("coach_held_hint"), "standby", "coach_off")
            case _:
                return Say(lead, (self.resting(treatment),), "standby", "coach_off")

    def _while_on(self, treatment: TreatmentState, lead: tuple[Line, ...]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """What can be said is told at the start and on coming back; in between the pack just stays on."""
        told = {line.id for line in lead}
        if "coach_left" in told:
            return lead[:-1], lead[-1:]
        if "coach_on" in told:
            return lead, self.lines("coach_on_hint")
        if lead:
            return lead, self.lines(f"coach_stays_{treatment.pack}")
        return (self.left(treatment),), self.lines("coach_on_hint")

    def of_pack(self, name: str, treatment: TreatmentState, **values: object) -> Line:
        """The line of this pack, known by the name that it has for both."""
        line = self.line(f"coach_{name}_{treatment.pack}", **values)
        return Line(f"coach_{name}", line.text, line.sources)

    def left(self, treatment: TreatmentState) -> Line:
        """How long the pack stays on."""
        return self.of_pack("left", treatment, time=minutes(treatment.left_s))

    def resting(self, treatment: TreatmentState) -> Line:
        """How long it stays off."""
        return self.of_pack("resting", treatment, time=minutes(treatment.left_s))

    def fetch(self, treatment: TreatmentState) -> tuple[Line, ...]:
        """What is needed, before the first time only."""
        return self.lines(f"coach_fetch_{treatment.pack}") if treatment.first_on_at_s is None else ()

    def alone(self) -> tuple[Line, ...]:
        """What goes before an hour that no triage came before (C1)."""
        return (*self.lines("opening_guide", "coach_alone"), *self.safety_net())

    def what_comes_next(self) -> tuple[Line, ...]:
        """Activity, when to call, and to start again if anything changes."""
        steps = {step.id: step.lines for step in self.content.steps}
        told = (line for step_id in _NEXT_STEPS for line in spoken(steps[step_id]))
        return (*told, *self.lines("goodbye"))

    def take_off(self, state: State) -> tuple[Line, ...]:
        """Said wherever the hour ends while the pack may be on the child."""
        treatment = state.treatment
        return (self.of_pack("take_off", treatment),) if treatment and (treatment.worn or treatment.left_on) else ()

    def help(self, position: Position) -> tuple[Line, ...]:
        return self.lines("help_coach") if position.name == "coach" else super().help(position)

    def why(self, position: Position, record: Record) -> tuple[Line, ...]:
        return self.lines("why_step") if position.name == "coach" else super().why(position, record)

    def _outcome(self, state: State, lead: tuple[Line, ...], brief: bool) -> Say:
        """911 first, then the pack (D5)."""
        say = super()._outcome(state, lead, brief)
        if state.position.id != "call_911" or brief or not (off := self.take_off(state)):
            return say
        return Say((*say.lead, *off), say.asked, say.kind, say.id, say.interruptible)

    def ended(self, state: State, outcome: str) -> tuple[Line, ...]:
        """That the hour is over; the pack first."""
        total_s = min(state.treatment.total_s, MOST_S) if state.treatment else 0.0
        return (*self.take_off(state), self.line(outcome, time=minutes(total_s)))

    def _closing(self, state: State, lead: tuple[Line, ...]) -> Say:
        if not state.position.id.startswith("coach_"):
            return super()._closing(state, (*lead, *self.take_off(state)))
        last = (*self.ended(state, state.position.id), *self.what_comes_next())
        return Say((*lead, *last), (), None, "closing")
