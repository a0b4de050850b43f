"""Phases of the ice and heat hour: each method enters one, and returns the new state and what is said there (C1-C6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from voice_backcare.core.coach.prompts import CoachPrompts, minutes, total
from voice_backcare.core.coach.schedule import asks_to_go_on, on_length_s, over
from voice_backcare.core.coach.state import OFF_S, ON_S, TreatmentState
from voice_backcare.core.dialogue.transitions import AWAKE_S, Moves, Result
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Line
from voice_backcare.core.state import Position, State

_SPOKEN_S = 30.0  # no check takes longer to say, so a prompt whose end is never reported delays the answer no more


@dataclass(frozen=True)
class Stages:
    """The phases of the hour, bound to one content.

    Every method is pure. ``lead`` are lines that go first; ``changes`` are fields of ``TreatmentState``.
    """

    moves: Moves
    prompts: CoachPrompts
    triage: Triage

    def enter(self, state: State, place_id: str, lead: tuple[Line, ...] = (), **changes: Any) -> Result:
        """Enter the place ``place_id`` of the hour (see ``PositionName``)."""
        return self.moves.enter(self.knowing(state, **changes), Position("coach", place_id), lead)

    def treatment(self, state: State) -> TreatmentState:
        """The hour of ``state``; a fresh one where it has none."""
        return state.treatment or TreatmentState()

    def knowing(self, state: State, **changes: Any) -> State:
        """The state with ``changes`` to its hour; nothing is said."""
        return replace(state, treatment=replace(self.treatment(state), **changes))

    # --- before ----------------------------------------------------------------------------

    def begin(self, state: State, pack: str, at_s: float, *, bath: bool = False) -> Result:
        """Begin an hour at ``at_s`` with ``pack``, "ice", "heat" or "" for a choice (C1): from home care, or alone.

        ``bath``: the heat is a warm bath.
        Where a pack came off less than 20 minutes ago, the rest of its off-phase comes first.
        """
        alone = state.position.name == "idle"
        lead = self.prompts.alone() if alone else ()
        treatment = TreatmentState(pack, alone, "0" if alone else state.position.id, now_at_s=at_s, bath=bath)
        before = state.treatment
        if before and before.first_on_at_s is not None:
            before = replace(before, now_at_s=max(at_s, before.now_at_s))
            first_s = before.now_at_s if over(before) else before.first_on_at_s
            treatment = replace(
                treatment, first_on_at_s=first_s, since_at_s=before.since_at_s, pack=pack or before.pack
            )
            treatment = replace(treatment, longer=before.longer and not over(before), unchanged=before.unchanged)
            state = replace(state, treatment=treatment)
            if at_s - before.since_at_s < OFF_S:
                return self.enter(state, "resting", stage="resting")
            return self.rested(state)
        state = replace(state, treatment=treatment)
        return self.ready(state, lead) if treatment.pack else self.enter(state, "choose", lead)

    def ready(self, state: State, lead: tuple[Line, ...] = (), **changes: Any) -> Result:
        """Ask what must be answered before the pack may go on (C2); finish where no time is left for it."""
        treatment = replace(self.treatment(state), **changes)
        if over(treatment):
            return self.finish(replace(state, treatment=treatment))
        stage = "before" if treatment.first_on_at_s is None else "ready"
        return self.enter(replace(state, treatment=treatment), "ready", lead, stage=stage)

    # --- on and off ------------------------------------------------------------------------

    def on(self, state: State) -> Result:
        """Start an on-phase. Only a heard yes leads here (C2)."""
        treatment = self.treatment(state)
        if over(treatment):
            return self.finish(state)
        first_s = treatment.now_at_s if treatment.first_on_at_s is None else treatment.first_on_at_s
        length_s = on_length_s(replace(treatment, first_on_at_s=first_s))
        treatment = replace(treatment, length_s=treatment.spent_s + length_s, first_on_at_s=first_s, stage="on")
        lead = (self.prompts.of_pack("on", treatment, time=minutes(length_s)),)
        now_s = treatment.now_at_s
        return self.enter(
            replace(state, treatment=treatment),
            "on",
            lead,
            since_at_s=now_s,
            checked_at_s=now_s,
            announcements_made=0,
            awake_by_at_s=None,
            unchanged=False,
            left_on=False,
        )

    def awake(self, state: State, lead: tuple[Line, ...] = (), **changes: Any) -> Result:
        """Ask during heat whether the child is awake (C4)."""
        by_s = self.treatment(state).now_at_s + _SPOKEN_S + AWAKE_S
        return self.enter(state, "awake", lead, awake_by_at_s=by_s, **changes)

    def off(self, state: State, lead: tuple[Line, ...] = (), **changes: Any) -> Result:
        """Announce "off", now. The schedule says it again until somebody says that the pack is off (C3)."""
        now_s = self.treatment(state).now_at_s
        fresh = {
            "stage": "off",
            "since_at_s": now_s,
            "announcements_made": 0,
            "awake_by_at_s": None,
            "length_s": ON_S,
            "spent_s": 0,
        }
        return self.enter(state, "off", lead, **{**fresh, **changes})

    def acknowledged(self, state: State) -> Result:
        """Start the off-phase, because the pack is off, and ask whether anything has changed (C3)."""
        treatment = self.treatment(state)
        state = self.knowing(state, stage="resting", since_at_s=treatment.now_at_s)
        lead = (*self.prompts.lines("thanks"), self.prompts.line("coach_total", time=total(treatment)))
        if treatment.stale and not treatment.alone:
            return self.same_child(state)
        return self.enter(state, "changed", lead)

    def rest(self, state: State, lead: tuple[Line, ...] = ()) -> Result:
        """Wait for the end of the off-phase; after the first hour ask whether to go on (C3)."""
        treatment = self.treatment(state)
        if over(treatment):
            return self.finish(state, lead)
        if treatment.unchanged and asks_to_go_on(treatment):
            return self.enter(state, "go_on", lead)
        pack = treatment.next_pack or treatment.pack
        if pack != treatment.pack:
            lead = (*lead, *self.prompts.next_pack(treatment, pack))
        return self.enter(state, "resting", lead, stage="resting")

    def rested(self, state: State) -> Result:
        """End the off-phase: the next pack gets its check, once "no" was heard to "has anything changed?" (C3)."""
        treatment = self.treatment(state)
        state = self.knowing(state, stage="ready", pack=treatment.next_pack or treatment.pack, next_pack="")
        if over(treatment):
            return self.finish(state)
        if not treatment.unchanged:
            return self.enter(state, "changed")
        return self.enter(state, "go_on") if asks_to_go_on(treatment) else self.ready(state)

    def held(self, state: State) -> Result:
        """Take the pack off because somebody asked to wait. The total goes on (C3, C5).

        Where less than a minute would be left, it comes off for good.
        """
        treatment = self.treatment(state)
        spent_s = treatment.spent_s + (treatment.now_at_s - treatment.since_at_s)
        if on_length_s(replace(treatment, spent_s=spent_s)) < 60.0:
            return self.off(state)
        lead = (self.prompts.fitting("coach_held", treatment),)
        return self.enter(
            state,
            "held",
            lead,
            stage="held",
            spent_s=spent_s,
            since_at_s=treatment.now_at_s,
            announcements_made=0,
            awake_by_at_s=None,
        )

    # --- out of it -------------------------------------------------------------------------

    def ask_all_again(self, state: State, noted: tuple[Line, ...] = ()) -> Result:
        """End the hour because something has changed: every "no" is asked again, from E1 (C3), and until then
        nothing stands that is less urgent than what has changed may be (D15).

        ``noted``: lines about a sign that was volunteered (D14); that the pack has to come off goes before them.
        """
        record = self.triage.stale(state.record)
        record = replace(record, changed=bool(record.answers))
        lead = (*self.prompts.take_off(state), *noted, *self.prompts.lines("coach_has_changed"))
        ended = self.dropped(self.knowing(state, unchanged=True))
        return self.moves.enter(ended, self.triage.next_place(record), lead, record=record)

    def same_child(self, state: State, lead: tuple[Line, ...] = ()) -> Result:
        """Ask after a long interruption whether it is the same child; every "no" is then asked again (D11)."""
        lead = (*lead, *self.prompts.lines("interrupted"))
        record = self.triage.stale(state.record)
        return self.moves.enter(self.dropped(state), Position("confirm", "same_child"), lead, record=record)

    def finish(self, state: State, lead: tuple[Line, ...] = (), *, wanted: bool = False) -> Result:
        """End the hour: without a triage the conversation ends, else it goes back to the home-care step.

        ``wanted``: the listener wants no more of it, so it counts as done rather than as stopped.
        """
        treatment = self.treatment(state)
        outcome = "coach_done" if wanted or over(treatment) else "coach_stopped"
        if treatment.alone:
            return self.moves.enter(state, Position("closing", outcome), lead)
        lead = (*lead, *self.prompts.ended(state, outcome))
        if treatment.stale:
            return self.same_child(state, lead)
        lead = (*lead, *self.prompts.what_comes_next())
        return self.moves.enter(self.dropped(state), Position("home_care", treatment.step), lead)

    def dropped(self, state: State) -> State:
        """The state with its hour over; see ``TreatmentState.ended``."""
        return state if state.treatment is None else replace(state, treatment=state.treatment.ended())
