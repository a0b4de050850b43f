"""The voice's process: replaced where it dies or hangs, and never a half-written file."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voice_backcare.audio.errors import NoVoice
from voice_backcare.audio.synthesis import worker_voice as module
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.session.ports import VoiceError

Make = Callable[..., Synthesiser]

_HEAD = """
import json, os, sys, time
print("{}", flush=True)
for row in sys.stdin:
    path = json.loads(row)["path"]
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A voice whose worker runs the given Python for each job, with ``path`` set; and the real worker without."""
    made: list[Synthesiser] = []

    def build(job: str | None = None, **options: float) -> Synthesiser:
        if job is None:
            voice = Synthesiser(**options)
        else:
            script = tmp_path / "worker.py"
            script.write_text(_HEAD + textwrap.indent(job, "    "))
            voice = Synthesiser(command=(sys.executable, str(script)), **options)
        made.append(voice)
        return voice

    yield build
    for voice in made:
        voice.close()


def test_a_killed_worker_is_replaced(make: Make, tmp_path: Path) -> None:
    """The next text is spoken by another process, and the listener notices nothing."""
    voice = make()
    voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
    first = voice.worker_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    voice.synthesise("two", tmp_path / "two.wav", rate_wpm=165)
    assert voice.worker_pid not in (None, first)
    assert (tmp_path / "two.wav").is_file()


def test_a_hanging_worker_is_killed_at_the_deadline(make: Make, tmp_path: Path) -> None:
    """Tried with a fresh process once, the text fails soon after the second deadline; the process is gone."""
    voice = make("time.sleep(60)", deadline_s=0.2)
    voice.start()
    pid = voice.worker_pid
    began_s = time.monotonic()
    with pytest.raises(VoiceError, match="does not answer"):
        voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
    assert time.monotonic() - began_s < 3
    assert voice.worker_pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


def test_a_text_on_which_the_worker_hangs_once_is_spoken_all_the_same(make: Make, tmp_path: Path) -> None:
    """A fresh process speaks it, and the listener notices only a delay."""
    flag = tmp_path / "hung"
    voice = make(
        f"""
if not os.path.exists({str(flag)!r}):
    open({str(flag)!r}, "w").close()
    time.sleep(60)
import wave
with wave.open(path, "wb") as file:
    file.setnchannels(1); file.setsampwidth(2); file.setframerate(16000); file.writeframes(bytes(640))
print("{{}}", flush=True)
""",
        deadline_s=0.3,
    )
    voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
    assert (tmp_path / "one.wav").is_file()


def test_a_voice_that_keeps_hanging_costs_one_deadline_a_text(make: Make, tmp_path: Path) -> None:
    """After two hangs in a row each further text is tried once, so that the next line is not late twice."""
    tried = tmp_path / "tried"
    tried.touch()
    voice = make(f"open({str(tried)!r}, 'a').write('x'); time.sleep(60)", deadline_s=2.0)
    for sofar in ("xx", "xxx"):
        with pytest.raises(VoiceError):
            voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
        assert tried.read_text() == sofar


def test_an_interrupted_text_fails_at_once_and_the_next_is_spoken(make: Make, tmp_path: Path) -> None:
    """``interrupt`` needs no deadline, and the text is not tried again."""
    flag = tmp_path / "second"
    voice = make(f"open({str(flag)!r}, 'a').write('x'); time.sleep(60)", deadline_s=30.0)
    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(voice.synthesise, "one", tmp_path / "one.wav", rate_wpm=165)
        while not flag.exists():
            time.sleep(0.01)
        voice.interrupt()
        with pytest.raises(VoiceError):
            one.result(5)
    assert flag.read_text() == "x"


def test_a_worker_that_always_dies_is_an_error(make: Make, tmp_path: Path) -> None:
    """Tried with a fresh process once, then given up."""
    voice = make("sys.exit(3)")
    with pytest.raises(VoiceError, match="ended"):
        voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)


@pytest.mark.parametrize(
    "job",
    [
        "open(path, 'wb').write(b'RIFF'); print('{}', flush=True)",
        "print('{}', flush=True)",
        "open(path, 'wb').write(b'RIFF'); print(json.dumps({'error': 'disk full'}), flush=True)",
        "open(path, 'wb').write(b'RIFF'); print('what?', flush=True)",
    ],
    ids=["half a file", "no file", "an error", "nonsense"],
)
def test_what_is_not_a_whole_file_is_never_handed_on(make: Make, tmp_path: Path, job: str) -> None:
    """``VoiceError``, and no trace of the file."""
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(VoiceError):
        make(job).synthesise("one", folder / "one.wav", rate_wpm=165)
    assert list(folder.iterdir()) == []


def test_an_unknown_voice_is_an_error(tmp_path: Path) -> None:
    """espeak-ng would speak with another voice without a word."""
    voice = Synthesiser("gmw/en-atlantis")
    with pytest.raises(VoiceError, match="gmw/en-atlantis"):
        voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
    voice.close()


def test_a_closed_voice_speaks_no_more(make: Make, tmp_path: Path) -> None:
    """No process comes back after ``close``."""
    voice = make()
    voice.start()
    voice.close()
    with pytest.raises(VoiceError, match="closed"):
        voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
    assert voice.worker_pid is None


def test_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without espeak-ng the error says what to install."""

    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(NoVoice, match="apt-get install espeak-ng"):
        module.espeak_version()
