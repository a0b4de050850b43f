"""Timers, silence and interruptions in the ice and heat hour (C3, C4, C6); ``commands`` has the words and keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.coach.commands import CoachCommands
from voice_backcare.core.coach.phases import Stages
from voice_backcare.core.coach.prompts import CoachPrompts, minutes
from voice_backcare.core.coach.schedule import AT_ONCE, due, due_now, off_announcements
from voice_backcare.core.coach.state import ON_S, Application, TreatmentState
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.transitions import AWAKE_S, Moves, Result, base
from voice_backcare.core.events import Action, Adjust, CancelTimer, End, Event, Fired, Line, Resumed, StartTimer
from voice_backcare.core.state import Position, State

TIMER = "coach"
_LATER_S = 2.0  # how soon an announcement tries again that waits for the end of a prompt


@dataclass(frozen=True)
class Coach:
    """The hour, bound to one content. Every method is pure.

    ``stages`` enters its phases, ``commands`` knows the words and keys, ``answers`` the reprompts of the dialogue.
    """

    stages: Stages
    moves: Moves
    prompts: CoachPrompts
    answers: Answers
    commands: CoachCommands

    # --- time ------------------------------------------------------------------------------

    def at(self, state: State, event: Event) -> State:
        """The state with the time of ``event`` in its hour; a time that is earlier than the last one is ignored."""
        treatment = state.treatment
        if treatment is None or event.at_s <= treatment.now_at_s:
            return state
        return self.stages.knowing(state, now_at_s=event.at_s)

    def timed(self, before: State, after: State, actions: tuple[Action, ...], event: Event) -> Result:
        """The result of a step from ``before`` to ``after``, completed by what holds after every step.

        The hour ends where the conversation went elsewhere; times that a pack was on are recorded; the hour's one timer
        runs to what is due next; the voice that "off" has raised is as before once somebody says that it is off.
        """
        if base(after.position).name != "coach":
            after = self.stages.dropped(after)
        was, now = before.treatment, after.treatment
        if was and was.stage == "off" and was.announcements_made and (now is None or now.stage != "off"):
            actions = (Adjust("usual"), *actions)
        return self._noted(before, after, event), self._rearmed(before, after, actions, event)

    def _noted(self, before: State, after: State, event: Event) -> State:
        """``after`` with the pack that went on, or came off, in its ``applications``."""
        was, now = before.treatment, after.treatment
        if was and was.stage == "on" and (now is None or now.stage != "on"):
            known = not isinstance(event, Resumed) or (event.same_boot and event.away_s is not None)
            *earlier, last = after.applications or (Application(was.pack, was.since_at_s),)
            after = replace(after, applications=(*earlier, replace(last, off_at_s=was.now_at_s, known=known)))
        if now and now.stage == "on" and (was is None or was.stage != "on"):
            after = replace(after, applications=(*after.applications, Application(now.pack, now.since_at_s)))
        return after

    def _rearmed(self, before: State, after: State, actions: tuple[Action, ...], event: Event) -> tuple[Action, ...]:
        """The actions, and the hour's timer where what is due has changed."""
        was, then = due(before.treatment), due(after.treatment)
        if any(isinstance(a, End) or (isinstance(a, StartTimer) and a.name == TIMER) for a in actions):
            return actions
        # "Do you need help at once?" makes the timer wait (D5), so leaving it looks at what is due by now.
        leaves_help = before.position.id == "need_help" and after.position.id != "need_help"
        if was == then and event != Fired(event.at_s, TIMER) and not isinstance(event, Resumed) and not leaves_help:
            return actions
        if then is None:
            return (*actions, CancelTimer(TIMER)) if was else actions
        now_s = after.treatment.now_at_s if after.treatment else event.at_s
        return (*actions, StartTimer(TIMER, max(0.0, then[0] - now_s)))

    def fired(self, state: State) -> Result:
        """The result of the hour's timer: what is due by now.

        "Off" comes at once, whatever is being said; everything else waits until that is over (C3).
        """
        treatment = state.treatment
        what = due_now(treatment) if treatment else None
        if treatment is None or what is None:
            return state, ()
        stages = self.stages
        if what in AT_ONCE:
            return self._off(state, treatment, what)
        if state.position.speaking or (
            what == "all" and state.position.id == "changed"
        ):  # the answer is waited for (C3)
            return state, (StartTimer(TIMER, _LATER_S),)
        match what:
            case "next":
                return stages.rested(state)
            case "all" | "unanswered":
                return stages.finish(state)
            case "awake":
                return stages.awake(state)
            case "reminder":
                return self._told(state, 1, ())
            case _:
                return self._announce(state, what)

    def _off(self, state: State, treatment: TreatmentState, what: str) -> Result:
        """The result of what takes the pack off; each time that it is said again it is louder (C3)."""
        if what != "off_again":
            return self.commands.asleep(state) if what == "asleep" else self.stages.off(state)
        made = off_announcements(treatment)
        new, actions = self.stages.off(state, announcements_made=made, since_at_s=treatment.since_at_s)
        return new, (Adjust("raised"), *actions)

    def _announce(self, state: State, what: str) -> Result:
        treatment = self.stages.treatment(state)
        if what == "minute":
            return self._told(state, 2, self.prompts.lines("coach_last_minute"))
        halfway = self.prompts.line("coach_halfway", time=minutes(treatment.left_s))
        next_due = due(replace(treatment, announcements_made=1))
        if next_due and next_due[1] == "awake" and next_due[0] <= treatment.now_at_s:
            return self.stages.awake(state, (halfway,), announcements_made=1)
        return self._told(state, 1, (halfway,))

    def _told(self, state: State, told: int, lines: tuple[Line, ...]) -> Result:
        """Announce ``lines`` only while the hour's own prompt is current; otherwise just count the announcement."""
        new = self.stages.knowing(state, announcements_made=told)
        return self.moves.again(new, lines) if state.position.name == "coach" else (new, ())

    def opened(self, state: State) -> State:
        """The state after its prompt was said: the 30 s for an answer to "awake?" run from here (C4)."""
        treatment = state.treatment
        if (state.position.name, state.position.id) != ("coach", "awake") or treatment is None:
            return state
        return self.stages.knowing(state, awake_by_at_s=treatment.now_at_s + AWAKE_S)

    # --- silence, noise, interruptions -----------------------------------------------------

    def missed(self, state: State, *, noise: bool) -> Result:
        """The result of silence or ``noise`` at a place of the hour: never a start, never a "yes" (C2, C4)."""
        position = state.position
        last = position.tries + 1 == len(self.moves.no_input_s)
        match position.id:
            case "awake":
                return (state, ()) if noise else self.commands.asleep(state)
            case "on" | "off" | "resting" | "held":
                return state, ()
            case "go_on" if last:
                return self.stages.finish(state, wanted=True)
            case "changed" if last and self.stages.treatment(state).stage == "resting":
                return self.commands.not_clear(state)
            case _:
                return self.answers.missed(state, noise=noise)

    def resumed(self, state: State, event: Resumed, *, fresh: bool) -> Result:
        """The result of an interruption in the hour (C6). ``fresh``: the answers of the triage still stand (D11).

        The hour goes on where the time away is known; else the pack comes off, and an off-phase comes first.
        """
        treatment = self.stages.treatment(state)
        if not event.same_boot or event.away_s is None:
            return self._time_unknown(state)
        treatment = replace(treatment, stale=treatment.stale or not fresh, unchanged=treatment.unchanged and fresh)
        state = replace(state, treatment=treatment)
        if treatment.stage == "on" and (treatment.left_s <= 0 or not fresh):
            return self.stages.off(state, self.prompts.lines("interrupted"))
        if not fresh and not treatment.alone and treatment.stage != "off":
            return self.stages.same_child(state)
        lead = self.prompts.lines("interrupted")
        if treatment.stage == "on" and treatment.pack == "heat":
            return self.stages.awake(state, lead)
        if treatment.stage == "on":
            left = self.prompts.of_pack("left", treatment, time=minutes(treatment.left_s))
            return self.stages.enter(state, "on", (*lead, left))
        if treatment.stage == "held":
            lead = (*lead, self.prompts.fitting("coach_held", treatment))  # it may not have been heard before
        there = base(state.position)
        if not fresh and treatment.first_on_at_s is not None and there.id in ("ready", "go_on"):
            there = Position("coach", "changed")  # the "no" that was heard before is none any more (D11)
        return self.moves.enter(state, there, lead)

    def _time_unknown(self, state: State) -> Result:
        treatment = self.stages.treatment(state)
        lead = self.prompts.lines("coach_time_unknown")
        if treatment.first_on_at_s is None and not treatment.alone:
            return self.stages.same_child(state)
        if treatment.first_on_at_s is None:
            return self.moves.enter(state, base(state.position), lead)
        # The broken phase counts as its 20 minutes, because nobody knows how much of it is over (C6).
        counted_s = treatment.since_at_s + ON_S - treatment.now_at_s if treatment.stage in ("on", "resting") else 0.0
        first_s = treatment.first_on_at_s - max(0.0, counted_s)
        return self.stages.off(replace(state, treatment=replace(treatment, first_on_at_s=first_s, stale=True)), lead)
