"""A real `hass` on a folder of its own, and its REST and WebSocket API as a person's browser uses them."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

START_S = 300.0
CLIENT_ID = "http://127.0.0.1/"
CONFIGURATION = """\
homeassistant:
  name: A house
  internal_url: http://127.0.0.1:{port}
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
onboarding:
config:
conversation:
assist_pipeline:
diagnostics:
logger:
  default: warning
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Hass:
    """What a person does with it: sets it up, adds the integration, talks. Sentences come as they would be spoken."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url = url
        self._client = client
        self._number = 0

    async def onboard(self) -> None:
        """The first person of a new house, and a token of theirs."""
        who = {"client_id": CLIENT_ID, "name": "A", "username": "a", "password": "secret-word", "language": "en"}
        code = (await self.post("/api/onboarding/users", who))["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT_ID}
        async with self._client.post(f"{self._url}/auth/token", data=form) as answer:
            answer.raise_for_status()
            self._token = (await answer.json())["access_token"]
        self._client.headers["Authorization"] = f"Bearer {self._token}"

    async def post(self, path: str, data: dict[str, Any]) -> Any:
        async with self._client.post(self._url + path, json=data) as answer:
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json()

    async def get(self, path: str) -> Any:
        async with self._client.get(self._url + path) as answer:
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json()

    async def add(self, handler: str, *answers: dict[str, Any]) -> list[dict[str, Any]]:
        """Goes through a config flow; what it showed after each answer."""
        shown = await self.post("/api/config/config_entries/flow", {"handler": handler})
        steps = []
        for answer in answers:
            shown = await self.post(f"/api/config/config_entries/flow/{shown['flow_id']}", answer)
            steps.append(shown)
        return steps

    async def call(
        self, command: dict[str, Any], *, until: str = "result", refused: bool = False
    ) -> list[dict[str, Any]]:
        """One WebSocket command on a connection of its own; every event up to ``until``. ``refused``: it may be."""
        async with self._client.ws_connect(f"{self._url}/api/websocket") as ws:
            await ws.receive_json()
            await ws.send_json({"type": "auth", "access_token": self._token})
            assert (await ws.receive_json())["type"] == "auth_ok"
            self._number += 1
            await ws.send_json({"id": self._number, **command})
            events = []
            while True:
                told = await ws.receive_json(timeout=60)
                if refused and not told.get("success", True):
                    return []
                assert told.get("success", True), told
                events.append(told)
                if until in (told["type"], told.get("event", {}).get("type")):
                    return events


@asynccontextmanager
async def hass(config: Path, checkout: Path) -> AsyncIterator[Hass]:
    """Started on a new folder with the integration copied in as HACS does it, and stopped in the end."""
    port = free_port()
    config.mkdir(parents=True)
    (config / "configuration.yaml").write_text(CONFIGURATION.format(port=port), encoding="utf-8")
    shutil.copytree(checkout / "custom_components", config / "custom_components")
    with (config / "output.log").open("w") as log:
        process = subprocess.Popen(["hass", "-c", str(config)], stdout=log, stderr=subprocess.STDOUT)
    try:
        async with aiohttp.ClientSession() as client:
            url = f"http://127.0.0.1:{port}"
            await _started(url, client, process)
            yield Hass(url, client)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 60)
        except subprocess.TimeoutExpired:
            process.kill()


async def _started(url: str, client: aiohttp.ClientSession, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + START_S
    while True:
        try:
            async with client.get(f"{url}/api/onboarding") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        assert process.poll() is None, "hass ended by itself; see output.log in its folder"
        assert time.monotonic() < deadline_s, "hass did not start in time; see output.log in its folder"
        await asyncio.sleep(0.5)
