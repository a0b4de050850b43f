"""``voice-backcare kiosk`` as it is started: the page beside a real voice, by voice and touch; and without sound."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from audio_rig import Recording, Rig, human_audio
from kiosk_process import Kiosk, kiosk, silence
from places import SRC
from talker import clear_clips
from tracing import addresses, sockets

_TONE_S = 0.4
_TONE_MOST_S = 0.8  # until the tone of an opening sounds; the next line comes later
_SAID_MOST = 3
# A Raspberry Pi without metal: who makes the file push-17 presses that button; the light is written down.
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


def _await_tone(running: Kiosk, recording: Recording) -> float:
    """When it opened its ears for an answer to E1: with a tone, which the moments between two lines do not have."""
    while True:
        running.until(id="E1", voice="listening")
        opened_s = time.monotonic()
        sound_s = recording.wait_for_sound(opened_s, within_s=10)
        if sound_s - opened_s < _TONE_MOST_S:
            return sound_s
        running.until(id="E1", voice="speaking")


def test_a_spoken_yes_fills_the_screen_with_911(rig: Rig, tmp_path: Path) -> None:
    """Started by touch, answered aloud: the page shows 911, and no other machine was spoken to."""
    yes = next(clear_clips(human_audio(), "yes"))
    recording = rig.record()
    trace = tmp_path / "trace"
    with kiosk(rig.environment, tmp_path, trace) as running:
        running.until(screen="idle", microphone="on", loudspeaker="on", voice="listening")
        assert running.press("start") == 200
        running.until(id="E1", voice="speaking")
        for _ in range(_SAID_MOST):
            tone_s = _await_tone(running, recording)
            time.sleep(max(0.0, tone_s + _TONE_S - time.monotonic()))
            rig.speak(yes)
            with suppress(AssertionError):  # traced, sound can come too late: then it is asked again
                running.until(within_s=8, screen="call_911", danger=True)
                break
        running.until(within_s=1, screen="call_911", danger=True)
        assert running.state["told"]["by"] == "voice"
        assert running.loudest > 0.2
        assert running.press("mute") == 200
        running.until(microphone="muted")
        assert running.stop() == 130
        assert running.process.stderr is not None
        assert running.process.stderr.read().strip() == "Stopped."
    recording.stop()
    assert sockets(trace) <= {("AF_INET", "SOCK_STREAM"), ("AF_INET6", "SOCK_STREAM")}
    assert {"127.0.0.1"} <= addresses(trace) <= {"127.0.0.1", "::1"}


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


def test_without_sound_it_works_by_touch(tmp_path: Path) -> None:
    """With no microphone and no loudspeaker it says so, on the terminal and the page, and a touch is answered."""
    with kiosk(silence(tmp_path), tmp_path, options=("--gpio-no", "999")) as running:
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


def test_push_buttons_and_the_light_of_the_running_program(tmp_path: Path) -> None:
    """Pins in the settings file: a button starts and answers, and the light tells that there is no sound."""
    settings = tmp_path / "settings.toml"
    settings.write_text("[gpio]\nyes = 17\nstart = 23\nlight = 24\n")
    (tmp_path / "sitecustomize.py").write_text(_BOARD)
    paths = os.pathsep.join([str(tmp_path), str(SRC)])
    environment = silence(tmp_path) | {"PINS": str(tmp_path), "PYTHONPATH": paths}

    def push(pin: int) -> None:
        (tmp_path / f"push-{pin}").touch()

    with kiosk(environment, tmp_path, options=("--settings", str(settings))) as running:
        running.until(screen="idle")
        push(23)
        running.until(id="E1")
        time.sleep(0.6)
        push(17)
        running.until(screen="call_911")
        flashes = (tmp_path / "light").read_text()
        assert "1" in flashes and "0" in flashes
        assert running.stop() == 130


def test_a_port_in_use_ends_with_a_sentence(tmp_path: Path) -> None:
    """Where another program has the port, it says what to do, and has an exit status of its own."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", port, "--no-browser"]
        own = {"PYTHONPATH": str(SRC), "XDG_STATE_HOME": str(tmp_path / "state")}
        done = subprocess.run(command, env=silence(tmp_path) | own, capture_output=True, text=True, timeout=60)
    assert done.returncode == 17
    assert "--port" in done.stderr and "Traceback" not in done.stderr
