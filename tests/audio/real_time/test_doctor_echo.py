"""What ``doctor`` says of the program's own echo, over virtual devices."""

from __future__ import annotations

import pytest
from audio_rig import Rig

from voice_backcare.cli.doctor_echo import check_echo
from voice_backcare.settings.schema import Settings


def test_without_barge_in_it_says_that_it_hears_nothing_while_it_speaks() -> None:
    """Nothing is played for that."""
    check = check_echo(Settings())
    assert (check.name, check.status) == ("echo", "ok")
    assert "hears nothing" in check.says


def test_an_echo_that_comes_back_is_never_taken_for_none(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second later: it is removed, or, where the machine is too busy for that, the ears stay shut."""
    rig.use(monkeypatch)
    with rig.loop_back(0.1):
        check = check_echo(Settings(barge_in=True))
    assert check.name == "echo"
    assert "None of its own voice" not in check.says


@pytest.mark.xfail(strict=False, reason="with no echo at all the measurement is not reliable yet; barge_in is off")
def test_a_headset_has_none(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what is played comes back."""
    rig.use(monkeypatch)
    check = check_echo(Settings(barge_in=True))
    assert check.status == "ok", check.says
    assert "None of its own voice" in check.says
