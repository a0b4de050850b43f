"""Nothing unverified is ever loaded, and the check costs nothing twice."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_model import CONTENT, fill

from voice_backcare.audio.model import store as speech_model
from voice_backcare.audio.model.store import ModelError, location, ready, verify
from voice_backcare.audio.model.table import Model, load_model

# --- the table ------------------------------------------------------------------------------


def test_the_table_has_the_measured_digests() -> None:
    """The shipped table pins what was measured: both archives, and the four files others pin too."""
    model = load_model()
    digests = {file.path: file.sha256 for file in model.files}
    assert model.name == "vosk-model-small-en-us-0.15"
    assert (model.archive.size_bytes, model.archive.sha256[:8]) == (41_205_931, "30f26242")
    assert (model.artifact.size_bytes, model.artifact.sha256[:8]) == (41_185_783, "8a5792fc")
    assert digests["am/final.mdl"].startswith("75370a01")
    assert digests["graph/HCLr.fst"].startswith("5caafba3")
    assert digests["graph/Gr.fst"].startswith("023c8b7e")
    assert digests["conf/model.conf"].startswith("8f14cb1e")


def test_a_path_in_the_table_stays_inside_the_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A table whose file leads out of the model's folder is refused."""
    archive = 'where = "w"\nprefix = ""\nsize_bytes = 1\nsha256 = "0"\n'
    (tmp_path / "models.toml").write_text(
        f'default = "m"\n[models.m.archive]\n{archive}[models.m.artifact]\n{archive}'
        '[[models.m.files]]\npath = "../../etc/passwd"\nsize_bytes = 1\nsha256 = "0"\n'
    )
    monkeypatch.setattr("voice_backcare.audio.model.table.data_folder", lambda name: tmp_path)
    with pytest.raises(ModelError, match="leads out"):
        load_model.__wrapped__()


# --- verifying ------------------------------------------------------------------------------


def test_a_whole_model_is_ready(tiny: Model, folder: Path) -> None:
    """A folder whose files are all right is given back as ready."""
    assert ready(fill(folder), tiny) == folder


def test_no_model_says_how_to_get_one(tiny: Model, folder: Path) -> None:
    """Where there is no model, the sentence names the command that fetches it."""
    with pytest.raises(ModelError, match=r"no speech model.*model fetch"):
        ready(folder, tiny)


@pytest.mark.parametrize("name", CONTENT)
def test_a_truncated_file_is_never_loaded(tiny: Model, folder: Path, name: str) -> None:
    """Any file cut short by a byte is refused by name, also when the model was verified before."""
    ready(fill(folder), tiny)
    (folder / name).write_bytes(CONTENT[name][:-1])
    with pytest.raises(ModelError, match=name):
        ready(folder, tiny)


def test_a_flipped_byte_is_found_though_size_and_time_are_the_same(tiny: Model, folder: Path) -> None:
    """A change that keeps size and modification time is still read and refused."""
    path = fill(folder) / "graph/Gr.fst"
    ready(folder, tiny)
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"\xff")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelError, match=r"graph/Gr\.fst is damaged"):
        ready(folder, tiny)


def test_a_verified_model_is_not_read_again(tiny: Model, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start costs no hashing; `verify` always reads everything."""
    ready(fill(folder), tiny)
    read: list[str] = []
    monkeypatch.setattr(speech_model, "_wrong_digest", lambda folder, file: read.append(file.path))
    ready(folder, tiny)
    assert read == []
    verify(folder, tiny)
    assert read == list(CONTENT)


def test_what_was_verified_for_another_table_is_read_again(tiny: Model, folder: Path) -> None:
    """A stamp stands only for the digests it was made with."""
    ready(fill(folder), tiny)
    other = replace(tiny, files=(replace(tiny.files[0], sha256="0" * 64), *tiny.files[1:]))
    with pytest.raises(ModelError, match="damaged"):
        ready(folder, other)


def test_a_folder_that_cannot_be_written_to_is_verified_all_the_same(
    tiny: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only model works; it is only read in full at every start."""
    fill(folder)

    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert ready(folder, tiny) == folder


# --- where it is ----------------------------------------------------------------------------


def test_the_variable_overrides_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny: Model) -> None:
    """VOICE_BACKCARE_MODEL_DIR names the folder of the unpacked model itself."""
    monkeypatch.setenv(speech_model.FOLDER_VARIABLE, str(tmp_path / "here"))
    assert location(tiny) == tmp_path / "here"


def test_outside_a_checkout_the_model_is_in_the_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny: Model
) -> None:
    """An installed wheel keeps its model in the user's data folder."""
    monkeypatch.setattr(speech_model, "checkout", lambda: None)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert location(tiny) == tmp_path / "voice-backcare" / "models" / "tiny"
