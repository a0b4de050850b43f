"""The home-care steps, one at a time, at the listener's pace."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import Moves, Result
from voice_backcare.core.state import Position, State

_PART = "part_"


@dataclass(frozen=True)
class HomeCare:
    """Bound to one content; every method is pure."""

    moves: Moves
    prompts: Prompts

    def command(self, state: State, meaning: str) -> Result | None:
        """What a word said at a step does; None where it means nothing there."""
        if meaning == "next":
            return self._next(state)
        if meaning == "back":
            return (
                self.moves.again(state, self.prompts.lines("first_step")) if self.at_first(state) else self.back(state)
            )
        if meaning == "how_much_left":
            return self.moves.again(state, (self.prompts.steps_left(state.position),))
        if meaning.startswith(_PART):
            return self._part(state, meaning.removeprefix(_PART))
        if meaning in self.prompts.content.answers:
            return self.moves.again(state, self.prompts.background(meaning))
        return None

    def at_first(self, state: State) -> bool:
        """Whether the first step is being read."""
        return state.position.id == "0"

    def back(self, state: State) -> Result:
        """The result of "back": the step before."""
        return self._step(state, int(state.position.id) - 1)

    def missed(self, state: State, *, noise: bool) -> Result:
        """One gentle reminder, then quiet; noise is not for us."""
        if noise or state.position.tries:
            return state, ()
        position = replace(state.position, tries=1, speaking=True)
        new = replace(state, position=position)
        return new, (self.prompts.remind(position),)

    def unmeant(self, state: State, *, pressed: bool) -> Result:
        """A word that means nothing at a step ("yes"): what can be said is said; a key that does not is nothing."""
        if pressed:
            return state, ()
        said = replace(state, position=replace(state.position, speaking=True))
        return said, (self.prompts.remind(said.position),)

    def _next(self, state: State) -> Result:
        at = int(state.position.id) + 1
        return self._step(state, at) if at < len(self.prompts.content.steps) else self.moves.close(state)

    def _step(self, state: State, at: int) -> Result:
        return self.moves.enter(state, Position("home_care", str(at)))

    def _part(self, state: State, part: str) -> Result:
        for at, step in enumerate(self.prompts.content.steps):
            if step.part == part:
                return self._step(state, at)
        return self.moves.again(state, self.prompts.lines("no_such_part"))
