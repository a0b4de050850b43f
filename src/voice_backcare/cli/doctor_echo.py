"""Whether a person is heard while the program speaks (D10): told, and measured where that is wanted."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from voice_backcare.audio.devices.loudspeaker import Loudspeaker, LoudspeakerLost
from voice_backcare.audio.devices.microphone import Microphone, MicrophoneLost
from voice_backcare.audio.devices.played_reference import PlayedReference
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.engines.registry import voice_engine
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats import sound
from voice_backcare.audio.input.duplex import Duplex
from voice_backcare.audio.machine import make_duplex
from voice_backcare.cli.doctor import Check
from voice_backcare.session.ports import VoiceError
from voice_backcare.settings.schema import Settings
from voice_backcare.system.monotonic_clock import SystemClock

_SHUT = "While it speaks it hears nothing: answer after the tone."
_TEXT = "I speak for a while now, and hear how much of my own voice comes back to me. Please be quiet until I am done."
_FRAMES_MOST = 750  # 15 s


def check_echo(settings: Settings) -> Check:
    """What of the program's own voice is left in the microphone, measured with a spoken sentence."""
    if not settings.barge_in:
        return Check("echo", "ok", _SHUT)
    try:
        duplex = _measured(settings)
    except (SpeechError, VoiceError, OSError, sound.BrokenWave, LoudspeakerLost, MicrophoneLost):
        return Check("echo", "warn", f"Its own echo could not be measured. {_SHUT}")
    if duplex is None:
        return Check("echo", "warn", f"This machine has no echo canceller. {_SHUT}")
    if not duplex.full:
        return Check("echo", "warn", f"Too much of its own voice comes back to the microphone. {_SHUT}")
    if duplex.erle_db is None:
        return Check("echo", "ok", "None of its own voice comes back to the microphone: it hears you while it speaks.")
    taken = f"{duplex.erle_db:.0f} dB"
    return Check("echo", "ok", f"It takes {taken} of its own voice away, and hears you while it speaks.")


def _measured(settings: Settings) -> Duplex | None:
    """What has heard a spoken sentence from the loudspeaker; None where there is no echo canceller."""
    reference, portaudio, clock = PlayedReference(), PortAudio(), SystemClock()
    duplex = make_duplex(reference)
    if duplex is None:
        return None
    loudspeaker = Loudspeaker(portaudio, clock, settings.loudspeaker, played=reference.played)
    microphone = Microphone(portaudio, clock, settings.microphone)
    said, over = _spoken(settings), threading.Event()

    def play() -> None:
        try:
            loudspeaker.play(said, threading.Event(), gain_db=settings.volume_db)
        except (SpeechError, LoudspeakerLost):
            pass  # nothing was played, so nothing is measured
        finally:
            over.set()

    try:
        loudspeaker.open()
        microphone.open()
        threading.Thread(target=play, name="echo", daemon=True).start()
        for _ in range(_FRAMES_MOST):
            if over.is_set():
                break
            duplex.cleaned(microphone.read(), sounding=True)
    finally:
        microphone.close()
        loudspeaker.close()
    return duplex


def _spoken(settings: Settings) -> sound.Sound:
    voice = voice_engine(settings.voice_engine).make(settings.voice)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "echo.wav"
            voice.synthesise(_TEXT, path, rate_wpm=settings.rate_wpm)
            return sound.read_wave(path.read_bytes())
    finally:
        voice.close()
