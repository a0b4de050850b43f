"""Hostile and clumsy requests against the real server: refused or absorbed, the conversation intact."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from wall import Wall, wait_for, wall

from voice_backcare.kiosk.errors import PageGone
from voice_backcare.kiosk.web import http_protocol
from voice_backcare.kiosk.web.event_stream import WATCHERS_MOST
from voice_backcare.kiosk.web.security import BODY_MOST_BYTES
from voice_backcare.kiosk.web.server import PageServer, read_press
from voice_backcare.system.errors import PortTaken


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Wall]:
    with wall(page=True) as running:
        yield running


@pytest.fixture(autouse=True)
def intact(kiosk: Wall) -> Iterator[None]:
    """Whatever was sent: the conversation is still at its second question afterwards, and takes an answer."""
    kiosk.on("E2", "E1")
    record = kiosk.session.state.record
    yield
    assert (kiosk.session.state.position.id, kiosk.session.state.record) == ("E2", record)
    wait_for(lambda: answered_no(kiosk))


def answered_no(kiosk: Wall) -> bool:
    """A reprompt may just have come: it takes no answer at first, and drops one that was on its way."""
    if kiosk.seen["id"] == "E2":
        kiosk.clock.advance(1.0)
        press(kiosk, "no")
    return bool(kiosk.seen["id"] == "E3")


def send(
    kiosk: Wall, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request, with just these headers beside the host that a browser would name."""
    client = http.client.HTTPConnection("127.0.0.1", kiosk.server.port, timeout=10)
    try:
        client.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {"Host": f"127.0.0.1:{kiosk.server.port}"} | (headers or {})
        if body is not None:
            given = {"Content-Length": str(len(body))} | given
        for name, value in given.items():
            if value:
                client.putheader(name, value)
        client.endheaders(body)
        answer = client.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        client.close()


def page_headers(kiosk: Wall) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{kiosk.server.port}", "Content-Type": "application/json"}


def press(kiosk: Wall, meaning: str, **other: object) -> tuple[int, dict[str, str], bytes]:
    headers = page_headers(kiosk)
    values = {"run": kiosk.server.run, "turn": kiosk.session.turn, "meaning": meaning} | other
    return send(kiosk, "POST", "/press", headers, json.dumps(values).encode())


@contextmanager
def watching(kiosk: Wall, host: str = "127.0.0.1") -> Iterator[Iterator[dict[str, Any]]]:
    """The states that a screen is sent."""
    client = http.client.HTTPConnection(host, kiosk.server.port, timeout=15)
    client.request("GET", "/events")
    answer = client.getresponse()
    assert answer.status == 200

    def states() -> Iterator[dict[str, Any]]:
        name = ""
        while line := answer.readline():
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: ") and name == "state":
                yield json.loads(line[6:])

    try:
        yield states()
    finally:
        answer.close()
        client.close()


# --- who may come in --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.2:{port}",
        "localhost.evil:{port}",
        "[::]:{port}",
    ],
)
@pytest.mark.parametrize("path", ["/", "/events", "/press"])
def test_a_wrong_host_is_refused(kiosk: Wall, host: str, path: str) -> None:
    """A name of elsewhere that leads here (DNS rebinding) gets nothing, whatever it asks for."""
    method = "POST" if path == "/press" else "GET"
    headers = {"Host": host.format(port=kiosk.server.port)}
    status, _, body = send(kiosk, method, path, headers, b"{}" if method == "POST" else None)
    assert status == 421
    assert b"E2" not in body


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://localhost:{port}", ""],
)
def test_a_press_from_another_site_is_refused(kiosk: Wall, origin: str) -> None:
    """A press must come from the page itself, by its very origin."""
    headers = page_headers(kiosk) | {"Origin": origin.format(port=kiosk.server.port)}
    values = {"run": kiosk.server.run, "turn": kiosk.session.turn, "meaning": "yes"}
    assert send(kiosk, "POST", "/press", headers, json.dumps(values).encode())[0] == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_look_on(kiosk: Wall, headers: dict[str, str]) -> None:
    """The events, which hold what a family said, are not given to another site's page."""
    assert send(kiosk, "GET", "/events", headers)[0] == 403


def test_a_form_cannot_press(kiosk: Wall) -> None:
    """What a plain HTML form can send is no press, even with the right origin."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = page_headers(kiosk) | {"Content-Type": kind}
        assert send(kiosk, "POST", "/press", headers, b"meaning=yes")[0] == 415


def test_only_this_machine_reaches_it(kiosk: Wall) -> None:
    """It listens on 127.0.0.1 and ::1, and on no other address of the machine."""
    addresses = {each.getsockname()[0] for each in kiosk.server._sockets}
    assert addresses <= {"127.0.0.1", "::1"}
    assert "127.0.0.1" in addresses


def test_both_loopback_addresses_serve(kiosk: Wall) -> None:
    """[::1] serves the same, by its own name and origin, where the machine has it."""
    if len(kiosk.server._sockets) == 1:
        pytest.skip("no IPv6 here")
    with watching(kiosk, "::1") as states:
        assert next(states)["id"] == "E2"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(kiosk: Wall, method: str) -> None:
    """Nothing but looking and pressing is served: no preflight is ever granted."""
    status, headers, _ = send(kiosk, method, "/press", page_headers(kiosk))
    assert status == 405
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/main.js", "/style.css", "/drawings.svg", "/nothing", "/events"])
def test_every_answer_is_strict(kiosk: Wall, path: str) -> None:
    """A policy without inline code and without other sites, no sniffing, no frames, no storing, no cookies."""
    client = http.client.HTTPConnection("127.0.0.1", kiosk.server.port, timeout=10)
    client.request("GET", path)
    headers = {name.lower(): value for name, value in client.getresponse().getheaders()}
    client.close()
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers and "server" not in headers


@pytest.mark.parametrize(
    "path", ["/../server.py", "/%2e%2e/server.py", "/..%2flayouts.toml", "//etc/passwd", "/page/", "/%00"]
)
def test_nothing_but_the_page_is_served(kiosk: Wall, path: str) -> None:
    """No path leads out of the page's folder."""
    assert send(kiosk, "GET", path)[0] in (400, 404)


# --- what may be sent -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"yes"',
        b"\xff\xfe",
        b"[" * 500,
        b'{"run":"x","turn":1}',
        b'{"run":"x","turn":"1","meaning":"yes"}',
        b'{"run":"x","turn":true,"meaning":"yes"}',
        b'{"run":"x","turn":1.5,"meaning":"yes"}',
        b'{"run":1,"turn":1,"meaning":"yes"}',
        b'{"run":"x","turn":1,"meaning":["yes"]}',
        b'{"run":"x","turn":1,"meaning":"yes","more":1}',
        b'{"run":"x","turn":NaN,"meaning":"yes"}',
    ],
)
def test_bad_json_is_refused(kiosk: Wall, body: bytes) -> None:
    """Whatever is no press is refused with a sentence, and is nothing to the conversation."""
    assert read_press(body) is None
    status, _, answer = send(kiosk, "POST", "/press", page_headers(kiosk), body)
    assert status == 400
    assert json.loads(answer)["error"].endswith(".")


def test_a_huge_body_is_refused_unread(kiosk: Wall) -> None:
    """A body that says how long it is gets no further than that."""
    headers = page_headers(kiosk) | {"Content-Length": str(10**9)}
    assert send(kiosk, "POST", "/press", headers)[0] == 413


@pytest.mark.parametrize("length", ["-1", "0x10", "1e9", "9" * 400])
def test_a_length_that_is_none_is_refused(kiosk: Wall, length: str) -> None:
    """A senseless Content-Length is a bad request."""
    assert send(kiosk, "POST", "/press", page_headers(kiosk) | {"Content-Length": length})[0] in (400, 413)


def test_a_body_without_an_end_is_cut_off(kiosk: Wall) -> None:
    """A chunked body is read no further than a press is long."""
    with socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10) as raw:
        head = f"POST /press HTTP/1.1\r\nHost: 127.0.0.1:{kiosk.server.port}\r\nTransfer-Encoding: chunked\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in page_headers(kiosk).items())
        raw.sendall(head.encode() + b"\r\n")
        raw.sendall(b"%x\r\n" % (4 * BODY_MOST_BYTES) + b" " * 4 * BODY_MOST_BYTES + b"\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_huge_headers_are_refused(kiosk: Wall) -> None:
    """Headers without an end are a bad request, not memory."""
    with socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 60_000)
        assert raw.recv(4096).startswith(b"HTTP/1.1 400")


def test_noise_instead_of_a_request_is_refused(kiosk: Wall) -> None:
    """Bytes that are no HTTP get a bad request."""
    with socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 400")


def test_a_websocket_is_not_served(kiosk: Wall) -> None:
    """An upgrade is not taken up."""
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    assert send(kiosk, "GET", "/", headers)[0] == 200


# --- presses ----------------------------------------------------------------------------------


def test_a_press_of_another_run_or_turn_is_stale(kiosk: Wall) -> None:
    """A page that was open before a restart, or that is a turn behind, presses nothing."""
    kiosk.clock.advance(1.0)
    assert press(kiosk, "yes", run="0" * 16)[0] == 409
    assert press(kiosk, "yes", turn=kiosk.session.turn - 1)[0] == 409
    assert press(kiosk, "yes", turn=10**30)[0] == 409
    assert press(kiosk, "fire")[0] == 400


def test_a_screen_that_comes_late_sees_the_truth(kiosk: Wall) -> None:
    """The first thing that any screen is sent is all that holds now, also after it was cut off."""
    for _ in range(3):
        with watching(kiosk) as states:
            first = next(states)
            assert (first["id"], first["turn"], first["run"]) == ("E2", kiosk.session.turn, kiosk.server.run)


def test_every_screen_sees_what_one_pressed(kiosk: Wall) -> None:
    """Several screens watch the same conversation."""
    with watching(kiosk) as one, watching(kiosk) as two:
        before = next(one), next(two)
        assert before[0] == before[1]
        kiosk.press("why")
        for states in (one, two):
            assert next(state for state in states if state["told"] and state["told"]["text"] == "Why?")


# --- crowds -----------------------------------------------------------------------------------


def test_two_hundred_connections_at_once(kiosk: Wall) -> None:
    """With two hundred watchers, of which as many stay as are allowed, a press still gets through."""
    with ExitStack() as stack:
        crowd = []
        for _ in range(200):
            raw = stack.enter_context(socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10))
            raw.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{kiosk.server.port}\r\n\r\n".encode())
            crowd.append(raw)
        answers = [raw.recv(12) for raw in crowd]
        assert answers.count(b"HTTP/1.1 200") == 200
        wait_for(lambda: kiosk.server.watchers.count == WATCHERS_MOST)
        kiosk.clock.advance(1.0)
        assert press(kiosk, "why")[0] == 200
        assert kiosk.server.watchers.count == WATCHERS_MOST  # the crowd is still there
    wait_for(lambda: kiosk.server.watchers.count == 0)


def test_a_page_that_is_loaded_again_is_never_shut_out(kiosk: Wall) -> None:
    """Beside as many watchers as are allowed a new one is told the truth, and the oldest has to go."""
    with ExitStack() as stack:
        first, *_ = [stack.enter_context(watching(kiosk)) for _ in range(WATCHERS_MOST)]
        assert next(first)["id"] == "E2"
        wait_for(lambda: kiosk.server.watchers.count == WATCHERS_MOST)
        newest = stack.enter_context(watching(kiosk))
        assert next(newest)["id"] == "E2"
        assert len(list(first)) < 100  # comes to its end
        assert kiosk.server.watchers.count == WATCHERS_MOST


def test_more_connections_than_are_allowed_are_cut(kiosk: Wall) -> None:
    """Idle connections beyond the bound are closed at once, and those below it do not stay either."""
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10))
            for _ in range(http_protocol.CONNECTIONS_MOST + 20)
        ]
        wait_for(lambda: len(kiosk.server._server.server_state.connections) <= http_protocol.CONNECTIONS_MOST)
        assert any(_closed(raw) for raw in crowd[-20:])


def _closed(raw: socket.socket) -> bool:
    raw.settimeout(2)
    try:
        return raw.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def test_a_slow_sender_is_cut_off(kiosk: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that never comes to its end holds its connection for a short while only."""
    monkeypatch.setattr(http_protocol, "REQUEST_S", 0.3)
    for beginning in (b"", b"GET / HT", b"POST /press HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{"):
        with socket.create_connection(("127.0.0.1", kiosk.server.port), timeout=10) as raw:
            raw.sendall(beginning)
            with suppress(ConnectionResetError):
                while raw.recv(4096):  # fails with a time-out if it is never cut
                    pass


def test_a_slow_reader_is_dropped(kiosk: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watcher that reads nothing is let go once its buffer is full; the others go on undisturbed."""
    monkeypatch.setattr(http_protocol, "UNREAD_S", 0.3)
    with socket.socket() as raw, watching(kiosk) as states:
        next(states)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", kiosk.server.port))
        raw.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{kiosk.server.port}\r\n\r\n".encode())
        wait_for(lambda: kiosk.server.watchers.count == 2)
        end_s = time.monotonic() + 20
        while kiosk.server.watchers.count == 2 and time.monotonic() < end_s:
            kiosk.server.watchers.changed()
            assert next(states)["id"] == "E2"
        assert kiosk.server.watchers.count == 1


def test_a_server_that_has_ended_is_noticed() -> None:
    """When the page is gone, the program ends with a sentence, so that what started it can start it again."""
    server = PageServer(dict, lambda meaning, turn: "taken", 0)
    server.start()
    server.check()
    server.close()
    with pytest.raises(PageGone):
        server.check()


# --- the port ---------------------------------------------------------------------------------


def test_a_port_in_use_is_a_sentence(kiosk: Wall) -> None:
    """A second kiosk on the same port says so, and which option helps."""
    with pytest.raises(PortTaken, match="--port"):
        PageServer(dict, lambda meaning, turn: "taken", kiosk.server.port)


def test_a_port_that_only_ipv6_has_in_use_is_refused(kiosk: Wall) -> None:
    """The same port on [::1] in other hands would be somebody else's page under our name."""
    try:
        other = socket.socket(socket.AF_INET6)
        other.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with other:
        other.listen()
        with pytest.raises(PortTaken, match="in use"):
            PageServer(dict, lambda meaning, turn: "taken", other.getsockname()[1])
