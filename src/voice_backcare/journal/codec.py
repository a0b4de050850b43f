"""Events to text and back, without loss, by what their classes declare: a new event needs nothing here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from voice_backcare.core.events import Event

_CLASS = "is"
EVENTS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Event)}


class Undecodable(ValueError):
    """The text is no event of this version."""


def encode(event: Event) -> str:
    """The event as one line of ASCII."""
    return json.dumps({_CLASS: type(event).__name__, **_plain(event)}, separators=(",", ":"))


def decode(text: str) -> Event:
    """The event that ``encode`` made ``text`` of; ``Undecodable`` for anything else."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"no JSON: {error}") from error
    if not isinstance(values, dict) or not (kind := EVENTS.get(str(values.pop(_CLASS, "")))):
        raise Undecodable("no event that is known")
    event: Event = _value(kind, values)
    return event


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, plain: Any) -> Any:
    """``plain`` as the type that a field declares; ``Undecodable`` where it is not one."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(arguments, plain)
    if origin is Literal:
        return _checked(plain, plain in arguments)
    if origin is tuple:
        return _tuple(arguments, plain)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        _checked(plain, isinstance(plain, dict) and plain.keys() == hints.keys())
        return kind(**{name: _value(hint, plain[name]) for name, hint in hints.items()})
    if kind is float:
        return _checked(plain, type(plain) in (int, float))
    return _checked(plain, type(plain) is kind)


def _one_of(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None:
        return _checked(plain, NoneType in kinds)
    for kind in kinds:
        try:
            return _value(kind, plain)
        except Undecodable:
            continue
    raise Undecodable(f"{plain!r} is none of {kinds}")


def _tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    _checked(plain, isinstance(plain, list))
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], item) for item in plain)
    _checked(plain, len(kinds) == len(plain))
    return tuple(_value(kind, item) for kind, item in zip(kinds, plain, strict=True))


def _checked(plain: Any, right: bool) -> Any:
    if not right:
        raise Undecodable(f"{plain!r} is not what belongs there")
    return plain
