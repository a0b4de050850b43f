"""The rooms of the house: who may import whom, how long a file may be, and that the core never speaks by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import voice_backcare

PACKAGE = Path(voice_backcare.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 350

# What each room of the pure core, and the session, may import of ours.
CORE = {"events", "content", "grammar", "dialogue", "coach", "commands", "conversation", "resources"}
MAY_IMPORT = {
    "events": set(),
    "resources": set(),
    "content": set(),
    "grammar": {"content", "resources"},
    "dialogue": {"events", "content"},
    "commands": {"events", "content", "dialogue"},
    "coach": {"events", "content", "dialogue"},
    "conversation": {"events", "content", "dialogue", "coach", "commands"},
    "ports": {"events"},
    "fakes": {"events", "ports"},
    "inbox": {"ports"},
    "advice": {"events"},
    "session": {"advice", "events", "content", "grammar", "dialogue", "commands", "conversation", "ports", "inbox"},
    "journal": {"events"},
    "resuming": {"events", "dialogue", "conversation", "journal", "resources", "session", "speech"},
    "summary": CORE,
    "report": {*CORE, "summary"},
    "wall_clock": set(),
    "settings_kinds": set(),
    "settings": {"content", "settings_kinds"},
}
EDGES = {"speech", "terminal", "kiosk", "skills"}
PLAIN = frozenset({"voice_backcare.speech.clock", "voice_backcare.speech.pronunciation"})  # no device


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path, but: frozenset[str] = frozenset()) -> set[str]:
    """The rooms of ours that a file imports, wherever in it, ``but`` these modules."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports of ours are written out whole"
            module = node.module or ""
            names |= {f"{module}.{alias.name}" for alias in node.names} if module == "voice_backcare" else {module}
    ours = {name.split(".")[1] for name in names - but if name.startswith("voice_backcare.")}
    return {name for name in ours if not name.startswith("__")}


def called(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_room_imports_only_what_it_may(path: Path) -> None:
    """The core never imports an edge, and no room reaches around its neighbour."""
    name = room(path)
    if name in MAY_IMPORT:
        assert imported(path) - {name} <= MAY_IMPORT[name]
    elif name in EDGES:
        assert not imported(path, PLAIN) & (EDGES - {name}), "an edge knows no other edge"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_is_too_long(path: Path) -> None:
    """About 300 lines a file at most; nobody reads more at once."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room(path) in {*CORE, "session"}],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_core_neither_prints_nor_waits_nor_reads_a_clock(path: Path) -> None:
    """No print, no input, no sleep, no clock in the core; it opens files only where it loads its own data."""
    assert not called(path) & {"print", "input", "open", "exec", "eval"}
    source = path.read_text(encoding="utf-8")
    assert not [name for name in ("import time", "import threading", "import sys", "import os") if name in source]


def test_every_room_of_the_core_is_there() -> None:
    """The table above speaks of files that exist."""
    assert {room(path) for path in FILES} >= CORE | {"ports", "fakes", "session"}
