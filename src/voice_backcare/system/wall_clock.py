"""Date and time of day, on machines that know them."""

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
    """Present date and time with the offset from UTC; None where the clock was never set, by a battery clock or by a
    network.
    """
    moment = datetime.now(UTC).astimezone()
    if moment < _OLDEST:
        return None
    return moment if _has_battery_clock() or _is_synchronised() else None


def _has_battery_clock(clocks: Path = _CLOCKS) -> bool:
    """Whether a clock runs while the machine is off. A machine without one has an empty folder ``clocks``; a container
    has no such folder, and the clock of its host.
    """
    if not clocks.is_dir():
        return True
    with suppress(OSError):
        return any(clocks.iterdir())
    return False


def _is_synchronised() -> bool:
    """Whether the kernel says that the clock was set by a network not long ago."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        state: int = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return os.name != "posix"
    return 0 <= state < _TIME_ERROR
