"""Answers that are numbers: a temperature, for how long, how bad out of ten."""

from __future__ import annotations

from collections.abc import Sequence

from voice_backcare.core.understanding.numbers import number, temperature_f

FEVER_F = 100.4  # R1
_NEARLY_F = 0.5  # a temperature said as a whole number may be this much more
_FEW_DAYS = 3.0  # F7: "more than a few days"
_UNITS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "night": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
_DAYS = _UNITS | {f"{unit}s": days for unit, days in _UNITS.items()}
_BELOW = frozenset({"under", "below", "less", "lower", "beneath"})
_ABOVE = frozenset({"over", "above", "more", "higher", "least", "exceeds", "past"})
_ABOUT = frozenset({"about", "around", "roughly", "almost", "nearly", "approximately", "maybe", "like", "close"})
_SEVERE, _MILD = 7, 3
THERE, NOT_THERE, UNCLEAR = "there", "not_there", "unclear"


def measured(sign: str, tokens: Sequence[str]) -> str | None:
    """What a number among ``tokens`` says to the question of ``sign``; None where it says nothing."""
    match sign:
        case "R1":
            return _fever(tokens)
        case "F7":
            return _duration(tokens)
        case "R3":
            return _out_of_ten(tokens)
        case "E5" | "R8":
            return UNCLEAR if number(tokens) is not None and len(tokens) < 6 and "lost" not in tokens else None
        case _:
            return None


def _fever(tokens: Sequence[str]) -> str | None:
    said = set(tokens)
    value = temperature_f(tokens)
    if value is None:
        alone = number(tokens) is not None and not said & set(_DAYS)
        return UNCLEAR if alone and len(tokens) < 6 else None
    high = value >= FEVER_F
    below, above = bool(said & _BELOW), bool(said & _ABOVE)
    if "not" in said or "never" in said:
        below, above = above, below
    if below:
        return NOT_THERE if value <= FEVER_F else UNCLEAR
    if above:
        return THERE if high else UNCLEAR
    if "not" in said:
        return UNCLEAR
    if said & _ABOUT and abs(value - FEVER_F) < 1:
        return UNCLEAR
    if not high and FEVER_F - value < _NEARLY_F and value.is_integer():
        return UNCLEAR
    return THERE if high else NOT_THERE


def _duration(tokens: Sequence[str]) -> str | None:
    at = next((at for at, token in enumerate(tokens) if token in _DAYS), None)
    if at is None:
        return None
    before = list(tokens[max(0, at - 3) : at])
    count = number(before)
    if "couple" in before:
        count = 2.0
    elif "few" in before or "several" in before or "some" in before:
        count = 3.0
    elif count is None and set(before) & {"a", "an", "one", "half"} and not tokens[at].startswith("night"):
        count = 1.0
    elif count is None and tokens[at].endswith("s"):
        count = 3.0
    elif count is None:
        return None
    days = count * _DAYS[tokens[at]]
    if set(tokens) & {"more", "over", "longer"} and days >= _FEW_DAYS and "not" not in tokens:
        return THERE
    if days < _FEW_DAYS:
        return UNCLEAR if set(tokens) & {"more", "over", "longer"} and days > 1 else NOT_THERE
    if set(tokens) & {"less", "under", "not"}:
        return NOT_THERE if days <= _FEW_DAYS else UNCLEAR
    return UNCLEAR if days == _FEW_DAYS else THERE


def _out_of_ten(tokens: Sequence[str]) -> str | None:
    if "ten" not in tokens and "10" not in tokens:
        return None
    value = number(tokens)
    if value is None or value > 10:
        return None
    return THERE if value >= _SEVERE else NOT_THERE if value <= _MILD else UNCLEAR
