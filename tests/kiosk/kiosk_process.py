"""``voice-backcare kiosk`` as it is started, and what a screen that watches it is told."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from places import SRC
from tracing import traced

SETTLED_S = 0.6  # an answer that comes sooner after a question is taken for a bounce


@dataclass
class Kiosk:
    """The running program, and what a screen is told by it."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    state: dict = field(default_factory=dict)
    loudest: float = 0.0

    def await_page(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if "http://127.0.0.1:" in line:
                self.port = int(line.split("127.0.0.1:")[1].split("/")[0])
                break
        self._events = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self._events.request("GET", "/events")
        self._stream = self._events.getresponse()

    def until(self, within_s: float = 60.0, **wanted: object) -> None:
        """Watch until the state has all of ``wanted``."""
        end_s = time.monotonic() + within_s
        while not self.state or any(self.state[key] != value for key, value in wanted.items()):
            assert time.monotonic() < end_s, (wanted, self.state)
            self.read()

    def read(self) -> None:
        """The next thing that the screen is told."""
        name = ""
        while line := self._stream.readline().strip():
            if line.startswith(b"event: "):
                name = line[7:].decode()
            elif line.startswith(b"data: ") and name == "state":
                self.state = json.loads(line[6:])
            elif line.startswith(b"data: "):
                self.loudest = max(self.loudest, json.loads(line[6:])["level"])

    def press(self, meaning: str) -> int:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = json.dumps({"run": self.state["run"], "turn": self.state["turn"], "meaning": meaning})
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        client.request("POST", "/press", body, headers)
        status = client.getresponse().status
        client.close()
        return status

    def answer(self, meaning: str, **wanted: object) -> None:
        """Press it as soon as it counts, and watch for what comes of it."""
        end_s = time.monotonic() + 20
        time.sleep(SETTLED_S)
        while (status := self.press(meaning)) == 409 and time.monotonic() < end_s:
            self.read()  # the screen has changed meanwhile
        assert status == 200, (meaning, self.state)
        self.until(**wanted)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def kiosk(
    environment: dict[str, str], cache: Path, trace: Path | None = None, options: tuple[str, ...] = ()
) -> Iterator[Kiosk]:
    """``cache`` holds all that it writes, its state too; its calls about the network go to ``trace``."""
    own = {
        "PYTHONPATH": str(SRC),
        "PYTHONUNBUFFERED": "1",
        "XDG_CACHE_HOME": str(cache),
        "XDG_STATE_HOME": str(cache / "state"),
    }
    command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", "0", "--no-browser", *options]
    with subprocess.Popen(
        command if trace is None else traced(command, trace),
        env=own | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            running = Kiosk(process)
            running.await_page()
            yield running
        finally:
            process.kill()


def silence(folder: Path) -> dict[str, str]:
    """The environment of a machine without any sound device."""
    nothing = folder / "asound.conf"
    with suppress(FileExistsError):
        folder.mkdir()
    nothing.write_text("pcm.nothing { type hw card 99 }\n")  # with no "pcm" at all, PortAudio aborts
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "DBUS_", "XDG_"))}
    return kept | {"ALSA_CONFIG_PATH": str(nothing), "PULSE_SERVER": f"unix:{folder}/none"}
