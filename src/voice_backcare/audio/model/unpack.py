"""Unpacking of a model from a zip file or a folder: only the table's files, to the table's paths."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path
from typing import IO

from voice_backcare.audio.model.download import Progress, SourceError
from voice_backcare.audio.model.table import Model, ModelFile
from voice_backcare.system.ordinary_file import NotThisFile, open_ordinary

_CHUNK_BYTES = 1 << 20
_LABEL = "Unpacking the speech model"


def unpack(source: Path, model: Model, target: Path, progress: Progress) -> None:
    """Copy the model's files from ``source`` to the new folder ``target``, and sync them to the disk.

    Names inside an archive only say what to read; the table says where a file goes. Sizes are checked here, digests are
    not.
    """
    if source.is_dir():
        _from_folder(source, model, target, progress)
        return
    try:
        with open_ordinary(source) as file, zipfile.ZipFile(file) as archive:
            _from_zip(archive, model, target, progress)
    except NotThisFile as error:
        raise SourceError(f"{source} cannot be taken: {error.strerror}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise SourceError(f"{source} is not a whole zip file ({error})") from error


def _prefixes(model: Model) -> tuple[str, ...]:
    return ("", f"{model.name}/", model.archive.prefix, model.artifact.prefix)


def _from_folder(source: Path, model: Model, target: Path, progress: Progress) -> None:
    for prefix in _prefixes(model):
        if (source / prefix / model.files[0].path).is_file():
            break
    else:
        raise SourceError(f"{source} holds no {model.name}")
    done = 0
    for file in model.files:
        origin = source / prefix / file.path
        if not origin.is_file():
            raise SourceError(f"in {source}, {file.path} is missing")
        with open_ordinary(origin) as stream:
            _copy(stream, file, target)
        done += file.size_bytes
        progress(_LABEL, done, model.size_bytes)


def _from_zip(archive: zipfile.ZipFile, model: Model, target: Path, progress: Progress) -> None:
    names = set(archive.namelist())
    prefix = next((prefix for prefix in _prefixes(model) if prefix + model.files[0].path in names), None)
    if prefix is None:
        raise SourceError(
            f"{archive.filename} holds no {model.name} (version 0.3.75 of the Maven artifact is an empty shell: take "
            f"{model.artifact.where})"
        )
    done = 0
    for file in model.files:
        if prefix + file.path not in names:
            raise SourceError(f"in {archive.filename}, {file.path} is missing")
        with archive.open(prefix + file.path) as stream:
            _copy(stream, file, target)
        done += file.size_bytes
        progress(_LABEL, done, model.size_bytes)


def _copy(stream: IO[bytes], file: ModelFile, target: Path) -> None:
    """Copy one file; no more than the table's size is written, whatever the archive says of itself."""
    path = target / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    left = file.size_bytes
    with path.open("wb") as out:
        while left and (chunk := stream.read(min(left, _CHUNK_BYTES))):
            out.write(chunk)
            left -= len(chunk)
        if left or stream.read(1):
            raise SourceError(f"{file.path} there has not the right size")
        out.flush()
        os.fsync(out.fileno())
