"""Countdown of the phase of ice or heat that runs, as text for a terminal (C3)."""

from __future__ import annotations

import math

from voice_backcare.core.events import Phase


def countdown(phase: Phase, now_s: float) -> str:
    """Text such as "Ice on, 14:30 left" at ``now_s``, seconds on the session's clock; never below 0:00."""
    minutes, seconds = divmod(math.ceil(max(0.0, phase.ends_s - now_s)), 60)
    return f"{phase.pack.capitalize()} {'on' if phase.on else 'off'}, {minutes}:{seconds:02d} left"
