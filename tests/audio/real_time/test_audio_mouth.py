"""Speaking over a virtual loudspeaker: what is said can be understood, and a loudspeaker that goes away."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest
import soxr
import vosk
from audio_rig import SPK_RATE_HZ, Recording, Rig

from voice_backcare.audio.devices.loudspeaker import Loudspeaker
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import NoLoudspeaker
from voice_backcare.audio.output.mouth import READ_S, SpokenMouth
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import SynthesisQueue
from voice_backcare.audio.recognition import vosk_recogniser
from voice_backcare.audio.recognition.vosk_decoder import RecogniserError
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.cli import doctor
from voice_backcare.core.events import DeviceBack, DeviceLost, Failed, Finished, Line
from voice_backcare.session.ports import Notice, Posted
from voice_backcare.system.monotonic_clock import SystemClock

_CALL = Line("call", "Call 911 now.", ("own",))
_LONG = Line("long", "Make an ice pack: put ice cubes in a bag, and wrap it in a thin cloth.", ("own",))
_SHORT = Line("short", "All right.", ("own",))


@dataclass
class Speaker:
    mouth: SpokenMouth
    inbox: queue.Queue[Posted]

    def next(self, within_s: float = 15.0) -> Notice:
        return self.inbox.get(timeout=within_s).what


@pytest.fixture
def speaker(rig: Rig) -> Iterator[Speaker]:
    inbox: queue.Queue[Posted] = queue.Queue()
    clock, portaudio, voice = SystemClock(), PortAudio(), Synthesiser()
    mouth = SpokenMouth(
        SynthesisQueue(PromptCache(voice, None)),
        Loudspeaker(portaudio, clock, stall_s=0.5),
        inbox.put,
        clock,
        portaudio,
        reopen_s=0.2,
    )
    yield Speaker(mouth, inbox)
    mouth.close()
    voice.close()


@pytest.fixture
def recording(rig: Rig) -> Iterator[Recording]:
    running = rig.record()
    yield running
    running.stop()


def _words(samples: numpy.ndarray, model_folder: Path) -> str:
    """What the model understands without any grammar."""
    vosk.SetLogLevel(-1)
    recogniser = vosk.KaldiRecognizer(vosk.Model(model_path=str(model_folder)), 16_000)
    recogniser.AcceptWaveform(soxr.resample(samples, SPK_RATE_HZ, 16_000).tobytes())
    return str(json.loads(recogniser.FinalResult())["text"])


def test_what_is_said_can_be_understood(speaker: Speaker, recording: Recording, model_folder: Path) -> None:
    """The loudspeaker's sound, recognised again without a grammar, holds "nine one one"; it is always said twice."""
    for turn in (1, 2):
        speaker.mouth.say(_CALL, turn)
        assert isinstance(speaker.next(), Finished)
    recording.wait_for_sound(0.0, 5)
    assert "nine one one" in _words(recording.settled(), model_folder)


def test_finished_comes_when_the_last_sample_was_heard(speaker: Speaker, recording: Recording) -> None:
    """Not before the sound's end, and after it by a small part of the line."""
    said_s = speaker.mouth.duration_s(_LONG)
    speaker.mouth.say(_LONG, 1)
    assert isinstance(speaker.next(), Finished)
    finished_s = time.monotonic()
    recording.settled()
    silent_for_s = finished_s - recording.last_sound_s()
    assert 0.0 < silent_for_s < said_s / 5


def test_the_next_line_starts_at_once(speaker: Speaker, recording: Recording) -> None:
    """A line that is ready is heard after a small part of the time it takes to say."""
    said_s = speaker.mouth.duration_s(_LONG)
    speaker.mouth.say(_SHORT, 1)
    assert isinstance(speaker.next(), Finished)
    recording.settled()
    asked_s = time.monotonic()
    speaker.mouth.say(_LONG, 2)
    assert recording.wait_for_sound(asked_s, 5) - asked_s < said_s / 5
    assert isinstance(speaker.next(), Finished)


def _peaks(speaker: Speaker, recording: Recording, adjustments: tuple[str, ...]) -> list[int]:
    """The peak of a line after each of ``adjustments``."""
    peaks = []
    for what in adjustments:
        speaker.mouth.adjust(what)
        before = len(recording.settled())
        speaker.mouth.say(_SHORT, 1)
        assert isinstance(speaker.next(), Finished)
        peaks.append(int(numpy.abs(recording.settled()[before:].astype(int)).max()))
    return peaks


def test_louder_is_louder_and_quieter_quieter(speaker: Speaker, recording: Recording) -> None:
    """Each step changes the level of the next line."""
    peaks = _peaks(speaker, recording, ("quieter", "louder", "louder"))
    assert peaks == sorted(set(peaks))


def test_a_raised_voice_is_as_before_with_usual(speaker: Speaker, recording: Recording) -> None:
    """C3: each "off" that nobody acknowledges is a step louder, and what was set before is not lost."""
    quiet, raised, more, usual = _peaks(speaker, recording, ("quieter", "raised", "raised", "usual"))
    assert quiet < raised < more
    assert abs(usual - quiet) < (raised - quiet) / 4
    assert speaker.mouth.manner.gain_db == -4.0


def test_stop_is_silence_at_once(speaker: Speaker, recording: Recording) -> None:
    """After ``stop`` next to nothing is heard of what was left of the line."""
    began_s = time.monotonic()
    said_s = speaker.mouth.duration_s(_LONG)
    speaker.mouth.say(_LONG, 1)
    recording.wait_for_sound(began_s, 5)
    speaker.mouth.stop()
    stopped_s = time.monotonic()
    recording.settled()
    assert recording.last_sound_s() - stopped_s < said_s / 10
    assert speaker.inbox.empty()


def test_an_unplugged_loudspeaker_fails_the_line_and_comes_back(rig: Rig, speaker: Speaker) -> None:
    """``DeviceLost`` and ``Failed``; further lines fail at once; then ``DeviceBack``, and speech goes on."""
    speaker.mouth.say(_LONG, 1)
    rig_recording = rig.record()
    rig_recording.wait_for_sound(0.0, 5)
    rig.loudspeaker.unplug()
    rig_recording.stop()
    try:
        assert _device(speaker.next()) == (DeviceLost, "loudspeaker")
        assert isinstance(speaker.next(), Failed)
        speaker.mouth.say(_SHORT, 2)
        failed = speaker.next()
        assert isinstance(failed, Failed)
        assert speaker.mouth.playback().quiet_at_s >= failed.at_s + READ_S  # nobody has read it yet: no answer counts
    finally:
        rig.loudspeaker.plug()
    assert _device(speaker.next()) == (DeviceBack, "loudspeaker")
    speaker.mouth.say(_SHORT, 3)
    assert isinstance(speaker.next(), Finished)


def test_a_stalled_loudspeaker_fails_the_line(rig: Rig, speaker: Speaker) -> None:
    """A sound server that hangs: ``Failed`` in seconds; when it wakes up the loudspeaker is back."""
    speaker.mouth.say(_SHORT, 1)
    assert isinstance(speaker.next(), Finished)
    rig.loudspeaker.freeze()
    try:
        speaker.mouth.say(_SHORT, 2)
        assert _device(speaker.next()) == (DeviceLost, "loudspeaker")
        assert isinstance(speaker.next(), Failed)
    finally:
        rig.loudspeaker.thaw()
    assert _device(speaker.next(30)) == (DeviceBack, "loudspeaker")


def test_no_loudspeaker_at_the_start_is_an_error(rig: Rig) -> None:
    """A device that is listed but gone cannot be opened, in a sentence."""
    rig.loudspeaker.unplug()
    try:
        with pytest.raises(NoLoudspeaker, match="plugged in"):
            Loudspeaker(PortAudio(), SystemClock()).open()
    finally:
        rig.loudspeaker.plug()


def test_doctor_finds_a_working_machine(rig: Rig, recording: Recording) -> None:
    """It plays its tone, says that a microphone of pure silence may be muted, and that ``talk`` would work."""
    checks = doctor.run_checks()
    status = {check.name: check.status for check in checks if check.name != "model"}
    assert status == {
        "settings": "ok",
        "record": "ok",
        "voice": "ok",
        "microphone": "warn",
        "loudspeaker": "ok",
        "disk": "ok",
        "clock": "ok",
        "data": "ok",
    }
    assert "muted" in next(check.says for check in checks if check.name == "microphone")
    recording.wait_for_sound(0.0, 5)


def test_doctor_finds_a_model_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, model_folder: Path) -> None:
    """Files that are right are not enough: the model is really loaded and hears."""
    assert doctor.check_model().status == "ok"

    def refuse(*arguments: object) -> None:
        raise RecogniserError("no memory")

    monkeypatch.setattr(vosk_recogniser, "VoskRecogniser", refuse)
    check = doctor.check_model()
    assert check.status == "fail" and "model fetch" in check.says


def test_doctor_finds_what_is_missing(rig: Rig) -> None:
    """Without the devices ``talk`` would not work, and each is told."""
    rig.microphone.unplug()
    rig.loudspeaker.unplug()
    try:
        checks = doctor.run_checks()
    finally:
        rig.microphone.plug()
        rig.loudspeaker.plug()
    assert {check.name for check in checks if check.status == "fail"} >= {"microphone", "loudspeaker"}
    assert not doctor.talk_would_work(checks)


def _device(what: Notice) -> tuple[type, str]:
    assert isinstance(what, DeviceLost | DeviceBack)
    return type(what), what.device
