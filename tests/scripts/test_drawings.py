"""The pictures that come from the code show the code as it is."""

from __future__ import annotations

from drawings import architecture


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    """docs/developing/architecture.svg is what scripts/draw makes: run it after a change of the rooms."""
    made = architecture.svg(architecture.rooms(), architecture.imports())
    assert architecture.PICTURE.read_text(encoding="utf-8") == made


def test_no_arrow_runs_back_up() -> None:
    """Each room imports from the rows under its own; only the kiosk's application and the commands import sideways."""
    row = {room: number for number, rooms in enumerate(architecture.ROWS) for room in rooms}
    assert set(row) == set(architecture.rooms())
    back = [pair for pair in architecture.imports() if row[pair[0]] >= row[pair[1]] and pair[0] != "kiosk"]
    assert back == []
