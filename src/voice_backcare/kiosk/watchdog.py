"""Watchdog: tells systemd that the program is ready, what it is doing, and that it is alive (sd_notify)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field

from voice_backcare.core.events import DeviceBack, DeviceLost
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.session.ports import Clock, Posted
from voice_backcare.session.session import Session

HUNG_S = 20.0  # longer than a slow machine takes to load the model, and a device to fail
_PATIENCE_S = 0.5
_SHARE = 4  # how often it is fed within the watchdog's time
_MICROPHONE = "microphone"


class Notifier:
    """Socket of the service manager. Raises nothing, and does nothing where there is no manager.

    The socket's address is removed from ``environment``, so that no child process speaks for the program.
    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        address = environment.pop("NOTIFY_SOCKET", "")
        pid = environment.pop("WATCHDOG_PID", "")
        usec = environment.pop("WATCHDOG_USEC", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address if address.startswith("/") else ""
        ours = pid in ("", str(os.getpid()))
        self.watchdog_s = int(usec) / 1e6 if ours and usec.isascii() and usec.isdigit() else 0.0  # 0: there is none
        self._socket: socket.socket | None = None
        if self._address:
            with suppress(OSError):
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.settimeout(_PATIENCE_S)  # a busy manager reads it a little later

    def tell(self, **values: str) -> bool:
        """Send values such as ``STATUS="Waiting"``; False where there is a manager that could not be told now."""
        if self._socket:
            text = "\n".join(f"{name}={value}" for name, value in values.items())
            try:
                self._socket.sendto(text.encode(), self._address)
            except OSError:
                return False
        return True

    def close(self) -> None:
        """Close the socket."""
        if self._socket:
            self._socket.close()
            self._socket = None


@dataclass
class Watchdog:
    """Feeds systemd's watchdog; ``beat`` is called from the session's thread only, so a loop that hangs does not feed
    it.

    The watchdog is fed while the microphone delivers sound, and also

    - where there is no microphone: touch is all there is, and a restart would find none;

    - while the program tries to get a lost or stalled one back, which the screen says;

    - while ears that hang are reported on the screen, and a conversation goes on by touch.

    So a restart follows where the loop hangs, or where the ears hang while nobody is there. ``alive_at_s``: when the
    ears last got sound or tried to, on the session's clock; None where there are none.
    """

    session: Session
    screen: KioskScreen
    clock: Clock
    alive_at_s: Callable[[], float | None]
    notifier: Notifier = field(default_factory=Notifier)
    _ready: bool = False
    _hung: bool = False
    _status: str = ""
    _fed_at_s: float | None = None

    def beat(self) -> None:
        """Feed the watchdog if the program is alive; to be called at least every second."""
        now_s = self.clock.now_s()
        self._look(now_s)
        status = self._said()
        if not self._ready:
            self._ready = self.notifier.tell(READY="1", STATUS=status)
        elif status != self._status:
            self.notifier.tell(STATUS=status)
        self._status = status
        self._feed(now_s)

    def close(self) -> None:
        """Tell systemd that the program ends."""
        self.notifier.tell(STOPPING="1")
        self.notifier.close()

    @property
    def lives(self) -> bool:
        """Whether going on is better than a restart."""
        return not self._hung or self.session.state.position.name != "idle"

    def _look(self, now_s: float) -> None:
        """Report ears that hang like lost ones, and their return."""
        alive_at_s = self.alive_at_s()
        hung = alive_at_s is not None and now_s - alive_at_s > HUNG_S
        if hung == self._hung:
            return
        self._hung = hung
        what = DeviceLost(now_s, _MICROPHONE) if hung else DeviceBack(now_s, _MICROPHONE)
        self.session.post(Posted(None, what))

    def _feed(self, now_s: float) -> None:
        every_s = self.notifier.watchdog_s / _SHARE
        if every_s and self.lives and (self._fed_at_s is None or now_s - self._fed_at_s >= every_s):
            self._fed_at_s = now_s
            self.notifier.tell(WATCHDOG="1")

    def _said(self) -> str:
        """Status text for systemd, which anybody on the machine may read: nothing about a family."""
        view = self.screen.view
        at = "Waiting for somebody" if self.session.state.position.name == "idle" else "Somebody is here"
        faults = [
            f"{name} {state}"
            for name, state in ((_MICROPHONE, view.microphone), ("loudspeaker", view.loudspeaker))
            if state in ("lost", "missing")
        ]
        return f"{at}; {', '.join(faults)}: it works by touch." if faults else f"{at}."
