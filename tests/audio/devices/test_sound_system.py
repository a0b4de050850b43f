"""A sound system that cannot start, or names its devices strangely, ends nothing. The real PortAudio and ALSA."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from audio_rig import skip_or_fail
from fake_portaudio import FakeLibrary, FakePortAudio

from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.errors import BrokenSoundSystem

_BROKEN = "pcm.!default {\n type asym\n"
_STRANGE = b'pcm."Mikrof\xf6n" { type null hint { show on description "x" } }\n'


@pytest.fixture(autouse=True)
def portaudio() -> None:
    if ctypes.util.find_library("portaudio") is None:
        skip_or_fail("PortAudio is not installed")


def run(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(home), **more}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def test_a_broken_settings_file_is_named_and_nothing_ends(tmp_path: Path) -> None:
    """``doctor`` says which file to mend, goes on to its other checks, and has no traceback."""
    (tmp_path / ".asoundrc").write_text(_BROKEN)
    done = run("-m", "voice_backcare", "doctor", home=tmp_path)
    assert done.returncode == 6
    assert done.stdout.replace("\n", " ").count(f"{tmp_path}/.asoundrc cannot be read") == 2
    assert "disk" in done.stdout and "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("broken", ["file", "missing"])
def test_talk_goes_on_without_the_sound_system(tmp_path: Path, broken: str) -> None:
    """Settings that PortAudio refuses, or for which it ends its process: a sentence, and then as without sound."""
    (tmp_path / ".asoundrc").write_text(_BROKEN if broken == "file" else "")
    more = {} if broken == "file" else {"ALSA_CONFIG_PATH": str(tmp_path / "none.conf")}
    answers = ("-m", "voice_backcare", "talk", "--once")
    done = run(*answers, home=tmp_path, VOICE_BACKCARE_MODEL=os.environ.get("VOICE_BACKCARE_MODEL", ""), **more)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 11)  # 11: no model on this machine, so no rehearsal
    said = (done.stdout + done.stderr).replace("\n", " ")
    assert str(tmp_path / (".asoundrc" if broken == "file" else "none.conf")) in said


def test_a_device_whose_name_is_no_text_is_left_out(tmp_path: Path) -> None:
    """The real list of devices comes without it."""
    (tmp_path / ".asoundrc").write_bytes(_STRANGE)
    code = "from voice_backcare.audio.devices.portaudio import PortAudio; print(PortAudio().devices('input'))"
    done = run("-c", code, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Mikrof" not in done.stdout


def test_the_devices_beside_it_are_used() -> None:
    """Each keeps its own number."""
    library = FakeLibrary()
    rows, name = library.rows, library.rows[0]["name"]

    def query(index: int | None = None) -> Any:
        if index is not None and index >= len(rows):
            raise library.PortAudioError("none", -9996)
        if index is None or rows[index]["name"] == name:
            raise UnicodeDecodeError("utf-8", b"\xf6", 0, 1, "invalid start byte")
        return FakeLibrary.query_devices(library)[index]

    library.query_devices = query  # type: ignore[method-assign]
    assert [device.index for device in FakePortAudio(library).devices("input")] == [2]
    assert [device.index for device in FakePortAudio(library).devices("output")] == [1, 2]


def test_nothing_is_started_afresh_where_it_would_not_start() -> None:
    """Settings that went wrong while the program ran do not end it at the next look for devices."""
    library = FakeLibrary()
    portaudio = FakePortAudio(library)
    portaudio._probe = lambda: "broken"
    assert not portaudio.refresh()
    assert library.restarts == 0


def test_the_library_is_not_loaded_where_the_sound_system_would_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence of the probe is what the user is told."""
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(BrokenSoundSystem, match=r"^Mend it\.$"):
        PortAudio(probe=lambda: "Mend it.").library()
