"""A file that is there whole or not at all: nobody ever sees half of it, and a failure changes nothing."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from voice_backcare.system.atomic_write import part_of, write_whole


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The new one replaces the old one at once; where that cannot be, the old one stays and nothing is left behind."""
    path = tmp_path / "summary.txt"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").touch()
    with pytest.raises(OSError):
        write_whole(folder, b"three")
    with pytest.raises(OSError):
        write_whole(tmp_path / "none" / "summary.txt", b"three")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "summary.txt"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """Nothing of the new file is seen where there is no room for it: here the system refuses to let it grow."""
    path = tmp_path / "summary.txt"
    write_whole(path, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError):
            write_whole(path, b"new" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["summary.txt"]


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Whatever it raises: the part goes, the file stays."""
    path = tmp_path / "lines.wav"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), part_of(path) as part:
        part.write_bytes(b"new")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_block_wrote_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part is synced as a whole while the old file still has the name."""
    path, synced = tmp_path / "summary.txt", []
    path.write_bytes(b"old")
    really = os.fsync

    def watched(descriptor: int) -> None:
        synced.append((os.pread(descriptor, 100, 0), path.read_bytes()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    write_whole(path, b"new")
    assert synced == [(b"new", b"old")]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_only_what_is_private_is_for_its_owner_alone(tmp_path: Path, private: bool, mode: int) -> None:
    """Any other file has the mode that the user's files usually have."""
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "file", b"x", private=private)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_a_name_as_long_as_can_be_has_a_part_too(tmp_path: Path) -> None:
    """The part's name is cut to what the file system takes."""
    path = tmp_path / ("x" * 251 + ".txt")
    write_whole(path, b"whole")
    assert path.read_bytes() == b"whole"
