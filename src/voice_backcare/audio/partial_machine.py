"""A mouth without ears, or ears without a mouth: for a screen that does for the other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.engines.registry import Phrases, recogniser_engine
from voice_backcare.audio.input.ears import Meter, SpokenEars
from voice_backcare.audio.input.utterance_gate import Match
from voice_backcare.audio.machine import (
    MachineSettings,
    make_mouth,
    make_recogniser,
    make_voice,
    quiet_native_messages,
)
from voice_backcare.audio.output.mouth import SpokenMouth
from voice_backcare.session.ports import Clock, Post

Close = Callable[[], None]


def open_mouth(post: Post, clock: Clock, settings: MachineSettings) -> tuple[SpokenMouth, Close]:
    """The mouth and what closes it; ``SpeechError`` says what is missing."""
    quiet_native_messages()
    with contextlib.ExitStack() as undo:
        voice = make_voice(settings, undo)
        mouth = make_mouth(voice, PortAudio(), post, clock, settings, undo)
        return mouth, undo.pop_all().close


def open_ears(
    post: Post,
    clock: Clock,
    match: Match,
    phrases: Phrases,
    settings: MachineSettings,
    *,
    decoys: Sequence[str] = (),
    levels: LevelWatch | None = None,
    meter: Meter | None = None,
) -> tuple[SpokenEars, Close]:
    """The ears and what closes them; ``SpeechError`` says what is missing."""
    quiet_native_messages()
    load = recogniser_engine(settings.recogniser).loader(settings.model_folder, phrases, decoys, match)
    portaudio = PortAudio()
    with contextlib.ExitStack() as undo:
        recogniser = make_recogniser(load, post, clock, undo)
        microphone = Microphone(portaudio, clock, settings.microphone)
        ears = SpokenEars(microphone, recogniser, match, post, clock, portaudio, levels=levels, meter=meter)
        undo.callback(ears.close)
        ears.start()
        return ears, undo.pop_all().close
