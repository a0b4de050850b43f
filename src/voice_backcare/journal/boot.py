"""Identity and age of the present boot, which tell how long the program was away (C6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Boot:
    """The present boot. ``id``: different after every start of the machine, "" where it is not known. ``now_s``: a
    clock that counts suspend.
    """

    id: str
    now_s: Callable[[], float]

    def since_s(self, boot_id: str, boot_s: float) -> float | None:
        """Seconds since the moment ``boot_s`` of the boot ``boot_id``; None where they cannot be known.

        A clock that is behind that moment belongs to another machine or container, whatever its id says.
        """
        now_s = self.now_s()
        return now_s - boot_s if self.id and self.id == boot_id and now_s >= boot_s else None


def this_boot(now_s: Callable[[], float] | None) -> Boot:
    """The present boot. ``now_s``: the boot clock; None where the system has none, and then no two moments are of the
    same boot.
    """
    if now_s is None:
        return Boot("", lambda: 0.0)
    try:
        return Boot(_BOOT_ID.read_text(encoding="ascii").strip(), now_s)
    except (OSError, UnicodeDecodeError):
        return Boot("", now_s)
