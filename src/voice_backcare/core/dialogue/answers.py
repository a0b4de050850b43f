"""What an answer does at each place of the triage, and what silence does there (D2, D3, D7, D13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.prompts import OPENING, Prompts
from voice_backcare.core.dialogue.transitions import Moves, Result, base
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Line
from voice_backcare.core.state import NO, SOFT_NO, SOFT_YES, WHICH, YES, Position, Record, State


@dataclass(frozen=True)
class Answers:
    """Bound to one content; every method is pure."""

    moves: Moves
    prompts: Prompts
    triage: Triage

    def begin(self, state: State, lead: tuple[Line, ...] = (), *, same_child: bool = True) -> Result:
        """A new conversation, from the opening; what was on the skin of the same child still wants its time off."""
        opening = (*lead, *self.prompts.coach.take_off(state), *self.prompts.lines(*OPENING))
        if same_child and state.treatment:
            state = replace(state, treatment=replace(state.treatment.ended(), left_on=False))
        else:
            state = replace(state, treatment=None, applications=())
        return self.moves.enter(state, self.triage.next_place(Record()), opening, record=Record())

    # --- one method a place ----------------------------------------------------------------

    def question(self, state: State, meaning: str) -> Result:
        """An answer that is not firm gets the question once more in plainer words, then counts as it is (D2)."""
        position, record = state.position, state.record
        firm = self.triage.firm(position.id, meaning)
        if firm is None and not position.doubted:
            return self.moves.doubted(state, meaning, self.prompts.lines("doubt"))
        answer = firm or self.triage.settled(position.id, position.doubted, meaning)
        return self.on(state, self.triage.answered(record, position.id, answer))

    def read_back(self, state: State, meaning: str) -> Result:
        """Yes confirms; a bare "no" asks which one is wrong; doubt, or no sign named then, refuses the part (D13)."""
        position = state.position
        if meaning == YES:
            return self.on(state, self.triage.confirm(state.record, position.id), self.prompts.lines("thanks"))
        if meaning != NO:
            return self._refused(state)
        if position.subject == WHICH:
            return self._which_missed(state, ())
        return self.moves.enter(state, Position("read_back", position.id, subject=WHICH))

    def _refused(self, state: State) -> Result:
        """The part is asked once more; refused again, it could not be ruled out, and the outcome comes first."""
        record = self.triage.refuse(state.record, state.position.id)
        return self.on(state, record, self.prompts.lines("ask_part_again"))

    def _which_missed(self, state: State, lead: tuple[Line, ...]) -> Result:
        """Nothing usable to "which one?": it is asked again once, then the part is (D13)."""
        if state.position.tries:
            return self._refused(state)
        return self.moves.again(replace(state, position=replace(state.position, tries=1)), lead)

    def offer(self, state: State, meaning: str) -> Result:
        """The result of an answer to an offer: only a yes takes it up."""
        accepted = meaning == YES
        if state.position.id == "rest":
            return self.moves.go(
                state, replace(state.record, continue_after_urgent="accepted" if accepted else "declined")
            )
        if accepted:
            return self.moves.enter(state, Position("home_care", "0"), self.prompts.lines("home_care_start"))
        return self.moves.close(state)

    def recheck(self, state: State, meaning: str) -> Result:
        """Only a "no" to the cause leads on to the confirmation that withdraws it (D7).

        Where the cause is a refused read-back, its "yes" is what would take the urgency away.
        """
        cause = state.position.id
        lowering = YES if cause.startswith("read_back") else NO
        if meaning == lowering:
            return self.moves.enter(state, Position("confirm", "withdraw", subject=cause))
        if meaning in (YES, SOFT_YES) and cause in self.prompts.content.questions:
            return self._stands(state, self.triage.answered(state.record, cause, YES))
        return self._stands(state, state.record)

    def confirm(self, state: State, meaning: str) -> Result:
        """The result of an answer to a confirmation, each by its own rule: the same child (D11), help (D5), stop,
        start over, withdraw (D7).
        """
        position = state.position
        if position.id == "same_child":
            return self._same_child(state, meaning)
        if position.id == "need_help":
            return self._return(state) if meaning == NO else self.help_at_once(state)
        if meaning != YES:
            return self._return(state)
        if position.id == "withdraw":
            return self.on(state, self.triage.withdraw(state.record, position.subject), self.prompts.lines("ack_1"))
        return self.moves.close(state) if position.id == "stop" else self.begin(state)

    def help_at_once(self, state: State) -> Result:
        """Help is needed at once, or nobody says that it is not (D5)."""
        return self.moves.go(state, replace(state.record, phrase=True))

    def missed(self, state: State, *, noise: bool) -> Result:
        """No-input and no-match count together; after the third the conversation pauses (D3)."""
        position = state.position
        if position.id == "need_help":
            return self._need_help_missed(state, noise=noise)
        if position.name == "recheck" or (position.name == "confirm" and position.id != "same_child"):
            return self._return(state)
        if position.subject == WHICH:
            return self._which_missed(state, self.prompts.lines("missed_noise" if noise else "missed_silence"))
        if position.tries + 1 == len(self.moves.no_input_s):
            return self.moves.enter(state, Position("paused", return_to=base(position)))
        tried = replace(state, position=replace(position, tries=position.tries + 1))
        return self.moves.again(tried, self.prompts.missed(tried.position, noise=noise))

    def _need_help_missed(self, state: State, *, noise: bool) -> Result:
        """Silence means help is needed; so does a second utterance that nobody understands (D5)."""
        if noise and not state.position.tries:
            return self.moves.again(replace(state, position=replace(state.position, tries=1)))
        return self.help_at_once(state)

    # --- corrections (D7) ------------------------------------------------------------------

    def go_back(self, state: State) -> Result:
        """To the last question, or from an outcome to what caused it."""
        position, record = state.position, state.record
        causes = self.triage.causes(record)
        if position.name == "recheck":
            return self._earlier_cause(state)
        if position.id == "same_child":
            return self.moves.again(state)
        if position.name == "confirm":
            return self._return(state)
        if causes and position.name in ("outcome", "offer", "home_care", "closing"):
            return self.moves.enter(state, Position("recheck", causes[1][-1]))
        if not record.answers:
            return self.moves.again(state, self.prompts.lines("first_question"))
        question_id, answer = record.answers[-1]
        stands = causes is not None and question_id in causes[1]
        if answer == NO or (answer == SOFT_NO and not stands):
            return self.moves.enter(
                state,
                Position("question", question_id, revisited=True),
                record=self.triage.unanswer(record, question_id),
            )
        return self.moves.enter(state, Position("recheck", question_id))

    def meant_yes(self, state: State) -> Result:
        """A yes to the last question, at once; to the one being asked where it is the first or was gone back to."""
        record = state.record
        if state.position.id == "same_child":
            return self.moves.again(state)
        if state.position.name == "recheck" or state.position.id == "withdraw":
            return self._stands(state, record)
        asked = base(state.position)
        if asked.name == "question" and (asked.revisited or not record.answers):
            return self.on(state, self.triage.answered(record, asked.id, YES))
        if record.answers:
            return self.on(state, self.triage.answered(record, record.answers[-1][0], YES))
        return self.moves.again(state, self.prompts.lines("first_question"))

    def on(self, state: State, record: Record, lead: tuple[Line, ...] | None = None) -> Result:
        """The result of going on with ``record``: before a question what the latest answer was taken for (D13), or
        ``lead``; neither where something urgent comes first, and no echo before a read-back, which names it anyway.
        """
        position = self.triage.next_place(record)
        if position.name not in ("question", "read_back"):
            lead = ()
        if lead is None:
            lead = () if position.name == "read_back" else self.prompts.ack(record)
        return self.moves.enter(state, position, lead, record=record)

    # --- inside ----------------------------------------------------------------------------

    def _earlier_cause(self, state: State) -> Result:
        caused = self.triage.causes(state.record)
        causes = caused[1] if caused else ()
        at = causes.index(state.position.id) if state.position.id in causes else 0
        if at == 0:
            return self._stands(state, state.record)
        return self.moves.enter(state, Position("recheck", causes[at - 1]))

    def _return(self, state: State) -> Result:
        """Back to what was asked before, else on by the record: an outcome is said again."""
        if state.position.return_to:
            return self.moves.enter(state, state.position.return_to)
        return self._stands(state, state.record)

    def _stands(self, state: State, record: Record) -> Result:
        """What was told is told again, also where questions go on after it (D7)."""
        position = self.triage.next_place(record)
        urgent = self.triage.disposition(record) == "call_provider_now"
        lead = self.prompts.outcome(record) if urgent and position.name == "question" else ()
        return self.moves.enter(state, position, lead, record=record)

    def _same_child(self, state: State, meaning: str) -> Result:
        if meaning == NO:
            return self.begin(state, same_child=False)
        if meaning != YES:
            return self.missed(state, noise=True)
        return self._return(state)
