"""A whole machine in qemu: its card, its root shell on a second console, and its display, over QMP."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MACHINES = {
    "virt": ("qemu-system-aarch64", ["-M", "virt", "-cpu", "cortex-a72", "-smp", "2", "-m", "2048"]),
    "pc": ("qemu-system-x86_64", ["-M", "q35", "-cpu", "Haswell-noTSX", "-smp", "2", "-m", "2048"]),
}
# Where systemd's debug shell is, there before any driver is loaded; and the devices for it.
_SHELLS = {
    "virt": ("hvc0", ["-device", "virtio-serial-pci", "-device", "virtconsole,chardev=shell"]),
    "pc": ("ttyS1", ["-serial", "chardev:shell"]),
}
_PATIENCE = "systemd.setenv=SCREEN_STARTING_S=1800"  # emulated beside other work, a browser takes minutes
_POLL_S = 0.5
_FIRMWARE_OFFSET = "1M"


class NotAsItShouldBe(Exception):
    """What was looked for did not come; ``str()`` says what."""


@dataclass
class Emulator:
    """One board with ``card``, a file that it writes to. Times are seconds of this machine's clock."""

    board: str
    card: Path
    parameters: str
    results: Path
    size: tuple[int, int] = (800, 480)
    extra: Sequence[str] = ()
    began_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None
    _shell: socket.socket | None = None
    _qmp: socket.socket | None = None
    _told: bytes = b""
    _count: int = 0
    _files: dict[str, Path] = field(default_factory=dict)

    def start(self) -> None:
        """Power on. The kernel is taken from the card's firmware partition, as a board's firmware would."""
        program, machine = _MACHINES[self.board]
        if shutil.which(program) is None:
            raise NotAsItShouldBe(f"{program} is missing: apt-get install qemu-system-arm qemu-system-x86")
        for name in ("vmlinuz", "initrd.img"):
            target = self.results / name
            target.unlink(missing_ok=True)
            image = f"{self.card}@@{_FIRMWARE_OFFSET}"
            subprocess.run(["mcopy", "-n", "-i", image, f"::/{name}", target], check=True, capture_output=True)
        self._files = {name: self.results / f"{name}.socket" for name in ("qmp", "shell")}
        for path in self._files.values():
            path.unlink(missing_ok=True)
        width, height = self.size
        logged = self.parameters.replace("quiet loglevel=3", "loglevel=6")  # on the serial console, not the display
        command = [
            *("nice", "-n", "19", program, *machine, "-display", "none", "-nic", "none", "-no-reboot"),
            *("-kernel", str(self.results / "vmlinuz"), "-initrd", str(self.results / "initrd.img")),
            *("-append", f"{logged} systemd.debug_shell={_SHELLS[self.board][0]} {_PATIENCE}"),
            *("-drive", f"if=none,id=card,file={self.card},format=raw,cache=writethrough"),
            *("-device", "virtio-blk-pci,drive=card"),
            *("-vga", "none") * (self.board == "pc"),
            *("-device", f"virtio-gpu-pci,xres={width},yres={height}"),
            *("-device", "qemu-xhci,id=usb", "-device", "usb-tablet", "-device", "usb-kbd"),
            *("-serial", f"file:{self.results / 'console.txt'}"),
            *("-chardev", f"socket,id=shell,path={self._files['shell']},server=on,wait=off"),
            *_SHELLS[self.board][1],
            *("-qmp", f"unix:{self._files['qmp']},server=on,wait=off"),
            *("-audiodev", "none,id=sound"),
            *self.extra,
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=(self.results / "qemu.txt").open("ab")
        )
        self.began_s = time.monotonic()
        self._qmp, self._shell = (self._connected(self._files[name]) for name in ("qmp", "shell"))
        self.monitor("qmp_capabilities")

    def _connected(self, path: Path) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        for _ in range(100):
            try:
                connection.connect(str(path))
                return connection
            except OSError:
                if self._process is not None and self._process.poll() is not None:
                    raise NotAsItShouldBe(f"qemu ended: {(self.results / 'qemu.txt').read_text()}") from None
                time.sleep(0.1)
        raise NotAsItShouldBe(f"qemu has no {path.name}")

    def cut_power(self) -> None:
        """At once, whatever it is at."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        for connection in (self._qmp, self._shell):
            if connection is not None:
                connection.close()
        self._process = self._qmp = self._shell = None
        self._told = b""

    @property
    def on_s(self) -> float:
        return time.monotonic() - self.began_s

    # --- its root shell --------------------------------------------------------------------

    def run(self, command: str, within_s: float = 60.0) -> str:
        """What ``command`` says, run by root there; ``NotAsItShouldBe`` where it does not come to an end in time."""
        assert self._shell is not None
        self._count += 1
        mark = f"MARK{self._count}"
        self._shell.sendall(f"\n{command}; echo {mark[:2]}''{mark[2:]}.\n".encode())
        until_s = time.monotonic() + within_s
        told = b""
        while f"{mark}.".encode() not in told:
            self._shell.settimeout(max(0.1, until_s - time.monotonic()))
            try:
                told += self._shell.recv(65536)
            except TimeoutError:
                raise NotAsItShouldBe(f"no answer in {within_s:.0f} s to: {command}") from None
        with (self.results / "shell.txt").open("ab") as log:
            log.write(told)
        text = re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", told.decode(errors="replace")).replace("\r", "")
        text = text.rpartition(f"{mark}.")[0]
        return text.rpartition(f"echo {mark[:2]}''{mark[2:]}.\n")[2].strip()

    def wait(self, what: str, command: str, wanted: str, within_s: float) -> float:
        """Seconds until ``command`` says something that ``wanted``, a pattern, is found in."""
        began_s, said = time.monotonic(), ""
        while time.monotonic() - began_s < within_s:
            said = self.run(command, within_s)
            if re.search(wanted, said):
                return time.monotonic() - began_s
            time.sleep(_POLL_S)
        raise NotAsItShouldBe(f"{what}: not in {within_s:.0f} s; the last was: {said[-600:]}")

    def wait_for_shell(self, within_s: float) -> None:
        """Until the root shell answers; it starts with the system, long before the kiosk."""
        until_s = time.monotonic() + within_s
        while True:
            try:
                self.run("export TERM=dumb PS1='# '; stty -echo cols 500 2>/dev/null; true", 5)
                return
            except NotAsItShouldBe:
                if time.monotonic() > until_s:
                    raise

    # --- its display, its keys -------------------------------------------------------------

    def monitor(self, command: str, **arguments: object) -> object:
        """A QMP command and its answer."""
        assert self._qmp is not None
        self._qmp.settimeout(30)
        self._qmp.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            while b"\n" not in self._told:
                self._told += self._qmp.recv(65536)
            line, _, self._told = self._told.partition(b"\n")
            answer = json.loads(line)
            if "error" in answer:
                raise NotAsItShouldBe(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def picture(self, name: str) -> Path:
        """What is on the display now, as PNG."""
        path = self.results / f"{name}.png"
        self.monitor("screendump", filename=str(path), format="png")
        return path

    def key(self, name: str) -> None:
        """Pressed and let go; ``name`` as QMP names it."""
        self.monitor("send-key", keys=[{"type": "qcode", "data": name}])

    def touch(self, x: float, y: float) -> None:
        """A finger at a place from 0 to 1 of width and height."""
        at = [
            {"type": "abs", "data": {"axis": axis, "value": int(place * 32767)}} for axis, place in (("x", x), ("y", y))
        ]
        self.monitor("input-send-event", events=at)
        for down in (True, False):
            time.sleep(0.2)
            self.monitor("input-send-event", events=[{"type": "btn", "data": {"down": down, "button": "left"}}])
