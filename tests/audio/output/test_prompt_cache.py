"""Prompts kept on disk: made once, whole or not at all, and not needed."""

from __future__ import annotations

import errno
import logging
import os
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from voice_backcare.audio.formats.sound import Sound
from voice_backcare.audio.output import prompt_cache as module
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import Prompts
from voice_backcare.fakes.speech import FakeVoice
from voice_backcare.session.ports import VoiceError


def _cache(voice: FakeVoice, folder: Path | None, **options: int) -> PromptCache:
    return PromptCache(voice, folder, **options)


def test_a_line_is_synthesised_once(tmp_path: Path) -> None:
    """A second program finds it on disk."""
    voice = FakeVoice()
    first = _cache(voice, tmp_path).sound("Is it hard to breathe?", 165, keep=True)
    again = _cache(voice, tmp_path).sound("Is it hard to breathe?", 165, keep=True)
    assert voice.said == ["Is it hard to breathe?"]
    assert (first.samples == again.samples).all()
    assert [path.suffix for path in tmp_path.iterdir()] == [".wav"]


def test_another_rate_voice_or_version_is_another_file(tmp_path: Path) -> None:
    """Nothing said with an old voice is mistaken for the new one."""
    old, new = FakeVoice(versions=("1",)), FakeVoice(versions=("2",))
    _cache(old, tmp_path).sound("Yes.", 165, keep=True)
    _cache(old, tmp_path).sound("Yes.", 145, keep=True)
    _cache(new, tmp_path).sound("Yes.", 165, keep=True)
    assert len(old.said) == 2 and len(new.said) == 1
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("length", [0, 20, 44, 2000])
def test_a_half_written_file_is_made_again(tmp_path: Path, length: int) -> None:
    """What power loss left is never played."""
    voice = FakeVoice()
    whole = _cache(voice, tmp_path).sound("Yes.", 165, keep=True)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:length])
    again = _cache(voice, tmp_path).sound("Yes.", 165, keep=True)
    assert len(again.samples) == len(whole.samples)
    assert len(voice.said) == 2
    assert path.stat().st_size > 2000


def test_a_read_only_place_is_told_once_and_does_no_harm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every line is still spoken; one sentence in the log."""
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    cache = _cache(FakeVoice(), blocked / "prompts")
    with caplog.at_level(logging.WARNING):
        for text in ("One.", "Two.", "Three."):
            assert cache.sound(text, 165, keep=True).duration_s > 0
    assert len(caplog.records) == 1
    assert "without its store" in caplog.text


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The line is spoken, the part removed, the reason told."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.os, "fsync", full)
    cache = _cache(FakeVoice(), tmp_path)
    assert cache.sound("One.", 165, keep=True).duration_s > 0
    assert list(tmp_path.iterdir()) == []
    assert "No space left" in caplog.text


def test_the_oldest_are_removed_beyond_the_bound(tmp_path: Path) -> None:
    """The folder stays within its size; parts left long ago go too."""
    left = tmp_path / "left.1.part"
    left.write_bytes(b"x")
    os.utime(left, (0, 0))
    cache = _cache(FakeVoice(), tmp_path, most_bytes=60_000)
    names = []
    for index in range(8):
        cache.sound(f"Line {index}.", 165, keep=True)
        for path in tmp_path.glob("*.wav"):
            if path not in names:
                names.append(path)
                os.utime(path, (1000 + index, 1000 + index))
    kept = set(tmp_path.iterdir())
    assert sum(path.stat().st_size for path in kept) <= 60_000
    assert names[-1] in kept and names[0] not in kept and left not in kept


def test_without_a_folder_the_last_lines_are_remembered() -> None:
    """Asking for the length and then saying it synthesises once."""
    voice = FakeVoice()
    cache = _cache(voice, None)
    cache.sound("Yes.", 165, keep=True)
    cache.sound("Yes.", 165, keep=True)
    assert voice.said == ["Yes."]


def test_a_voice_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """``VoiceError`` comes through, and no file is kept."""
    with pytest.raises(VoiceError):
        _cache(FakeVoice({"Bad."}), tmp_path).sound("Bad.", 165, keep=True)
    assert list(tmp_path.iterdir()) == []


class _SlowVoice(FakeVoice):
    """Waits at its first text until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it, self.go_on = threading.Event(), threading.Event()

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        self.at_it.set()
        assert self.go_on.wait(5)
        super().synthesise(text, path, rate_wpm=rate_wpm)


def test_what_is_wanted_now_comes_before_what_is_prepared() -> None:
    """The line to be said does not wait for all others."""
    voice = _SlowVoice()
    prompts = Prompts(_cache(voice, None))
    prompts.prepare([f"Line {index}." for index in range(20)], 165)
    assert voice.at_it.wait(5)
    wanted: Future[Sound] = prompts.wanted("Now.", 165)
    voice.go_on.set()
    wanted.result(5)
    assert voice.said[:2] == ["Line 0.", "Now."]
    prompts.close()


class _HungVoice(FakeVoice):
    """Hangs at its first text until it is interrupted, as the real one does; its deadline is far away."""

    def __init__(self) -> None:
        super().__init__()
        self.at_it, self.interrupted = threading.Event(), threading.Event()

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        if not self.at_it.is_set():
            self.at_it.set()
            assert self.interrupted.wait(30)
            raise VoiceError("given up")
        super().synthesise(text, path, rate_wpm=rate_wpm)


def test_a_voice_that_hangs_while_lines_are_prepared_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    """The line to be said has it interrupted after a short patience; nothing is told of what we gave up ourselves."""
    voice = _HungVoice()
    prompts = Prompts(_cache(voice, None), voice.interrupted.set, patience_s=0.05)
    prompts.prepare(["Some day."], 165)
    assert voice.at_it.wait(5)
    assert prompts.wanted("Now.", 165).result(5).duration_s > 0
    prompts.close()
    assert not caplog.records


def test_a_line_that_is_wanted_is_never_interrupted() -> None:
    """Only what is made ahead of time is given up for another; a wanted line has the voice's own deadline."""
    voice, interrupted = _SlowVoice(), threading.Event()
    prompts = Prompts(_cache(voice, None), interrupted.set, patience_s=0.0)
    first = prompts.wanted("First.", 165)
    assert voice.at_it.wait(5)
    second = prompts.wanted("Second.", 165)
    assert not interrupted.wait(0.1)
    voice.go_on.set()
    first.result(5), second.result(5)
    prompts.close()


def test_closing_leaves_nobody_waiting() -> None:
    """Whoever waits for a line gets a ``VoiceError``, then and later."""
    voice = _SlowVoice()
    prompts = Prompts(_cache(voice, None))
    prompts.prepare(["First."], 165)
    assert voice.at_it.wait(5)
    waiting = prompts.wanted("Now.", 165)
    threading.Timer(0.05, voice.go_on.set).start()
    prompts.close()
    with pytest.raises(VoiceError):
        waiting.result(5)
    with pytest.raises(VoiceError):
        prompts.wanted("Later.", 165).result(5)


class _TellingVoice(FakeVoice):
    """Tells when it was asked for the last line."""

    def __init__(self) -> None:
        super().__init__({"Bad."})
        self.last = threading.Event()

    def synthesise(self, text: str, path: Path, *, rate_wpm: int) -> None:
        if text == "Last.":
            self.last.set()
        super().synthesise(text, path, rate_wpm=rate_wpm)


def test_lines_are_prepared_in_the_background(tmp_path: Path) -> None:
    """After a while all are there, a bad one among them harming none."""
    voice = _TellingVoice()
    prompts = Prompts(_cache(voice, tmp_path))
    prompts.prepare(["One.", "Bad.", "One.", "Last."], 165)
    assert voice.last.wait(5)
    prompts.close()
    assert voice.said == ["One.", "Bad.", "Last."]
    assert len(list(tmp_path.glob("*.wav"))) == 2
