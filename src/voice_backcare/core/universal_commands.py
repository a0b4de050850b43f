"""The universal commands: what a word does that holds in every state (D7, D8)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.coach.care_log import home_care_done
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.home_care import HomeCare
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import Moves, Result, base, behind
from voice_backcare.core.events import Adjust, Line
from voice_backcare.core.state import Position, Record, State

ADJUSTMENTS = ("slower", "faster", "louder", "quieter")
TOLD = ("help", "why", "explain", "summary", "about", "no_provider", "no_phone")
AFTER_911 = ("repeat", "go_back", "summary", "louder", "stop")  # all that D6 leaves
UNIVERSAL = ("repeat", "continue", "wait", "go_back", "meant_yes", "start_over", "stop", *TOLD, *ADJUSTMENTS)


@dataclass(frozen=True)
class Commands:
    """The universal commands, bound to one content. Every method is pure: state in, state and actions out."""

    moves: Moves
    prompts: Prompts
    answers: Answers
    home_care: HomeCare

    def universal(self, state: State, meaning: str) -> Result:
        """The result of ``meaning``, one of ``UNIVERSAL``, at the state's position (D7, D8)."""
        if meaning in TOLD:
            return self.moves.again(state, self._told(state, meaning))
        if meaning in ADJUSTMENTS:
            return self.adjust(state, meaning)
        match meaning:
            case "stop":
                return self._stop(state)
            case "start_over":
                return self.start_over(state)
            case "go_back":
                return self.go_back(state)
            case "meant_yes":
                return self.answers.meant_yes(state)
            case "wait" if state.position.name != "closing":
                return self.moves.enter(state, Position("waiting", return_to=base(state.position)))
            case _:  # repeat says all of it, continue only what is asked
                return self.moves.again(state, brief=meaning == "continue")

    def idle(self, state: State, meaning: str) -> Result:
        """The result of a word or a key while nobody is asked anything: it knows only a few."""
        if meaning == "start":
            return self.answers.begin(state)
        if meaning in ADJUSTMENTS:
            return self.adjust(state, meaning)
        if meaning == "repeat":
            return self.moves.again(state)
        return self.universal(state, meaning) if meaning == "about" else (state, ())

    def adjust(self, state: State, meaning: str) -> Result:
        """Change the voice as ``meaning`` says, one of ``ADJUSTMENTS``, and ask again in the new voice."""
        new, actions = self.moves.again(state, self.prompts.lines("ack_1"))
        return new, (Adjust(meaning), *actions)

    def start_over(self, state: State) -> Result:
        """Begin a new triage: at once while nothing has been answered, otherwise after a confirmation (D8)."""
        if state.record == Record():
            return self.answers.begin(state)
        return self.moves.enter(state, Position("confirm", "start_over", return_to=self._returning(state)))

    def go_back(self, state: State) -> Result:
        """Go back to the home-care step or question before, or to the sign that caused the outcome (D7)."""
        paused = state.position.name in ("paused", "waiting")
        there = replace(state, position=base(state.position)) if paused else state
        stepping = there.position.name == "home_care" and not self.home_care.at_first(there)
        new, actions = self.home_care.back(there) if stepping else self.answers.go_back(there)
        return new, (*(self.moves.back_to(there.position, state) if paused else ()), *actions)

    def _stop(self, state: State) -> Result:
        """Confirmed in the triage once something was answered; a second "stop" is a yes (D8)."""
        position, record = state.position, state.record
        if position.name == "closing":
            return self.moves.end(state)
        told = position.name in ("outcome", "home_care") or (position.name, position.id) == ("offer", "home_care")
        nothing_yet = record == Record()
        if told or nothing_yet or position.id in ("stop", "same_child"):
            return self.moves.close(state)
        return self.moves.enter(state, Position("confirm", "stop", return_to=self._returning(state)))

    def _returning(self, state: State) -> Position | None:
        """Where an unconfirmed stop or start-over goes back to; None: to whatever is next by the record."""
        position = base(state.position)
        return None if position.id == "withdraw" or position.name == "closing" else position

    def _told(self, state: State, meaning: str) -> tuple[Line, ...]:
        prompts, position = self.prompts, behind(state.position)
        match meaning:
            case "help":
                return prompts.help(position)
            case "explain":
                return prompts.explain(position)
            case "why":
                return prompts.why(position, state.record)
            case "summary":
                return prompts.summary(position, state.record, home_care_done(state))
            case "about":
                return prompts.lines("about_1", "about_2", "about_3", "about_4")
            case _:
                return prompts.lines(meaning)
