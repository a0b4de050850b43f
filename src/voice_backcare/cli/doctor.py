"""Checks of ``doctor``: each tries the real thing and gives one sentence."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs

from voice_backcare.audio.devices import alsa_mixer
from voice_backcare.audio.devices.levels import Fault, fault_of, level_of
from voice_backcare.audio.devices.loudspeaker import Loudspeaker, LoudspeakerLost
from voice_backcare.audio.devices.microphone import Microphone, MicrophoneLost
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.engines.registry import (
    DEFAULT_RECOGNISER,
    DEFAULT_VOICE_ENGINE,
    UnknownEngine,
    recogniser_engine,
    voice_engine,
)
from voice_backcare.audio.errors import SpeechError
from voice_backcare.audio.formats import sound
from voice_backcare.audio.formats.frames import FRAME_BYTES
from voice_backcare.audio.machine import prompt_folder, quiet_native_messages
from voice_backcare.core import grammar
from voice_backcare.core.understanding.places import ANY_QUESTION
from voice_backcare.journal.folder import FAULT
from voice_backcare.journal.recorder import kiosk_folder, state_folder
from voice_backcare.session.ports import RATE_HZ, VoiceError
from voice_backcare.settings.schema import Settings, SettingsError
from voice_backcare.settings.schema import read as read_settings
from voice_backcare.system import data_digests
from voice_backcare.system.monotonic_clock import SystemClock, boot_clock_works
from voice_backcare.system.paths import program

if TYPE_CHECKING:
    from rich.console import Console

_LOG = logging.getLogger(__name__)

Status = Literal["ok", "warn", "fail"]

_SETTLING_FRAMES = 10  # many microphones begin with a click
_FRAMES = 60  # 1.2 s
_FAINT_DBFS = -76.0  # no room is as quiet as that
_LEVEL_BYTES = 5 * FRAME_BYTES
_FREE_BYTES = 100_000_000
_TEST_TONE = sound.tone(((523.0, 0.2),), level_dbfs=-26.0)
_STYLES: dict[Status, str] = {"ok": "green", "warn": "yellow", "fail": "red"}


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check; ``says`` is a sentence that a parent understands, and says what to do where something is
    wrong.
    """

    name: str
    status: Status
    says: str


def check_settings(path: Path | None = None) -> tuple[Check, Settings]:
    """Check that the settings file is valid; also the settings, which are the defaults where it is not."""
    try:
        settings, _ = read_settings(path)
    except SettingsError as error:
        return Check("settings", "fail", str(error)), Settings()
    says = f"In an emergency I tell you to call {settings.emergency_number}."
    if not (settings.provider_name or settings.provider_phone):
        return Check(
            "settings", "ok", f"{says} Your child's provider is not set: {program()} settings --init"
        ), settings
    provider = ", ".join(text for text in (settings.provider_name, settings.provider_phone) if text)
    return Check("settings", "ok", f"{says} Your child's provider: {provider}."), settings


def check_data() -> Check:
    """Questions, lines and phrases are all there, as they were made."""
    try:
        data_digests.check()
    except data_digests.DataDamaged as error:
        return Check("data", "fail", str(error))
    return Check("data", "ok", "Every question, line and phrase is there, as it was made.")


def check_model(recogniser: str = DEFAULT_RECOGNISER) -> Check:
    """Check every file of the speech model, and recognise half a second of silence with it."""
    try:
        engine = recogniser_engine(recogniser)
        load = engine.loader(None, grammar.load())
    except (UnknownEngine, SpeechError) as error:
        return Check("model", "fail", str(error))
    try:
        model = load()
        model.begin(ANY_QUESTION)
        model.feed(bytes(RATE_HZ))
        model.result()
    except Exception as error:  # a native library may raise anything
        _LOG.info("The recogniser cannot be used", exc_info=True)
        return Check(
            "model",
            "fail",
            f"The model that understands speech is here but cannot be used ({error}). "
            f"Close other programs, or {engine.repair}",
        )
    return Check("model", "ok", f"The model that understands speech is here, undamaged, and works ({engine.name}).")


def check_voice(voice: str | None = None, engine: str = DEFAULT_VOICE_ENGINE) -> Check:
    """Check the voice by synthesising a word."""
    try:
        chosen = voice_engine(engine)
        synthesiser = chosen.make(voice)
    except (UnknownEngine, SpeechError) as error:
        return Check("voice", "fail", str(error))
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "word.wav"
            synthesiser.synthesise("ready", path, rate_wpm=165)
            seconds = sound.read_wave(path.read_bytes()).duration_s
    except SpeechError as error:
        return Check("voice", "fail", str(error))
    except (VoiceError, OSError, sound.BrokenWave) as error:
        return Check("voice", "fail", f"The voice cannot speak ({error}). Try another, or {chosen.repair}")
    finally:
        synthesiser.close()
    return Check("voice", "ok", f"The voice works ({chosen.name}): it said a word in {seconds:.1f} seconds of sound.")


_WRONG: dict[Fault, str] = {
    "muted": "sends pure silence. It may be muted: switch it on.",
    "quiet": "is set very low. Turn its level up, or put it closer to where you speak.",
    "clipped": "is set too loud. Turn its level down.",
}


def check_microphone(device: str | int | None = None, portaudio: PortAudio | None = None) -> Check:
    """Check that a second of sound arrives that is neither all zeros, nor nearly, nor distorted."""
    microphone = Microphone(portaudio or PortAudio(), SystemClock(), device)
    try:
        microphone.open()
        for _ in range(_SETTLING_FRAMES):
            microphone.read()
        pcm = b"".join(microphone.read().pcm for _ in range(_FRAMES))
    except SpeechError as error:
        return Check("microphone", "fail", str(error))
    except MicrophoneLost:
        return Check(
            "microphone", "fail", "The microphone is there but sends no sound. Unplug it, plug it in, and try again."
        )
    finally:
        microphone.close()
    levels = [level_of(pcm[at : at + _LEVEL_BYTES]) for at in range(0, len(pcm), _LEVEL_BYTES)]
    loudest_dbfs = max(level.dbfs for level in levels)
    fault = fault_of(levels, speech=False) or ("quiet" if loudest_dbfs < _FAINT_DBFS else None)
    if fault is not None:
        return Check("microphone", "warn", f"The microphone {microphone.name!r} {_WRONG[fault]}")
    return Check(
        "microphone",
        "ok",
        f"The microphone {microphone.name!r} hears the room, at {loudest_dbfs:.0f} dB of full level.",
    )


def check_loudspeaker(device: str | int | None = None, portaudio: PortAudio | None = None) -> Check:
    """Check that a short quiet tone is played to its end."""
    loudspeaker = Loudspeaker(portaudio or PortAudio(), SystemClock(), device)
    try:
        loudspeaker.play(_TEST_TONE, threading.Event())
    except SpeechError as error:
        return Check("loudspeaker", "fail", str(error))
    except LoudspeakerLost:
        return Check(
            "loudspeaker", "fail", "The loudspeaker is there but takes no sound. Unplug it, plug it in, and try again."
        )
    finally:
        loudspeaker.close()
    if alsa_mixer.is_silent(loudspeaker.name):
        return Check(
            "loudspeaker", "warn", f"The sound of {loudspeaker.name!r} is muted or all the way down. Turn it up."
        )
    return Check(
        "loudspeaker", "ok", f"A soft tone was just played on {loudspeaker.name!r}. If you did not hear it, turn it up."
    )


def check_disk(folders: Sequence[Path] | None = None) -> Check:
    """Check that the folders of what is kept between conversations can be written."""
    for folder in folders or (platformdirs.user_state_path("voice-backcare"), prompt_folder()):
        position = folder
        while not position.exists():
            position = position.parent
        try:
            with tempfile.TemporaryFile(dir=position):
                pass
            if not os.access(position, os.W_OK):
                raise PermissionError
        except OSError:
            return Check(
                "disk", "warn", f"Nothing can be kept in {folder}. It works, but slower, and cannot go on after a stop."
            )
        if shutil.disk_usage(position).free < _FREE_BYTES:
            return Check("disk", "warn", f"The disk of {folder} is almost full. Free some space on it.")
    return Check("disk", "ok", "There is room to keep what is needed between conversations.")


def check_record(folders: Sequence[Path] | None = None) -> Check:
    """Check that no interrupted conversation failed to be resumed."""
    for folder in folders or (state_folder(), kiosk_folder()):
        fault = folder / FAULT
        if fault.exists():
            return Check(
                "record",
                "warn",
                f"An interrupted conversation could not be taken up whole. What went wrong is written in {fault}; "
                f"send that file to the makers, then erase it with: {program()} forget",
            )
    return Check("record", "ok", "No interrupted conversation was lost.")


def check_clock() -> Check:
    """Check that the clock counts the time spent in suspend."""
    if boot_clock_works():
        return Check("clock", "ok", "The clock counts on while the machine sleeps.")
    return Check("clock", "warn", "The clock stops while the machine sleeps. Keep it awake while you time ice or heat.")


def run_checks(
    microphone: str | int | None = None,
    loudspeaker: str | int | None = None,
    voice: str | None = None,
    settings_file: Path | None = None,
) -> list[Check]:
    """All checks, one after the other, of the devices and the voice that are set. Raises nothing."""
    found, settings = check_settings(settings_file)
    quiet_native_messages()
    portaudio = PortAudio()
    return [
        found,
        check_data(),
        check_model(settings.recogniser),
        check_voice(voice or settings.voice, settings.voice_engine),
        check_microphone(microphone if microphone is not None else settings.microphone, portaudio),
        check_loudspeaker(loudspeaker if loudspeaker is not None else settings.loudspeaker, portaudio),
        check_disk(),
        check_record(),
        check_clock(),
    ]


def talk_would_work(checks: Sequence[Check]) -> bool:
    """Whether a conversation by voice is possible; a warning does not prevent one."""
    return all(check.status != "fail" for check in checks)


def print_report(checks: Sequence[Check], console: Console) -> None:
    """Write one line for each check, and one that sums up; readable without colours."""
    from rich.text import Text

    for check in checks:
        console.print(Text(f"{check.status:<5}", style=_STYLES[check.status]) + Text(f"{check.name:<12} {check.says}"))
    if talk_would_work(checks):
        console.print(Text("A conversation by voice would work."))
    else:
        console.print(Text(f"A conversation by voice would not work yet. In writing it does: {program()} simulate"))
