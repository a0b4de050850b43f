"""Hearing over a virtual microphone: people, our own voice, and a microphone that goes away."""

from __future__ import annotations

import csv
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from audio_rig import Rig

from voice_backcare.audio.devices.levels import MeasuredLevel
from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import NoMicrophone
from voice_backcare.audio.input.ears import SpokenEars
from voice_backcare.audio.machine import Machine, MachineSettings, open_machine
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import grammar
from voice_backcare.core.events import DeviceBack, DeviceLost, Finished, Heard, Line, NoMatch
from voice_backcare.session.ports import Notice, Posted, SpeechStarted
from voice_backcare.system.monotonic_clock import SystemClock

_PLAIN_DBFS = (-26.0, -14.0)  # clips at an ordinary level: this is about the path, not about accuracy
_CLIPS = 5


@dataclass
class Bedside:
    """Open ears on the virtual microphone."""

    ears: SpokenEars
    inbox: queue.Queue[Posted]
    levels: list[MeasuredLevel]

    def next(self, within_s: float = 10.0) -> Notice:
        return self.inbox.get(timeout=within_s).what


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    known = grammar.load()
    return VoskRecogniser(model_folder, known)


@pytest.fixture
def bedside(rig: Rig, recogniser: VoskRecogniser) -> Iterator[Bedside]:
    inbox: queue.Queue[Posted] = queue.Queue()
    clock, portaudio, levels = SystemClock(), PortAudio(), list[MeasuredLevel]()
    ears = SpokenEars(
        Microphone(portaudio, clock, stall_s=0.5),
        recogniser,
        inbox.put,
        clock,
        portaudio,
        meter=levels.append,
        reopen_s=0.2,
    )
    ears.start()
    yield Bedside(ears, inbox, levels)
    ears.close()


def _clips(audio: Path, label: str) -> list[Path]:
    with (audio / "manifest.csv").open() as file:
        rows = {row["speaker"]: row for row in csv.DictReader(file) if row["label"] == label}
    low, high = _PLAIN_DBFS
    return [audio / row["file"] for row in rows.values() if low <= float(row["rms_dbfs"]) <= high][:_CLIPS]


@pytest.mark.parametrize(("label", "opposite"), [("yes", "no"), ("no", "yes")])
def test_people_are_heard(rig: Rig, bedside: Bedside, human_audio: Path, label: str, opposite: str) -> None:
    """Of five people at an ordinary level at least four are understood, and none as the opposite."""
    meanings = []
    for turn, clip in enumerate(_clips(human_audio, label)):
        bedside.ears.listen("any", turn)
        rig.speak(clip)
        assert isinstance(bedside.next(), SpeechStarted)
        heard = bedside.next()
        meanings.append(heard.meaning if isinstance(heard, Heard) else None)
    assert meanings.count(label) >= _CLIPS - 1, meanings
    assert opposite not in meanings
    loud = [level.dbfs for level in bedside.levels]
    assert max(loud) > -40 > min(loud)


def test_an_unplugged_microphone_is_told_and_comes_back(rig: Rig, bedside: Bedside, human_audio: Path) -> None:
    """``DeviceLost``, ``DeviceBack``, and the question that was open is answered after it."""
    bedside.ears.listen("any", 1)
    rig.microphone.unplug()
    try:
        assert _device(bedside.next()) == (DeviceLost, "microphone")
    finally:
        rig.microphone.plug()
    assert _device(bedside.next()) == (DeviceBack, "microphone")
    rig.speak(_clips(human_audio, "yes")[0])
    assert isinstance(bedside.next(), SpeechStarted)
    assert isinstance(bedside.next(), Heard)


def test_an_utterance_that_the_loss_cut_off_is_a_no_match(rig: Rig, bedside: Bedside, human_audio: Path) -> None:
    """What was promised by ``SpeechStarted`` is given before the loss is told."""
    bedside.ears.listen("any", 1)
    with rig.background(human_audio / "noise" / "dude_miaowing.flac"):
        assert isinstance(bedside.next(), SpeechStarted)
        rig.microphone.unplug()
    try:
        assert isinstance(bedside.next(), NoMatch)
        assert _device(bedside.next()) == (DeviceLost, "microphone")
    finally:
        rig.microphone.plug()
    assert _device(bedside.next()) == (DeviceBack, "microphone")


def test_a_stalled_microphone_is_told_and_comes_back(rig: Rig, bedside: Bedside) -> None:
    """A sound server that hangs is a loss, and its waking up the return; nothing of ours hangs with it."""
    rig.microphone.freeze()
    try:
        assert _device(bedside.next()) == (DeviceLost, "microphone")

        def ask() -> None:
            bedside.ears.listen("any", 1)
            bedside.ears.stop()

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(30)
        assert not asking.is_alive()  # and the server still hangs
    finally:
        rig.microphone.thaw()
    assert _device(bedside.next(30)) == (DeviceBack, "microphone")


def test_a_microphone_by_name(rig: Rig) -> None:
    """A part of its name is enough; a wrong name is told with the right ones."""
    microphone = Microphone(PortAudio(), SystemClock(), "virtm")
    microphone.open()
    assert len(microphone.read().pcm) == 640
    microphone.close()
    with pytest.raises(NoMicrophone, match="virtmic"):
        Microphone(PortAudio(), SystemClock(), "studio").open()


def test_no_microphone_at_the_start_is_an_error(rig: Rig) -> None:
    """A device that is listed but gone cannot be opened, in a sentence."""
    rig.microphone.unplug()
    try:
        with pytest.raises(NoMicrophone, match="plugged in"):
            Microphone(PortAudio(), SystemClock()).open()
    finally:
        rig.microphone.plug()


@pytest.fixture
def machine(rig: Rig, model_folder: Path, tmp_path: Path) -> Iterator[tuple[Machine, queue.Queue[Posted]]]:
    inbox: queue.Queue[Posted] = queue.Queue()
    opened = open_machine(
        inbox.put,
        SystemClock(),
        grammar.load(),
        MachineSettings(model_folder=model_folder, prompt_folder=tmp_path),
    )
    assert opened.recogniser.wait(30)
    yield opened, inbox
    opened.close()


def test_our_own_voice_is_never_an_answer(rig: Rig, machine: tuple[Machine, queue.Queue[Posted]]) -> None:
    """Prompts that end in an answer, played back into the microphone at full level, are not taken for one (D10).

    Delays and echoes are in ``test_own_voice``: there they are exact.
    """
    opened, inbox = machine
    with rig.loop_back(0.0):
        for turn, text in enumerate(["Say yes, or no.", "Is that right? Say yes."]):
            opened.mouth.say(Line("own", text, ("own",)), turn)
            assert isinstance(inbox.get(timeout=20).what, Finished)
            opened.mouth.tone("listen")
            opened.ears.listen("any", turn)
            assert not any(isinstance(what, Heard) for what in _all_within(inbox, 1.2))
            opened.ears.stop()


def _all_within(inbox: queue.Queue[Posted], seconds: float) -> list[Any]:
    end_s, found = time.monotonic() + seconds, []
    while (left_s := end_s - time.monotonic()) > 0:
        try:
            found.append(inbox.get(timeout=left_s).what)
        except queue.Empty:
            break
    return found


def _device(what: Notice) -> tuple[type, str]:
    assert isinstance(what, DeviceLost | DeviceBack)
    return type(what), what.device
