"""Construction of this machine's ears and mouth from microphone, recogniser, voice and loudspeaker."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from voice_backcare.audio.devices import alsa_mixer
from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.devices.loudspeaker import Loudspeaker, Played
from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.played_reference import PlayedReference
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.engines.interface import EngineVoice
from voice_backcare.audio.engines.registry import (
    DEFAULT_RECOGNISER,
    DEFAULT_VOICE_ENGINE,
    recogniser_engine,
    voice_engine,
)
from voice_backcare.audio.errors import NoVoice
from voice_backcare.audio.input.duplex import Duplex
from voice_backcare.audio.input.ears import Meter, SpokenEars
from voice_backcare.audio.input.echo_canceller import NoEchoCanceller, WebRtcEchoCanceller
from voice_backcare.audio.output.mouth import DEFAULT_RATE_WPM, LINE_TAIL_S, SpokenMouth
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import SynthesisQueue
from voice_backcare.audio.recognition.background_loader import LoadingRecogniser
from voice_backcare.audio.recognition.vocabulary import Vocabulary
from voice_backcare.core.events import DeviceLost
from voice_backcare.session.ports import Clock, Post, Posted, Recogniser, VoiceError

_LOG = logging.getLogger(__name__)

_M_ARENA_MAX = -8  # malloc.h
_LOAD_S = 10.0

Close = Callable[[], None]
WARM = ("E1",)  # the place of the first question

RECOGNISER = "recogniser"  # name in ``DeviceLost`` where the model could not be loaded


def prompt_folder() -> Path:
    """Folder of the prompts that are already synthesised."""
    return platformdirs.user_cache_path("voice-backcare") / "prompts"


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """Settings of this machine's sound. A device is a name, a part of one, or a number; None is the system's
    default.
    """

    microphone: str | int | None = None
    loudspeaker: str | int | None = None
    recogniser: str = DEFAULT_RECOGNISER
    voice_engine: str = DEFAULT_VOICE_ENGINE
    voice: str | None = None  # one of the engine's, None for its usual one
    rate_wpm: int = DEFAULT_RATE_WPM
    gain_db: float = 0.0
    spelled: tuple[str, ...] = ()  # numbers that are said digit by digit
    tail_s: float = LINE_TAIL_S  # from the end of what is said until the ears open (D10)
    preroll_s: float = 0.0  # how long the loudspeaker is awake before it speaks; above 0 it is kept awake
    barge_in: bool = False  # hear a person while it speaks, where the echo can be removed
    raise_mixer: bool = False  # the card's own volume too, for a 911 instruction
    model_folder: Path | None = None
    prompt_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """Open ears and mouth. ``levels``: the level at the microphone. ``close``: closes both."""

    ears: SpokenEars
    mouth: SpokenMouth
    levels: LevelWatch
    recogniser: LoadingRecogniser
    close: Callable[[], None]


def quiet_native_messages() -> None:
    """Send what ALSA, PortAudio and Vosk print on file descriptor 2 to nowhere; Python's own messages still reach the
    user.
    """
    if sys.stderr is None:
        return
    try:
        if sys.stderr.fileno() != 2:
            return
    except (OSError, ValueError):
        return
    sys.stderr.flush()
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _share_one_heap() -> None:
    """Make all threads use one heap; called before there are any. glibc gives each thread its own otherwise, and memory
    that one thread frees is then of no use to the others.
    """
    with contextlib.suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def open_machine(
    post: Post,
    clock: Clock,
    vocabulary: Vocabulary,
    settings: MachineSettings | None = None,
    *,
    warm: Iterable[str] = WARM,
    meter: Meter | None = None,
) -> Machine:
    """Ears and mouth of this machine, open. Raises ``SpeechError``, which says what is missing and what to do.

    ``vocabulary``: what is expected and understood at each place. ``warm``: the places that are wanted first.
    ``meter``: called with the level. The model is checked here and loads while the first line is said; if that fails,
    ``post`` gets a ``DeviceLost`` of ``RECOGNISER``.
    """
    settings = settings or MachineSettings()
    quiet_native_messages()
    _share_one_heap()
    portaudio = PortAudio()
    with contextlib.ExitStack() as undo:
        voice = make_voice(settings, undo)
        load = recogniser_engine(settings.recogniser).loader(settings.model_folder, vocabulary)
        portaudio.find("input", settings.microphone)  # first: the best message where there is no sound at all
        recogniser = make_recogniser(load, post, clock, undo, warm=warm)
        reference = PlayedReference() if settings.barge_in else None
        mouth = make_mouth(
            voice, portaudio, post, clock, settings, undo, played=reference.played if reference else None
        )
        levels = LevelWatch()
        ears = SpokenEars(
            Microphone(portaudio, clock, settings.microphone),
            recogniser,
            post,
            clock,
            portaudio,
            playback=mouth.playback,
            levels=levels,
            meter=meter,
            duplex=make_duplex(reference),
        )
        undo.callback(ears.close)
        ears.start()
        return Machine(ears, mouth, levels, recogniser, undo.pop_all().close)


def make_duplex(reference: PlayedReference | None) -> Duplex | None:
    """What takes our own voice out; None, half-duplex, where there is no reference or no canceller for this machine."""
    if reference is None:
        return None
    try:
        return Duplex(WebRtcEchoCanceller(), reference.frame)
    except NoEchoCanceller as error:
        _LOG.info("The ears are shut while it speaks: %s", error)
        return None


def before_aloud(settings: MachineSettings, loudspeaker: Loudspeaker) -> Callable[[], object]:
    """The function to call before a line that must be heard: it raises a low mixer where the settings allow
    that (D6).
    """
    return (lambda: alsa_mixer.raise_low(loudspeaker.name)) if settings.raise_mixer else (lambda: None)


def make_voice(settings: MachineSettings, undo: contextlib.ExitStack) -> EngineVoice:
    """The voice, already starting; ``undo`` closes it. Raises ``NoVoice`` where there is none.

    The usual voice starts in the background, because the first lines are mostly in the cache. Any other is tried at
    once, so that a wrong name is told now.
    """
    engine = voice_engine(settings.voice_engine)
    voice = engine.make(settings.voice, spelled=settings.spelled)
    undo.callback(voice.close)
    if voice.voice == engine.usual:
        threading.Thread(target=_try_voice, args=(voice,), name="voice", daemon=True).start()
        return voice
    try:
        with tempfile.TemporaryDirectory() as folder:
            voice.synthesise("yes", Path(folder) / "word.wav", rate_wpm=DEFAULT_RATE_WPM)
    except (VoiceError, OSError) as error:
        raise NoVoice(f"The voice {voice.voice!r} cannot speak. {engine.choose}") from error
    return voice


def make_mouth(
    voice: EngineVoice,
    portaudio: PortAudio,
    post: Post,
    clock: Clock,
    settings: MachineSettings,
    undo: contextlib.ExitStack,
    *,
    played: Played | None = None,
) -> SpokenMouth:
    """The mouth on an open loudspeaker; ``undo`` closes both. ``NoLoudspeaker`` where there is none."""
    loudspeaker = Loudspeaker(portaudio, clock, settings.loudspeaker, preroll_s=settings.preroll_s, played=played)
    undo.callback(loudspeaker.close)
    loudspeaker.open()
    synthesis = SynthesisQueue(PromptCache(voice, settings.prompt_folder or prompt_folder()), voice.interrupt)
    mouth = SpokenMouth(
        synthesis,
        loudspeaker,
        post,
        clock,
        portaudio,
        rate_wpm=settings.rate_wpm,
        gain_db=settings.gain_db,
        line_tail_s=settings.tail_s,
        before_aloud=before_aloud(settings, loudspeaker),
    )
    undo.callback(mouth.close)
    undo.callback(voice.close)  # before its users, which may be waiting for it
    undo.callback(synthesis.end)
    return mouth


def make_recogniser(
    load: Callable[[], Recogniser],
    post: Post,
    clock: Clock,
    undo: contextlib.ExitStack,
    *,
    warm: Iterable[str] = WARM,
) -> LoadingRecogniser:
    """The recogniser, already loading; ``undo`` waits for the end of that, because a process that exits meanwhile
    crashes. ``post`` gets a ``DeviceLost`` of ``RECOGNISER`` where it cannot be loaded.
    """
    recogniser = LoadingRecogniser(load, warm, failed=lambda: post(Posted(None, DeviceLost(clock.now_s(), RECOGNISER))))
    undo.callback(recogniser.wait, _LOAD_S)  # a process that exits while the model loads crashes
    return recogniser


def _try_voice(voice: EngineVoice) -> None:
    with contextlib.suppress(VoiceError):  # the first line posts ``Failed``
        voice.start()


def open_mouth(post: Post, clock: Clock, settings: MachineSettings) -> tuple[SpokenMouth, Close]:
    """The mouth alone, and the function that closes it. Raises ``SpeechError``, which says what is missing."""
    quiet_native_messages()
    with contextlib.ExitStack() as undo:
        voice = make_voice(settings, undo)
        mouth = make_mouth(voice, PortAudio(), post, clock, settings, undo)
        return mouth, undo.pop_all().close


def open_ears(
    post: Post,
    clock: Clock,
    vocabulary: Vocabulary,
    settings: MachineSettings,
    *,
    levels: LevelWatch | None = None,
    meter: Meter | None = None,
) -> tuple[SpokenEars, Close]:
    """The ears alone, and the function that closes them. Raises ``SpeechError``, which says what is missing."""
    quiet_native_messages()
    load = recogniser_engine(settings.recogniser).loader(settings.model_folder, vocabulary)
    portaudio = PortAudio()
    with contextlib.ExitStack() as undo:
        recogniser = make_recogniser(load, post, clock, undo)
        microphone = Microphone(portaudio, clock, settings.microphone)
        ears = SpokenEars(microphone, recogniser, post, clock, portaudio, levels=levels, meter=meter)
        undo.callback(ears.close)
        ears.start()
        return ears, undo.pop_all().close
