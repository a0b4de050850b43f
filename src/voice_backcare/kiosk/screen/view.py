"""What every screen shows, as one frozen value. Nothing here waits or decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_backcare.core.events import AskKind, Line, Phase

DeviceState = Literal["on", "muted", "missing", "lost"]

DANGER = "call_911"
OUTCOMES = ("call_911", "call_provider_now", "out_of_scope", "follow_up", "home_care", "incomplete")
SUMMARY = "summary_"
ADVICE = ("microphone_muted", "microphone_quiet", "microphone_clipped")  # why somebody was not understood
_STANDBYS = {"starting": "starting", "idle": "idle", "paused": "paused", "waiting": "waiting", "closing": "closing"}
STEP = "step_"
PACK_ON, PACK_OFF = "coach_on", "coach_off"
_OFF_HINT, _HELD_HINT = "coach_off_hint", "coach_held_hint"


@dataclass(frozen=True, slots=True)
class Told:
    """What was understood last; ``by`` is "voice", "touch", "noise" or "silence"."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A conversation that is over, until the screen forgets it."""

    outcome: str
    because: tuple[str, ...]
    clears_at_s: float


@dataclass(frozen=True, slots=True)
class View:
    """``speaking``: the lines are still being said. ``ears_open``: what is said now is heard.

    ``settings_fault``: what is wrong with the settings file, which is not used then. ``standing``: the disposition that
    the answers so far come to, or "". ``noted``: pairs of question id and answer, of every answer but a firm "no".
    """

    turn: int = 0
    kind: AskKind | None = "standby"
    id: str = "starting"
    lines: tuple[Line, ...] = ()
    attention: bool = False
    phase: Phase | None = None
    told: Told | None = None
    speaking: bool = False
    ears_open: bool = False
    too_loud: bool = False
    microphone: DeviceState = "on"
    loudspeaker: DeviceState = "on"
    ended: Ended | None = None
    settings_fault: str = ""
    standing: str = ""
    noted: tuple[tuple[str, str], ...] = ()

    @property
    def danger(self) -> bool:
        """Whether "call 911" stands: its words are among what is shown (D6)."""
        return any(line.id == DANGER for line in self.lines)

    @property
    def screen(self) -> str:
        """Which of the screens of ``layouts.toml`` this is."""
        if self.ended:
            return "finished_911" if self.ended.outcome == DANGER else "finished"
        if self.kind in ("question", "read_back", "offer", "confirmation", "check"):
            return self.kind
        if any(line.id.startswith(SUMMARY) for line in self.lines):
            return "summary_911" if self.danger else "summary"
        if self.danger:
            return "call_911"
        if self.id in (PACK_ON, PACK_OFF):
            return self._pack_screen()
        if self.id.startswith(STEP):
            return "home_care"
        return _STANDBYS.get(self.id, "outcome")

    def _pack_screen(self) -> str:
        """On; off at once, until somebody says so; off because it is held; or off until it goes on again."""
        if self.id == PACK_ON:
            return "pack_on"
        last = self.lines[-1].id if self.lines else ""
        return {_OFF_HINT: "pack_off", _HELD_HINT: "pack_held"}.get(last, "pack_resting")
