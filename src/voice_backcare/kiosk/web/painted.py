"""Whether a screen really shows the page: the page tells when it was painted, and ``/painted`` says how long ago.

A connection that stands proves little: a browser that hangs, or a compositor that draws nothing, keeps it open.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse


class Painted:
    """The endpoint ``/painted``. POST: a page was painted just now. GET: ``{"painted_s_ago": seconds or null}``."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._at_s: float | None = None

    async def __call__(self, request: Request) -> JSONResponse:
        """Note that the page was painted (POST), and answer how long ago that was, in seconds."""
        if request.method == "POST":
            self._at_s = self._now_s()
        ago_s = None if self._at_s is None else round(self._now_s() - self._at_s, 1)
        return JSONResponse({"painted_s_ago": ago_s})
