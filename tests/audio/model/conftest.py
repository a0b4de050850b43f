"""A small model, its sources, and no way to the real ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from tiny_model import CONTENT, Handler, Site, pack, packed, sha256

from voice_backcare.audio.model import store as speech_model
from voice_backcare.audio.model.table import Model, ModelFile


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    served = Site(pack(tmp_path / "served.zip", "tiny/", CONTENT).read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"site": served}))
    served.address = f"http://127.0.0.1:{server.server_port}/tiny.zip"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_mvn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A search path without Maven; returns the folder to put one in."""
    commands = tmp_path / "commands"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    monkeypatch.delenv(speech_model.FOLDER_VARIABLE, raising=False)
    return commands


@pytest.fixture
def tiny(tmp_path: Path, site: Site) -> Model:
    """A model of three small files, its archive on the local site, its artifact beside it."""
    aar = pack(tmp_path / "tiny.aar", "assets/tiny/", CONTENT)
    return Model(
        name="tiny",
        archive=packed(tmp_path / "served.zip", site.address, "tiny/"),
        artifact=packed(aar, "com.example:tiny:1:aar", "assets/tiny/"),
        files=tuple(ModelFile(name, len(data), sha256(data)) for name, data in CONTENT.items()),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models" / "tiny"
