"""What the scripts of the kiosk's screen and card do, run as they are in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from places import ROOT

UNITS, CARD = ROOT / "scripts" / "kiosk" / "units", ROOT / "scripts" / "kiosk" / "card"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('emergency_number = "112"', "112"),
        ('\ufeffemergency_number="999"\r', "999"),
        ('# emergency_number = "112"', "911"),
        ("emergency_number = 12", "911"),
        ("", "911"),
    ],
)
def test_starting_names_the_number_that_is_set(tmp_path: Path, line: str, number: str) -> None:
    """The console says which number to call: the one of the settings, else 911; in 30 characters by 10 lines."""
    settings, console = tmp_path / "settings.toml", tmp_path / "tty7"
    settings.write_text(f"provider_name = 'A'\n{line}\n")
    script = (
        (UNITS / "voice-backcare-starting").read_text().replace("/dev/tty7", str(console)).replace("chvt 7", "true")
    )
    if line.startswith("\ufeff"):
        settings.write_text(line + "\n")
    subprocess.run(["sh", "-c", script], check=True, env={**os.environ, "VOICE_BACKCARE_SETTINGS": str(settings)})
    text = console.read_text().rpartition("\033[1m")[2]
    assert f"call {number}." in text
    assert len(text.splitlines()) <= 10
    assert max(map(len, text.splitlines())) <= 30


@pytest.mark.parametrize(("body", "said"), [("null", "never"), ("3.4", "3"), ("61.0", "61")])
def test_the_screen_reads_when_the_page_was_painted(tmp_path: Path, body: str, said: str) -> None:
    """The shell's reading of the program's answer; nothing where no program answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"painted_s_ago":' + body.encode() + b"}")

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    text = (UNITS / "voice-backcare-screen").read_text().partition("watch_it()")[0]
    script = text.replace("port=8911", f"port={server.server_address[1]}") + "\npainted\n"
    try:
        found = subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            text=True,
            env={**os.environ, "RUNTIME_DIRECTORY": str(tmp_path)},
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert found.stdout.strip() == said
    gone = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env={**os.environ, "RUNTIME_DIRECTORY": str(tmp_path)}
    )
    assert gone.stdout == ""


@pytest.mark.parametrize("arguments", [["--board", "pi5"], ["--card"], ["--board"]])
def test_an_image_of_another_board_is_refused(arguments: list[str]) -> None:
    """Only boards that Debian 12 boots have a card; what else is asked for is told with the boards that there are."""
    result = subprocess.run([ROOT / "scripts" / "image", *arguments], capture_output=True, text=True)
    assert result.returncode != 0
    assert "pi3|pi4|virt|pc" in result.stderr


def test_the_emulator_knows_its_steps() -> None:
    """A step that is not there is told with those that are, before anything is started."""
    command = [sys.executable, str(ROOT / "scripts" / "kiosk" / "boot_pi.py"), "card.img", "--steps", "start,dance"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert "dance" in result.stderr
    assert "power_cut" in result.stderr


@pytest.mark.parametrize("script", ["overlay", "grow", "configure.sh"])
def test_a_script_of_the_card_can_be_read(script: str) -> None:
    """No syntax error waits for the first start of a card."""
    shell = (CARD / script).read_text().partition("\n")[0].removeprefix("#!")
    assert subprocess.run([shell, "-n", CARD / script]).returncode == 0


def test_the_state_is_where_the_card_is_told_to_look() -> None:
    """The labels that the image's partitions get are those that the initramfs and the system look for."""
    image = (ROOT / "scripts" / "image").read_text()
    assert "/dev/disk/by-label/VBCSTATE" in (CARD / "overlay").read_text()
    assert "mkdir -p /var/lib/voice-backcare" in (CARD / "configure.sh").read_text()  # the initramfs cannot make it
    assert "LABEL=VBCBOOT /boot/firmware" in (CARD / "configure.sh").read_text()
    for label in ("VBCBOOT", "VBCROOT", "VBCSTATE"):
        assert label in image
