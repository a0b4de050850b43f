"""The monotonic clock of the running system: it counts suspend, never goes back, and is independent of the
wall clock.
"""

from __future__ import annotations

import time

# Linux only; elsewhere time spent in suspend is lost, which ``doctor`` says.
_BOOT_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def boot_clock_works() -> bool:
    """Whether this system has a clock that counts the time spent in suspend."""
    if _BOOT_CLOCK is None:
        return False
    try:
        time.clock_gettime(_BOOT_CLOCK)
    except OSError:
        return False
    return True


class SystemClock:
    """Implementation of ``ports.Clock``. ``offset_s`` seconds are added, to go on from where an interrupted session's
    clock was.
    """

    def __init__(self, offset_s: float = 0.0) -> None:
        self._clock = _BOOT_CLOCK if boot_clock_works() else None
        self._offset_s = offset_s

    def now_s(self) -> float:
        """Seconds since the boot, plus the offset."""
        return self._offset_s + (time.monotonic() if self._clock is None else time.clock_gettime(self._clock))
