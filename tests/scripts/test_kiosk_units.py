"""The kiosk's systemd units: locked down, restarted for ever, bounded, and in step with the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

from voice_backcare.cli.kiosk import kiosk_command

UNITS = ROOT / "scripts" / "kiosk" / "units"
CONVERSATION, SCREEN = UNITS / "voice-backcare.service", UNITS / "voice-backcare-screen.service"
STARTING = UNITS / "voice-backcare-starting.service"
MOST = {CONVERSATION: 2.0, SCREEN: 5.0}  # of 10; the screen's browser needs the display, the panel and namespaces

systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is missing: apt-get install systemd"
)


def _settings(path: Path) -> list[str]:
    text = path.read_text().replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@systemd
@pytest.mark.parametrize("unit", MOST, ids=lambda path: path.stem)
def test_a_unit_is_locked_down(unit: Path) -> None:
    """What systemd-analyze finds open stays under the figure that was reported."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    output = subprocess.run(command, capture_output=True, text=True).stdout
    figure = re.search(r"Overall exposure level for \S+: (\d+\.\d)", output)
    assert figure, output
    assert float(figure[1]) < MOST[unit], output


@systemd
@pytest.mark.parametrize("unit", [*MOST, STARTING], ids=lambda path: path.stem)
def test_a_unit_is_understood(unit: Path) -> None:
    """systemd knows every line of it; that its programs are not installed here is all it may say."""
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True).stderr.splitlines()
    ours = [line for line in said if "voice-backcare" in line and "is not executable" not in line]
    assert ours == []


def test_the_conversation_is_watched_and_never_given_up() -> None:
    """A hung or dead program is started again, however often, and nobody but it says that it lives."""
    wanted = {"Type=notify", "NotifyAccess=main", "WatchdogSec=30", "Restart=always", "StartLimitIntervalSec=0"}
    assert wanted <= set(_settings(CONVERSATION))
    assert {"Type=notify", "Restart=always", "StartLimitIntervalSec=0"} <= set(_settings(SCREEN))
    assert any(line.startswith("WatchdogSec=") for line in _settings(SCREEN))


def test_sound_cards_that_come_later_are_let_in() -> None:
    """A device class is named by its number: its name is known only once the card's driver is loaded."""
    allowed = [line for line in _settings(CONVERSATION) if line.startswith("DeviceAllow=")]
    assert "DeviceAllow=char-116 rw" in allowed  # /proc/devices: "116 alsa"
    assert not any("alsa" in line for line in allowed)


@pytest.mark.parametrize("unit", MOST, ids=lambda path: path.stem)
def test_a_unit_reaches_this_machine_only(unit: Path) -> None:
    """No packet leaves, whatever the program does."""
    assert {"IPAddressDeny=any", "IPAddressAllow=localhost", "NoNewPrivileges=yes"} <= set(_settings(unit))


@pytest.mark.parametrize("unit", MOST, ids=lambda path: path.stem)
def test_nothing_grows(unit: Path) -> None:
    """Logs are in memory and bounded, no memory is dumped to the card."""
    assert {"LogNamespace=voice-backcare", "LimitCORE=0"} <= set(_settings(unit))
    assert any(line.startswith("LogRateLimitBurst=") for line in _settings(unit))
    journal = _settings(UNITS / "journald@voice-backcare.conf")
    assert "Storage=volatile" in journal
    assert any(line.startswith("RuntimeMaxUse=") for line in journal)


def test_the_program_understands_how_it_is_started() -> None:
    """Every option in the unit is one of `voice-backcare kiosk`."""
    [command] = [line.removeprefix("ExecStart=") for line in _settings(CONVERSATION) if line.startswith("ExecStart=")]
    program, name, *arguments = command.split()
    assert program.endswith("/voice-backcare")
    assert name == kiosk_command.name
    given = kiosk_command.make_context("kiosk", arguments).params
    assert (given["port"], given["no_browser"], given["keep_going"]) == (8911, True, True)


def test_the_screen_shows_the_page_that_is_served() -> None:
    """Port of the program, port that is waited for and address in Chromium are one."""
    shown = (UNITS / "voice-backcare-screen").read_text()
    [page] = re.findall(r"http://[^\s\"]+", shown)
    [port] = re.findall(r"^port=(\d+)$", shown, re.MULTILINE)
    assert page.replace("$port", port) == "http://127.0.0.1:8911/"
    assert "--port 8911" in CONVERSATION.read_text()
    assert "http://127.0.0.1:8911/" in (ROOT / "docs" / "running" / "kiosk.md").read_text()


def test_settings_are_read_from_the_folder_that_is_installed() -> None:
    """The unit's configuration folder is where install-kiosk writes the settings."""
    [line] = [line for line in _settings(CONVERSATION) if "XDG_CONFIG_HOME" in line]
    environment = dict(pair.split("=", 1) for pair in line.removeprefix("Environment=").split())
    command = [sys.executable, "-m", "voice_backcare", "settings"]
    path = os.pathsep.join(sys.path)
    result = subprocess.run(command, capture_output=True, text=True, env={**environment, "PYTHONPATH": path})
    assert "# /etc/voice-backcare/settings.toml" in result.stdout
