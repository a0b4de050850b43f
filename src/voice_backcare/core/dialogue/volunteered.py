"""Signs that are named beside an answer, or with no answer at all (D14)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.transitions import Moves, Result, behind
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.events import Line, Say
from voice_backcare.core.state import WHICH, YES, State


@dataclass(frozen=True)
class Volunteered:
    """Bound to one content; every method is pure."""

    moves: Moves
    answers: Answers
    triage: Triage

    def taken(self, state: State, signs: tuple[str, ...]) -> State:
        """The state with a yes to the question of each sign (handout ids)."""
        record, position = state.record, behind(state.position)
        for sign in signs:
            record = self.triage.answered(record, sign, YES)
        asked = position.id if position.name in ("question", "recheck") else ""
        return replace(state, record=replace(record, volunteered=record.volunteered | ({*signs} - {asked})))

    def goes_on(self, told: State, before: State, noted: tuple[Line, ...]) -> Result:
        """The result of signs by themselves: on to what comes next by the record, where that has changed.

        Otherwise what was asked is asked again. ``told`` is ``before`` with the signs; ``noted`` says them back.
        """
        position, following = told.position, self.triage.next_place(told.record)
        unchanged = self.triage.disposition(told.record) == self.triage.disposition(before.record)
        if position.name == "confirm" and not unchanged:  # what it would go back to is void (D15)
            return self.moves.again(replace(told, position=replace(position, return_to=None)), noted)
        asked = position.name in ("question", "recheck", "confirm")
        here = (position.name, position.id) == (following.name, following.id)
        if asked or (here and position.subject != WHICH) or (position.name == "home_care" and unchanged):
            return self.moves.again(told, noted)
        return self.answers.on(told, told.record, noted)


def noting(result: Result, noted: tuple[Line, ...]) -> Result:
    """``result`` with ``noted`` said first, unless it is the 911 instruction, which comes before anything else."""
    state, actions = result
    if state.position.uninterruptible:
        return result
    return state, tuple(
        replace(action, lead=(*noted, *action.lead)) if isinstance(action, Say) else action for action in actions
    )
