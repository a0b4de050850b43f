"""What is no answer: too long, one letter, another language, only signs; and what is one in an odd spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from understanding_data import SIGNS, reader, steadily

NEVER = ("yes", "no", "soft_yes", "soft_no")


@steadily
@given(st.sampled_from(SIGNS), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(3, 200))
def test_one_letter_repeated_is_nothing(sign: str, letter: str, times: int) -> None:
    """Neither "nnnn" nor "n n n" answers."""
    assert reader().read(sign, letter * times).meaning == "no_match"
    assert reader().read(sign, " ".join(letter * times)).meaning == "no_match"


@pytest.mark.parametrize("sign", SIGNS)
def test_two_hundred_words_are_no_answer(sign: str) -> None:
    """A speech is read for emergencies only."""
    assert reader().read(sign, "no he is fine and " * 50).meaning not in NEVER
    assert reader().read(sign, "well you see " * 60 + "and she can't breathe").meaning == "emergency"


@pytest.mark.parametrize(
    "said",
    [
        "no sé",
        "sí",
        "no tiene fiebre",
        "no, mi hijo no tiene nada",
        "la niña está bien",
        "nicht",
        "non merci",
        "não",
        "нет",
        "不是",
        "😀",
        "👍",
        "...",
        "???",
        "!!",
        "",
        "  ",
    ],
)
@pytest.mark.parametrize("sign", ["E1", "R1", "R8"])
def test_other_languages_and_signs_are_no_answer(sign: str, said: str) -> None:
    """What is not English is not read."""
    assert reader().read(sign, said).meaning == "no_match"


@pytest.mark.parametrize(
    "said",
    [
        "NO",
        "No.",
        "no!!!",
        "  no  ",
        "No, SHE ISN'T.",
        "no she isn\u2019t",
        "no she isnt",
        "\u201cno\u201d",
        "no 😀",
        "no – not at all",
        "No… nothing like that",
        "nO nothing",
    ],
)
def test_case_quotes_and_signs_do_not_matter(said: str) -> None:
    """Capitals, curly quotes, dashes and pictures change nothing."""
    assert reader().read("R6", said).meaning == "no"
    assert reader().read("E1", said).meaning == "no"


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("a hundred and one", "yes"),
        ("101", "yes"),
        ("101.5°F", "yes"),
        ("38.5", "yes"),
        ("38,5 C", "yes"),
        ("thirty eight point five", "yes"),
        ("one oh two point four", "yes"),
        ("one hundred point four", "yes"),
        ("a hundred and four", "yes"),
        ("38", "yes"),
        ("over 101", "yes"),
        ("it was 102 an hour ago", "yes"),
        ("98.6", "no"),
        ("ninety eight point six", "no"),
        ("ninety eight six", "no"),
        ("37", "no"),
        ("37.2", "no"),
        ("ninety nine", "no"),
        ("under a hundred", "no"),
        ("no just ninety nine", "no"),
        ("36.6 degrees", "no"),
        ("a hundred", "unsure"),
        ("about a hundred", "unsure"),
        ("over 99", "unsure"),
        ("55", "unsure"),
        ("200", "unsure"),
        ("around 100", "unsure"),
        ("not over 105", "unsure"),
    ],
)
def test_a_temperature_is_read_as_a_number(said: str, meaning: str) -> None:
    """In words and digits, Fahrenheit and Celsius, against R1's limit; what fits neither is asked."""
    assert reader().read("R1", said).meaning == meaning


@steadily
@given(st.floats(94, 110), st.booleans())
def test_no_temperature_of_fever_is_ever_a_no(value_f: float, celsius: bool) -> None:
    """From 100.4 F (38 C) on it is a yes, in either unit; below it never is."""
    value = round((value_f - 32) * 5 / 9, 1) if celsius else round(value_f, 1)
    limit = 38.0 if celsius else 100.4
    meaning = reader().read("R1", str(value)).meaning
    assert meaning == "yes" if value >= limit else meaning in ("no", "unsure")
