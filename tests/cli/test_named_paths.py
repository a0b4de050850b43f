"""Every path that a person can name, given what is no file: a sentence at once, no hang, and not all the memory."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from places import SRC

from voice_backcare.audio.formats.audio_file import AudioFileError, frames_of
from voice_backcare.audio.model.download import SourceError
from voice_backcare.audio.model.table import load_model
from voice_backcare.audio.model.unpack import unpack
from voice_backcare.system.ordinary_file import NotThisFile, open_ordinary, read_ordinary

OPTIONS = {
    "answers": ["simulate", "--answers", "{}"],
    "answers of coach": ["coach", "ice", "--answers", "{}"],
    "answers of rehearse": ["rehearse", "--answers", "{}"],
    "settings": ["--settings", "{}"],
    "model": ["model", "fetch", "--from", "{}"],
    "journal of summary": ["summary", "--journal", "{}"],
    "journal of simulate": ["simulate", "--json", "--journal", "{}"],
}
_MEMORY_MOST_BYTES = 2_000_000_000


def _zero(folder: Path) -> Path:
    return Path("/dev/zero")


def _full(folder: Path) -> Path:
    return Path("/dev/full")


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


def _socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "socket"))
    return folder / "socket"


def _sparse(folder: Path) -> Path:
    with (folder / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    return folder / "sparse"


@pytest.mark.parametrize("made", [_zero, _full, _fifo, _socket, _sparse])
@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_no_file_is_a_sentence(option: str, made: Callable[[Path], Path], tmp_path: Path) -> None:
    """Each option that takes a path, given a device, a pipe, a socket, a terabyte of nothing: one sentence, at once."""
    path = made(tmp_path)
    arguments = [part.format(path) for part in OPTIONS[option]]
    if option == "settings":
        arguments = ["simulate", "--json", *arguments]
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_AS, 2 * ({_MEMORY_MOST_BYTES},));"
    run = f"{limited} import sys; sys.argv[0] = 'voice-backcare'; from voice_backcare.__main__ import main; main()"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    if option == "model":
        home["VOICE_BACKCARE_MODEL_DIR"] = str(tmp_path / "model")  # or it would be there already
    result = subprocess.run(
        [sys.executable, "-c", run, *arguments],
        env={**os.environ, **home, "PYTHONPATH": str(SRC)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.stderr.strip()
    assert result.returncode != 0 or option == "journal of simulate"  # the conversation goes on without
    assert "Traceback" not in result.stderr and "MemoryError" not in result.stderr


@pytest.mark.parametrize("made", [_zero, _full, _fifo, _socket, _sparse])
def test_what_is_heard_is_a_file(made: Callable[[Path], Path], tmp_path: Path) -> None:
    """``hear`` of such a thing says that it is no ordinary file, or no sound, at once."""
    with pytest.raises(AudioFileError):
        next(frames_of(made(tmp_path)))


@pytest.mark.parametrize("made", [_zero, _full, _fifo, _socket])
def test_a_model_is_taken_from_files_only(made: Callable[[Path], Path], tmp_path: Path) -> None:
    """``model fetch --from`` such a thing, and from a folder with one in it, says what is wrong with it."""
    model = load_model()
    path = made(tmp_path)
    with pytest.raises(SourceError):
        unpack(path, model, tmp_path / "unpacked", lambda what, done, total: None)
    inside = tmp_path / "folder" / model.files[0].path
    inside.parent.mkdir(parents=True)
    inside.symlink_to(path)
    with pytest.raises(SourceError):
        unpack(tmp_path / "folder", model, tmp_path / "unpacked", lambda what, done, total: None)


def test_an_ordinary_file_is_read_to_its_bound(tmp_path: Path) -> None:
    """What is as long as it may be is read whole; one byte more, a folder or a link to a device is refused."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_ordinary(path, 5) == b"12345"
    with pytest.raises(NotThisFile, match="longer than 4 bytes"):
        read_ordinary(path, 4)
    (tmp_path / "link").symlink_to("/dev/zero")
    for refused in (tmp_path, tmp_path / "link"):
        with pytest.raises(NotThisFile):
            open_ordinary(refused)
    with pytest.raises(FileNotFoundError):
        open_ordinary(tmp_path / "none")


def test_a_rehearsal_is_for_its_owner_only(tmp_path: Path) -> None:
    """The WAV file of a rehearsal, in which the answers can be told from what is said, is nobody else's to read."""
    from voice_backcare.cli.rehearse import wave_file

    with wave_file(tmp_path / "said.wav") as keep:
        keep(bytes(320))
    assert stat.S_IMODE((tmp_path / "said.wav").stat().st_mode) == 0o600
