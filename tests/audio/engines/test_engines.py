"""Recognisers and voices by name: what can be chosen, what a wrong name says, and that two voices never mix."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import installed
import pytest

from voice_backcare.audio.engines import builtin, registry
from voice_backcare.audio.engines.registry import (
    RECOGNISERS,
    VOICES,
    UnknownEngine,
    recogniser_engine,
    voice_engine,
)
from voice_backcare.audio.errors import NoVoice
from voice_backcare.audio.formats.sound import read_wave
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.cli import doctor
from voice_backcare.cli.main import cli
from voice_backcare.settings.schema import EXIT_SETTINGS


def _points(monkeypatch: pytest.MonkeyPatch, *points: tuple[str, str, str]) -> None:
    """These entry points are installed, and no others."""
    known = EntryPoints(EntryPoint(name, value, group) for group, name, value in points)
    monkeypatch.setattr(registry, "entry_points", lambda *, group: known.select(group=group))


def _ours(monkeypatch: pytest.MonkeyPatch, *more: tuple[str, str, str]) -> None:
    module = "voice_backcare.audio.engines.builtin"
    _points(
        monkeypatch,
        (RECOGNISERS, "vosk", f"{module}:VOSK"),
        (RECOGNISERS, "pocketsphinx", f"{module}:POCKETSPHINX"),
        (VOICES, "pyttsx3", f"{module}:PYTTSX3"),
        (VOICES, "piper", f"{module}:PIPER"),
        *more,
    )


def _nothing_more_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_the_defaults_are_there_with_nothing_else_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vosk and pyttsx3 need no look at what is installed."""
    _points(monkeypatch)
    assert (recogniser_engine().name, voice_engine().name) == ("vosk", "pyttsx3")


@pytest.mark.parametrize(
    ("option", "name", "says"),
    [
        ("--recogniser", "kaldi", ["no recogniser 'kaldi'", "Installed here: vosk", "voice-backcare[pocketsphinx]"]),
        ("--recogniser", "pocketsphinx", ["is not installed: pip install 'voice-backcare[pocketsphinx]'", "vosk"]),
        ("--voice-engine", "festival", ["no voice 'festival'", "Installed here: pyttsx3", "voice-backcare[piper]"]),
        ("--voice-engine", "piper", ["is not installed: pip install 'voice-backcare[piper]'", "pyttsx3"]),
    ],
)
def test_a_name_that_is_not_here_is_one_sentence_and_the_status_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, model_folder: Path, option: str, name: str, says: list[str]
) -> None:
    """It lists what is installed and how to have the others; no traceback."""
    from click.testing import CliRunner

    _ours(monkeypatch)
    _nothing_more_installed(monkeypatch)
    ended = CliRunner().invoke(cli, ["rehearse", option, name])
    assert ended.exit_code == EXIT_SETTINGS
    assert all(part in ended.output for part in says), ended.output
    assert len(ended.output.strip().splitlines()) == 1


def test_what_cannot_be_a_name_is_told_with_its_line(tmp_path: Path) -> None:
    """As every other setting."""
    from voice_backcare.settings.schema import SettingsError, read

    file = tmp_path / "settings.toml"
    file.write_text('rate_wpm = 150\nrecogniser = "../vosk"\n')
    with pytest.raises(SettingsError, match="line 2: recogniser must be a name"):
        read(file)


def test_somebody_elses_engine_is_chosen_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another distribution installs is an engine like ours; where it cannot be loaded, that is told."""
    theirs = "voice_backcare.audio.engines.builtin:VOSK"
    _ours(monkeypatch, (RECOGNISERS, "theirs", theirs), (RECOGNISERS, "broken", "no_such_module:X"))
    assert recogniser_engine("theirs") is builtin.VOSK
    with pytest.raises(UnknownEngine, match=r"'broken' cannot be loaded \(No module named"):
        recogniser_engine("broken")


def test_our_entry_points_are_installed() -> None:
    """An installed program knows its four engines."""
    from importlib.metadata import entry_points

    assert {point.name for point in entry_points(group=RECOGNISERS)} >= {"vosk", "pocketsphinx"}
    assert {point.name for point in entry_points(group=VOICES)} >= {"pyttsx3", "piper"}


def test_doctor_tells_which_engines_are_in_use(monkeypatch: pytest.MonkeyPatch, model_folder: Path) -> None:
    """And what is wrong where one that is set is not installed."""
    assert "(vosk)" in doctor.check_model().says and "(pyttsx3)" in doctor.check_voice().says
    _ours(monkeypatch)
    _nothing_more_installed(monkeypatch)
    for check in (doctor.check_model("pocketsphinx"), doctor.check_voice(None, "piper")):
        assert check.status == "fail" and "pip install" in check.says


def test_two_voices_never_share_a_stored_prompt(tmp_path: Path) -> None:
    """What one engine has spoken is not played as the other's."""
    usual, piper = voice_engine().make(), installed.voice("piper").make()
    try:
        PromptCache(usual, tmp_path).sound("Yes or no?", 180, keep=True)
        assert PromptCache(usual, tmp_path).has("Yes or no?", 180)
        assert not PromptCache(piper, tmp_path).has("Yes or no?", 180)
    finally:
        usual.close()
        piper.close()


def test_piper_speaks_in_a_process_of_its_own_that_is_replaced(tmp_path: Path) -> None:
    """A crash costs a moment, its code (GPL) is never in this process, and its rate is what its file says."""
    voice = installed.voice("piper").make()
    try:
        voice.synthesise("one", tmp_path / "one.wav", rate_wpm=165)
        os.kill(voice.worker_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        voice.synthesise("two", tmp_path / "two.wav", rate_wpm=165)
        sound = read_wave((tmp_path / "two.wav").read_bytes())
        assert sound.rate_hz == 22_050 and 0.2 < sound.duration_s < 1.5
        assert "piper" not in sys.modules and "onnxruntime" not in sys.modules
    finally:
        voice.close()


def test_a_piper_voice_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Named by its file, which must have its description beside it."""
    (tmp_path / "ada.onnx").touch()
    with pytest.raises(NoVoice, match="no Piper voice"):
        builtin.PIPER.make(str(tmp_path / "ada.onnx"))


def test_a_rehearsal_by_the_other_engines(tmp_path: Path) -> None:
    """Piper asks and answers, pocketsphinx understands: a no, then a yes, reach 911 on no part of the usual ones."""
    installed.voice("piper"), installed.recogniser("pocketsphinx")
    answers, wav = tmp_path / "answers.txt", tmp_path / "said.wav"
    answers.write_text("no\nyes\n")
    command = [sys.executable, "-m", "voice_backcare"]
    chosen = ["--recogniser", "pocketsphinx", "--voice-engine", "piper"]
    ended = subprocess.run(
        [*command, "rehearse", *chosen, "--answers", str(answers), "--wav", str(wav)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    assert "Call 911 now" in ended.stdout
    assert read_wave(wav.read_bytes()).duration_s > 12


def test_a_recording_through_pocketsphinx(human_audio: Path) -> None:
    """``hear`` with the other recogniser: the same lines of JSON."""
    installed.recogniser("pocketsphinx")
    files = [str(human_audio / "no" / "283d7a53_nohash_0.flac"), str(human_audio / "yes" / "2296b1af_nohash_2.flac")]
    ended = subprocess.run(
        [sys.executable, "-m", "voice_backcare", "hear", "--recogniser", "pocketsphinx", *files],
        capture_output=True,
        text=True,
        timeout=60,
    )
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(row["file"], row["meaning"]) for row in rows] == [(files[0], "no"), (files[1], "yes")]
