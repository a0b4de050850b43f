"""The parts of this machine's sound that work: ears and mouth, one of them, or none."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from functools import partial

from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.input.ears import Meter, SpokenEars
from voice_backcare.audio.level_advice import LevelAdvice
from voice_backcare.audio.machine import MachineSettings, open_ears, open_machine, open_mouth
from voice_backcare.core.events import Line
from voice_backcare.core.grammar.matcher import Grammar
from voice_backcare.session.ports import Clock, Mouth, Post, SoundDevices

_WITHOUT = {  # whether it hears, whether it speaks
    (False, True): "So it speaks, and is answered by touch.",
    (True, False): "So it is read, and answered by voice or touch.",
    (False, False): "So it is read, and answered by touch.",
}


def open_sound_devices(
    chosen: MachineSettings,
    words: Grammar,
    post: Post,
    clock: Clock,
    meter: Meter,
    tell: Callable[[str], None],
    ahead: Iterable[Line],
    advice: LevelAdvice,
) -> SoundDevices:
    """Ears and mouth, or whichever of them works, for a place with a screen that can replace the other.

    ``words``: what is understood. ``meter``: called with the microphone's level. ``ahead``: lines that are said first,
    to be synthesised at once. ``tell``: called with one sentence about what is missing. Raises nothing where a device
    is missing.
    """
    try:
        machine = open_machine(post, clock, words, chosen, meter=meter)
    except SpeechError as error:
        tell(str(error))
    else:
        machine.mouth.prepare(ahead)
        advice.levels = machine.levels
        return SoundDevices(machine.ears, machine.mouth, machine.close, lambda: machine.ears.alive_at_s)
    ears: SpokenEars | None = None
    mouth: Mouth | None = None
    with contextlib.ExitStack() as undo:
        with contextlib.suppress(SpeechError):
            mouth, close_mouth = open_mouth(post, clock, chosen)
            undo.callback(close_mouth)
            mouth.prepare(ahead)
        if mouth is None:
            with contextlib.suppress(SpeechError):
                ears, close_ears = open_ears(
                    post,
                    clock,
                    words,
                    chosen,
                    levels=advice.levels,
                    meter=meter,
                )
                undo.callback(close_ears)
        tell(_WITHOUT[ears is not None, mouth is not None])
        alive_at_s = None if ears is None else partial(getattr, ears, "alive_at_s")
        return SoundDevices(ears, mouth, undo.pop_all().close, alive_at_s)
