"""Devices as they are, over the virtual ones: rates and channels, levels, and each lost and back in a real ``talk``."""

from __future__ import annotations

import contextlib
import os
import pty
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from audio_rig import SPK_RATE_HZ, Rig
from places import SRC
from talker import clear_clips

from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.input.ears import SpokenEars
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.cli import doctor
from voice_backcare.cli.exit_codes import ExitStatus
from voice_backcare.core import content, grammar
from voice_backcare.core.events import Heard, NoMatch
from voice_backcare.session.ports import Posted, SpeechStarted
from voice_backcare.system.monotonic_clock import SystemClock


class ChoosyPortAudio(PortAudio):
    """The real one, on a device that takes one rate and one number of channels alone, as many a USB microphone does."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        super().__init__()
        self._only = (rate_hz, channels)

    def library(self) -> Any:
        real, (rate_hz, channels) = super().library(), self._only

        class Choosy:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def query_devices(self) -> list[dict[str, Any]]:
                rows = [dict(row) for row in real.query_devices()]
                for row in rows:
                    row["default_samplerate"] = float(rate_hz)
                    row["max_input_channels"] = min(row["max_input_channels"], channels)
                return rows

            def RawInputStream(self, **options: Any) -> Any:
                if options["samplerate"] != rate_hz:
                    raise real.PortAudioError("Invalid sample rate", -9997)
                if options["channels"] != channels:
                    raise real.PortAudioError("Invalid number of channels", -9998)
                return real.RawInputStream(**options)

        return Choosy()


class Bedside:
    """Open ears on the virtual microphone."""

    def __init__(self, recogniser: VoskRecogniser, portaudio: PortAudio) -> None:
        self.inbox: queue.Queue[Posted] = queue.Queue()
        self.levels = LevelWatch()
        clock = SystemClock()
        microphone = Microphone(portaudio, clock)
        self.ears = SpokenEars(microphone, recogniser, self.inbox.put, clock, portaudio, levels=self.levels)

    def result(self) -> Heard | NoMatch:
        while True:
            what = self.inbox.get(timeout=10).what
            if isinstance(what, Heard | NoMatch):
                return what
            assert isinstance(what, SpeechStarted)


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    known = grammar.load()
    return VoskRecogniser(model_folder, known)


@pytest.fixture
def bedside(rig: Rig, recogniser: VoskRecogniser) -> Iterator[Callable[..., Bedside]]:
    opened: list[Bedside] = []

    def start(portaudio: PortAudio | None = None) -> Bedside:
        opened.append(Bedside(recogniser, portaudio or PortAudio()))
        opened[-1].ears.start()
        return opened[-1]

    yield start
    for bed in opened:
        bed.ears.close()


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 2), (8_000, 1)])
def test_people_are_heard_on_a_device_of_another_shape(
    rig: Rig, bedside: Callable[..., Bedside], human_audio: Path, rate_hz: int, channels: int
) -> None:
    """Stereo only, or at another rate only: resampled, mixed, understood; two of three at least, none turned round."""
    bed = bedside(ChoosyPortAudio(rate_hz, channels))
    meanings = []
    clips = clear_clips(human_audio, "no")
    for turn in range(3):
        bed.ears.listen("any", turn)
        rig.speak(next(clips))
        heard = bed.result()
        meanings.append(heard.meaning if isinstance(heard, Heard) else None)
    assert meanings.count("no") >= 2, meanings
    assert "yes" not in meanings


def _at(clip: Path, gain_db: float) -> numpy.ndarray:
    """A person's answer in a still room, at another level; what is too much is cut off."""
    samples, rate_hz = soundfile.read(clip)
    assert rate_hz == 16_000
    room = numpy.random.default_rng(5).standard_normal(rate_hz // 2) * 10 ** (-66 / 20)
    return numpy.clip(numpy.concatenate([room, samples, room]) * 32_768 * 10 ** (gain_db / 20), -32_768, 32_767)


@pytest.mark.parametrize(("gain_db", "fault"), [(-42.0, "quiet"), (34.0, "clipped")])
def test_the_level_of_an_answer_is_judged(
    rig: Rig, bedside: Callable[..., Bedside], human_audio: Path, gain_db: float, fault: str
) -> None:
    """Far too quiet and far too loud are told, and are never heard as the opposite."""
    bed, faults, turn = bedside(), set[str | None](), 1
    sound = _at(next(clear_clips(human_audio, "no")), gain_db)
    speaker = threading.Thread(target=rig.speak_samples, args=[sound])
    bed.ears.listen("any", turn)
    speaker.start()
    while speaker.is_alive():
        with contextlib.suppress(queue.Empty):
            what = bed.inbox.get(timeout=0.1).what
            if isinstance(what, Heard | NoMatch):  # the clip's own noise may be an utterance before the word
                assert not (isinstance(what, Heard) and what.meaning == "yes")
                faults.add(bed.levels.fault(speech=True))
                turn += 1
                bed.ears.listen("any", turn)
    faults.add(bed.levels.fault(speech=False))
    assert fault in faults and not faults - {fault, None}


def test_doctor_tells_what_is_wrong_with_the_level(rig: Rig, tmp_path: Path) -> None:
    """A room that is hardly there is warned of, and so is one at full level; what lies between is well."""
    statuses = {}
    for dbfs in (-55, -80, 6):
        noise = numpy.random.default_rng(3).standard_normal(16_000 * 20) * 32_768 * 10 ** (dbfs / 20)
        path = tmp_path / "room.wav"
        soundfile.write(path, numpy.clip(noise, -32_768, 32_767).astype(numpy.int16), 16_000)
        with rig.background(path):
            time.sleep(0.5)  # paplay has no event for its first sample
            check = doctor.check_microphone()
        statuses[dbfs] = (check.status, "very low" in check.says, "too loud" in check.says)
    assert statuses == {-55: ("ok", False, False), -80: ("warn", True, False), 6: ("warn", False, True)}


_START = "from voice_backcare.__main__ import main; main()"


class Talk:
    """The real ``talk`` in a process of its own, and what it has shown."""

    def __init__(
        self,
        rig: Rig,
        cache: Path,
        start: str = "from voice_backcare.__main__ import main; main()",
        *,
        keys: bool = False,
    ) -> None:
        environment = rig.environment | {
            "PYTHONPATH": str(SRC),
            "PYTHONUNBUFFERED": "1",
            "XDG_CACHE_HOME": str(cache),
            "XDG_STATE_HOME": tempfile.mkdtemp(dir=cache),  # nothing of another conversation is taken up
            "COLUMNS": "200",
            "TERM": "xterm",
        }
        self._keyboard, theirs = pty.openpty() if keys else (-1, subprocess.DEVNULL)
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, "talk", "--once", "--rate", "245"],
            env=environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if keys:
            os.close(theirs)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def shows(self, *texts: str, within_s: float = 30.0) -> None:
        """Wait until each of these was shown, in this order."""
        end_s, seen = time.monotonic() + within_s, ""
        for text in texts:
            while text not in seen:
                try:
                    seen += self._lines.get(timeout=max(0.01, end_s - time.monotonic()))
                except queue.Empty:
                    pytest.fail(f"{text!r} was not shown; but this was:\n{seen}")
            seen = seen[seen.index(text) + len(text) :]

    def press(self, key: str) -> None:
        os.write(self._keyboard, key.encode())

    def close(self) -> None:
        self.process.kill()
        if self._keyboard >= 0:
            os.close(self._keyboard)
        self.process.wait(5)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_each_device_lost_is_told_and_back_without_a_restart(rig: Rig, cache: Path, human_audio: Path) -> None:
    """One conversation: a muted microphone is said, a lost one too, a lost loudspeaker shown; each is back by itself,
    and at the end the same question is answered."""
    recording = rig.record()
    talk = Talk(rig, cache)
    try:
        talk.shows("(listening)", "> (silence)", "I hear no sound at all.", "(listening)")
        rig.microphone.unplug()
        try:
            talk.shows("The microphone is gone.", "I can not hear you now.")
            said_s = time.monotonic()
            recording.wait_for_sound(said_s, within_s=10)
        finally:
            rig.microphone.plug()
        talk.shows("The microphone is back.", "I can hear you again.", "(listening)")
        rig.loudspeaker.unplug()
        try:
            talk.shows("The loudspeaker is gone.", "I can not say this aloud.")
        finally:
            rig.loudspeaker.plug()
        talk.shows("The loudspeaker is back.", "I can speak again.", "(listening)")
        time.sleep(0.5)  # the tone
        rig.speak(next(clear_clips(human_audio, "no")))
        talk.shows("> n")
        assert talk.process.poll() is None
    finally:
        talk.close()
        recording.stop()


_BROKEN = """
import time
from pathlib import Path
from voice_backcare.audio.recognition import vosk_recogniser
def refuse(*arguments, **options):
    while not Path({when!r}).exists():
        time.sleep(0.02)
    raise vosk_recogniser.RecogniserError("it cannot be loaded")
vosk_recogniser.VoskRecogniser = refuse
from voice_backcare.__main__ import main
main()
"""


def test_a_model_that_cannot_be_loaded_ends_in_spoken_words(rig: Rig, cache: Path) -> None:
    """With no keyboard nobody could answer: the program says so aloud, ends with a sentence and the model's status."""
    recording = rig.record()
    talk = Talk(rig, cache, _BROKEN.format(when="/"))
    try:
        assert talk.process.wait(40) == ExitStatus.NO_MODEL
        assert talk.process.stderr is not None
        said = talk.process.stderr.read()
        assert "model fetch" in said and "Traceback" not in said
        seconds = len(recording.settled()) / SPK_RATE_HZ
        assert recording.first_sound_s(0.0) is not None and seconds > 5
    finally:
        talk.close()
        recording.stop()


def test_keys_work_while_the_model_loads_and_after_it_failed(
    rig: Rig, cache: Path, human_audio: Path, tmp_path: Path
) -> None:
    """Somebody has spoken, so the ears wait for the model: a key is answered at once; that loading failed is said; and
    the keys go on."""
    talk = Talk(rig, cache, _BROKEN.format(when=str(tmp_path / "failed")), keys=True)
    asked = {name: question.ask for name, question in content.load().questions.items()}
    try:
        talk.shows(asked["E1"], "(listening)")
        time.sleep(0.5)  # the tone
        rig.speak(next(clear_clips(human_audio, "no")))
        talk.press("n")
        talk.shows(asked["E2"])  # and the model still loads
        (tmp_path / "failed").touch()
        talk.shows("What understands speech does not work.", "I can not understand speech now.", "(listening)")
        talk.press("y")
        talk.shows("Call 911 now.")
    finally:
        talk.close()
