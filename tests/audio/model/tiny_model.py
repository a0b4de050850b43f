"""A model of three small files, and a web server that can be told to misbehave."""

from __future__ import annotations

import hashlib
import stat
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from voice_backcare.audio.model.table import Packed

CONTENT = {
    "am/final.mdl": b"acoustic" * 5000,
    "conf/model.conf": b"--beam=10\n",
    "graph/Gr.fst": bytes(range(256)) * 40,
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack(path: Path, prefix: str, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{prefix}README", "not needed")
        for name, data in content.items():
            archive.writestr(prefix + name, data)
    return path


def packed(path: Path, where: str, prefix: str) -> Packed:
    data = path.read_bytes()
    return Packed(where, prefix, len(data), sha256(data))


def fill(folder: Path, content: dict[str, bytes] = CONTENT) -> Path:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@dataclass
class Site:
    """A web server that serves one file, and can be told to misbehave."""

    data: bytes
    address: str = ""
    status: int = 200
    resumes: bool = True
    cut_after: list[int] = field(default_factory=list)  # bytes given on each of the next connections
    held_until: threading.Event | None = None
    ranges: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        wanted = self.headers.get("Range")
        site.ranges.append(wanted)
        if site.held_until:
            site.held_until.wait(timeout=30)
        if site.status != 200:
            self.send_error(site.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.resumes else 0
        body = site.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: site.cut_after.pop(0)] if site.cut_after else body)

    def log_message(self, *_: object) -> None:
        pass


def install_mvn(commands: Path, gives: Path | None) -> None:
    """A stand-in for Maven that copies ``gives`` where the real one would, or fails."""
    script = commands / "mvn"
    copy = f'mkdir -p "$into" && /bin/cp "{gives}" "$into/"' if gives else 'echo "[ERROR] unknown host"; exit 1'
    script.write_text(
        '#!/bin/bash\nPATH=/usr/bin:/bin\nfor a; do case $a in -DoutputDirectory=*) into="${a#*=}";; esac; done\n'
        + copy
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def left_beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir() if path != folder)
