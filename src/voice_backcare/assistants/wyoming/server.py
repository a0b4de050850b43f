"""The command ``wyoming``: the conversation as a service for assistants that people already own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from voice_backcare.assistants.errors import BadAddress
from voice_backcare.assistants.wyoming.service import Service
from voice_backcare.assistants.wyoming.speech_to_text import Hear
from voice_backcare.session.factory import TurnCores
from voice_backcare.system.monotonic_clock import SystemClock

_SERVICE = "_wyoming._tcp.local."
_FILES = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """Network address to listen on."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False

    def __str__(self) -> str:
        return f"tcp://[{self.host}]:{self.port}" if ":" in self.host else f"tcp://{self.host}:{self.port}"


def address_in(uri: str, *, wider: bool, announced: bool) -> Address:
    """Address in ``uri``. Raises ``BadAddress`` where it is not valid, or reaches further than ``wider`` and
    ``announced`` allow.
    """
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = parts = None
    if parts is None or parts.scheme != "tcp" or not host or port is None:
        raise BadAddress(f"{uri} is no address to listen on. Write it like this: tcp://127.0.0.1:10911")
    address = Address(host, port)
    if not address.is_loopback and not wider:
        raise BadAddress(
            f"{uri} can be reached from other machines: nothing is encrypted, and there is no password. Whoever is on "
            "that network can talk to the program and listen to what is said of the child. If that is what you want, "
            "add --listen-wider."
        )
    if address.is_loopback and announced:
        raise BadAddress(f"{uri} can only be reached from this machine, so --zeroconf would call others in vain.")
    return address


def serve(
    shared: TurnCores, tell: Callable[[str], None], address: Address, *, hear: Hear | None, announced: bool
) -> None:
    """Serve until interrupted. ``hear``: None for texts only. Raises ``PortTaken`` where the address is in use."""
    _allow_files()
    asyncio.run(_serve(Service(shared, SystemClock(), hear), tell, address, announced=announced))
    raise KeyboardInterrupt  # nothing else ends it


def _allow_files() -> None:
    """Raise the limit of open files: every connection is one, and many systems begin with a thousand."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _serve(service: Service, tell: Callable[[str], None], address: Address, *, announced: bool) -> None:
    serving = asyncio.create_task(_served(service, tell, address, announced=announced))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # Handled between two events, so that everything is closed; raised inside one it could be swallowed.
        loop.add_signal_handler(name, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def _served(service: Service, tell: Callable[[str], None], address: Address, *, announced: bool) -> None:
    port = await service.start(address.host, address.port)
    async with contextlib.AsyncExitStack() as stack:
        if announced:
            await stack.enter_async_context(on_the_network(address.host, port, tell))
        tell(f"Listening on {Address(address.host, port)} (Ctrl-C ends the program)")
        await service.run()


@contextlib.asynccontextmanager
async def on_the_network(host: str, port: int, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Found by others through zeroconf; where there is no network, that is told, and nothing else changes."""
    import ifaddr
    from zeroconf import IPVersion, NonUniqueNameException
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

    anywhere = ipaddress.ip_address(host).is_unspecified if _is_ip(host) else False
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    addresses = [ip for ip in found if not ipaddress.ip_address(ip).is_loopback] if anywhere else [host]
    zeroconf = None
    try:
        if not addresses:
            raise OSError("this machine has no address on a network")
        zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=IPVersion.V4Only)
        await zeroconf.async_register_service(
            AsyncServiceInfo(
                _SERVICE,
                f"voice_backcare.{_SERVICE}",
                parsed_addresses=addresses,
                port=port,
                server=f"voice-backcare-{port}.local.",
            ),
            allow_name_change=True,
        )
    except (OSError, ValueError, NonUniqueNameException) as error:
        tell(f"The network is not told of the service: {error}. It can still be reached by its address.")
    try:
        yield
    finally:
        if zeroconf:
            await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
