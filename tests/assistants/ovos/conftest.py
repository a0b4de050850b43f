"""The skill in a real OpenVoiceOS core; ``scripts/test-ovos`` has what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from household import Household, Person

if find_spec("ovoscope") is None:
    collect_ignore = ["household.py"]


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As in tests/conftest.py, which wants libraries that are not in the environment of ``scripts/test-ovos``."""
    patch = pytest.MonkeyPatch()
    for name in ("STATE", "CONFIG"):
        patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def running(_nobodys_home: None) -> Iterator[Household]:
    """One core for all tests, since a skill may be loaded once."""
    from household import household

    with household() as house:
        yield house


@pytest.fixture
def house(running: Household) -> Household:
    """The core, and nobody talking."""
    running.begin_afresh()
    return running


@pytest.fixture
def person(house: Household) -> Person:
    """Somebody in the kitchen."""
    from household import Person

    return Person(house, "kitchen")
