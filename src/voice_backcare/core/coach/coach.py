"""What a word, a silence, a timer or an interruption does in the ice and heat hour (C1-C6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.coach.phases import Stages
from voice_backcare.core.coach.prompts import CoachPrompts, minutes
from voice_backcare.core.coach.schedule import AT_ONCE, due, due_now
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.transitions import AWAKE_S, Moves, Result, base
from voice_backcare.core.events import Action, CancelTimer, End, Event, Fired, Line, Resumed, StartTimer
from voice_backcare.core.state import NO, ON_S, UNSURE, YES, Place, State, Worn

TIMER = "coach"
PACKS = {"start_ice": "ice", "start_heat": "heat", "start_coach": ""}
_LATER_S = 2.0
_OTHER = {"ice": "heat", "heat": "ice", "": ""}
_UNTIL_HEARD = (YES, NO, UNSURE, "acknowledge")  # mean nothing before the question was said
_ACKNOWLEDGES = (*_UNTIL_HEARD, "wait", "continue", "go_back", "meant_yes", "hurts", "switch", *PACKS)


@dataclass(frozen=True)
class Coach:
    """Bound to one content; every method is pure."""

    stages: Stages
    moves: Moves
    prompts: CoachPrompts
    answers: Answers

    # --- time ------------------------------------------------------------------------------

    def at(self, state: State, event: Event) -> State:
        """The state with the time of ``event`` in its hour; never earlier than before."""
        hour = state.hour
        if hour is None or event.at_s <= hour.now_at_s:
            return state
        return self.stages.knowing(state, now_at_s=event.at_s)

    def timed(self, before: State, after: State, actions: tuple[Action, ...], event: Event) -> Result:
        """The hour ends where the conversation goes elsewhere; its one timer always runs to what is due next."""
        if base(after.place).name != "coach":
            after = self.stages.dropped(after)
        return self._noted(before, after, event), self._rearmed(before, after, actions, event)

    def _noted(self, before: State, after: State, event: Event) -> State:
        """What was on, and for how long, for the summary."""
        was, now = before.hour, after.hour
        if was and was.stage == "on" and (now is None or now.stage != "on"):
            known = not isinstance(event, Resumed) or (event.same_boot and event.away_s is not None)
            *earlier, last = after.worn or (Worn(was.pack, was.since_at_s),)
            after = replace(after, worn=(*earlier, replace(last, off_at_s=was.now_at_s, known=known)))
        if now and now.stage == "on" and (was is None or was.stage != "on"):
            after = replace(after, worn=(*after.worn, Worn(now.pack, now.since_at_s)))
        return after

    def _rearmed(self, before: State, after: State, actions: tuple[Action, ...], event: Event) -> tuple[Action, ...]:
        """The actions, and the timer where what is due has changed."""
        was, then = due(before.hour), due(after.hour)
        if any(isinstance(a, End) or (isinstance(a, StartTimer) and a.name == TIMER) for a in actions):
            return actions
        if was == then and event != Fired(event.at_s, TIMER) and not isinstance(event, Resumed):
            return actions
        if then is None:
            return (*actions, CancelTimer(TIMER)) if was else actions
        now_s = after.hour.now_at_s if after.hour else event.at_s
        return (*actions, StartTimer(TIMER, max(0.0, then[0] - now_s)))

    def fired(self, state: State) -> Result:
        """What is due by now. "Off" comes at once, whatever is being said; the rest waits for the end of it."""
        hour = state.hour
        what = due_now(hour) if hour else None
        if hour is None or what is None:
            return state, ()
        stages = self.stages
        if what in AT_ONCE:
            told = hour.told + 1 if what == "off_again" else 0
            reason = self.prompts.lines("coach_asleep") if what == "asleep" else ()
            since_s = hour.since_at_s if what == "off_again" else hour.now_at_s
            return stages.off(state, reason, told=told, since_at_s=since_s)
        if state.place.speaking or (what == "all" and state.place.id == "changed"):  # the answer is waited for (C3)
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

    def _announce(self, state: State, what: str) -> Result:
        hour = self.stages.hour(state)
        if what == "minute":
            return self._told(state, 2, self.prompts.lines("coach_last_minute"))
        halfway = self.prompts.line("coach_halfway", time=minutes(hour.left_s))
        next_due = due(replace(hour, told=1))
        if next_due and next_due[1] == "awake" and next_due[0] <= hour.now_at_s:
            return self.stages.awake(state, (halfway,), told=1)
        return self._told(state, 1, (halfway,))

    def _told(self, state: State, told: int, lines: tuple[Line, ...]) -> Result:
        """Said where one is; where something else is being asked, not at all."""
        new = self.stages.knowing(state, told=told)
        return self.moves.again(new, lines) if state.place.name == "coach" else (new, ())

    def opened(self, state: State) -> State:
        """ "Awake?" has been said: from now on an answer is waited for (C4)."""
        hour = state.hour
        if (state.place.name, state.place.id) != ("coach", "awake") or hour is None:
            return state
        return self.stages.knowing(state, awake_by_at_s=hour.now_at_s + AWAKE_S)

    # --- words -----------------------------------------------------------------------------

    def command(self, state: State, meaning: str, *, pressed: bool) -> Result | None:
        """What a word does at a place of the hour; None where it is as everywhere else."""
        place, hour = state.place, self.stages.hour(state)
        if place.speaking and meaning in _UNTIL_HEARD and (not pressed or place.id == "ready"):
            return state, ()  # what I3 and T3 forbid cannot be skipped
        if meaning == "stop":
            return self.stages.finish(state)
        if meaning == "time_left":
            return self._time_left(state)
        if hour.stage == "off" and meaning in _ACKNOWLEDGES:
            return self._at_off(state, meaning)
        if meaning == "wait" and hour.stage in ("on", "held"):
            return self.stages.held(state) if hour.stage == "on" else self.moves.again(state)
        if meaning == "continue" and place.id == "held":
            return self.stages.ready(state)
        if meaning in ("switch", *PACKS):
            return self._switch(state, PACKS.get(meaning))
        if meaning == "hurts":
            return self._hurts(state)
        if meaning in self.prompts.content.answers:
            return self.moves.again(state, self.prompts.background(meaning))
        if meaning in ("go_back", "meant_yes"):
            return self._correct(state, meaning)
        if meaning in (YES, NO, UNSURE):
            return self._answer(state, meaning)
        return None

    def _answer(self, state: State, meaning: str) -> Result:
        match state.place.id:
            case "choose":
                return self._choose(state, meaning)
            case "ready" if meaning == YES:
                return self.stages.on(state)
            case "ready":
                not_yet = self.prompts.lines(f"coach_not_yet_{self.stages.hour(state).pack}")
                return self.moves.again(replace(state, place=replace(state.place, tries=0)), not_yet)
            case "awake" if meaning == YES:
                hour = self.stages.hour(state)
                ack = self.prompts.lines("ack_1")
                return self.stages.enter(state, "on", ack, checked_at_s=hour.now_at_s, awake_by_at_s=None)
            case "awake":
                return self.stages.off(state, self.prompts.lines("coach_asleep"))
            case "changed":
                return self._changed(state, meaning)
            case "go_on" if meaning == YES:
                return self._rest(self.stages.knowing(state, longer=True))
            case "go_on":
                return self.stages.finish(state, wanted=True)
            case _:
                return state, ()

    def _choose(self, state: State, meaning: str) -> Result:
        if meaning == UNSURE and not state.place.doubted:
            return self.moves.doubted(state, self.prompts.lines("coach_choose_doubt"))
        pack = "heat" if meaning == NO else "ice"
        chosen = self.prompts.lines(f"coach_chosen_{pack}")
        return self.stages.ready(state, chosen, pack=pack)

    def _changed(self, state: State, meaning: str) -> Result:
        """Yes leads back to E1; doubt is no "no": it gets the danger signs, and is asked again before the next "on"."""
        if meaning == YES:
            return self.stages.ask_all_again(state)
        if meaning == NO:
            return self._rest(self.stages.knowing(state, unchanged=True))
        if state.place.doubted:
            return self._not_clear(state)
        return self.moves.doubted(state, self.prompts.safety_net())

    def _rest(self, state: State) -> Result:
        """Back to the off-phase, or on, where that is over already."""
        if self.stages.hour(state).stage == "ready":
            return self.stages.rested(state)
        return self.stages.rest(state, self.prompts.lines("ack_1"))

    def _at_off(self, state: State, meaning: str) -> Result:
        """Any clear word says that it is off; "no" and doubt do not."""
        if meaning in (NO, UNSURE):
            return self.moves.again(state)
        if pack := self._other(state) if meaning == "switch" else PACKS.get(meaning):
            state = self.stages.knowing(state, next_pack=pack)
        return self.stages.acknowledged(state)

    def _other(self, state: State) -> str:
        """The pack that does not come next."""
        hour = self.stages.hour(state)
        return _OTHER[hour.next_pack or hour.pack]

    def _switch(self, state: State, named: str | None) -> Result:
        """Off now, 20 minutes off, then the other one (C5); or the one that was named."""
        hour = self.stages.hour(state)
        pack = self._other(state) if named is None else named
        if not pack:
            return self.moves.again(state)
        match hour.stage:
            case "on" if pack == hour.pack:
                return self._time_left(state)
            case "on":
                return self.stages.off(state, next_pack=pack)
            case "held" | "ready" if pack != hour.pack and hour.spent_s:
                return self.stages.rest(self.stages.knowing(state, next_pack=pack, spent_s=0.0, length_s=ON_S))
            case "before" | "held" | "ready" if state.place.id in ("choose", "held", "ready"):
                return self.stages.ready(state, pack=pack)
            case _:
                told = self.prompts.lines(f"coach_next_{pack}")
                return self.moves.again(self.stages.knowing(state, next_pack=pack), told)

    def _hurts(self, state: State) -> Result:
        hour = self.stages.hour(state)
        if hour.stage == "on":
            return self.stages.off(state)
        if hour.stage in ("held", "ready"):
            rested = self.stages.knowing(state, since_at_s=hour.now_at_s, spent_s=0.0, length_s=ON_S)
            return self.stages.rest(rested)
        return self.moves.again(state, self.prompts.lines("coach_still_off"))

    def _time_left(self, state: State) -> Result:
        hour = self.stages.hour(state)
        if hour.stage == "on":
            return self.moves.again(state, (self.prompts.left(hour),))
        if hour.stage == "resting":
            return self.moves.again(state, () if state.place.id == "resting" else (self.prompts.resting(hour),))
        return self.moves.again(state, self.prompts.lines("coach_not_running") if hour.stage != "off" else ())

    def _correct(self, state: State, meaning: str) -> Result:
        """A correction never restarts a phase (D5): the pack comes off, or what was asked last is asked again."""
        hour = self.stages.hour(state)
        if hour.stage == "on":
            return self.stages.off(state)
        if hour.first_on_at_s is None and state.place.id == "ready":
            return self.stages.enter(state, "choose")
        if hour.first_on_at_s is None or hour.stage == "held":
            return self.moves.again(state)
        if meaning == "meant_yes" and state.place.id in ("resting", "ready", "go_on", "changed"):
            return self.stages.ask_all_again(state)
        return self.stages.enter(state, "changed", unchanged=False)

    # --- silence, noise, interruptions -----------------------------------------------------

    def missed(self, state: State, *, noise: bool) -> Result:
        """No answer starts or goes on with nothing (C2, C4)."""
        place = state.place
        last = place.tries + 1 == len(self.moves.no_input_s)
        match place.id:
            case "awake":
                return (state, ()) if noise else self.stages.off(state, self.prompts.lines("coach_asleep"))
            case "on" | "off" | "resting" | "held":
                return state, ()
            case "go_on" if last:
                return self.stages.finish(state, wanted=True)
            case "changed" if last and self.stages.hour(state).stage == "resting":
                return self._not_clear(state)
            case _:
                return self.answers.missed(state, noise=noise)

    def _not_clear(self, state: State) -> Result:
        """Nobody can say whether anything has changed: the danger signs, and the question again later."""
        net = self.prompts.safety_net()
        if self.stages.hour(state).stage == "resting":
            return self.stages.rest(state, net)
        return self.moves.enter(state, Place("paused", behind=base(state.place)))

    def resumed(self, state: State, event: Resumed, *, fresh: bool) -> Result:
        """Goes on where the elapsed time is known; else the pack comes off, and an off-phase comes first (C6)."""
        hour = self.stages.hour(state)
        if not event.same_boot or event.away_s is None:
            return self._time_unknown(state)
        hour = replace(hour, stale=hour.stale or not fresh, unchanged=hour.unchanged and fresh)
        state = replace(state, hour=hour)
        if hour.stage == "on" and (hour.left_s <= 0 or not fresh):
            return self.stages.off(state, self.prompts.lines("interrupted"))
        if not fresh and not hour.alone and hour.stage != "off":
            return self.stages.same_child(state)
        lead = self.prompts.lines("interrupted")
        if hour.stage == "on" and hour.pack == "heat":
            return self.stages.awake(state, lead)
        if hour.stage == "on":
            left = self.prompts.of_pack("left", hour, time=minutes(hour.left_s))
            return self.stages.enter(state, "on", (*lead, left))
        if hour.stage == "held":
            lead = (*lead, *self.prompts.lines("coach_held"))  # it may not have been heard before
        there = base(state.place)
        if not fresh and hour.first_on_at_s is not None and there.id in ("ready", "go_on"):
            there = Place("coach", "changed")  # the "no" that was heard before is none any more (D11)
        return self.moves.enter(state, there, lead)

    def _time_unknown(self, state: State) -> Result:
        hour = self.stages.hour(state)
        lead = self.prompts.lines("coach_time_unknown")
        if hour.first_on_at_s is None and not hour.alone:
            return self.stages.same_child(state)
        if hour.first_on_at_s is None:
            return self.moves.enter(state, base(state.place), lead)
        # A broken phase counts as its 20 minutes.
        counted_s = hour.since_at_s + ON_S - hour.now_at_s if hour.stage in ("on", "resting") else 0.0
        first_s = hour.first_on_at_s - max(0.0, counted_s)
        return self.stages.off(replace(state, hour=replace(hour, first_on_at_s=first_s, stale=True)), lead)
