"""``voice-backcare kiosk`` as it is started: the page beside a real voice, by voice and touch; and without sound."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audio_rig import Rig, human_audio
from talker import clear_clips

_TONE_S = 0.4
# Loaded by the program before anything of its own: writes down every address that Python code asks for.
_TRACE = """
import os, sys
def told(event, arguments):
    if event in ("socket.bind", "socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0] if event.startswith("socket.get") else arguments[1]
        with open(os.environ["TRACE"], "a") as file:
            print(event, address[0] if isinstance(address, tuple) else address, file=file)
sys.addaudithook(told)
"""
# A Raspberry Pi without metal: who makes the file push-17 presses that button; the light is written down.
_BOARD = """
import pathlib, threading, time
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


_LOOPBACK = {"0100007F", "00000000000000000000000001000000"}


def _children(pid: int) -> list[int]:
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return [found for child in map(int, children) for found in (child, *_children(child))]


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
        name = ""
        while not self.state or any(self.state[key] != value for key, value in wanted.items()):
            assert time.monotonic() < end_s, (wanted, self.state)
            line = self._stream.readline()
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                data = json.loads(line[6:])
                if name == "state":
                    self.state = data
                else:
                    self.loudest = max(self.loudest, data["level"])

    def foreign_sockets(self) -> list[str]:
        """Every network socket of the program and its children beyond this machine, as the kernel sees it."""
        own: set[str] = set()
        pids = [self.process.pid, *_children(self.process.pid)]
        for pid in pids:
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):
                    own.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
        found = []
        for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            for row in Path(f"/proc/{self.process.pid}/net/{table}").read_text().splitlines()[1:]:
                fields = row.split()
                address = fields[1].split(":")[0]
                if fields[9] in own and address not in _LOOPBACK:
                    found.append(f"{table} {fields[1]}")
        return found

    def press(self, meaning: str) -> int:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = json.dumps({"run": self.state["run"], "turn": self.state["turn"], "meaning": meaning})
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        client.request("POST", "/press", body, headers)
        status = client.getresponse().status
        client.close()
        return status

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def kiosk(environment: dict[str, str], cache: Path, *options: str, before: str = "") -> Iterator[Kiosk]:
    """The program with these ``options``; ``before`` is code that it runs before its own."""
    (cache / "sitecustomize.py").write_text(_TRACE + before)
    paths = os.pathsep.join([str(cache), str(Path(__file__).parents[2] / "src")])
    own = {"PYTHONPATH": paths, "TRACE": str(cache / "trace"), "XDG_CACHE_HOME": str(cache), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", "0", "--no-browser", *options]
    with subprocess.Popen(
        command, env=environment | own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            running = Kiosk(process)
            running.await_page()
            yield running
        finally:
            process.kill()


def test_a_spoken_yes_fills_the_screen_with_911(rig: Rig, tmp_path: Path) -> None:
    """Started by touch, answered aloud: the page shows 911, and no other machine was spoken to."""
    yes = next(clear_clips(human_audio(), "yes"))
    recording = rig.record()
    with kiosk(rig.environment, tmp_path) as running:
        running.until(screen="idle", microphone="on", loudspeaker="on", voice="listening")
        assert running.press("start") == 200
        running.until(id="E1", voice="speaking")
        running.until(id="E1", voice="listening")
        asked_s = time.monotonic()
        tone_s = recording.wait_for_sound(asked_s, within_s=10)
        time.sleep(max(0.0, tone_s + _TONE_S - time.monotonic()))
        rig.speak(yes)
        running.until(screen="call_911", danger=True)
        assert running.state["told"]["by"] == "voice"
        assert running.loudest > 0.2
        assert running.press("mute") == 200
        running.until(microphone="muted")
        assert running.foreign_sockets() == []
        assert running.stop() == 130
        assert running.process.stderr is not None
        assert running.process.stderr.read().strip() == "Stopped."
    recording.stop()
    addresses = {line.split(maxsplit=1)[1] for line in (tmp_path / "trace").read_text().splitlines()}
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("there", ["playback", "capture"])
def test_half_of_the_sound_is_used(rig: Rig, tmp_path: Path, there: str) -> None:
    """With a loudspeaker alone it speaks and is touched, with a microphone alone it hears and is read."""
    server = rig.loudspeaker.socket if there == "playback" else rig.microphone.socket
    half = tmp_path / "asound.conf"
    half.write_text(f'pcm.!default {{ type asym {there}.pcm {{ type pulse server "{server}" }} }}\n')
    environment = rig.environment | {"ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{half}"}
    expected = ("missing", "on") if there == "playback" else ("on", "missing")
    with kiosk(environment, tmp_path) as running:
        running.until(screen="idle", microphone=expected[0], loudspeaker=expected[1])
        assert len(running.state["notices"]) == 1
        assert running.press("start") == 200
        running.until(id="E1", voice="speaking" if there == "playback" else "listening")
        assert running.stop() == 130


@pytest.fixture
def silence(tmp_path: Path) -> dict[str, str]:
    """A machine without any sound device."""
    nothing = tmp_path / "asound.conf"
    nothing.write_text("pcm.nothing { type hw card 99 }\n")  # with no "pcm" at all, PortAudio aborts
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "DBUS_", "XDG_"))}
    return kept | {"ALSA_CONFIG_PATH": str(nothing), "PULSE_SERVER": f"unix:{tmp_path}/none"}


def test_without_sound_it_works_by_touch(silence: dict[str, str], tmp_path: Path) -> None:
    """With no microphone and no loudspeaker it says so, on the terminal and the page, and a touch is answered."""
    with kiosk(silence, tmp_path, "--gpio-no", "999") as running:
        running.until(screen="idle", microphone="missing", loudspeaker="missing")
        assert any("by touch" in line for line in running.said)
        assert sum("push button" in line for line in running.said) == 1  # no Raspberry Pi, or no such pin
        assert [notice["id"] for notice in running.state["notices"]] == ["silent"]
        assert running.press("start") == 200
        running.until(id="E1")
        time.sleep(0.6)
        assert running.press("yes") == 200
        running.until(screen="call_911")
        assert running.stop() == 130


def test_push_buttons_and_the_light_of_the_running_program(silence: dict[str, str], tmp_path: Path) -> None:
    """Pins in the settings file: a button starts and answers, and the light tells that there is no sound."""
    settings = tmp_path / "settings.toml"
    settings.write_text("[gpio]\nyes = 17\nstart = 23\nlight = 24\n")
    environment = silence | {"PINS": str(tmp_path)}

    def push(pin: int) -> None:
        (tmp_path / f"push-{pin}").touch()

    with kiosk(environment, tmp_path, "--settings", str(settings), before=_BOARD) as running:
        running.until(screen="idle")
        push(23)
        running.until(id="E1")
        time.sleep(0.6)
        push(17)
        running.until(screen="call_911")
        flashes = (tmp_path / "light").read_text()
        assert "1" in flashes and "0" in flashes
        assert running.stop() == 130


def test_a_port_in_use_ends_with_a_sentence(silence: dict[str, str]) -> None:
    """Where another program has the port, it says what to do, and has an exit status of its own."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", port, "--no-browser"]
        own = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
        done = subprocess.run(command, env=silence | own, capture_output=True, text=True, timeout=60)
    assert done.returncode == 17
    assert "--port" in done.stderr and "Traceback" not in done.stderr
