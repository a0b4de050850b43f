"""What an answer does at each place of the triage, and what silence does there (D2, D3, D7, D13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import Moves, Result, base
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Line
from voice_backcare.core.state import NO, UNSURE, YES, Place, Record, State


@dataclass(frozen=True)
class Answers:
    """Bound to one content; every method is pure."""

    moves: Moves
    prompts: Prompts
    triage: Triage

    def begin(self, state: State, lead: tuple[Line, ...] = (), *, same_child: bool = True) -> Result:
        """A new conversation, from the opening; what was on the skin of the same child still wants its time off."""
        opening = (*lead, *self.prompts.take_off(state), *self.prompts.lines("opening_guide", "opening_how"))
        if same_child and state.hour:
            state = replace(state, hour=replace(state.hour.ended(), left_on=False))
        else:
            state = replace(state, hour=None, worn=())
        return self.moves.enter(state, self.triage.next_place(Record()), opening, record=Record())

    # --- one method a place ----------------------------------------------------------------

    def question(self, state: State, meaning: str) -> Result:
        place, record = state.place, state.record
        if meaning == UNSURE and not place.doubted:
            return self.moves.doubted(state, self.prompts.lines("doubt"))
        return self.on(state, self.triage.answered(record, place.id, meaning))

    def read_back(self, state: State, meaning: str) -> Result:
        part = state.place.id
        if meaning == YES:
            return self.on(state, self.triage.confirm(state.record, part), self.prompts.lines("thanks"))
        return self.on(state, self.triage.refuse(state.record, part), self.prompts.lines("ask_part_again"))

    def offer(self, state: State, meaning: str) -> Result:
        accepted = meaning == YES
        if state.place.id == "rest":
            return self.moves.go(state, replace(state.record, rest="accepted" if accepted else "declined"))
        if accepted:
            return self.moves.enter(state, Place("home_care", "0"), self.prompts.lines("home_care_start"))
        return self.moves.close(state)

    def recheck(self, state: State, meaning: str) -> Result:
        """Only a "no" to the cause leads on to the confirmation that withdraws it (D7).

        Where the cause is a refused read-back, its "yes" is what would take the urgency away.
        """
        cause = state.place.id
        lowering = YES if cause.startswith("read_back") else NO
        if meaning == lowering:
            return self.moves.enter(state, Place("confirm", "withdraw", about=cause))
        if meaning == YES and cause in self.prompts.content.questions:
            return self._stands(state, self.triage.answered(state.record, cause, YES))
        return self._stands(state, state.record)

    def confirm(self, state: State, meaning: str) -> Result:
        place = state.place
        if place.id == "same_child":
            return self._same_child(state, meaning)
        if meaning != YES:
            return self._return(state)
        if place.id == "withdraw":
            return self.on(state, self.triage.withdraw(state.record, place.about), self.prompts.lines("ack_1"))
        return self.moves.close(state) if place.id == "stop" else self.begin(state)

    def missed(self, state: State, *, noise: bool) -> Result:
        """No-input and no-match count together; after the third the conversation pauses (D3)."""
        place = state.place
        if place.name == "recheck" or (place.name == "confirm" and place.id != "same_child"):
            return self._return(state)
        if place.tries + 1 == len(self.moves.no_input_s):
            return self.moves.enter(state, Place("paused", behind=base(place)))
        tried = replace(state, place=replace(place, tries=place.tries + 1))
        return self.moves.again(tried, self.prompts.missed(tried.place, noise=noise))

    # --- corrections (D7) ------------------------------------------------------------------

    def go_back(self, state: State) -> Result:
        """To the last question, or from an outcome to what caused it."""
        place, record = state.place, state.record
        causes = self.triage.causes(record)
        if place.name == "recheck":
            return self._earlier_cause(state)
        if place.id == "same_child":
            return self.moves.again(state)
        if place.name == "confirm":
            return self._return(state)
        if causes and place.name in ("outcome", "offer", "home_care", "closing"):
            return self.moves.enter(state, Place("recheck", causes[1][-1]))
        if not record.answers:
            return self.moves.again(state, self.prompts.lines("first_question"))
        question_id, answer = record.answers[-1]
        if answer == NO:
            return self.moves.enter(
                state, Place("question", question_id, returned=True), record=self.triage.unanswer(record, question_id)
            )
        return self.moves.enter(state, Place("recheck", question_id))

    def meant_yes(self, state: State) -> Result:
        """A yes to the last question, at once; to the one being asked where it is the first or was gone back to."""
        record = state.record
        if state.place.id == "same_child":
            return self.moves.again(state)
        if state.place.name == "recheck" or state.place.id == "withdraw":
            return self._stands(state, record)
        asked = base(state.place)
        if asked.name == "question" and (asked.returned or not record.answers):
            return self.on(state, self.triage.answered(record, asked.id, YES))
        if record.answers:
            return self.on(state, self.triage.answered(record, record.answers[-1][0], YES))
        return self.moves.again(state, self.prompts.lines("first_question"))

    def on(self, state: State, record: Record, lead: tuple[Line, ...] | None = None) -> Result:
        """Go on with this record; a short word of thanks unless something urgent comes first."""
        place = self.triage.next_place(record)
        if place.name not in ("question", "read_back"):
            lead = ()
        return self.moves.enter(state, place, self.prompts.ack(record) if lead is None else lead, record=record)

    # --- inside ----------------------------------------------------------------------------

    def _earlier_cause(self, state: State) -> Result:
        caused = self.triage.causes(state.record)
        causes = caused[1] if caused else ()
        at = causes.index(state.place.id) if state.place.id in causes else 0
        if at == 0:
            return self._stands(state, state.record)
        return self.moves.enter(state, Place("recheck", causes[at - 1]))

    def _return(self, state: State) -> Result:
        """Back to what was asked before, else on by the record: an outcome is said again."""
        if state.place.behind:
            return self.moves.enter(state, state.place.behind)
        return self._stands(state, state.record)

    def _stands(self, state: State, record: Record) -> Result:
        """What was told is told again, also where questions go on after it (D7)."""
        place = self.triage.next_place(record)
        urgent = self.triage.disposition(record) == "call_provider_now"
        lead = self.prompts.outcome(record) if urgent and place.name == "question" else ()
        return self.moves.enter(state, place, lead, record=record)

    def _same_child(self, state: State, meaning: str) -> Result:
        if meaning == NO:
            return self.begin(state, same_child=False)
        if meaning != YES:
            return self.missed(state, noise=True)
        return self._return(state)
