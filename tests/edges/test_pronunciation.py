"""Shown form to spoken form."""

from __future__ import annotations

import pytest

from voice_backcare.speech.pronunciation import spoken_form


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
