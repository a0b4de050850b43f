"""The exit statuses: one table, as docs/running/faults.md has it, and nothing else ends a command with a status."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import voice_backcare
from voice_backcare import __main__ as entry
from voice_backcare.audio import errors as audio_errors
from voice_backcare.audio.model.table import ModelError
from voice_backcare.cli.exit_codes import ExitStatus, Fault, OutputClosed, fault_of, faults, statuses
from voice_backcare.journal.folder import JournalBusy

REPOSITORY = Path(__file__).parents[2]
PACKAGE = Path(voice_backcare.__file__).parent


def documented() -> list[int]:
    """The statuses of the rows of the page's table, from top to bottom."""
    page = (REPOSITORY / "docs" / "running" / "faults.md").read_text(encoding="utf-8")
    section = page.split("## Exit status")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ([\d, ]+) \|", section, re.MULTILINE)
    return [int(status) for cell in cells for status in cell.split(",")]


def of_the_scripts() -> dict[str, int]:
    """What ``scripts/setup`` and ``scripts/install-kiosk`` define for themselves, by its name."""
    lines = [(REPOSITORY / "scripts" / name).read_text(encoding="utf-8") for name in ("common.sh", "install-kiosk")]
    return {name: int(status) for name, status in re.findall(r"\bEXIT_([A-Z_]+)=(\d+)", "".join(lines))}


def test_the_page_of_faults_has_every_status_once_and_no_other() -> None:
    """Its table is that of the commands, success, and what the scripts end with; in rising order."""
    assert documented() == sorted({0, *ExitStatus, *of_the_scripts().values()})


def test_a_status_that_the_scripts_share_means_the_same_there() -> None:
    """A status says what went wrong, whoever ends with it."""
    shared = {name: status for name, status in of_the_scripts().items() if status in set(ExitStatus)}
    assert shared == {"USAGE": ExitStatus.BAD_USAGE, "NO_MODEL": ExitStatus.NO_MODEL}
    assert of_the_scripts()["PYTHON_PACKAGES"] == entry._EXIT_NO_LIBRARY


@pytest.mark.parametrize("kind", statuses(), ids=lambda kind: kind.__name__)
def test_every_exception_of_the_table_ends_with_its_status_and_says_its_text(kind: type[Exception]) -> None:
    """What is raised within ``faults`` becomes a sentence with the status of its class."""
    with pytest.raises(Fault, match="what happened") as ended, faults():
        raise kind("what happened")
    assert ended.value.exit_code == statuses()[kind]


@pytest.mark.parametrize(
    ("error", "status"), [(JournalBusy("busy"), ExitStatus.JOURNAL), (ModelError("gone"), ExitStatus.NO_MODEL)]
)
def test_a_class_stands_for_its_subclasses(error: Exception, status: ExitStatus) -> None:
    """The nearest class above counts."""
    fault = fault_of(error)
    assert fault and fault.exit_code == status


def test_every_error_of_sound_has_a_status_of_its_own() -> None:
    """No two of them end the program with the same status."""
    kinds = [kind for kind in vars(audio_errors).values() if isinstance(kind, type)]
    assert len(kinds) > 1
    assert len({statuses()[kind] for kind in kinds}) == len(kinds)


def test_an_exception_of_somebody_elses_keeps_its_way_whatever_attributes_it_has() -> None:
    """An ``exit_code`` on an unknown exception is no status of ours, and its text no sentence of ours."""

    class Foreign(Exception):
        exit_code = 7

    with pytest.raises(Foreign), faults():
        raise Foreign
    with pytest.raises(click.UsageError), faults():
        raise click.UsageError("wrong word")


def test_a_closed_output_is_told_apart() -> None:
    """A broken pipe is not taken for a fault."""
    with pytest.raises(OutputClosed), faults():
        raise BrokenPipeError


def test_no_class_carries_a_status_itself() -> None:
    """Statuses stand in the table and nowhere else in the package."""
    files = [path for path in PACKAGE.rglob("*.py") if path.name != "exit_codes.py"]
    assert files
    assert not [str(path) for path in files if re.search(r"\bexit_code\s*=", path.read_text(encoding="utf-8"))]
