"""A mouth without ears, or ears without a mouth: for a screen that does for the other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from voice_backcare.events import DeviceLost
from voice_backcare.ports import Clock, Post, Posted
from voice_backcare.speech.ears import Meter, SpokenEars
from voice_backcare.speech.levels import LevelWatch
from voice_backcare.speech.listener import Match
from voice_backcare.speech.loading import LoadingRecogniser
from voice_backcare.speech.loudspeaker import Loudspeaker
from voice_backcare.speech.machine import (
    RECOGNISER,
    MachineSettings,
    Phrases,
    before_aloud,
    model_loader,
    prompt_folder,
    quiet_native_messages,
    start_voice,
)
from voice_backcare.speech.microphone import Microphone
from voice_backcare.speech.mouth import SpokenMouth
from voice_backcare.speech.portaudio import PortAudio
from voice_backcare.speech.prompt_cache import PromptCache
from voice_backcare.speech.prompts import Prompts
from voice_backcare.speech.synthesiser import DEFAULT_VOICE, Synthesiser, espeak_version

Close = Callable[[], None]
_LOAD_S = 10.0


def open_mouth(post: Post, clock: Clock, settings: MachineSettings) -> tuple[SpokenMouth, Close]:
    """The mouth and what closes it; ``SpeechError`` says what is missing."""
    quiet_native_messages()
    espeak_version()
    voice = Synthesiser(settings.voice or DEFAULT_VOICE, spelled=settings.spelled)
    portaudio = PortAudio()
    with contextlib.ExitStack() as undo:
        undo.callback(voice.close)
        start_voice(voice)
        loudspeaker = Loudspeaker(portaudio, clock, settings.loudspeaker, preroll_s=settings.preroll_s)
        undo.callback(loudspeaker.close)
        loudspeaker.open()
        prompts = Prompts(PromptCache(voice, settings.prompt_folder or prompt_folder()), voice.interrupt)
        mouth = SpokenMouth(
            prompts,
            loudspeaker,
            post,
            clock,
            portaudio,
            rate_wpm=settings.rate_wpm,
            gain_db=settings.gain_db,
            before_aloud=before_aloud(settings, loudspeaker),
        )
        undo.callback(mouth.close)
        undo.callback(voice.close)  # before those who may wait for it
        undo.callback(prompts.end)
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
    load = model_loader(settings.model_folder, phrases, decoys, match)
    recogniser = LoadingRecogniser(
        load, ("question",), failed=lambda: post(Posted(None, DeviceLost(clock.now_s(), RECOGNISER)))
    )
    portaudio = PortAudio()
    microphone = Microphone(portaudio, clock, settings.microphone)
    ears = SpokenEars(microphone, recogniser, match, post, clock, portaudio, levels=levels, meter=meter)
    with contextlib.ExitStack() as undo:
        undo.callback(recogniser.wait, _LOAD_S)  # an exit in the midst of it is a crash
        undo.callback(ears.close)
        ears.start()
        return ears, undo.pop_all().close
