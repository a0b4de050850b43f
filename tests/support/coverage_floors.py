"""Coverage of each room of the package, held against the floors of pyproject.toml."""

from __future__ import annotations

import io
import tomllib

import coverage
from coverage.exceptions import NoDataError
from places import ROOT

PYPROJECT = ROOT / "pyproject.toml"
PACKAGE = ROOT / "src" / "voice_backcare"


def floors() -> dict[str, float]:
    """Least coverage of each room, in percent of its lines and branches."""
    table: dict[str, float] = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["voice-backcare"]["coverage"]
    return table


def measured(rooms: list[str]) -> dict[str, float]:
    """Coverage of each room in percent, as coverage's data file has it; 0 where it has nothing."""
    data = coverage.Coverage(config_file=str(PYPROJECT))
    data.load()
    return {room: _percent(data, room) for room in rooms}


def report(least: dict[str, float], percents: dict[str, float]) -> tuple[list[str], bool]:
    """A line for each room, and whether every room reaches its floor."""
    lines = [
        f"{room:<12}{percents[room]:6.1f} %{'' if percents[room] >= floor else f'  under its floor, {floor:.1f} %'}"
        for room, floor in least.items()
    ]
    return lines, all(percents[room] >= floor for room, floor in least.items())


def _percent(data: coverage.Coverage, room: str) -> float:
    try:
        return data.report(include=[f"{PACKAGE / room}/*"], file=io.StringIO())
    except NoDataError:
        return 0.0
