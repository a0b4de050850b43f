"""The speech model on this machine: where it is, whether it is complete, and how it is fetched.

Vosk ends the process on a damaged model instead of raising, so ``ready`` must come before every load.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import platformdirs

from voice_backcare.audio.model.download import Progress, SourceError, download, from_maven
from voice_backcare.audio.model.table import Model, ModelError, ModelFile, load_model
from voice_backcare.audio.model.unpack import unpack
from voice_backcare.system.atomic_write import write_whole
from voice_backcare.system.paths import checkout, program

__all__ = ["FOLDER_VARIABLE", "ModelError", "damages", "fetch", "location", "ready", "verify"]

FOLDER_VARIABLE = "VOICE_BACKCARE_MODEL_DIR"
_STAMP = ".verified"
# Files that an unpacked archive brings along and nothing needs.
_EXTRAS = frozenset({"README", "uuid", _STAMP})


def location(model: Model | None = None) -> Path:
    """Folder of the unpacked model, whether it exists or not."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).expanduser().absolute()
    top = checkout() or platformdirs.user_data_path("voice-backcare")
    return top / "models" / (model or load_model()).name


def ready(path: Path | None = None, model: Model | None = None) -> Path:
    """Folder of the model, every file of which is known to be right. Raises ``ModelError`` otherwise.

    Files are not read again where their sizes, times and inodes are those of the last full check.
    """
    model = model or load_model()
    folder = path or location(model)
    if not folder.is_dir():
        raise ModelError(f"There is no speech model at {folder}; run: {program()} model fetch")
    identity = _identity(folder, model)
    if identity is None or identity != _remembered(folder):
        verify(folder, model)
    return folder


def verify(path: Path | None = None, model: Model | None = None) -> Path:
    """Folder of the model, every file of which was read and checked now. Raises ``ModelError``, which names what is
    wrong.
    """
    model = model or load_model()
    folder = path or location(model)
    identity = _identity(folder, model)  # taken first: a change while reading must not be remembered
    found = damages(folder, model)
    if found:
        raise ModelError(
            f"The speech model at {folder} is not whole ({'; '.join(found)}); run: {program()} model fetch"
        )
    if identity is not None:
        _remember(folder, identity)
    return folder


def damages(folder: Path, model: Model) -> tuple[str, ...]:
    """One sentence for each file that is not right. Sizes are checked first, because that costs nothing."""
    wrong = tuple(problem for file in model.files if (problem := _wrong_size(folder, file)))
    return wrong or tuple(problem for file in model.files if (problem := _wrong_digest(folder, file)))


def _wrong_size(folder: Path, file: ModelFile) -> str | None:
    try:
        size_bytes = (folder / file.path).stat().st_size
    except OSError as error:
        return f"{file.path}: {error.strerror}"
    if size_bytes != file.size_bytes:
        return f"{file.path} has {size_bytes:,} bytes instead of {file.size_bytes:,}"
    return None


def _wrong_digest(folder: Path, file: ModelFile) -> str | None:
    try:
        with (folder / file.path).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"{file.path}: {error.strerror}"
    return None if digest == file.sha256 else f"{file.path} is damaged"


def _identity(folder: Path, model: Model) -> str | None:
    """Text that changes when a file changes, or what is expected of it. It has the ctime, which cannot be set back as
    mtime can.
    """
    lines = []
    for file in model.files:
        try:
            found = (folder / file.path).stat()
        except OSError:
            return None
        lines.append(
            f"{file.sha256} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino} {file.path}"
        )
    return "\n".join(lines)


def _remembered(folder: Path) -> str | None:
    try:
        return (folder / _STAMP).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _remember(folder: Path, identity: str) -> None:
    """Write ``identity`` down, if that is possible; otherwise the next start reads all files again."""
    with contextlib.suppress(OSError):
        write_whole(folder / _STAMP, identity.encode())


def fetch(
    given: Path | None = None,
    *,
    mirror: str | None = None,
    folder: Path | None = None,
    model: Model | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Path:
    """Folder of the model, which is complete when this returns. Raises ``ModelError`` where it cannot be had.

    Sources in this order: ``given``, a zip file or a folder, and then no other; otherwise ``mirror``, the web address
    of a copy of the archive; the maker's archive; Maven. ``progress`` is called as ``download.Progress`` says.
    """
    model = model or load_model()
    folder = folder or location(model)
    part = folder.with_name(f"{folder.name}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.parent, progress):
            if damages(folder, model):
                _refuse_other_content(folder, model)
                _make(_sources(given, mirror, model, part, progress), model, part, progress)
                _put_in_place(part, folder)
            return verify(folder, model)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            shutil.rmtree(part, ignore_errors=True)
            needed_mb = (model.size_bytes + model.archive.size_bytes) // 1_000_000 + 1
            raise ModelError(
                f"The disk is full: the speech model needs {needed_mb} MB in {folder.parent}; make room, then run: "
                f"{program()} model fetch"
            ) from error
        raise ModelError(f"The speech model cannot be put in {folder}: {error}.") from error


@contextlib.contextmanager
def _alone(folder: Path, progress: Progress) -> Iterator[None]:
    """Context manager: one fetch at a time in this folder. The system releases the lock when the process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("Waiting for another fetch to end", 0, 0)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refuse_other_content(folder: Path, model: Model) -> None:
    """Raise ``ModelError`` where the folder holds anything but a model: then it must not be replaced."""
    known = {file.path for file in model.files} | _EXTRAS
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in known and not name.startswith(_STAMP):
            raise ModelError(
                f"{folder} holds something else than the speech model ({name}), so it is left alone; "
                f"empty it, or set {FOLDER_VARIABLE} to another folder."
            )


Sources = Mapping[str, Callable[[], Path]]


def _sources(given: Path | None, mirror: str | None, model: Model, part: Path, progress: Progress) -> Sources:
    """Sources by name, in the order in which they are tried; each, when called, returns the packed model."""
    if given is not None:
        return {"the given file or folder": given.absolute}
    sources: dict[str, Callable[[], Path]] = {}
    if mirror is not None:
        copy = replace(model.archive, where=mirror)
        sources[f"model_url ({mirror})"] = lambda: download(copy, part, progress)
    sources["the official archive"] = lambda: download(model.archive, part, progress)
    sources["Maven"] = lambda: from_maven(model.artifact, part, progress)
    return sources


def _make(sources: Sources, model: Model, part: Path, progress: Progress) -> None:
    """Make a complete model in ``part``/unpacked, from the first source that has one."""
    unpacked = part / "unpacked"
    if not damages(unpacked, model):
        return  # an earlier run was interrupted between its last check and the renaming
    part.mkdir(exist_ok=True)
    reasons = []
    for name, get in sources.items():
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            unpack(get(), model, unpacked, progress)
            wrong = damages(unpacked, model)
            if not wrong:
                return
            reasons.append(f"{name}: {'; '.join(wrong)}")
        except SourceError as error:
            reasons.append(f"{name}: {error}")
    _leave_only_what_resumes(part)
    raise ModelError(f"The speech model could not be had from {'; from '.join(reasons)}. {_advice(sources, model)}")


def _leave_only_what_resumes(part: Path) -> None:
    for name in ("unpacked", "maven"):
        shutil.rmtree(part / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        part.rmdir()


def _advice(sources: Sources, model: Model) -> str:
    if "Maven" not in sources:
        return f"It must hold {model.name} as its makers packed it: {model.archive.where}"
    return (
        f"Where this machine has no network, connect it and run it again. Where it has one, those servers cannot be "
        f"reached from here: bring {model.archive.where} from another machine and run: "
        f"{program()} model fetch --from FILE"
    )


def _put_in_place(part: Path, folder: Path) -> None:
    if os.path.lexists(folder):
        shutil.rmtree(part / "damaged", ignore_errors=True)
        folder.rename(part / "damaged")
    (part / "unpacked").rename(folder)
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    shutil.rmtree(part, ignore_errors=True)
