"""Advice on the microphone's level, and the settings of the machine, as ``talk`` and ``kiosk`` both use them."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.machine import MachineSettings
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.events import Line, NoInput, NoMatch
from voice_backcare.session.ports import Clock
from voice_backcare.settings.schema import Settings

_ADVICE_AGAIN_S = 90.0  # not to give the same advice at every question


@dataclass
class LevelAdvice:
    """Advice on why an answer may have been missed, by the level at the microphone: muted, too quiet, distorted. The
    same advice is given at most once in 90 s.
    """

    levels: LevelWatch
    prompts: Prompts
    clock: Clock
    _given: dict[str, float] = field(default_factory=dict)

    def __call__(self, event: NoInput | NoMatch) -> tuple[Line, ...]:
        """Lines that say what is wrong with the level at the microphone; none where nothing is, or where it was said
        lately.
        """
        fault = self.levels.fault(speech=isinstance(event, NoMatch))
        now_s = self.clock.now_s()
        if fault is None or now_s - self._given.get(fault, -_ADVICE_AGAIN_S) < _ADVICE_AGAIN_S:
            return ()
        self._given[fault] = now_s
        return self.prompts.lines(f"microphone_{fault}")


def machine_settings(settings: Settings) -> MachineSettings:
    """The part of ``settings`` that is about this machine's sound."""
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
        barge_in=settings.barge_in,
    )
