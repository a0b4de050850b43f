"""What the person set: read once, frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Units stand in the names; None means what the system takes by default."""

    microphone: str | None = None
    loudspeaker: str | None = None
    voice: str | None = None
    rate_wpm: int = 180
    give_up_s: float = 600.0
