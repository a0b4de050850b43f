"""What can happen to a kiosk while somebody is there, and what its screen has to say of it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from audio_rig import Rig

from soak.kiosk_monitor import Watched
from soak.lost import Lost

_TOLD_S = 12.0
_BACK_S = 25.0
_SCREENS = 6


@dataclass
class Surroundings:
    """The devices, the disk, and the program that misfortunes come upon."""

    rig: Rig
    kiosk: Watched
    disk: Path
    audio: Path
    disk_is_full: bool = False

    def all_well(self) -> None:
        """Whatever is still wrong is put right, and is seen to be."""
        (self.disk / "filler").unlink(missing_ok=True)
        self.disk_is_full = False
        end_s = time.monotonic() + _BACK_S
        while (self.kiosk.state["microphone"], self.kiosk.state["loudspeaker"]) != ("on", "on"):
            if time.monotonic() > end_s:
                print("not well:", self.kiosk.state["microphone"], self.kiosk.state["loudspeaker"], flush=True)
                return
            time.sleep(0.05)


class Misfortune:
    """Comes once (``strike``) and goes once (``lift``)."""

    name = ""
    lasts_s = 2.5

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._struck_at_s: float | None = None
        self._lifted = False

    def __str__(self) -> str:
        return self.name

    def strike(self) -> None:
        if self._struck_at_s is None:
            self._struck_at_s = time.monotonic()
            self.come()
        elif not self._lifted and time.monotonic() - self._struck_at_s > self.lasts_s:
            self.lift()

    def lift(self) -> None:
        if self._struck_at_s is not None and not self._lifted:
            self._lifted = True
            self.go()

    def come(self) -> None: ...

    def go(self) -> None: ...


class _Device(Misfortune):
    """The screen says that it is gone, with 911 advice; afterwards it is used again."""

    device = "microphone"
    told = True  # at once, without anything being said

    def come(self) -> None:
        self.take()
        if self.told:
            self._await("lost", _TOLD_S)
            notices = [notice["text"] for notice in self.around.kiosk.state["notices"]]
            if not any("911" in text for text in notices):
                raise Lost(f"the screen does not tell of it: {notices}")

    def go(self) -> None:
        self.give()
        self._await("on", _BACK_S)

    def _await(self, state: str, within_s: float) -> None:
        end_s = time.monotonic() + within_s
        while self.around.kiosk.state[self.device] != state:
            if time.monotonic() > end_s:
                self.give()
                raise Lost(f"the {self.device} is {self.around.kiosk.state[self.device]}, not {state}")
            time.sleep(0.02)

    def take(self) -> None:
        getattr(self.around.rig, self.device).unplug()

    def give(self) -> None:
        self.around.rig.microphone.thaw() if self.device == "microphone" else self.around.rig.loudspeaker.thaw()
        server = getattr(self.around.rig, self.device)
        if "null-sink" not in server.pactl("list", "short", "modules"):
            server.plug()


class MicrophoneUnplugged(_Device):
    name = "microphone unplugged"


class MicrophoneStalled(_Device):
    name = "microphone stalled"

    def take(self) -> None:
        self.around.rig.microphone.freeze()


class LoudspeakerUnplugged(_Device):
    name, device, told = "loudspeaker unplugged", "loudspeaker", False


class LoudspeakerStalled(_Device):
    name, device, told = "loudspeaker stalled", "loudspeaker", False

    def take(self) -> None:
        self.around.rig.loudspeaker.freeze()


class VoiceKilled(Misfortune):
    name = "voice worker killed"

    def come(self) -> None:
        for child in self.around.kiosk.children():
            with suppress(OSError):
                if b"voice_worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(child, signal.SIGKILL)


class VoiceHangs(VoiceKilled):
    name = "voice worker hangs"

    def come(self) -> None:
        for child in self.around.kiosk.children():
            with suppress(OSError):
                if b"voice_worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(child, signal.SIGSTOP)


class DiskFull(Misfortune):
    name, lasts_s = "disk full", 30.0

    def come(self) -> None:
        self.around.disk_is_full = True
        with suppress(OSError), (self.around.disk / "filler").open("wb", buffering=0) as file:
            while file.write(bytes(512)):
                pass

    def go(self) -> None:
        (self.around.disk / "filler").unlink(missing_ok=True)


class ScreensComeAndGo(Misfortune):
    """Some read a little, some nothing at all; some send nonsense."""

    name = "screens come and go"

    def come(self) -> None:
        port = self.around.kiosk.port
        self._open = []
        for number in range(_SCREENS):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("GET", "/events")
            if number % 2:
                client.getresponse().readline()
            self._open.append(client)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as rude:
            rude.sendall(b"POST /press HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 2000)
        origin = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
        for body in (b"{", b"[]" * 300, b'{"run": 1, "turn": "x", "meaning": []}'):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("POST", "/press", body, origin)
            if client.getresponse().status < 400:
                raise Lost("nonsense was taken for a press")
            client.close()

    def go(self) -> None:
        for client in self._open:
            client.close()


MISFORTUNES: dict[str, Callable[[Surroundings], Misfortune]] = {
    kind.name: kind
    for kind in (
        MicrophoneUnplugged,
        MicrophoneStalled,
        LoudspeakerUnplugged,
        LoudspeakerStalled,
        VoiceKilled,
        VoiceHangs,
        DiskFull,
        ScreensComeAndGo,
    )
}
