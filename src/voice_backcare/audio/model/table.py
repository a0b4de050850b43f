"""The table of models: where each comes from, and what every file of it must be."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from voice_backcare.audio.errors import NoModel
from voice_backcare.core.data_folder import data_folder


class ModelError(NoModel):
    """The model is not there, damaged, or cannot be had; the text is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of the unpacked model, by its path inside it."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip file that holds the model under ``prefix``; ``where`` is an address or Maven coordinates."""

    where: str
    prefix: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its two sources."""

    name: str
    archive: Packed
    artifact: Packed
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files, unpacked."""
        return sum(file.size_bytes for file in self.files)


def _file(row: dict[str, Any]) -> ModelFile:
    path = PurePosixPath(row["path"])
    if path.is_absolute() or ".." in path.parts:
        raise ModelError(f"models.toml: {row['path']!r} leads out of the model's folder.")
    return ModelFile(**row)


@cache
def load_model(name: str | None = None) -> Model:
    """The model of this name; without one, the table's default."""
    with (data_folder("models") / "models.toml").open("rb") as table:
        data = tomllib.load(table)
    name = name or str(data["default"])
    row = data["models"][name]
    return Model(name, Packed(**row["archive"]), Packed(**row["artifact"]), tuple(_file(file) for file in row["files"]))
