"""The page's server: on the loopback interface only, in a thread of its own beside the session's."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import secrets
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from voice_backcare.kiosk.errors import PageGone
from voice_backcare.kiosk.web.event_stream import Watchers
from voice_backcare.kiosk.web.http_protocol import HttpProtocol
from voice_backcare.kiosk.web.painted import Painted
from voice_backcare.kiosk.web.security import BODY_MOST_BYTES, Guard, names_of
from voice_backcare.system.errors import PortTaken

PAGE = Path(__file__).parent / "page"
_START_S = 10.0
_SEND_BUFFER_BYTES = 65_536
_BACKLOG = 256
_KEYS = {"run", "turn", "meaning"}
_STATUS = {"taken": 200, "stale": 409, "bounced": 409, "unknown": 400}


Press = Callable[[str, int], str]


class PageServer:
    """Serves the page, its events and its presses; ``press`` is called with a meaning and the turn it belongs to."""

    def __init__(self, snapshot: Callable[[], dict[str, Any]], press: Press, port: int) -> None:
        self.run = secrets.token_hex(8)
        self.watchers = Watchers(self.run, snapshot)
        self._press = press
        self._sockets = listening_sockets(port)
        self.port: int = self._sockets[0].getsockname()[1]
        config = uvicorn.Config(
            Guard(self._application(), names_of(self.port)),
            http=HttpProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=16_384,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a hostile request is no news
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)
        self._started = threading.Event()

    @property
    def url(self) -> str:
        """Address of the page on this machine."""
        return f"http://127.0.0.1:{self.port}/"

    def check(self) -> None:
        """``PageGone`` where nothing is served any more: whoever started the program should start it again."""
        if not self._thread.is_alive():
            raise PageGone("The page is not served any more. Start the program again.")

    def start(self) -> None:
        """Returns when the page can be opened."""
        self._thread.start()
        if not self._started.wait(_START_S):
            raise PortTaken("The page could not be served. Start the program again.")

    def close(self) -> None:
        """Let go of every screen, and end."""
        self.watchers.end()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(5)
        for each in self._sockets:
            each.close()

    # --- the thread ------------------------------------------------------------------------

    def _serve(self) -> None:
        asyncio.run(self._serve_here())

    async def _serve_here(self) -> None:
        loop = asyncio.get_running_loop()
        self.watchers.attach(loop)
        loop.call_soon(self._started.set)
        await self._server.serve(sockets=self._sockets)

    def _application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/press", self._pressed, methods=["POST"]),
                Route("/events", self.watchers),
                Route("/painted", Painted().__call__, methods=["GET", "POST"]),
                Mount("/", StaticFiles(directory=PAGE, html=True)),
            ]
        )

    async def _pressed(self, request: Request) -> JSONResponse:
        body = bytearray()
        try:
            async for piece in request.stream():
                body += piece
                if len(body) > BODY_MOST_BYTES:
                    return _refusal(413, "A press is no longer than that.")
        except ClientDisconnect:
            return _refusal(400, "The press was cut off.")
        press = read_press(bytes(body))
        if press is None:
            return _refusal(400, "A press is an object of run, turn and meaning.")
        run, turn, meaning = press
        came_to = "stale" if run != self.run else self._press(meaning, turn)
        return JSONResponse({"press": came_to}, _STATUS[came_to])


def _refusal(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status, {"connection": "close"})


def read_press(body: bytes) -> tuple[str, int, str] | None:
    """Run, turn and meaning of a press; None where ``body`` is anything else."""
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.keys() != _KEYS:
        return None
    run, turn, meaning = values["run"], values["turn"], values["meaning"]
    if not (isinstance(run, str) and isinstance(meaning, str) and type(turn) is int):
        return None
    return run, turn, meaning


def listening_sockets(port: int) -> list[socket.socket]:
    """127.0.0.1, and [::1] where the machine has it; 0 takes any free port. ``PortTaken`` where one is in use."""
    first = _listening(socket.AF_INET, "127.0.0.1", port)
    assert first is not None
    found = [first]
    try:
        second = _listening(socket.AF_INET6, "::1", first.getsockname()[1])
    except PortTaken:
        first.close()
        raise
    return found + ([second] if second else [])


def _listening(family: socket.AddressFamily, address: str, port: int) -> socket.socket | None:
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRNOTAVAIL and family == socket.AF_INET6:
            return None
        reason = "in use" if error.errno == errno.EADDRINUSE else str(error.strerror).lower()
        raise PortTaken(f"Port {port} is {reason}. Choose another one with --port.") from error
    return sock
