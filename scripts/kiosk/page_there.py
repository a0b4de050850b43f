"""Runs on the emulated Pi: the kiosk as its unit runs it, its page fetched, and what it tells its service manager."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

UNIT = Path("/etc/systemd/system/voice-backcare.service")
SOCKET = Path("/tmp/notify")
PAGE = "http://127.0.0.1:8911/"
PATIENCE_S = 300.0  # emulated, nothing is judged by its speed


def main() -> int:
    """0 where the page came and the program said that it is ready."""
    text = UNIT.read_text()
    found = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert found is not None, "the unit starts nothing"
    command = found[1].split()
    pairs = " ".join(re.findall(r"^Environment=(.+)$", text, re.MULTILINE)).split()
    environment = dict(pair.split("=", 1) for pair in pairs)
    for folder in ("/var/lib/voice-backcare", "/var/cache/voice-backcare"):
        subprocess.run(
            ["install", "-d", "-o", "voice-backcare", "-g", "voice-backcare", "-m", "0700", folder], check=True
        )
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(SOCKET))
    SOCKET.chmod(0o777)
    manager.settimeout(0.2)
    environment |= {"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(SOCKET), "WATCHDOG_USEC": "30000000"}
    as_its_user = ["setpriv", "--reuid=voice-backcare", "--regid=voice-backcare", "--init-groups", "--no-new-privs"]
    kiosk = subprocess.Popen([*as_its_user, *command], env=environment, cwd="/var/lib/voice-backcare")
    told: list[str] = []
    page = ""
    until_s = time.monotonic() + PATIENCE_S
    try:
        while time.monotonic() < until_s and kiosk.poll() is None and not (page and "READY=1" in told):
            told += _received(manager)
            page = page or _fetched()
        if page:
            for _ in range(100):  # 20 s: is the watchdog fed?
                told += _received(manager)
    finally:
        kiosk.send_signal(signal.SIGTERM)
        status = kiosk.wait(60)
        manager.close()
        SOCKET.unlink()
    print(f"page: {len(page)} characters; told the service manager: {sorted(set(told))}; ended with {status}")
    return 0 if "<html" in page and "READY=1" in told and "WATCHDOG=1" in told else 1


def _received(manager: socket.socket) -> list[str]:
    try:
        return manager.recv(4096).decode().splitlines()
    except TimeoutError:
        return []


def _fetched() -> str:
    try:
        with urllib.request.urlopen(PAGE, timeout=60) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
