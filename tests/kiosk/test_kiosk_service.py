"""What the service manager is told, on a real socket; when the watchdog is fed, and when it must not be."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from audio_rig import Rig
from kiosk_process import kiosk, silence
from scenes import SCENES
from wall import Wall, wait_for

from voice_backcare.kiosk.log_throttle import SELDOM_S, Seldom
from voice_backcare.kiosk.watchdog import HUNG_S, Notifier, Service

_WATCHDOG_S = 4.0


class Manager:
    """A service manager's end of the socket; ``said`` is all that it was told so far."""

    def __init__(self, address: str) -> None:
        self.environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(round(_WATCHDOG_S * 1e6))}
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._said: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)  # the kernel holds only a few for it
        self._thread.start()

    def _listen(self) -> None:
        while text := self.socket.recv(4096).decode():
            self._said += text.splitlines()

    @property
    def said(self) -> list[str]:
        """All that was sent up to now."""
        mark = f"mark {time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(mark.encode(), self.socket.getsockname())
        while mark not in self._said:
            time.sleep(0.001)
        return [line for line in self._said if not line.startswith("mark")]

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.sendto(b"", self.socket.getsockname())
        self._thread.join(5)
        self.socket.close()

    @property
    def fed(self) -> int:
        return self.said.count("WATCHDOG=1")

    @property
    def status(self) -> str:
        return [line for line in self.said if line.startswith("STATUS=")][-1].removeprefix("STATUS=")


@contextmanager
def managed(address: str) -> Iterator[Manager]:
    manager = Manager(address)
    try:
        yield manager
    finally:
        manager.close()


class Bench:
    """A kiosk on a wall, its service, and ears whose signs of life a test gives."""

    def __init__(self, manager: Manager, *, microphone: bool = True) -> None:
        self.wall = Wall(microphone=microphone)
        self.alive = microphone
        self._alive_at_s = self.wall.clock.now_s()
        self.service = Service(
            self.wall.session,
            self.wall.screen,
            self.wall.clock,
            self._sign if microphone else lambda: None,
            Notifier(dict(manager.environment)),
        )
        self.wall.attendant.beat = self.service.beat
        self.wall.pump()

    def _sign(self) -> float:
        if self.alive:
            self._alive_at_s = self.wall.clock.now_s()
        return self._alive_at_s


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    with managed(str(tmp_path / "notify")) as running:
        yield running


def test_ready_once_and_fed_while_it_turns(manager: Manager) -> None:
    """READY with the first turn of the loop, and food at a quarter of the watchdog's time, not at every turn."""
    bench = Bench(manager)
    assert manager.said[0] == "READY=1" and manager.status == "Waiting for somebody."
    bench.wall.pass_time(60)
    assert manager.said.count("READY=1") == 1
    assert 55 <= manager.fed <= 61
    bench.wall.press("start")
    assert manager.status == "Somebody is here."
    bench.service.close()
    assert manager.said[-1] == "STOPPING=1"


def test_a_loop_that_stands_is_not_fed(manager: Manager) -> None:
    """Nothing but the loop's own turn feeds: no timer, no other thread."""
    bench = Bench(manager)
    before = manager.fed
    bench.wall.clock.advance(600)
    assert manager.fed == before


def test_without_a_microphone_it_is_fed_for_ever(manager: Manager) -> None:
    """A machine that never had one is not started again and again; the status says by what it works."""
    bench = Bench(manager, microphone=False)
    bench.wall.pass_time(600)
    assert manager.fed > 500
    assert manager.status == "Waiting for somebody; microphone missing: it works by touch."


def test_ears_that_hang_where_nobody_is(manager: Manager) -> None:
    """No frame and no attempt to have one: only a new start helps, so it is not fed any more."""
    bench = Bench(manager)
    bench.alive = False
    bench.wall.pass_time(HUNG_S - 1)
    fed = manager.fed
    assert fed > HUNG_S - 5
    bench.wall.pass_time(60)
    assert manager.fed <= fed + 2


def test_ears_that_hang_while_somebody_is_there(manager: Manager) -> None:
    """The screen says so, the conversation goes on by touch, and only after it there is no more food."""
    bench = Bench(manager)
    SCENES["question"](bench.wall)
    bench.alive = False
    bench.wall.pass_time(HUNG_S + 5)
    assert bench.wall.seen["microphone"] == "lost"
    assert any("911" in notice["text"] for notice in bench.wall.seen["notices"])
    fed, asked = manager.fed, bench.wall.seen["id"]
    bench.wall.press("continue")
    bench.wall.press("no")
    bench.wall.pass_time(3)
    assert bench.wall.seen["id"] != asked and manager.fed > fed
    bench.wall.press("emergency")
    bench.wall.press("close_911")
    assert bench.wall.session.state.position.name == "idle"
    fed = manager.fed
    bench.wall.pass_time(60)
    assert manager.fed <= fed + 1


def test_ears_that_come_back(manager: Manager) -> None:
    """They are used again, without a new start."""
    bench = Bench(manager)
    SCENES["question"](bench.wall)
    bench.alive = False
    bench.wall.pass_time(HUNG_S + 5)
    bench.alive = True
    bench.wall.pass_time(3)
    assert bench.wall.seen["microphone"] == "on"
    fed = manager.fed
    bench.wall.pass_time(10)
    assert manager.fed > fed


def test_an_abstract_socket() -> None:
    """An address that begins with @ is one without a file."""
    with managed(f"@vbc-notify-{os.getpid()}") as manager:
        Notifier(dict(manager.environment)).tell(READY="1", STATUS="Well")
        assert manager.said == ["READY=1", "STATUS=Well"]


@pytest.mark.parametrize(
    "environment",
    [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}, {"NOTIFY_SOCKET": "vsock:1:2"}, {"NOTIFY_SOCKET": "@" + "x" * 300}],
)
def test_no_manager_is_no_fault(environment: dict[str, str]) -> None:
    """Started by hand, or told a nonsense address, it says nothing to nobody."""
    notifier = Notifier(dict(environment))
    notifier.tell(READY="1")
    notifier.close()
    notifier.tell(STOPPING="1")
    assert notifier.watchdog_s == 0.0


@pytest.mark.parametrize(("usec", "pid", "seconds"), [("30000000", "", 30.0), ("soon", "", 0.0), ("5000000", "1", 0.0)])
def test_whose_watchdog_it_is(usec: str, pid: str, seconds: float) -> None:
    """Nonsense is none, and so is another process's; what was there is taken away from the children."""
    environment = {"WATCHDOG_USEC": usec, "WATCHDOG_PID": pid, "NOTIFY_SOCKET": "/x", "PATH": "/bin"}
    assert Notifier(environment).watchdog_s == seconds
    assert environment == {"PATH": "/bin"}


def test_a_fault_that_lasts_does_not_fill_the_log() -> None:
    """Of a thousand messages of one kind in half an hour a handful are logged, and they tell of the others."""
    at_s, logged = 0.0, list[str]()

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append(record.getMessage())

    handler, log = Kept(), logging.getLogger("seldom")
    handler.addFilter(Seldom(now_s=lambda: at_s))
    log.addHandler(handler)
    log.propagate = False
    for number in range(1000):
        at_s = 2.0 * number
        log.warning("The loudspeaker failed: %s", number)
    log.warning("Something else")
    log.removeHandler(handler)
    each = round(SELDOM_S / 2)
    assert logged[:2] == [
        "The loudspeaker failed: 0",
        f"The loudspeaker failed: {each} ({each - 1} more like this before it)",
    ]
    assert len(logged) == 5


# --- the real program -----------------------------------------------------------------------


def test_the_program_tells_its_manager(manager: Manager, tmp_path: Path) -> None:
    """Started without sound: ready once the page is there, fed while nobody comes, and told when it stops."""
    with kiosk(silence(tmp_path) | manager.environment, tmp_path) as running:
        wait_for(lambda: "READY=1" in manager.said)
        running.until(screen="idle")
        fed = manager.fed
        wait_for(lambda: manager.fed >= fed + 3)
        assert "microphone missing" in manager.status
        assert running.stop() == 130
    assert manager.said[-1] == "STOPPING=1"


def test_a_stalled_microphone_is_had_back_by_the_program(manager: Manager, rig: Rig, tmp_path: Path) -> None:
    """While it delivers nothing the screen says so with 911 advice and its buttons work, the watchdog is fed, and it
    is used again when it delivers."""
    with kiosk(rig.environment | manager.environment, tmp_path) as running:
        running.until(screen="idle", microphone="on", voice="listening")
        assert running.press("start") == 200
        running.until(id="E1")
        rig.microphone.freeze()
        try:
            running.until(microphone="lost")
            assert any("911" in notice["text"] for notice in running.state["notices"])
            fed = manager.fed
            running.answer("no", id="E2")
            wait_for(lambda: manager.fed >= fed + 2)
            assert "microphone lost" in manager.status
        finally:
            rig.microphone.thaw()
        running.until(microphone="on")
        running.answer("yes", screen="call_911")
        assert running.stop() == 130
