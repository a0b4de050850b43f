"""The system packages of a kiosk, with all that they depend on, for another processor than this machine's.

apt-get does it, with folders of its own: this machine's package lists, keys and settings stay as they are.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MIRROR = re.compile(r"\S*/debian/?$")
_SECURITY = re.compile(r"\S*/debian-security/?$")
_FETCHED = re.compile(r"'[^']+' (?P<file>\S+\.deb) \d+ ")


class DebsError(Exception):
    """They cannot be had; ``str()`` is the sentence for the user."""


def sources(suite: str, mirror: str | None = None) -> str:
    """apt's sources for ``suite``: from ``mirror``, else from the Debian mirrors that this machine uses itself."""
    security = None
    if mirror is None:
        command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        used = subprocess.run(command, capture_output=True, text=True).stdout.split()
        mirror = next(filter(_MIRROR.match, used), None)
        security = next(filter(_SECURITY.match, used), None)
        if mirror is None:
            raise DebsError("This machine uses no Debian mirror; name one with --mirror ADDRESS.")
    lines = [f"deb [signed-by={_KEYS}] {mirror} {name} main" for name in (suite, f"{suite}-updates")]
    if security:
        lines.append(f"deb [signed-by={_KEYS}] {security} {suite}-security main")
    return "\n".join(lines) + "\n"


def collect(names: Sequence[str], architecture: str, sources_list: str, folder: Path, work: Path) -> int:
    """The packages into ``folder`` with an index that apt reads; how many kB they take when installed.

    ``work`` keeps what was downloaded, for the next time.
    """
    for needed in ("apt-get", "dpkg-deb"):
        if shutil.which(needed) is None:
            raise DebsError(f"There is no {needed} here: make the archive on a Debian or Ubuntu machine.")
    if not _KEYS.exists():
        raise DebsError("Debian's keys are missing here: apt-get install debian-archive-keyring")
    apt = ["apt-get", "--quiet=2", f"--config-file={_configuration(architecture, sources_list, work)}"]
    if subprocess.run([*apt, "update"], stdout=sys.stderr).returncode:
        raise DebsError("The package lists could not be fetched: see above (no network?).")
    install = [*apt, "install", "--yes", "--no-install-recommends"]
    fresh = work / "apt" / "fresh"  # empty: apt does not list what is already there
    (fresh / "partial").mkdir(parents=True, exist_ok=True)
    plan = [*install, "--option", f"Dir::Cache::Archives={fresh}", "--print-uris", *names]
    planned = subprocess.run(plan, stdout=subprocess.PIPE, text=True)
    if planned.returncode:
        raise DebsError("Some system package is not to be had there: see above.")
    if subprocess.run([*install, "--download-only", *names], stdout=sys.stderr).returncode:
        raise DebsError("The system packages could not be fetched: see above (no network? disk full?).")
    for match in _FETCHED.finditer(planned.stdout):
        # apt writes the epoch into its file names, and could not read them back from an address.
        without_epoch = re.sub(r"_\d+%3a", "_", match["file"])
        shutil.copyfile(work / "apt" / "archives" / match["file"], folder / without_epoch)
    return _write_index(folder)


def _configuration(architecture: str, sources_list: str, work: Path) -> Path:
    """apt's settings for a machine that has nothing yet and is not this one."""
    top = work / "apt"
    for name in ("lists/partial", "archives/partial", "parts", "log"):
        (top / name).mkdir(parents=True, exist_ok=True)
    (top / "status").write_text("")
    (top / "sources.list").write_text(sources_list)
    settings = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Acquire::Languages": "none",
        "Dir::Cache": top,
        "Dir::Cache::Archives": top / "archives",
        "Dir::Etc::SourceList": top / "sources.list",
        "Dir::Etc::SourceParts": top / "parts",
        "Dir::Etc::PreferencesParts": top / "parts",
        "Dir::Log": top / "log",
        "Dir::State": top,
        "Dir::State::Lists": top / "lists",
        "Dir::State::Status": top / "status",
    }
    # Some machines tidy up their own packages after every run; this is not one for that.
    cleared = ("APT::Architectures", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success", "DPkg")
    lines = [f"#clear {name};" for name in cleared]
    lines += [f'{name} "{value}";' for name, value in settings.items()]
    (top / "apt.conf").write_text("\n".join(lines) + "\n")
    return top / "apt.conf"


def _write_index(folder: Path) -> int:
    """``Packages``, as a Debian mirror has it; the sum of what the packages say they take, in kB."""
    entries, installed_kb = [], 0
    for deb in sorted(folder.glob("*.deb")):
        fields = subprocess.run(["dpkg-deb", "--field", deb], check=True, capture_output=True, text=True).stdout
        size = re.search(r"^Installed-Size: (\d+)$", fields, re.MULTILINE)
        installed_kb += int(size[1]) if size else 0
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        entries.append(f"{fields.strip()}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n")
    (folder / "Packages").write_text("\n".join(entries))
    return installed_kb
