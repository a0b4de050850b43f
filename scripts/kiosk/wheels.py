"""The Python packages of a kiosk: ready-made wheels for its processor, whatever this machine is."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

_REQUIREMENT = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ;(?P<marker>.*?))?(?P<hashes>(?: --hash=\S+)+)$")


class WheelsError(Exception):
    """They cannot be had; ``str()`` is the sentence for the user."""


@dataclass(frozen=True, slots=True)
class Target:
    """The machine that the wheels are for: ``processor`` as ``uname -m`` says it, glibc 2.x as x."""

    processor: str
    python: str
    glibc_minor: int
    oldest_glibc_minor: int

    @property
    def platforms(self) -> list[str]:
        """Every tag that a wheel for it may have, the best first (PEP 600)."""
        minors = range(self.glibc_minor, self.oldest_glibc_minor - 1, -1)
        newer = [f"manylinux_2_{minor}_{self.processor}" for minor in minors]
        return [*newer, f"manylinux2014_{self.processor}", f"linux_{self.processor}"]

    @property
    def markers(self) -> dict[str, str]:
        """What the conditions of a requirement are judged by there (PEP 508); not by the Python that runs here."""
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": self.processor,
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "extra": "",
        }


def requirements(text: str, target: Target) -> dict[str, str]:
    """Name -> line with its hashes, of every requirement in ``text`` that holds for ``target``."""
    found = {}
    for entry in re.sub(r"\s*#.*", "", text).replace("\\\n", " ").splitlines():
        line = " ".join(entry.split())
        if not line:
            continue
        match = _REQUIREMENT.match(line)
        if match is None:
            raise WheelsError(f"This requirement is not pinned with hashes: {line[:80]}")
        if match["marker"] is None or Marker(match["marker"].strip()).evaluate(target.markers):
            found[match["name"]] = f"{match['name']}=={match['version']}{match['hashes']}"
    return found


def collect(root: Path, target: Target, source_only: Iterable[str], folder: Path, work: Path) -> None:
    """All wheels into ``folder``, this project's own too, and beside them ``requirements.txt`` with their digests."""
    wanted = requirements((root / "requirements" / "kiosk.txt").read_text(), target)
    source = [wanted.pop(name) for name in source_only if name in wanted]
    ready, made = work / "wheels-ready.txt", work / "wheels-made.txt"
    ready.write_text("\n".join(wanted.values()) + "\n")
    made.write_text("\n".join(source) + "\n")
    platforms = [f"--platform={platform}" for platform in target.platforms]
    _pip(
        f"Some Python package has no wheel for {target.processor}: see above",
        *("download", "--dest", folder, "--only-binary=:all:", f"--python-version={target.python}"),
        *("--implementation=cp", *platforms, "--require-hashes", "--no-deps", "--requirement", ready),
    )
    build = ("wheel", "--wheel-dir", folder, "--no-deps", "--no-build-isolation")
    if source:
        _pip("A wheel could not be made: see above", *build, "--require-hashes", "--requirement", made)
    _pip("This project's own wheel could not be made: see above", *build, root)
    lines = []
    for wheel in sorted(folder.glob("*.whl")):
        name, version, *_, platform = wheel.stem.split("-")
        if platform != "any" and not set(platform.split(".")) & set(target.platforms):
            raise WheelsError(f"{wheel.name} is not for {target.processor}.")
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} --hash=sha256:{digest}\n")
    if len(lines) != len(wanted) + len(source) + 1:
        raise WheelsError(f"{len(wanted) + len(source) + 1} wheels were wanted, {len(lines)} are there.")
    (folder / "requirements.txt").write_text("".join(lines))


def _pip(otherwise: str, *arguments: object) -> None:
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *quiet, *map(str, arguments)]
    # What pip says belongs to standard error, like all that is said on the way.
    if subprocess.run(command, stdout=sys.stderr, env={**os.environ, "PIP_NO_WARN_SCRIPT_LOCATION": "1"}).returncode:
        raise WheelsError(f"{otherwise} (no network? disk full?).")
