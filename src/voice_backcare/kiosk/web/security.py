"""What stands before every page and every press: only this machine's own page may come in, and only with little."""

from __future__ import annotations

import json
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MOST_BYTES = 512
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cache-control": "no-store",
    }.items()
)
_OURS = (b"same-origin", b"none")


def names_of(port: int) -> frozenset[str]:
    """What a request may call this server: a name of elsewhere that points here is DNS rebinding."""
    hosts = [f"{host}:{port}" for host in ("127.0.0.1", "[::1]", "localhost")]
    return frozenset(hosts + (["127.0.0.1", "[::1]", "localhost"] if port == 80 else []))


class Guard:
    """Refuses what does not come from a page of ours; puts the same strict headers on every answer."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = {name.encode() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with the security headers, or refuse it (ASGI)."""
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        refused = self._refused(scope["method"], scope["headers"])
        if refused is None:
            await self._app(scope, receive, guarded)
            return
        status, sentence = refused
        body = json.dumps({"error": sentence}).encode()
        headers = [(b"content-type", b"application/json")]
        if status == 413:  # what is small is read to its end, so that the answer is not lost on its way
            headers.append((b"connection", b"close"))
        await guarded({"type": "http.response.start", "status": status, "headers": headers})
        await guarded({"type": "http.response.body", "body": body})

    def _refused(self, method: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        """The status and the reason; None where the request may go on."""

        def values(name: bytes) -> list[bytes]:
            return [value for key, value in headers if key == name]

        hosts, origins, sites = values(b"host"), values(b"origin"), values(b"sec-fetch-site")
        if len(hosts) != 1 or hosts[0].lower() not in self._names:
            return 421, "This address is not served here."
        if any(site not in _OURS for site in sites):
            return 403, "Only the page itself may ask for this."
        own = b"http://" + hosts[0].lower()
        if any(origin.lower() != own for origin in origins):
            return 403, "Only the page itself may ask for this."
        if method not in ("GET", "HEAD", "POST"):
            return 405, "This method is not served here."
        if method == "POST":
            return self._refused_post(len(origins), values(b"content-type"), values(b"content-length"))
        return None

    @staticmethod
    def _refused_post(origins: int, types: list[bytes], lengths: list[bytes]) -> tuple[int, str] | None:
        if origins != 1:
            return 403, "Only the page itself may press."
        if len(types) != 1 or types[0].split(b";")[0].strip().lower() != b"application/json":
            return 415, "A press is sent as JSON."
        if lengths and (not lengths[0].isdigit() or int(lengths[0]) > BODY_MOST_BYTES):
            return 413, "A press is no longer than that."
        return None
