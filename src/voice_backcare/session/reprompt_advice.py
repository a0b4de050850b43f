"""Advice before what is asked again: it adds a line and changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voice_backcare.core.events import Action, Event, Line, NoInput, NoMatch, Say, Show

Advise = Callable[[NoInput | NoMatch], tuple[Line, ...]]


def advised(event: Event, actions: tuple[Action, ...], advise: Advise) -> tuple[Action, ...]:
    """``actions``, with what ``advise`` says of ``event`` before a question that comes once more because of it."""
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
