"""Text codec for events: one line of JSON for each, read back strictly by the fields that its class declares.

msgspec turns events to plain values and back, so a new event or a new field needs nothing here. The JSON itself is the
standard library's: it carries half of a surrogate pair, as a broken terminal sends one, and msgspec's does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from voice_backcare.core.events import Event

_CLASS = "is"  # the key under which the name of the event's class stands
EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


class Undecodable(ValueError):
    """Error: a text is not an event of this version of the program."""


def encode(event: Event) -> str:
    """Text of one event: a JSON object on one line of ASCII."""
    return json.dumps({_CLASS: type(event).__name__, **msgspec.to_builtins(event)}, separators=(",", ":"))


def decode(text: str) -> Event:
    """Event that ``encode`` wrote as ``text``.

    Raises ``Undecodable`` for any other text: no JSON, an unknown class, a field too many or too few at any depth, or a
    value of another type than the field's. Only an integer is accepted where a float belongs.
    """
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or not (kind := EVENTS.get(str(values.pop(_CLASS, "")))):
            raise Undecodable("no event that is known")
        event = msgspec.convert(values, kind)
        if _field_names(msgspec.to_builtins(event)) != _field_names(values):
            raise Undecodable("a field is missing, or one is too many")
    except (ValueError, RecursionError) as error:  # msgspec's and JSON's errors are ValueErrors
        raise Undecodable(f"no event: {error}") from error
    return event


def _field_names(plain: Any) -> Any:
    """Names of the fields of ``plain`` at every depth; msgspec alone fills in a missing one and drops one too many."""
    if isinstance(plain, dict):
        return {name: _field_names(value) for name, value in plain.items()}
    return [_field_names(value) for value in plain] if isinstance(plain, list | tuple) else None
