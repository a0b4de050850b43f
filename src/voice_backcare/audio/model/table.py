"""Table of models: the sources of each, and size and digest of each of its files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from voice_backcare.audio.errors import NoModel
from voice_backcare.core.data_folder import data_folder


class ModelError(NoModel):
    """Error: the model is missing, damaged or cannot be fetched; ``str()`` is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of the unpacked model; ``path`` is relative to the model's folder."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip file that holds the model under ``prefix``; ``where`` is a web address or Maven coordinates."""

    where: str
    prefix: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its files and its two sources."""

    name: str
    archive: Packed
    artifact: Packed
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        """Size of all files, unpacked."""
        return sum(file.size_bytes for file in self.files)


def _file(row: dict[str, Any]) -> ModelFile:
    path = PurePosixPath(row["path"])
    if path.is_absolute() or ".." in path.parts:
        raise ModelError(f"models.toml: {row['path']!r} leads out of the model's folder.")
    return ModelFile(**row)


@cache
def load_model(name: str | None = None) -> Model:
    """The model of this name, or the table's default."""
    with (data_folder("models") / "models.toml").open("rb") as table:
        data = tomllib.load(table)
    name = name or str(data["default"])
    row = data["models"][name]
    return Model(name, Packed(**row["archive"]), Packed(**row["artifact"]), tuple(_file(file) for file in row["files"]))
