"""``voice-backcare kiosk`` with pins in its settings file, on a board without metal."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Run by the program before anything of its own: who makes the file push-17 presses that button; the light is
# written down.
_BOARD = """
import os, pathlib, sys, threading, time
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
Device.pin_factory = MockFactory()
def board(folder):
    while True:
        for file in folder.glob("push-*"):
            pin = Device.pin_factory.pin(int(file.name.split("-")[1]))
            file.unlink()
            pin.drive_low()
            time.sleep(0.15)
            pin.drive_high()
        with (folder / "light").open("a") as light:
            light.write(str(int(Device.pin_factory.pin(24).state)))
        time.sleep(0.02)
def start():
    if "kiosk" in sys.argv:
        board(pathlib.Path(os.environ["PINS"]))
waiting = threading.Timer(0.5, start)
waiting.daemon = True
waiting.start()
"""


@dataclass
class Running:
    """The program without sound, and what a screen that just comes is told by it."""

    process: subprocess.Popen[str]
    said: list[str]
    port: int

    def state(self) -> dict[str, Any]:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        client.request("GET", "/events")
        answer = client.getresponse()
        while not (line := answer.readline()).startswith(b'data: {"run"'):
            assert line, "it told nothing"
        client.close()
        return dict(json.loads(line[6:]))

    def until(self, **wanted: object) -> None:
        end_s = time.monotonic() + 30
        while any((state := self.state())[key] != value for key, value in wanted.items()):
            assert time.monotonic() < end_s, (wanted, state)
            time.sleep(0.05)


@contextmanager
def running(folder: Path, settings: str, board: str) -> Iterator[Running]:
    """The kiosk with these settings, until it is stopped; ``board`` is code that comes before its own."""
    (folder / "settings.toml").write_text(settings)
    (folder / "sitecustomize.py").write_text(board)
    (folder / "asound.conf").write_text("pcm.nothing { type hw card 99 }\n")  # with no "pcm" at all, PortAudio aborts
    own = {
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
        "PULSE_SERVER": f"unix:{folder}/none",
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[2] / "src")]),
        "PYTHONUNBUFFERED": "1",
        "XDG_CACHE_HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "PINS": str(folder),
    }
    command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", "0", "--no-browser"]
    command += ["--settings", str(folder / "settings.toml")]
    with subprocess.Popen(command, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                said.append(line)
                if "http://127.0.0.1:" in line:
                    break
            yield Running(process, said, int(said[-1].split("127.0.0.1:")[1].split("/")[0]))
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 130
        finally:
            process.kill()


def test_push_buttons_and_the_light_of_the_running_program(tmp_path: Path) -> None:
    """A button starts, another one answers, and the light tells that there is no sound; a pin that the board has not
    is one sentence."""
    with running(tmp_path, "[gpio]\nyes = 17\nno = 999\nstart = 23\nlight = 24\n", _BOARD) as program:
        program.until(screen="idle")
        (tmp_path / "push-23").touch()
        program.until(id="E1")
        time.sleep(0.7)  # an answer that comes sooner is taken for a bounce
        (tmp_path / "push-17").touch()
        program.until(screen="call_911")
        assert {"0", "1"} <= set((tmp_path / "light").read_text())
        assert [line.split()[0] for line in program.said if "GPIO" in line] == ["GPIO999"]
