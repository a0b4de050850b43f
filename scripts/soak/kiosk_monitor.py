"""A running kiosk: its page's state as it comes, its service manager, its size, and what is left on its disk."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk_process import Kiosk, kiosk

from soak.lost import Lost

WATCHDOG_S = 30.0
_TRACES = (b"Pressed", b"Heard", b'"answers"')
_IDLE_S = 60.0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a megabyte in memory, or a plain folder where none may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "mode=700,size=1m", "none", str(folder)]
    mounted = shutil.which("mount") is not None and not subprocess.run(command, capture_output=True).returncode
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


class Watched:
    """``state`` is what a screen shows now; every method may be called from the main thread only."""

    def __init__(self, running: Kiosk, folder: Path, disk: Path, manager: socket.socket) -> None:
        self._running = running
        self._folder, self._disk, self._manager = folder, disk, manager
        self.said: list[str] = []
        self.fed, self.longest_gap_s, self._fed_at_s = 0, 0.0, time.monotonic()
        self.changed_at_s = time.monotonic()
        for work in (self._read_page, self._read_manager):
            threading.Thread(target=work, daemon=True).start()
        for pipe in (running.process.stdout, running.process.stderr):
            threading.Thread(target=self._read_log, args=(pipe,), daemon=True).start()

    @staticmethod
    @contextmanager
    def started(environment: dict[str, str], folder: Path, disk: Path) -> Iterator[Watched]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(folder / "notify"))
            own = {
                "STATE_DIRECTORY": str(disk),
                "NOTIFY_SOCKET": str(folder / "notify"),
                "WATCHDOG_USEC": str(round(WATCHDOG_S * 1e6)),
            }
            with kiosk(environment | own, folder, options=("--rate", "240")) as running:
                running.until(screen="idle", microphone="on", loudspeaker="on")
                yield Watched(running, folder, disk, manager)

    # --- threads ---------------------------------------------------------------------------

    def _read_page(self) -> None:
        turn = None
        with suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
            while self._running.process.poll() is None:
                self._running.read()
                if self.state["turn"] != turn:
                    turn, self.changed_at_s = self.state["turn"], time.monotonic()

    def _read_manager(self) -> None:
        with suppress(OSError):
            while text := self._manager.recv(4096):
                if b"WATCHDOG=1" in text:
                    now_s = time.monotonic()
                    self.fed += 1
                    self.longest_gap_s = max(self.longest_gap_s, now_s - self._fed_at_s)
                    self._fed_at_s = now_s

    def _read_log(self, pipe: object) -> None:
        for line in pipe:  # type: ignore[attr-defined]
            self.said.append(line.strip())

    # --- the page --------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        return self._running.process.pid

    @property
    def port(self) -> int:
        return self._running.port

    @property
    def state(self) -> dict:
        return self._running.state

    def press(self, meaning: str) -> bool:
        """Whether it was taken."""
        try:
            return self._running.press(meaning) == 200
        except OSError as error:
            raise Lost(f"a press was not answered: {error}") from error

    def come_to_idle(self) -> None:
        """After a session that went wrong: by the emergency button, which counts everywhere."""
        end_s = time.monotonic() + _IDLE_S
        while self.state["screen"] != "idle" and time.monotonic() < end_s:
            screen = self.state["screen"]
            self.press("dismiss" if screen == "finished" else "close_911" if "911" in screen else "emergency")
            time.sleep(1.0)

    def check_idle(self, *, disk_is_well: bool) -> None:
        """The screen invites, shows nothing of a family, and nothing of one is on the disk."""
        end_s = time.monotonic() + 20
        while self.state["screen"] != "idle" or self.state["told"] or (disk_is_well and self._left()):
            if time.monotonic() > end_s:
                raise Lost(f"the screen is {self.state['screen']}, told {self.state['told']}, left {self._left()}")
            time.sleep(0.05)
        if "911" in self.state["headline"] or self.state["progress"] or self.state["phase"]:
            raise Lost(f"something is left on the screen: {self.state}")

    def _left(self) -> list[str]:
        files = [path.read_bytes() for path in self._disk.glob("journal*")]
        return [trace.decode() for trace in _TRACES for data in files if trace in data]

    def stop(self) -> int:
        return self._running.stop()

    # --- its size --------------------------------------------------------------------------

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]

    def size(self) -> dict[str, float]:
        """Of the process, its voice, and all that it has written."""
        own = _status(self.pid)
        sizes = [_bytes(path) for path in self._folder.rglob("*")]
        return {
            "rss_mb": own["VmRSS"] / 1024,
            "voice_rss_mb": sum(_status(child).get("VmRSS", 0) for child in self.children()) / 1024,
            "threads": own["Threads"],
            "files_open": len(list(Path(f"/proc/{self.pid}/fd").iterdir())),
            "disk_kb": sum(sizes) / 1024,
        }


def _bytes(path: Path) -> int:
    """Of a file that may be gone by now."""
    with suppress(FileNotFoundError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def _status(pid: int) -> dict[str, int]:
    with suppress(OSError):
        rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return {name: int(rows[name].split()[0]) for name in ("VmRSS", "Threads") if name in rows}
    return {}
