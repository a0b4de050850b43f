"""Which network a program and its children use, as the kernel sees it: strace."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from audio_rig import skip_or_fail

_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
_MADE = re.compile(r"\bsocket(?:pair)?\((\w+), (\w+)")
_CALLS = "socket,socketpair,bind,connect,accept,accept4,listen"
_HARMLESS = {"AF_UNIX"}


@cache
def _works() -> bool:
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


def traced(command: Sequence[str], into: Path) -> list[str]:
    """``command`` with every call about the network written to ``into``; signals reach it as they would without.

    A visible skip where nothing can be traced.
    """
    if not _works():
        skip_or_fail("strace is not installed, or may not trace here")
    # -D: the tracer is not the parent, so that the process that is started is the program itself. What makes a
    # socket or binds it to an address is written; what goes through one is left alone, for sound is made of it.
    options = ["-D", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={_CALLS}", "-e", "signal=none", "-o", str(into)]
    return ["strace", *options, *command]


def sockets(trace: Path) -> set[tuple[str, str]]:
    """Family and kind of each that was made, AF_UNIX aside: it never leaves the machine."""
    return {(family, kind) for family, kind in _MADE.findall(trace.read_text()) if family not in _HARMLESS}


def addresses(trace: Path) -> set[str]:
    """Every network address that was bound, connected to, or accepted from; a stream socket has no other."""
    return {four or six for four, six in _ADDRESS.findall(trace.read_text())}
