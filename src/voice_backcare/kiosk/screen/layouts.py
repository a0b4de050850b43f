"""What the page offers on each kind of screen, as data: ``layouts.toml``, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from voice_backcare.core.content import Content, ContentError


@dataclass(frozen=True, slots=True)
class Button:
    """``id`` is the meaning it presses, ``key`` its key on a keyboard; ``twice`` the label that asks once more."""

    id: str
    label: str
    key: str = ""
    twice: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """The buttons of one kind of screen, and its help line; ``help_touch``: where nobody is heard."""

    main: tuple[Button, ...]
    side: tuple[Button, ...]
    more: tuple[Button, ...]
    help: str
    help_touch: str


@dataclass(frozen=True, slots=True)
class Book:
    """All words and buttons of the page, beside the content; ``steps``: what a home-care step has beside the rest,
    ``step_titles``: its heading.

    ``hardware``: what a push button means, the first that is offered. ``levels``: how urgent a disposition is;
    ``calls``: those after which somebody is called, beside 911. ``prohibitions``: the handout's facts that say what
    must not be done; ``forbids``: how a sentence begins that says so. ``wall``: sentences that read otherwise on a
    wall, ``touch_only``: where nobody is heard as well (D12); ``told_others``: the lines in which "say" is meant for
    somebody else.
    """

    content: Content
    buttons: Mapping[str, Button]
    screens: Mapping[str, Offered]
    steps: Mapping[str, tuple[Button, ...]]
    step_titles: Mapping[str, str]
    texts: Mapping[str, str]
    hardware: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, str]
    calls: tuple[str, ...]
    prohibitions: frozenset[str]
    forbids: tuple[str, ...]
    wall: Mapping[str, str]
    touch_only: Mapping[str, str]
    told_others: tuple[str, ...]


def load(content: Content, emergency_number: str = "911") -> Book:
    """The page's words around ``content``; ``ContentError`` where ``layouts.toml`` is not what it must be."""
    try:
        data = tomllib.loads(resources.files(__package__).joinpath("layouts.toml").read_text(encoding="utf-8"))
        return _book(data, content, emergency_number)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"kiosk/screen/layouts.toml cannot be used: {error!r}") from error


def _book(data: Mapping[str, Any], content: Content, emergency_number: str) -> Book:
    buttons = {name: Button(name, **values) for name, values in data["button"].items()}

    def named(values: Mapping[str, Any], row: str) -> tuple[Button, ...]:
        return tuple(buttons[name] for name in values.get(row, ()))

    screens = {
        name: Offered(
            named(values, "main"),
            named(values, "side"),
            named(values, "more"),
            values["help"],
            values.get("touch", values["help"]),
        )
        for name, values in data["screen"].items()
    }
    steps = {name: named(values, "main") for name, values in data["step"].items()}
    texts = {name: text.format(number=emergency_number) for name, text in data["text"].items()}
    hardware = {name: tuple(buttons[each].id for each in wanted) for name, wanted in data["hardware"].items()}
    words = data["words"]
    return Book(
        content,
        buttons,
        screens,
        steps,
        {name: values["title"] for name, values in data["step"].items()},
        texts,
        hardware,
        levels=dict(data["levels"]),
        calls=tuple(data["calls"]["dispositions"]),
        prohibitions=frozenset(data["prohibitions"]["sources"]),
        forbids=tuple(data["prohibitions"]["starts"]),
        wall=dict(words["wall"]),
        touch_only={told.format(number=emergency_number): shown for told, shown in words["touch_only"].items()},
        told_others=tuple(words["told_others"]),
    )
