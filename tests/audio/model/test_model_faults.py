"""A fetch ends whole or not at all, whatever happens to it; and the command says so in words."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from tiny_model import Site, fill, left_beside

from voice_backcare.audio.model import download, unpack
from voice_backcare.audio.model import store as speech_model
from voice_backcare.audio.model.store import ModelError, damages, fetch
from voice_backcare.audio.model.table import Model
from voice_backcare.cli.model import model_group

# --- faults ---------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing_behind(
    tiny: Model, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the disk full in mid-copy there is one sentence, and the room is given back."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(unpack.os, "fsync", full)
    with pytest.raises(ModelError, match=r"disk is full.* MB"):
        fetch(tmp_path / "served.zip", folder=folder, model=tiny)
    assert not folder.exists()
    assert left_beside(folder) == []


def test_a_place_that_cannot_be_made_is_a_sentence(tiny: Model, tmp_path: Path) -> None:
    """A folder that cannot be there (a file is in the way) is an error in words."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="cannot be put in"):
        fetch(tmp_path / "served.zip", folder=tmp_path / "file" / "tiny", model=tiny)


def test_a_folder_with_other_things_in_it_is_left_alone(tiny: Model, tmp_path: Path) -> None:
    """A folder that holds anything but the model is never replaced."""
    diary = tmp_path / "home" / "diary.txt"
    diary.parent.mkdir()
    diary.write_text("mine")
    with pytest.raises(ModelError, match=r"diary\.txt"):
        fetch(folder=diary.parent, model=tiny)
    assert diary.read_text() == "mine"


def test_a_run_killed_before_the_renaming_is_finished(tiny: Model, folder: Path, site: Site) -> None:
    """A whole copy left by a killed run is put in place without fetching it again."""
    fill(folder.with_name("tiny.part") / "unpacked")
    fetch(folder=folder, model=tiny)
    assert site.ranges == []
    assert damages(folder, tiny) == ()
    assert left_beside(folder) == []


def test_a_run_killed_while_unpacking_is_done_again(tiny: Model, folder: Path) -> None:
    """A half copy left by a killed run is not taken for the model."""
    fill(folder.with_name("tiny.part") / "unpacked", {"am/final.mdl": b"half"})
    fetch(folder=folder, model=tiny)
    assert damages(folder, tiny) == ()
    assert left_beside(folder) == []


def test_two_fetches_at_once_download_once(tiny: Model, folder: Path, site: Site) -> None:
    """The second of two fetches waits for the first and then finds the model there."""
    waiting = threading.Event()
    site.held_until = waiting
    done: list[Path] = []

    def one() -> None:
        done.append(fetch(folder=folder, model=tiny, progress=tell))

    def tell(what: str, *_: int) -> None:
        if what.startswith("Waiting"):
            waiting.set()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert done == [folder, folder]
    assert site.ranges == [None]


def test_connecting_is_given_up_within_seconds() -> None:
    """The time-out is short, for a machine whose network swallows everything."""
    assert download.NETWORK_TIMEOUT_S <= 5


# --- the command ----------------------------------------------------------------------------


@pytest.fixture
def command(tiny: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv(speech_model.FOLDER_VARIABLE, str(folder))
    monkeypatch.setattr(speech_model, "load_model", lambda: tiny)
    return CliRunner()


def test_the_command_fetches_and_leaves_standard_output_alone(command: CliRunner, folder: Path, tiny: Model) -> None:
    """`model fetch` says everything on standard error."""
    result = command.invoke(model_group, ["fetch"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"ready: {folder}" in result.stderr
    assert damages(folder, tiny) == ()


def test_the_command_verifies_and_names_the_place(command: CliRunner, folder: Path) -> None:
    """`model verify` and `model path` answer on standard output."""
    fill(folder)
    assert str(folder) in command.invoke(model_group, ["verify"]).stdout
    assert command.invoke(model_group, ["path"]).stdout == f"{folder}\n"


def test_a_fault_of_the_model_is_a_sentence_and_a_status(command: CliRunner, site: Site) -> None:
    """No model: one sentence on standard error, the model's own exit status, no traceback."""
    site.status = 404
    for arguments in (["verify"], ["fetch"]):
        result = command.invoke(model_group, arguments)
        assert result.exit_code == ModelError.exit_code
        assert result.stdout == ""
        assert result.stderr.startswith("Error: ")


def test_a_file_that_is_not_there_is_bad_usage(command: CliRunner) -> None:
    """`--from` with a wrong path ends with 2."""
    assert command.invoke(model_group, ["fetch", "--from", "nowhere.zip"]).exit_code == 2
