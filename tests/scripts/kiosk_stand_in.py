"""A machine to make a kiosk of in no time: another root, and stand-ins for the commands that would change this one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

VOICE, SCREEN = "espeak-ng python3-venv", "cage chromium"

# Every package and user is a file in $STATE, so that what was changed can be looked at.
_COMMANDS = {
    "dpkg": 'case "$1" in --print-architecture) echo "${ARCHITECTURE:-arm64}" ;; esac',
    "dpkg-query": "name=${!#}; [[ -e $STATE/packages/$name ]] && echo installed",
    "apt-get": r"""
        echo "apt-get $*" >>"$STATE/log"
        [[ $* == *" install "* ]] || exit 0
        [[ -z ${APT_FAILS:-} ]] || exit 100
        all="$*"
        names=${all##*--no-remove}
        for name in $names dependency; do
            if [[ $all == *--simulate* ]]; then
                echo "Inst $name (1.0 stand-in [arm64])"
            else
                touch "$STATE/packages/$name"
            fi
        done
        [[ $* != *--simulate* ]] || echo "Inst libc6 [1.0] (1.1 stand-in [arm64])"
    """,
    "getent": r"""
        if [[ $1 == passwd ]]; then [[ -e $STATE/users/$2 ]]; else [[ " audio video ${GROUPS_TOO:-} " == *" $2 "* ]]; fi
    """,
    "sync": "",
    "useradd": 'touch "$STATE/users/${!#}"',
    "userdel": 'rm "$STATE/users/$1"',
    "usermod": 'echo "usermod $*" >>"$STATE/log"',
    "systemctl": 'echo "systemctl $*" >>"$STATE/log"',
    "python3": r"""
        [[ $1 == -m && $2 == venv ]] || exit 9
        mkdir -p "$3/bin"
        printf '#!/bin/bash\necho "pip $*" >>"$STATE/log"\n[[ -z ${PIP_FAILS:-} ]]\n' >"$3/bin/python"
        printf '#!/bin/bash\n[[ $1 != settings ]] || echo "# example" >"$3"\n' >"$3/bin/voice-backcare"
        chmod +x "$3/bin/"*
    """,
}


@dataclass
class Machine:
    """``root`` stands for /; ``state`` holds its packages, its users, and a log of what was called."""

    folder: Path
    root: Path
    state: Path

    def install(
        self, *arguments: object, script: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(script or ROOT / "scripts" / "install-kiosk"), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=60,
            env={
                "PATH": f"{self.folder / 'commands'}:{os.environ['PATH']}",
                "DESTDIR": str(self.root),
                "STATE": str(self.state),
                **environment,
            },
        )

    def names(self, what: str) -> list[str]:
        return sorted(path.name for path in (self.state / what).iterdir())

    def log(self) -> str:
        path = self.state / "log"
        text = path.read_text() if path.exists() else ""
        path.unlink(missing_ok=True)
        return text

    def tree(self) -> dict[str, bytes | str | None]:
        """Path -> content, or where a link points; None for a folder."""
        found: dict[str, bytes | str | None] = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if path.is_symlink():
                found[name] = str(path.readlink())
            else:
                found[name] = path.read_bytes() if path.is_file() else None
        return found


def make_machine(folder: Path) -> Machine:
    """A Debian 12 for arm64, in a folder whose name has a space."""
    machine = Machine(folder, folder / "a root", folder / "state")
    (folder / "commands").mkdir()
    for name, text in _COMMANDS.items():
        path = folder / "commands" / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)
    for position in ("packages", "users"):
        (machine.state / position).mkdir(parents=True)
    for position in ("etc/systemd/system", "etc/pam.d", "opt", "usr/local/bin", "var/lib", "var/cache", "run"):
        (machine.root / position).mkdir(parents=True)
    (machine.root / "etc" / "os-release").write_text('NAME="Debian"\nVERSION_ID="12"\n')
    (machine.root / "etc" / "systemd" / "system" / "theirs.service").write_text("theirs")
    return machine


def make_archive(folder: Path, version: str = "1.0", damage: str | None = None, **about: str) -> Path:
    """An archive as scripts/bundle makes it, its larger parts aside; ``damage`` names a part to be spoilt."""
    top = folder / f"archive {version}" / f"voice-backcare-kiosk-{version}"
    shutil.rmtree(top.parent, ignore_errors=True)
    for name in ("wheels", "packages", "model"):
        (top / name).mkdir(parents=True)
    (top / "wheels" / "requirements.txt").write_text("")
    (top / "packages" / "Packages").write_text("")
    (top / "model" / "final.mdl").write_text("a model")
    shutil.copytree(ROOT / "scripts" / "kiosk" / "units", top / "units")
    for name in ("install-kiosk", "common.sh"):
        shutil.copy(ROOT / "scripts" / name, top)
    values = {
        "version": version,
        "processor": "aarch64",
        "debian_architecture": "arm64",
        "debian": "12",
        "system_kb": "10",
        "program_kb": "10",
        "voice_packages": VOICE,
        "screen_packages": SCREEN,
        **about,
    }
    (top / "about").write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    parts = [path for path in sorted(top.rglob("*")) if path.is_file()]
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(top)}\n" for path in parts]
    (top / "SHA256SUMS").write_text("".join(sums))
    if damage:
        (top / damage).write_bytes(b"\0" + (top / damage).read_bytes()[1:])
    archive = folder / f"kiosk {version}.tar"
    with tarfile.open(archive, "w") as file:
        file.add(top, top.name)
    return archive
