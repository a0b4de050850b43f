"""``voice-backcare wyoming`` as a person meets it: a real process, where it listens, and what it refuses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")

from wyoming.client import AsyncTcpClient
from wyoming_rig import run, turn

from voice_backcare.assistants.wyoming.server import BadAddress, address_in

COMMAND = [sys.executable, "-m", "voice_backcare", "wyoming"]


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command until it listens; what it has said by then."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Listening"):
                break
        yield process, said
    finally:
        process.kill()
        process.communicate()


def refused(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_it_serves_on_this_machine_until_it_is_stopped() -> None:
    """A port of the system's choice, one turn, and an end without a traceback."""
    with serving("--uri", "tcp://127.0.0.1:0", "--text-only", "--emergency-number", "112") as (process, said):
        found = re.search(r"tcp://127\.0\.0\.1:(\d+) ", said[-1])
        assert found

        async def scenario() -> None:
            async with AsyncTcpClient("127.0.0.1", int(found[1])) as client:
                assert str((await turn(client, "he fainted")).text).startswith("Call 112 now.")

        run(scenario())
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 130
        assert "Stopped." in errors and "Traceback" not in errors


def test_listening_wider_has_to_be_spelled_out() -> None:
    """Beyond this machine only with --listen-wider; the refusal says what that means."""
    for uri in ("tcp://0.0.0.0:10911", "tcp://192.168.1.5:10911", "tcp://[::]:10911", "tcp://kitchen.local:10911"):
        with pytest.raises(BadAddress, match=r"encrypted.*password.*--listen-wider"):
            address_in(uri, wider=False, announced=False)
        assert address_in(uri, wider=True, announced=True).port == 10911
    for uri in ("tcp://127.0.0.1:10911", "tcp://localhost:10911", "tcp://[::1]:10911", "tcp://127.8.9.1:0"):
        assert address_in(uri, wider=False, announced=False).is_loopback
    status, said = refused("--uri", "tcp://0.0.0.0:0", "--text-only")
    assert status == 2 and "--listen-wider" in said


@pytest.mark.parametrize(
    "uri", ["", "10911", "tcp://127.0.0.1", "http://127.0.0.1:1", "tcp://:1", "tcp://a:99999", "tcp://["]
)
def test_an_address_that_is_none_is_refused(uri: str) -> None:
    """With an example of one."""
    with pytest.raises(BadAddress, match=r"tcp://127\.0\.0\.1:10911"):
        address_in(uri, wider=True, announced=False)


def test_the_network_is_not_told_of_what_it_cannot_reach() -> None:
    """--zeroconf on this machine's own address would call others in vain."""
    with pytest.raises(BadAddress, match="--zeroconf"):
        address_in("tcp://127.0.0.1:10911", wider=False, announced=True)


def test_a_port_that_is_taken_gets_a_sentence() -> None:
    """And an exit status of its own."""
    with serving("--uri", "tcp://127.0.0.1:0", "--text-only") as (_, said):
        uri = said[-1].split()[2]
        status, errors = refused("--uri", uri, "--text-only")
        assert status == 17 and "--uri" in errors


def test_zeroconf_finds_the_service() -> None:
    """With --zeroconf, and only then, it is found under the name that Home Assistant looks for."""
    from zeroconf import IPVersion
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

    address = next((ip for ip in _addresses() if not ip.startswith("127.")), None)
    if address is None:
        pytest.skip("this machine has no network to be found on")

    async def found(port: int) -> bool:
        looking = AsyncZeroconf(interfaces=[address], ip_version=IPVersion.V4Only)
        try:
            info = AsyncServiceInfo("_wyoming._tcp.local.", "voice_backcare._wyoming._tcp.local.")
            return await info.async_request(looking.zeroconf, 3000) and info.port == port
        finally:
            await looking.async_close()

    with serving("--uri", f"tcp://{address}:0", "--listen-wider", "--zeroconf", "--text-only") as (_, said):
        if any("not told" in line for line in said):
            pytest.skip(said[0])
        assert run(found(int(said[-1].split()[2].rsplit(":", 1)[1])))


def _addresses() -> list[str]:
    import ifaddr

    return [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
