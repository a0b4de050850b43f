"""Sound that is none, too much, or of another shape: as a file (``hear``) and through the microphone's path alike."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_portaudio import FakeLibrary, FakePortAudio

from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.formats.audio_file import frames_of
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, Frame
from voice_backcare.audio.input.file_recognition import hear_file
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import grammar
from voice_backcare.fakes.ports import FakeClock

_RATE_HZ = 16_000
_NOBODY = ("no_match", "no_input")


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    words = grammar.load()
    return VoskRecogniser(model_folder, words)


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, int]:
    """A spoken "no" in silence, as floats, and its rate."""
    path, voice = tmp_path_factory.mktemp("word") / "no.wav", Synthesiser()
    voice.synthesise("no", path, rate_wpm=150)
    voice.close()
    samples, rate_hz = soundfile.read(path)
    return np.concatenate([np.zeros(rate_hz // 2), samples, np.zeros(rate_hz // 2)]), rate_hz


def heard_live(frames: Iterable[bytes], recogniser: VoskRecogniser) -> str:
    """What the ears make of these frames and the silence after them: ``hear``'s words for it."""
    listener = Listener(recogniser)
    listener.open("any", 0.0)
    for index, pcm in enumerate([*frames, *[bytes(FRAME_BYTES)] * 50]):
        result = listener.feed(Frame(pcm, index * FRAME_S), Playback())
        if isinstance(result, Outcome):
            return result.found.meaning if result.found else "no_match"
    return "no_input"


def captured(samples: np.ndarray, rate_hz: int) -> list[bytes]:
    """The microphone's frames where its device delivers only these channels at only this rate."""
    library = FakeLibrary(rate_hz=rate_hz, channels=samples.shape[1])
    library.refuse = lambda options: (
        -9997 if options["samplerate"] != rate_hz else (-9998 if options["channels"] != samples.shape[1] else None)
    )
    microphone = Microphone(FakePortAudio(library), FakeClock(), stall_s=0.01)
    microphone.open()
    pcm = np.clip(np.rint(samples * 32_768), -32_768, 32_767).astype("<i2")
    frames, block = [], round(rate_hz * FRAME_S)
    for at in range(0, len(pcm) - block + 1, block):
        library.opened[-1].capture(pcm[at : at + block].tobytes())
        while microphone._ready or not microphone._blocks.empty():
            if not microphone._ready:
                microphone._ready = microphone._converter.frames(microphone._blocks.get())  # type: ignore[union-attr,arg-type]
                continue
            frames.append(microphone.read().pcm)
    return frames


def square(half_period: int) -> np.ndarray:
    return np.where(np.arange(8 * _RATE_HZ) // half_period % 2, 32_767, -32_768).astype(np.int16)


_NO_SPEECH: dict[str, Callable[[], np.ndarray]] = {
    "no samples": lambda: np.zeros(0, np.int16),
    "one sample": lambda: np.full(1, 32_767, np.int16),
    "a click": lambda: np.concatenate([np.zeros(8_000), np.full(8, 32_767), np.zeros(8_000)]).astype(np.int16),
    "a constant at full level": lambda: np.full(4 * _RATE_HZ, 32_767, np.int16),
    "an offset that comes and goes": lambda: np.repeat(np.tile([0, 20_000], 8), 4_000).astype(np.int16),
    "a square wave of 1 kHz at full level": lambda: square(8),
    "a square wave of 200 Hz at full level": lambda: square(40),
    "a square wave of 50 Hz at full level": lambda: square(160),
    "noise at full level": lambda: np.random.default_rng(1).integers(-32_768, 32_767, 8 * _RATE_HZ).astype(np.int16),
}


@pytest.mark.parametrize("make", _NO_SPEECH.values(), ids=_NO_SPEECH.keys())
def test_what_is_no_speech_is_no_answer(
    recogniser: VoskRecogniser, tmp_path: Path, make: Callable[[], np.ndarray]
) -> None:
    """From a file and from a microphone: nothing heard, or nothing understood, and it ends."""
    path = tmp_path / "a.wav"
    soundfile.write(path, make(), _RATE_HZ)
    assert hear_file(path, recogniser)["meaning"] in _NOBODY
    assert heard_live(frames_of(path), recogniser) in _NOBODY


@pytest.mark.parametrize("offset", [0.0, 0.25, -0.4])
def test_a_word_on_an_offset_is_heard(
    recogniser: VoskRecogniser, word: tuple[np.ndarray, int], tmp_path: Path, offset: float
) -> None:
    """A DC offset changes nothing, from a file or from a microphone."""
    samples, rate_hz = word
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.5 * samples + offset, rate_hz)
    assert hear_file(path, recogniser)["meaning"] == "no"
    assert heard_live(captured((0.5 * samples + offset)[:, None], rate_hz), recogniser) == "no"


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (44_100, 2), (48_000, 2), (48_000, 6), (96_000, 1)])
def test_a_word_of_any_shape_is_heard(
    recogniser: VoskRecogniser, word: tuple[np.ndarray, int], tmp_path: Path, rate_hz: int, channels: int
) -> None:
    """Any rate and number of channels, as a float file and from a device that offers nothing else."""
    import soxr

    samples = np.stack([soxr.resample(word[0], word[1], rate_hz)] * channels, axis=1)
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, rate_hz, subtype="FLOAT")
    assert hear_file(path, recogniser)["meaning"] == "no"
    assert heard_live(captured(samples, rate_hz), recogniser) == "no"


@pytest.mark.no_cover  # a tracer would be measured too
def test_a_long_silence_is_no_input(recogniser: VoskRecogniser, tmp_path: Path) -> None:
    """Twenty minutes of it, from a file and from a microphone, in less memory than half of its samples take."""
    path = tmp_path / "silence.flac"
    with soundfile.SoundFile(path, "w", _RATE_HZ, 1) as file:
        for _ in range(1_200):
            file.write(np.zeros(_RATE_HZ, np.int16))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert hear_file(path, recogniser)["meaning"] == "no_input"
    listener = Listener(recogniser)
    listener.open("any", 0.0)
    for index, pcm in enumerate(frames_of(path)):
        assert listener.feed(Frame(pcm, index * FRAME_S), Playback()) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 1_200 * 2 * _RATE_HZ / 1024 / 2


def test_hear_is_json_in_utf_8_whatever_the_terminal_and_the_file(tmp_path: Path) -> None:
    """Every file has its line, broken ones a sentence; names that are no text come as JSON's own escapes."""
    silence = tmp_path / "Zoë.wav"
    soundfile.write(silence, np.zeros(0, np.int16), _RATE_HZ)
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, np.random.default_rng(2).integers(-9_000, 9_000, _RATE_HZ).astype(np.int16), _RATE_HZ)
    strange = os.fsencode(tmp_path) + b"/\xff.wav"
    with open(strange, "wb"):  # noqa: PTH123 - a Path holds no such name
        pass
    done = subprocess.run(
        [sys.executable, "-m", "voice_backcare", "hear", str(silence), str(noise), strange, str(tmp_path)],
        capture_output=True,
        timeout=60,
        env=os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    first, second, third, fourth = [json.loads(row) for row in done.stdout.decode("utf-8").splitlines()]
    assert (first["file"], first["meaning"], first["phrase"]) == (str(silence), "no_input", "")
    assert second["meaning"] in _NOBODY and "[unk]" not in second["phrase"]
    assert "cannot be read as sound" in third["error"]
    assert "folder" in fourth["error"]
