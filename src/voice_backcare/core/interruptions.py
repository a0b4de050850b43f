"""What a lost device, and a restart of the program, do to a conversation (D9, D11)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.coach.coach import Coach
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import Moves, Result, base
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import DeviceBack, DeviceLost, Resumed, Show
from voice_backcare.core.state import Position, Record, State

FRESH_S = 900.0  # answers stand after an interruption no longer than this, on the same boot (D11)


@dataclass(frozen=True)
class Interruptions:
    """Bound to one content; every method is pure."""

    moves: Moves
    prompts: Prompts
    answers: Answers
    triage: Triage
    coach: Coach

    def device(self, state: State, event: DeviceLost | DeviceBack) -> Result:
        """The result of a device that was lost or came back: announced at once, or only shown without a loudspeaker.

        Ignored during an uninterruptible prompt, while closing and while idle. It is never taken as an answer (D3).
        """
        lost = isinstance(event, DeviceLost)
        if state.position.uninterruptible or state.position.name in ("closing", "idle"):
            return state, ()
        if event.device == "loudspeaker" and lost:
            say = self.prompts.say(state)
            return state, (Show(say.kind, say.id, self.moves.screen(state, say), attention=True),)
        if self.moves.unheard(state.position):
            return self.moves.again(state, brief=False)  # what is said first is the 911 instruction
        return self.moves.again(state, self.prompts.lines(f"{event.device}_{'lost' if lost else 'back'}"))

    def resumed(self, state: State, event: Resumed) -> Result:
        """The result of coming back after an interruption (D11).

        It announces the interruption and asks whether to go on with the same child. Where the record says
        "call 911", that instruction comes before anything else.
        """
        position, record = base(state.position), state.record
        # An hour that was cut short with the pack on may have been interrupted before it said so.
        lead = (*self.prompts.coach.take_off(state), *self.prompts.lines("interrupted"))
        if state.position.id == "need_help":
            return self._need_help(state, event)
        if position.name == "idle":
            return state, ()
        fresh = event.same_boot and event.away_s is not None and event.away_s <= FRESH_S
        if position.name == "closing" and (fresh or position.id.startswith("coach_")):
            return self.moves.again(state)
        disposition = self.triage.disposition(record)
        if disposition == "call_911":
            return self.moves.go(state, record)
        if record == Record() and position.id != "same_child" and not (state.treatment and state.treatment.running):
            return self.answers.begin(state, lead, same_child=fresh)
        if state.treatment and state.treatment.running:
            return self.coach.resumed(state, event, fresh=fresh)
        return_to: Position | None = position.return_to if position.id == "same_child" else position
        if not fresh:
            record, return_to = self.triage.stale(record), None
        told = self.prompts.outcome(record)
        return self.moves.enter(
            state, Position("confirm", "same_child", return_to=return_to), (*lead, *told), record=record
        )

    def _need_help(self, state: State, event: Resumed) -> Result:
        """That question comes first (D5); a pack that has been on for an unknown time comes off all the same (C6)."""
        lead = self.prompts.lines("interrupted")
        treatment = state.treatment
        unknown = not event.same_boot or event.away_s is None
        if unknown and treatment and treatment.running and treatment.first_on_at_s is not None:
            off, _ = self.coach.resumed(state, event, fresh=False)
            state = replace(off, position=replace(state.position, return_to=base(off.position)))
            lead = (self.prompts.coach.of_pack("off", treatment), *lead)
        return self.moves.again(state, lead, brief=False)
