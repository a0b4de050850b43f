"""Sources of a packed model: the maker's site, or a Maven repository."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voice_backcare.audio.model.table import Packed

Progress = Callable[[str, int, int], None]
"""Called with what is going on, bytes done, and bytes in all (0: not known)."""

# Also the longest silence in mid-download; short, so that a machine without a network moves on.
NETWORK_TIMEOUT_S = 5
# Maven first fetches its own plugin, and reports nothing in between.
MAVEN_TIMEOUT_S = 900
_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_CHUNK_BYTES = 1 << 18


class SourceError(Exception):
    """Error: this source did not give the model; another one may."""


class _ConnectionLost(Exception):
    """Error: the connection broke; the download can be resumed."""


def check(path: Path, packed: Packed) -> None:
    """Raise ``SourceError`` unless ``path`` is exactly the packed file of the table, by size and digest."""
    size_bytes = path.stat().st_size
    if size_bytes != packed.size_bytes:
        raise SourceError(f"got {size_bytes:,} bytes instead of {packed.size_bytes:,}")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != packed.sha256:
            raise SourceError("what came is not the expected file (its SHA-256 differs)")


def download(packed: Packed, folder: Path, progress: Progress) -> Path:
    """Path of the archive in ``folder``, downloaded from its address; resumes where an earlier call was interrupted."""
    path = folder / "archive.zip"
    pieced = _size_bytes(path) > 0
    pieced |= _complete(packed, path, progress)
    try:
        check(path, packed)
    except SourceError:
        path.unlink()
        if not pieced:
            raise
        # The pieces may have been of different files: once more, from the beginning.
        _complete(packed, path, progress)
        check(path, packed)
    return path


def _complete(packed: Packed, path: Path, progress: Progress) -> bool:
    """Download what is missing; True where that took more than one connection. Gives up when a connection brings
    nothing.
    """
    pieces = 0
    while (before_bytes := _size_bytes(path)) < packed.size_bytes:
        pieces += 1
        try:
            _transfer(packed, path, progress)
        except _ConnectionLost as error:
            if _size_bytes(path) <= before_bytes:
                raise SourceError(str(error)) from error
    return pieces > 1


def _size_bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _transfer(packed: Packed, path: Path, progress: Progress) -> None:
    """Append to ``path`` what one connection brings."""
    start = _size_bytes(path)
    with _open(packed.where, start) as response:
        if response.status != http.client.PARTIAL_CONTENT:
            start = 0  # the server does not resume: from the beginning
        coming = response.headers.get("Content-Length")
        if coming is not None and start + int(coming) != packed.size_bytes:
            path.unlink(missing_ok=True)
            raise SourceError(
                f"the file offered there has {start + int(coming):,} bytes instead of {packed.size_bytes:,}"
            )
        with path.open("r+b" if start else "wb") as out:
            out.seek(start)
            while start < packed.size_bytes and (chunk := _read(response)):
                out.write(chunk)
                start += len(chunk)
                progress("Downloading the speech model", start, packed.size_bytes)
    if start < packed.size_bytes:
        raise _ConnectionLost("the connection was closed too early")


def _open(address: str, start: int) -> Any:
    request = urllib.request.Request(address, headers={"User-Agent": "voice-backcare"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        return urllib.request.urlopen(request, timeout=NETWORK_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        raise SourceError(f"the server answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        raise _ConnectionLost(f"no connection ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise _ConnectionLost(f"no connection ({error})") from error


def _read(response: Any) -> bytes:
    try:
        return bytes(response.read(_CHUNK_BYTES))
    except (OSError, http.client.HTTPException) as error:
        raise _ConnectionLost(f"the connection was lost ({error})") from error


def from_maven(packed: Packed, folder: Path, progress: Progress) -> Path:
    """Path of the artifact in ``folder``, fetched by the ``mvn`` that is installed."""
    mvn = shutil.which("mvn")
    if mvn is None:
        raise SourceError("mvn is not installed")
    progress("Fetching the speech model with Maven", 0, 0)
    into = folder / "maven"
    shutil.rmtree(into, ignore_errors=True)
    command = [
        mvn,
        "--batch-mode",
        "--quiet",
        "-Dstyle.color=never",
        _MAVEN_COPY,
        f"-Dartifact={packed.where}",
        f"-DoutputDirectory={into}",
    ]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=MAVEN_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"mvn failed ({error})") from error
    found = list(into.glob("*.aar"))
    if done.returncode != 0 or not found:
        raise SourceError(f"mvn failed ({_first_error(done.stdout)})")
    check(found[0], packed)
    return found[0]


def _first_error(output: str) -> str:
    """The first line of ``output`` that Maven marks as an error, cut to a readable length."""
    lines = [line for line in output.splitlines() if "ERROR" in line] or output.splitlines() or ["it said nothing"]
    return lines[0].replace("[ERROR]", "").strip()[:200]
