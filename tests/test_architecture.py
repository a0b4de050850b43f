"""The rooms of the house: who may import whom, how long a file may be, and that the core never speaks by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import voice_backcare

PACKAGE = Path(voice_backcare.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 350

EVERY_ROOM = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
MAY_IMPORT = {
    "core": set(),
    "session": {"core"},
    **{name: {"core", "session"} for name in ("settings", "system", "fakes")},
    **{
        name: {"core", "session", "settings", "system"}
        for name in ("audio", "journal", "terminal", "kiosk", "assistants", "report")
    },
    "cli": EVERY_ROOM,
}
PUTS_ROOMS_TOGETHER = PACKAGE / "kiosk" / "app.py"

by_name = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def imported_modules(path: Path) -> set[str]:
    """The modules of ours, as dotted names, that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports of ours are written out whole"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("voice_backcare.")}


def called(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def test_nothing_stands_loose() -> None:
    """Every file is in a room, and every room has its place in the import rule."""
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py"}
    assert (PACKAGE / "py.typed").exists()
    assert set(MAY_IMPORT) == EVERY_ROOM


@by_name
def test_imports_point_inward(path: Path) -> None:
    """A room imports itself and what its row allows; only the kiosk's application and the commands join rooms."""
    if path.parent != PACKAGE and path != PUTS_ROOMS_TOGETHER:
        rooms = {name.split(".")[1] for name in imported_modules(path)} & EVERY_ROOM
        assert rooms - {room(path)} <= MAY_IMPORT[room(path)]


def test_no_import_runs_in_a_circle() -> None:
    """Whoever reads one file and what it imports comes to an end."""
    modules = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in FILES}
    modules |= {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph = {
        path: {modules[name] for name in _with_parents(imported_modules(path)) if name in modules} - {path}
        for path in FILES
    }
    while ends := [path for path, targets in graph.items() if not targets]:
        graph = {path: targets - set(ends) for path, targets in graph.items() if path not in ends}
    assert not {str(path.relative_to(PACKAGE)) for path in graph}


def _with_parents(names: set[str]) -> set[str]:
    """Each name, and for ``package.module.thing`` the module that has the thing."""
    return names | {name.rpartition(".")[0] for name in names}


@by_name
def test_no_file_is_too_long(path: Path) -> None:
    """About 300 lines a file at most; nobody reads more at once."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room(path) in ("core", "session")],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_core_neither_prints_nor_waits_nor_reads_a_clock(path: Path) -> None:
    """No print, no input, no sleep, no clock in the core; it opens files only where it loads its own data."""
    assert not called(path) & {"print", "input", "open", "exec", "eval"}
    source = path.read_text(encoding="utf-8")
    assert not [name for name in ("import time", "import threading", "import sys", "import os") if name in source]
