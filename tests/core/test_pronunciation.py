"""Shown form to spoken form."""

from __future__ import annotations

import pytest

from voice_backcare.core.content.pronunciation import digit_by_digit, spoken_form


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("Call 911 now.", "Call nine-one-one now."),
        ("Call 9-1-1!", "Call nine-one-one!"),
        ("a fever of 100.4 F (38 C) or higher", "a fever of 100.4 degrees Fahrenheit, or 38 degrees Celsius or higher"),
        ("38 C (100.4 F)", "38 degrees Celsius, or 100.4 degrees Fahrenheit"),
        ("over 100.4 °F?", "over 100.4 degrees Fahrenheit?"),
        ("24-72 hours", "24 to 72 hours"),
        ("20 min on, 20 minutes off", "20 minutes on, 20 minutes off"),
        ("room 9110, call 0911", "room 9110, call 0911"),
        ("vitamin C", "vitamin C"),
        ("  two   spaces ", "two spaces"),
    ],
)
def test_numbers_and_units_are_said_as_people_say_them(shown: str, spoken: str) -> None:
    """And words that only look alike stay as they are."""
    assert spoken_form(shown) == spoken


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("112", "one, one, two"),
        ("000", "zero, zero, zero"),
        ("555-0142", "five-five-five, zero-one-four-two"),
        ("+1 (555) 555-0142", "plus one, five-five-five, five-five-five, zero-one-four-two"),
        ("555.0142", "five-five-five, zero-one-four-two"),
    ],
)
def test_a_number_is_read_digit_by_digit(number: str, spoken: str) -> None:
    """With a pause where it is written with a gap."""
    assert digit_by_digit(number) == spoken
    assert spoken_form(f"The number to call is {number}.", [number]) == f"The number to call is {spoken}."
    assert spoken_form(f"Call {number} now, or {number}.", [number]) == f"Call {spoken} now, or {spoken}."


def test_only_the_number_itself_is_read_so() -> None:
    """Other numbers stay what they are, even those that hold it."""
    for text in ("1123 times", "20 minutes", "room 112b", "a fever of 112.5"):
        assert spoken_form(text, ["112"]) == text
    assert spoken_form("100.4 F", ["100"]) == "100.4 degrees Fahrenheit"
    assert spoken_form("Call 911 now.", ["112"]) == "Call nine-one-one now."
