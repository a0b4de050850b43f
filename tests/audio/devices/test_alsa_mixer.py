"""The sound card's own volume: what amixer prints is understood, and only what is low is turned up."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from voice_backcare.audio.devices import alsa_mixer
from voice_backcare.audio.devices.alsa_mixer import Control

PI_HEADPHONES = """Simple mixer control 'PCM',0
  Capabilities: pvolume pvolume-joined pswitch pswitch-joined
  Playback channels: Mono
  Limits: Playback -10239 - 400
  Mono: Playback -10239 [0%] [-102.39dB] [on]
"""
USB_CARD = """Simple mixer control 'Speaker',0
  Capabilities: pvolume pswitch pswitch-joined
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 37
  Mono:
  Front Left: Playback 30 [81%] [-7.00dB] [off]
  Front Right: Playback 30 [81%] [-7.00dB] [off]
Simple mixer control 'Mic',0
  Capabilities: pvolume cvolume pswitch cswitch
  Playback channels: Mono
  Limits: Playback 0 - 32 Capture 0 - 16
  Mono: Playback 0 [0%] [-29.00dB] [off] Capture 11 [69%] [11.00dB] [on]
Simple mixer control 'Headphone',1
  Capabilities: pvolume
  Playback channels: Front Left - Front Right
  Limits: Playback 0 - 100
  Front Left: Playback 0 [0%]
  Front Right: Playback 60 [60%]
Simple mixer control 'HDMI',0
  Capabilities: pswitch pswitch-joined
  Playback channels: Mono
  Mono: Playback [off]
"""


def test_what_amixer_prints_is_understood() -> None:
    """Percent and switch of what the sound goes through; a microphone's own playback is none of it."""
    assert list(alsa_mixer.parse(PI_HEADPHONES)) == [Control("PCM", 0, 0, True)]
    assert list(alsa_mixer.parse(USB_CARD)) == [
        Control("Speaker", 0, 81, False),
        Control("Headphone", 1, 60, None),
        Control("HDMI", 0, None, False),
    ]
    assert list(alsa_mixer.parse("")) == list(alsa_mixer.parse("nonsense\n'x',\n")) == []


@pytest.fixture
def amixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that shows a card, and writes down what it is asked for."""
    (tmp_path / "card").write_text(USB_CARD)
    program = tmp_path / "amixer"
    program.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\ncat {tmp_path}/card\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_only_what_is_low_is_turned_up(amixer: Path) -> None:
    """On the card that the loudspeaker is on: muted ones are switched on, none gets lower than it was."""
    assert alsa_mixer.raise_low("USB Audio: - (hw:2,0)") == ("Speaker", "HDMI")
    assert (amixer / "asked").read_text().splitlines() == [
        "-M -c 2 scontents",
        "-M -c 2 sset Speaker,0 81% unmute",
        "-M -c 2 sset HDMI,0 unmute",
    ]
    assert alsa_mixer.is_silent("default")


def test_without_amixer_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is missing or fails, nothing is said about the card, and nothing is raised."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert alsa_mixer.raise_low("default") == ()
    assert not alsa_mixer.is_silent("default")
    (tmp_path / "amixer").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "amixer").chmod(0o755)
    assert alsa_mixer.raise_low("default") == ()
