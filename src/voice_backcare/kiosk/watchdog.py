"""What systemd is told: ready, what it is at, and, while audio really flows, that the program lives (sd_notify)."""

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

HUNG_S = 20.0  # longer than a slow machine takes to load the model, or than a device takes to fail
_PATIENCE_S = 0.5
_SHARE = 4  # of the watchdog's time: so often it is fed
_MICROPHONE = "microphone"


class Notifier:
    """The socket of the service manager. Where there is none, or nobody reads it, nothing happens: raises nothing.

    It is taken out of ``environment``, so that no child of the program speaks for it.
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
                self._socket.settimeout(_PATIENCE_S)  # a manager that is busy reads it a little later

    def tell(self, **values: str) -> bool:
        """For example ``STATUS="Waiting"``; False where there is a manager that could not be told just now."""
        if self._socket:
            text = "\n".join(f"{name}={value}" for name, value in values.items())
            try:
                self._socket.sendto(text.encode(), self._address)
            except OSError:
                return False
        return True

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None


@dataclass
class Service:
    """``beat`` comes from the session's thread only: a loop that stands still is not alive.

    The watchdog is fed while the microphone delivers, and also

    - where there is no microphone: touch is all there is, and starting again would find none;
    - while the program itself tries to have a lost or stalled one back, which the screen says;
    - while ears that hang for good are told on the screen, and somebody is in a conversation that goes on by touch.

    So what ends the program is a loop that hangs, or ears that hang while nobody is there. ``alive_at_s`` is their
    last sign of life, on the session's clock; None: there are none.
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
        """At least every second while the loop turns."""
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
        self.notifier.tell(STOPPING="1")
        self.notifier.close()

    @property
    def lives(self) -> bool:
        """Whether going on serves somebody better than starting again."""
        return not self._hung or self.session.state.position.name != "idle"

    def _look(self, now_s: float) -> None:
        """Ears that hang are as good as lost, and are told like that; they may come back all the same."""
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
        """Nothing of a family: anybody on the machine may read it."""
        view = self.screen.view
        at = "Waiting for somebody" if self.session.state.position.name == "idle" else "Somebody is here"
        faults = [
            f"{name} {state}"
            for name, state in ((_MICROPHONE, view.microphone), ("loudspeaker", view.loudspeaker))
            if state in ("lost", "missing")
        ]
        return f"{at}; {', '.join(faults)}: it works by touch." if faults else f"{at}."
