"""Advice before a reprompt, such as "the microphone is too far away"; it adds lines and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voice_backcare.core.events import Action, Event, Line, NoInput, NoMatch, Say, Show

Advise = Callable[[NoInput | NoMatch], tuple[Line, ...]]


def advised(event: Event, actions: tuple[Action, ...], advise: Advise) -> tuple[Action, ...]:
    """``actions`` with the lines of ``advise(event)`` put before the question, where ``event`` is a no-input or
    no-match and the actions ask again because of it; otherwise ``actions`` as they are.
    """
    asking = any(isinstance(action, Say) and action.kind not in (None, "standby") for action in actions)
    lines = advise(event) if asking and isinstance(event, NoInput | NoMatch) else ()
    return tuple(_with(action, lines) for action in actions) if lines else actions


def _with(action: Action, lines: tuple[Line, ...]) -> Action:
    match action:
        case Say(lead=lead):
            return replace(action, lead=(*lines, *lead))
        case Show(lines=shown):
            return replace(action, lines=(*lines, *shown))
        case _:
            return action
