"""The volume of the sound card itself, which silences everything where it is muted or at zero.

It is read and set with ALSA's ``amixer``, which reaches PulseAudio and PipeWire too where that is ALSA's default.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

LEAST_PERCENT = 40  # on amixer's perceptual scale (-M); a quieter voice may not be heard in a room
RAISED_PERCENT = 70
_IN_THE_WAY = {"Master", "PCM", "Speaker", "Headphone", "HDMI", "Digital", "Line Out", "Lineout", "Front"}
_WITHIN_S = 2.0
_CARD = re.compile(r"\(hw:(\d+),")
_CONTROL = re.compile(r"^Simple mixer control '(.+)',(\d+)$")


@dataclass(frozen=True, slots=True)
class Control:
    """A mixer control that playback goes through. ``percent``: its volume on amixer's scale; ``on``: whether it is not
    muted; None where it has no such thing.
    """

    name: str
    number: int
    percent: int | None
    on: bool | None

    def is_below(self, percent: int) -> bool:
        """Whether the control is muted or quieter than ``percent``."""
        return self.on is False or (self.percent is not None and self.percent < percent)


def parse(text: str) -> Iterator[Control]:
    """Playback controls in the output of ``amixer scontents``; of several channels the loudest counts."""
    for block in re.split(r"\n(?=Simple mixer control )", text):
        lines = block.splitlines()
        found = _CONTROL.match(lines[0]) if lines else None
        if not found or found[1] not in _IN_THE_WAY:
            continue
        played = [line for line in lines[1:] if "Playback" in line and "[" in line]
        percents = [int(each) for line in played for each in re.findall(r"\[(\d+)%\]", line)]
        switches = [each == "on" for line in played for each in re.findall(r"\[(on|off)\]", line)]
        if played:
            yield Control(found[1], int(found[2]), max(percents, default=None), any(switches) if switches else None)


def controls(device: str) -> tuple[Control, ...]:
    """Playback controls of the card of ``device``, a name as PortAudio gives it; none where they cannot be read."""
    return tuple(parse(_amixer(device, "scontents")))


def is_silent(device: str) -> bool:
    """Whether a control of the card is muted or at zero."""
    return any(control.is_below(1) for control in controls(device))


def raise_low(device: str) -> tuple[str, ...]:
    """Unmute, and raise to ``RAISED_PERCENT``, every control that is muted or below ``LEAST_PERCENT``. Returns the
    names of those controls; raises nothing.
    """
    low = [control for control in controls(device) if control.is_below(LEAST_PERCENT)]
    for control in low:
        wanted = [] if control.percent is None else [f"{max(control.percent, RAISED_PERCENT)}%"]
        wanted += [] if control.on is None else ["unmute"]
        _amixer(device, "sset", f"{control.name},{control.number}", *wanted)
    return tuple(control.name for control in low)


def _amixer(device: str, *arguments: str) -> str:
    found = _CARD.search(device)
    card = ["-c", found[1]] if found else []
    try:
        done = subprocess.run(
            ["amixer", "-M", *card, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WITHIN_S,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
