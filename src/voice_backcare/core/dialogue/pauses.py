"""Waits and pauses: what is heard there is said of the question that stands behind them; and talk that is not
understood, there and while "call 911" stands (D3, D6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import PAUSES, Moves, Result, base
from voice_backcare.core.events import Event, Heard, Pressed, StartTimer
from voice_backcare.core.state import ANSWERS, NO, SOFT_NO, UNSURE, Position, State

NOT_UNDERSTOOD_S = 20.0  # somebody who is not understood is told so, once in this time (D3)
# What a wait or a pause has a meaning of its own for; anything else is said of the question behind it.
_OWN = ("emergency", "maybe_emergency", "wait", "continue", "start", "go_back", "meant_yes", "start_over", "stop")
_ADJUSTMENTS = ("slower", "faster", "louder", "quieter")
_ASIDE = ("help", "why", "explain", "summary", "about", "no_provider", "no_phone", *_ADJUSTMENTS)  # do not end a wait


@dataclass(frozen=True)
class Pauses:
    """Bound to one content; every method is pure. See ``transitions.behind`` for the place that stands behind one."""

    moves: Moves
    prompts: Prompts

    def pass_on(self, state: State, event: Event) -> bool:
        """Whether ``event`` is a word or a key in a wait or a pause that is said of the question behind it."""
        position = state.position
        if not isinstance(event, Heard | Pressed) or position.name not in PAUSES or position.return_to is None:
            return False
        aside = position.name == "waiting" and isinstance(event, Heard) and event.meaning in _ASIDE
        return event.meaning not in _OWN and not aside

    def counted(self, state: State, event: Heard | Pressed) -> Heard | Pressed | None:
        """The part of ``event`` that counts at once; None where the question comes back first.

        The signs named beside an answer count in any case (D14).
        """
        if self._counts(state.position, event):
            return event
        return replace(event, meaning="no_match") if isinstance(event, Heard) and event.signs else None

    def _counts(self, position: Position, event: Heard | Pressed) -> bool:
        """In a wait, any answer after the wait was announced; in a pause, and before that, a yes and a doubt.

        A yes that would confirm that no sign is there waits for its question then too. Where a pack is about to
        start everything does: what is forbidden is said with the question (C2). "Stop it" may be said to the child.
        """
        meaning, asked = event.meaning, base(position)
        if meaning == "next" and isinstance(event, Heard):
            return False  # "continue" is read so at a step, which the wait may have cut off
        announced = not position.speaking or isinstance(event, Pressed)
        if (asked.name, asked.id) == ("coach", "ready") or meaning == "stop_it":
            return False
        if meaning not in ANSWERS or (position.name == "waiting" and announced):
            return True
        if meaning in (NO, SOFT_NO):
            return False
        raises = asked.name in ("question", "offer") or (asked.name, asked.id) == ("coach", "changed")
        return raises or (meaning == UNSURE and asked.name == "read_back")

    def not_counted(self, state: State) -> Result:
        """What comes of an answer that does not count: the question again; nothing before a wait was announced."""
        too_soon = state.position.speaking and state.position.name == "waiting"
        return (state, ()) if too_soon else self.go_on(state)

    def go_on(self, state: State) -> Result:
        """Back to the place behind: what was asked is asked again."""
        return self.moves.enter(state, base(state.position), self.prompts.lines("go_on"))

    def missed(self, state: State, *, noise: bool) -> Result:
        """Silence is what a pause is for; somebody who talks and is not understood is told so, once in 20 s."""
        if not noise or state.position.tries:
            return state, ()
        told = replace(state, position=replace(state.position, tries=1))
        new, actions = self.moves.again(told, self.prompts.lines("missed_noise"))
        return new, (StartTimer("not_understood", NOT_UNDERSTOOD_S), *actions)

    def talk_at_911(self, state: State) -> Result:
        """While "call 911" stands, talk that is not understood gets its first sentence (D6), once in 20 s: it may be
        the dispatcher, on the phone's speaker. An instruction that could not be spoken is tried again each time (D9).
        """
        if self.moves.unheard(state.position):
            return self.moves.first_sentence(state)
        if state.position.tries:
            return state, ()
        new, actions = self.moves.first_sentence(replace(state, position=replace(state.position, tries=1)))
        return new, (StartTimer("not_understood", NOT_UNDERSTOOD_S), *actions)

    def may_tell_again(self, state: State) -> Result:
        """The 20 s are over: the next one who is not understood is told so."""
        return replace(state, position=replace(state.position, tries=0)), ()
