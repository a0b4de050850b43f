"""The places where something can be said, and what an utterance is read for at each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from voice_backcare.core.understanding.reading import NO, SOFT_NO, SOFT_YES, UNSURE, YES

Kind = Literal["question", "read_back", "which", "offer", "confirm", "check", "changed", "off", "call_911", "commands"]
ANY_QUESTION = "any"


@dataclass(frozen=True, slots=True)
class Place:
    """``own``: the names that the place's words for yes and no have. ``context``: its commands (``contexts.yaml``).

    ``topics``: whether questions about home care are answered here.
    """

    id: str
    kind: Kind
    own: frozenset[str]
    context: str
    emergency: bool = False
    topics: bool = False


# Place id: kind, the file of its own words, the context of its commands.
_PLACES: Mapping[str, tuple[Kind, str, str]] = MappingProxyType({
    "read_back": ("read_back", "read_back", "read_back"),
    "read_back_emergency": ("read_back", "read_back", "read_back"),
    "read_back_urgent": ("read_back", "read_back", "read_back"),
    "which_one": ("which", "which_one", "read_back"),
    "offer": ("offer", "offer", "offer"),
    "offer_rest": ("offer", "offer", "offer"),
    "offer_home_care": ("offer", "offer", "offer"),
    "confirm_stop": ("confirm", "confirm", "confirmation"),
    "confirm_start_over": ("confirm", "confirm", "confirmation"),
    "confirm_withdraw": ("confirm", "confirm", "confirmation"),
    "confirm_same_child": ("confirm", "confirm", "confirmation"),
    "need_help": ("check", "need_help", "confirmation"),
    "outcome": ("commands", "none", "outcome"),
    "outcome_911": ("call_911", "outcome_911", "standby_911"),
    "standby": ("commands", "none", "standby"),
    "home_care": ("commands", "home_care", "home_care"),
    "coach_choose": ("check", "coach_choose", "coach_check"),
    "coach_wrapped": ("check", "coach_check_ice", "coach_check"),
    "coach_check_ice": ("check", "coach_check_ice", "coach_check"),
    "coach_check_heat": ("check", "coach_check_heat", "coach_check"),
    "coach_awake": ("check", "coach_awake", "coach_check"),
    "coach_changed": ("changed", "coach_changed", "coach_check"),
    "coach_go_on": ("check", "offer", "coach_offer"),
    "coach_on": ("commands", "coach_on", "coach"),
    "coach_off": ("off", "coach_off", "coach_off"),
    "idle": ("commands", "none", "idle"),
})  # fmt: skip


_ANSWERS: Mapping[Kind, tuple[str, ...]] = MappingProxyType({
    "question": (YES, NO, SOFT_YES, SOFT_NO, UNSURE),
    "off": ("acknowledge", UNSURE),
    "call_911": (NO,),
    "commands": (),
})  # fmt: skip


def answers_at(kind: Kind) -> tuple[str, ...]:
    """The answers that can be read at a place of this kind."""
    return _ANSWERS.get(kind, (YES, NO, UNSURE))


def place_ids(signs: tuple[str, ...]) -> tuple[str, ...]:
    """Every place there is: the questions of the handout first, then the others."""
    return (*signs, *_PLACES, ANY_QUESTION)


@cache
def place_of(place: str, signs: tuple[str, ...]) -> Place:
    """The place of this id. ``KeyError`` where there is none."""
    if place in signs:
        return Place(place, "question", frozenset({place, f"@{place}"}), "question", place.startswith("E"))
    if place == ANY_QUESTION:
        return Place(place, "question", frozenset({"@any"}), "question")
    kind, words, context = _PLACES[place]
    topics = context in ("home_care", "coach", "coach_off", "coach_check", "coach_offer", "outcome")
    return Place(place, kind, frozenset({f"@{words}"}), context, topics=topics)
