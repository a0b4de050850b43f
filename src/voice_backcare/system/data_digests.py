"""Whether the data that decides is whole: content, grammars and the page's words, by their digests.

A file that was cut off may still be right TOML or YAML, and lack half of the emergency phrases. The digests are those
of ``data.sha256`` beside this module, in the form of ``sha256sum``; ``scripts/digests`` writes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from voice_backcare.core.data_folder import PACKAGE, data_folder

SUMS = Path(__file__).with_name("data.sha256")
_CONTENT = PACKAGE / "core" / "content" / "data"
_PAGE = PACKAGE / "kiosk" / "screen"


class DataDamaged(Exception):
    """A file of the program's data is missing, or is not what it was made as; ``str()`` is the sentence."""


def check() -> None:
    """``DataDamaged`` names the first file that is not as ``data.sha256`` says, or that it does not name."""
    try:
        lines = SUMS.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataDamaged(_sentence(SUMS.name)) from error
    meant = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = digests()
    for name in sorted(meant.keys() | found.keys()):
        if meant.get(name) != found.get(name):
            raise DataDamaged(_sentence(name))


def digests() -> dict[str, str]:
    """The SHA-256 of each file of the data as it is now, by its name; a file that cannot be read has none."""
    found = {}
    for name, path in _files():
        try:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            continue
    return found


def _files() -> Iterator[tuple[str, Path]]:
    for top, folder, kind in (
        ("content", _CONTENT, "*.toml"),
        ("grammars", data_folder("grammars"), "*.yaml"),
        ("page", _PAGE, "*.toml"),
    ):
        for path in folder.rglob(kind):
            yield f"{top}/{path.relative_to(folder).as_posix()}", path


def _sentence(name: str) -> str:
    return (
        f"The installation is broken: {name} is not as it was made, and questions or emergency words may be missing. "
        "Install the program again. Whoever changed it on purpose runs scripts/digests."
    )
