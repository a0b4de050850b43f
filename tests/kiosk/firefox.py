"""Firefox as the system has it, driven by WebDriver BiDi (W3C): Playwright's own needs a build of its own.

Commands and their values are those of the specification (https://www.w3.org/TR/webdriver-bidi/).
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wall import wait_for
from websockets.sync.client import ClientConnection, connect

_ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)\n")
_ANSWER_S = 60.0
_PREFERENCES = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
"""


@dataclass
class FirefoxPage:
    """One page. ``faults``: what its console was told as an error."""

    socket: ClientConnection
    context: str = ""
    faults: list[str] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **values: Any) -> dict[str, Any]:
        """The command's result; ``AssertionError`` where it failed."""
        wanted = next(self._ids)
        self.socket.send(json.dumps({"id": wanted, "method": method, "params": values}))
        while True:
            message = json.loads(self.socket.recv(timeout=_ANSWER_S))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] == "error":
                self.faults.append(message["params"]["text"])
            if message.get("id") == wanted:
                assert message["type"] == "success", message
                result: dict[str, Any] = message["result"]
                return result

    def goto(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def size(self, width: int, height: int) -> None:
        self.send("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def evaluate(self, function: str, value: object = None) -> Any:
        """What ``function``, a function of JavaScript, makes of ``value``: both as JSON."""
        expression = f"(async () => JSON.stringify(await ({function})({json.dumps(value)}) ?? null))()"
        target = {"context": self.context}
        result = self.send("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def tap(self, selector: str) -> None:
        """Touch the middle of the first element that ``selector`` names."""
        where = """(selector) => { const box = document.querySelector(selector).getBoundingClientRect();
          return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]; }"""
        x, y = self.evaluate(where, selector)
        down_and_up = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        finger = {
            "type": "pointer",
            "id": "finger",
            "parameters": {"pointerType": "touch"},
            "actions": [{"type": "pointerMove", "x": x, "y": y}, *down_and_up],
        }
        self.send("input.performActions", context=self.context, actions=[finger])


@contextmanager
def firefox_page(program: str, folder: Path) -> Iterator[FirefoxPage]:
    """A page of ``program`` without a window; ``folder`` holds all that it writes."""
    (folder / "profile").mkdir()
    (folder / "profile" / "user.js").write_text(_PREFERENCES)
    options = ["--headless", "--no-remote", "--profile", str(folder / "profile"), "--remote-debugging-port", "0"]
    environment = os.environ | {"HOME": str(folder), "MOZ_HEADLESS": "1"}
    log = folder / "log"
    with (
        log.open("w") as told,
        subprocess.Popen([program, *options], env=environment, stdout=told, stderr=told) as process,
    ):
        try:
            wait_for(lambda: _ADDRESS.search(log.read_text()) is not None, within_s=_ANSWER_S)
            address = _ADDRESS.search(log.read_text())
            assert address
            with connect(f"{address[1]}/session", max_size=None) as socket:
                yield FirefoxPage(socket)
        finally:
            process.terminate()
            process.wait(20)
