"""The date and the time of day, where this machine knows them."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_CLOCKS = Path("/sys/class/rtc")
_OLDEST = datetime(2026, 1, 1, tzinfo=UTC)  # a machine that lost its clock starts years before this program was made
_TIMEX_BYTES = 512  # more than the kernel's struct timex needs; all zero asks and changes nothing
_TIME_ERROR = 5


def now() -> datetime | None:
    """With the offset from UTC; None where the clock was never set: no battery clock, and not set by a network."""
    moment = datetime.now(UTC).astimezone()
    if moment < _OLDEST:
        return None
    return moment if _has_battery_clock() or _is_synchronised() else None


def _has_battery_clock(clocks: Path = _CLOCKS) -> bool:
    """A machine without one has the folder, but empty; without the folder it is a container, with its host's clock."""
    if not clocks.is_dir():
        return True
    with suppress(OSError):
        return any(clocks.iterdir())
    return False


def _is_synchronised() -> bool:
    """What the kernel says: set by a network, and not long ago."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        state: int = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return os.name != "posix"
    return 0 <= state < _TIME_ERROR
