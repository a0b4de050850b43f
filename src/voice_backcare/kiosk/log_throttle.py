"""Log filter that keeps a lasting fault from filling the log: the same message at most once in ten minutes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SELDOM_S = 600.0


class Seldom(logging.Filter):
    """Filter that passes a message once in ``every_s``, whatever its arguments; the next one says how many were left
    out.
    """

    def __init__(self, every_s: float = SELDOM_S, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._now_s = now_s
        self._passed: dict[tuple[str, str], tuple[float | None, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether ``record`` is logged."""
        key, now_s = (record.name, str(record.msg)), self._now_s()
        passed_s, left_out = self._passed.get(key, (None, 0))
        if passed_s is not None and now_s - passed_s < self._every_s:
            self._passed[key] = passed_s, left_out + 1
            return False
        self._passed[key] = now_s, 0
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({left_out} more like this before it)", ()
        return True


def bound_the_log() -> None:
    """Add the filter to the log of this process, unless somebody set up another log."""
    if logging.lastResort and not any(isinstance(one, Seldom) for one in logging.lastResort.filters):
        logging.lastResort.addFilter(Seldom())
