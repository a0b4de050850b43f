"""The real service on a clock that runs faster, so that an hour of ice can be heard in a minute.

Run on the machine's own Python: ``hurried_service.py PORT TIMES``.
"""

from __future__ import annotations

import asyncio
import sys
import time

from voice_backcare.assistants.wyoming.service import Service
from voice_backcare.session.factory import build_turn_cores


class HurriedClock:
    """Implements ``ports.Clock``."""

    def __init__(self, times: float) -> None:
        self._times = times

    def now_s(self) -> float:
        return time.monotonic() * self._times


async def main(port: int, times: float) -> None:
    service = Service(build_turn_cores(), HurriedClock(times))
    await service.start("127.0.0.1", port)
    await service.run()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
