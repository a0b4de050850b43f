"""``voice-backcare kiosk`` as it is started: the page beside a real voice, by voice and touch; and without sound."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kiosk_process import kiosk, silence

from audio_rig import Rig, human_audio
from talker import clear_clips
from tracing import addresses, sockets

_TONE_S = 0.4


def test_a_spoken_yes_fills_the_screen_with_911(rig: Rig, tmp_path: Path) -> None:
    """Started by touch, answered aloud: the page shows 911, and no other machine was spoken to."""
    yes = next(clear_clips(human_audio(), "yes"))
    recording = rig.record()
    trace = tmp_path / "trace"
    with kiosk(rig.environment, tmp_path, trace) as running:
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
    with kiosk(silence(tmp_path), tmp_path) as running:
        running.until(screen="idle", microphone="missing", loudspeaker="missing")
        assert any("by touch" in line for line in running.said)
        assert [notice["id"] for notice in running.state["notices"]] == ["silent"]
        assert running.press("start") == 200
        running.until(id="E1")
        time.sleep(0.6)
        assert running.press("yes") == 200
        running.until(screen="call_911")
        assert running.stop() == 130


def test_a_port_in_use_ends_with_a_sentence(tmp_path: Path) -> None:
    """Where another program has the port, it says what to do, and has an exit status of its own."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "voice_backcare", "kiosk", "--port", port, "--no-browser"]
        own = {"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "XDG_STATE_HOME": str(tmp_path / "state")}
        done = subprocess.run(command, env=silence(tmp_path) | own, capture_output=True, text=True, timeout=60)
    assert done.returncode == 17
    assert "--port" in done.stderr and "Traceback" not in done.stderr
