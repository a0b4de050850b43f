"""A settings file that will not do: the kiosk goes on with the usual settings, and its page says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from wall import the_book

from voice_backcare.cli.kiosk import _usable
from voice_backcare.kiosk.screen.snapshot import snapshot
from voice_backcare.kiosk.screen.view import View
from voice_backcare.settings.schema import Settings


@pytest.mark.parametrize("text", ['emergency_number = "112\r\n', "no_such_key = 1\n", "volume_db = 99\n", None])
def test_a_wrong_file_is_told_and_not_used(tmp_path: Path, text: str | None) -> None:
    """The usual settings hold, what the command line gave counts, and the sentence names the file; a file that is not
    there is no other case."""
    file = tmp_path / "voice-backcare.toml"
    if text is not None:
        file.write_text(text, newline="")
    settings, fault = _usable({"settings_file": file, "gpio_yes": 17})
    assert settings == Settings(gpio_yes=17)
    assert str(file) in fault
    shown = snapshot(View(id="idle", settings_fault=fault), the_book(), 0.0)["notices"]
    [notice] = [each for each in shown if each["id"] == "settings_wrong"]
    assert fault in notice["text"]
    assert notice["text"].endswith("In an emergency call 911.")


def test_a_file_as_another_computer_writes_it_is_used(tmp_path: Path) -> None:
    """A byte-order mark and Windows line ends do no harm, and nothing is told."""
    file = tmp_path / "voice-backcare.toml"
    file.write_bytes(b'\xef\xbb\xbfprovider_name = "Dr. Test"\r\nemergency_number = "112"\r\n')
    settings, fault = _usable({"settings_file": file})
    assert (settings.emergency_number, settings.provider_name, fault) == ("112", "Dr. Test", "")
    assert snapshot(View(id="idle"), the_book(), 0.0)["notices"] == []
