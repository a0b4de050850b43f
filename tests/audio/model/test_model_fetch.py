"""Fetching: from the network, from Maven, from a file given by hand."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_model import CONTENT, Site, fill, install_mvn, left_beside, pack

from voice_backcare.audio.model.store import ModelError, damages, fetch
from voice_backcare.audio.model.table import Model

# --- given by hand --------------------------------------------------------------------------


def _given(kind: str, tmp_path: Path) -> Path:
    if kind == "zip":
        return tmp_path / "served.zip"
    if kind == "aar":
        return tmp_path / "tiny.aar"
    unpacked = fill(tmp_path / "given" / "tiny")
    return unpacked if kind == "folder" else unpacked.parent


@pytest.mark.parametrize("kind", ["zip", "aar", "folder", "folder above it"])
def test_a_model_given_by_hand_needs_no_network(
    kind: str, tiny: Model, folder: Path, tmp_path: Path, site: Site
) -> None:
    """A zip file, the Maven artifact, a folder or the folder above it: each is taken, nothing is downloaded."""
    assert fetch(_given(kind, tmp_path), folder=folder, model=tiny) == folder
    assert damages(folder, tiny) == ()
    assert site.ranges == []
    assert left_beside(folder) == []


def test_an_empty_shell_is_refused(tiny: Model, folder: Path, tmp_path: Path) -> None:
    """The artifact without a model in it (0.3.75) is refused in words."""
    shell = tmp_path / "shell.aar"
    with zipfile.ZipFile(shell, "w") as archive:
        archive.writestr("AndroidManifest.xml", "<manifest/>")
    with pytest.raises(ModelError, match="empty shell"):
        fetch(shell, folder=folder, model=tiny)
    assert not folder.exists()
    assert left_beside(folder) == []


def test_a_file_that_is_no_archive_is_refused(tiny: Model, folder: Path, tmp_path: Path) -> None:
    """Junk given as an archive gets a sentence, no traceback."""
    junk = tmp_path / "junk.zip"
    junk.write_bytes(b"<html>log in to the network</html>")
    with pytest.raises(ModelError, match="not a whole zip file"):
        fetch(junk, folder=folder, model=tiny)


def test_a_truncated_archive_is_refused(tiny: Model, folder: Path, tmp_path: Path) -> None:
    """An archive cut in the middle leaves nothing behind."""
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "served.zip").read_bytes()[:9000])
    with pytest.raises(ModelError, match="not a whole zip file"):
        fetch(cut, folder=folder, model=tiny)
    assert not folder.exists()
    assert left_beside(folder) == []


@pytest.mark.parametrize("data", [b"acoustiK" * 5000, b"acoustic" * 4999, b"acoustic" * 5001])
def test_an_archive_with_another_file_is_refused(data: bytes, tiny: Model, folder: Path, tmp_path: Path) -> None:
    """Another content, a shorter or a longer file of the right name never gets to the model's place."""
    other = pack(tmp_path / "other.zip", "tiny/", {**CONTENT, "am/final.mdl": data})
    with pytest.raises(ModelError, match=r"am/final\.mdl"):
        fetch(other, folder=folder, model=tiny)
    assert not folder.exists()


def test_names_in_an_archive_lead_nowhere(tiny: Model, folder: Path, tmp_path: Path) -> None:
    """Members called ../../evil or /tmp/evil are not written anywhere: only the table's paths are."""
    evil = pack(tmp_path / "evil.zip", "tiny/", {**CONTENT, "../../../evil": b"x", "extra.sh": b"x"})
    with zipfile.ZipFile(evil, "a") as archive:
        archive.writestr(str(tmp_path / "absolute-evil"), "x")
    fetch(evil, folder=folder, model=tiny)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {
        *CONTENT,
        ".verified",
    }
    assert not list(tmp_path.rglob("*evil"))


# --- the official archive -------------------------------------------------------------------


def test_the_archive_is_downloaded_and_put_in_place(tiny: Model, folder: Path, site: Site) -> None:
    """With a network, the model ends in its folder and nothing is left beside it; progress was reported."""
    seen: list[tuple[str, int, int]] = []
    fetch(folder=folder, model=tiny, progress=lambda *what: seen.append(what))
    assert damages(folder, tiny) == ()
    assert left_beside(folder) == []
    assert ("Downloading the speech model", len(site.data), len(site.data)) in seen


def test_a_model_that_is_there_is_not_fetched(tiny: Model, folder: Path, site: Site) -> None:
    """A second fetch reads the files and asks nobody."""
    fill(folder)
    fetch(folder=folder, model=tiny)
    assert site.ranges == []


def test_a_damaged_model_is_replaced(tiny: Model, folder: Path) -> None:
    """Fetching over a truncated model repairs it."""
    (fill(folder) / "graph/Gr.fst").write_bytes(b"")
    fetch(folder=folder, model=tiny)
    assert damages(folder, tiny) == ()
    assert left_beside(folder) == []


def test_a_lost_connection_is_resumed(tiny: Model, folder: Path, site: Site) -> None:
    """A download that breaks off goes on from where it was, twice if need be."""
    site.cut_after = [1000, 500]
    fetch(folder=folder, model=tiny)
    assert site.ranges == [None, "bytes=1000-", "bytes=1500-"]
    assert damages(folder, tiny) == ()


def test_an_interrupted_download_is_resumed_by_the_next_run(tiny: Model, folder: Path, site: Site) -> None:
    """Ctrl-C in mid-download loses nothing: the next run asks for the rest only."""

    def interrupt(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    site.cut_after = [2000]
    with pytest.raises(KeyboardInterrupt):
        fetch(folder=folder, model=tiny, progress=interrupt)
    assert not folder.exists()
    fetch(folder=folder, model=tiny)
    assert site.ranges == [None, "bytes=2000-"]
    assert left_beside(folder) == []


def test_a_server_that_cannot_resume_is_read_from_the_beginning(tiny: Model, folder: Path, site: Site) -> None:
    """Where the server ignores the range, the file starts afresh instead of being glued together wrongly."""
    site.resumes = False
    site.cut_after = [1000]
    fetch(folder=folder, model=tiny)
    assert damages(folder, tiny) == ()


def test_a_leftover_of_another_file_is_thrown_away(tiny: Model, folder: Path, site: Site) -> None:
    """A half file that does not fit the rest costs a second download, not the model."""
    part = folder.with_name("tiny.part")
    part.mkdir(parents=True)
    (part / "archive.zip").write_bytes(b"other" * 100)
    fetch(folder=folder, model=tiny)
    assert site.ranges == ["bytes=500-", None]
    assert damages(folder, tiny) == ()


@pytest.mark.parametrize("data", [b"<html>log in first</html>", b"x" * 40_000])
def test_another_file_at_the_address_is_refused(data: bytes, tiny: Model, folder: Path, site: Site) -> None:
    """A log-in page or any other file instead of the archive is not unpacked."""
    site.data = data
    with pytest.raises(ModelError, match=r"bytes instead of"):
        fetch(folder=folder, model=tiny)
    assert left_beside(folder) == []


def test_an_archive_of_the_right_size_and_other_content_is_refused(tiny: Model, folder: Path, site: Site) -> None:
    """Size alone does not let an archive in."""
    site.data = bytes(len(site.data))
    with pytest.raises(ModelError, match="SHA-256 differs"):
        fetch(folder=folder, model=tiny)
    assert left_beside(folder) == []


def test_without_any_source_the_sentence_says_what_to_do(tiny: Model, folder: Path, site: Site) -> None:
    """Every source failed: each is named with its reason, and the way by hand is given."""
    site.status = 503
    with pytest.raises(ModelError, match=r"archive: the server answered 503.*Maven: mvn is not.*fetch --from FILE"):
        fetch(folder=folder, model=tiny)
    assert left_beside(folder) == []


def test_a_mirror_goes_before_the_makers_archive(tiny: Model, folder: Path, site: Site) -> None:
    """The address of the settings is asked, and where it gives the model nobody else is."""
    elsewhere = replace(tiny, archive=replace(tiny.archive, where="http://127.0.0.1:9/tiny.zip"))
    fetch(mirror=tiny.archive.where, folder=folder, model=elsewhere)
    assert damages(folder, tiny) == ()


def test_a_mirror_that_fails_is_named_and_the_archive_asked(tiny: Model, folder: Path, site: Site) -> None:
    """A wrong address in the settings costs nothing but the try; where all fail, it is named."""
    fetch(mirror="http://127.0.0.1:9/tiny.zip", folder=folder, model=tiny)
    assert damages(folder, tiny) == ()
    site.status = 503
    with pytest.raises(ModelError, match=r"model_url \(http://127.0.0.1:9/tiny.zip\): no connection"):
        fetch(mirror="http://127.0.0.1:9/tiny.zip", folder=folder.with_name("another"), model=tiny)


def test_an_offline_machine_moves_on(tiny: Model, folder: Path) -> None:
    """A refused connection is tried once, not again and again."""
    offline = replace(tiny, archive=replace(tiny.archive, where="http://127.0.0.1:9/tiny.zip"))
    with pytest.raises(ModelError, match="no connection"):
        fetch(folder=folder, model=offline)


# --- Maven ----------------------------------------------------------------------------------


def test_maven_serves_where_the_archive_does_not(
    tiny: Model, folder: Path, site: Site, no_mvn: Path, tmp_path: Path
) -> None:
    """With the official address out of reach and mvn installed, the artifact is taken."""
    site.status = 404
    install_mvn(no_mvn, tmp_path / "tiny.aar")
    fetch(folder=folder, model=tiny)
    assert damages(folder, tiny) == ()
    assert left_beside(folder) == []


def test_another_artifact_is_refused(tiny: Model, folder: Path, site: Site, no_mvn: Path, tmp_path: Path) -> None:
    """What Maven gives is checked like everything else."""
    site.status = 404
    shell = tmp_path / "shell.aar"
    shell.write_bytes(b"PK")
    install_mvn(no_mvn, shell)
    with pytest.raises(ModelError, match="Maven: got 2 bytes"):
        fetch(folder=folder, model=tiny)


def test_a_failing_maven_is_quoted(tiny: Model, folder: Path, site: Site, no_mvn: Path) -> None:
    """Maven's own first error is in the sentence."""
    site.status = 404
    install_mvn(no_mvn, None)
    with pytest.raises(ModelError, match=r"Maven: mvn failed \(unknown host\)"):
        fetch(folder=folder, model=tiny)
