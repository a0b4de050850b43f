"""What tests over a virtual microphone and loudspeaker share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import audio_rig
from voice_backcare.speech.model import ModelError, ready
from voice_backcare.speech.portaudio import PortAudio


@pytest.fixture(scope="session")
def _running_rig() -> Iterator[audio_rig.Rig]:
    with audio_rig.rig() as running:
        yield running


@pytest.fixture
def rig(_running_rig: audio_rig.Rig, monkeypatch: pytest.MonkeyPatch) -> audio_rig.Rig:
    """The virtual microphone and loudspeaker, and this process using them."""
    _running_rig.use(monkeypatch)
    assert PortAudio().refresh()
    return _running_rig


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The real speech model; a visible skip where it was not fetched."""
    try:
        return ready()
    except ModelError as error:
        audio_rig.skip_or_fail(str(error))
        raise


@pytest.fixture(scope="session")
def human_audio() -> Path:
    """The folder of human answers; a visible skip where it is not there."""
    return audio_rig.human_audio()
