"""What ``talk`` and ``kiosk`` have in common at a machine: its settings, and advice where it hears badly."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.machine import MachineSettings
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.events import Line, NoInput, NoMatch
from voice_backcare.session.ports import Clock
from voice_backcare.settings.schema import Settings

_ADVICE_AGAIN_S = 90.0  # the same advice is not given at every question


@dataclass
class LevelAdvice:
    """Why an answer may have been missed, by how loud it was at the microphone; seldom the same twice."""

    levels: LevelWatch
    prompts: Prompts
    clock: Clock
    _given: dict[str, float] = field(default_factory=dict)

    def __call__(self, event: NoInput | NoMatch) -> tuple[Line, ...]:
        fault = self.levels.fault(speech=isinstance(event, NoMatch))
        now_s = self.clock.now_s()
        if fault is None or now_s - self._given.get(fault, -_ADVICE_AGAIN_S) < _ADVICE_AGAIN_S:
            return ()
        self._given[fault] = now_s
        return self.prompts.lines(f"microphone_{fault}")


def machine_settings(settings: Settings) -> MachineSettings:
    """What of the settings is the machine's."""
    return MachineSettings(
        microphone=settings.microphone,
        loudspeaker=settings.loudspeaker,
        recogniser=settings.recogniser,
        voice_engine=settings.voice_engine,
        voice=settings.voice,
        rate_wpm=settings.rate_wpm,
        gain_db=settings.volume_db,
        spelled=settings.personal.spelled,
        preroll_s=settings.preroll_s,
    )
