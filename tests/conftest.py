"""What tests over a virtual microphone and loudspeaker share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import audio_rig
import pytest

from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.model.store import ModelError, ready

# They need a Home Assistant: scripts/test-home-assistant runs them where there is one.
collect_ignore = ["home_assistant"]

# Tests of one group run one after the other, in one process: they share one sound server, or one long search.
GROUPS = {
    "real_time": "real time",
    "test_end_to_end.py": "real time",
    "test_interrupted_talk.py": "real time",
    "test_kiosk_voice.py": "real time",
    "test_kiosk_service.py": "real time",
    "kiosk": "kiosk",
    "search": "search",
    "scripts": "scripts",
}
GROUPS_OF_THEIR_OWN = ("test_hours.py", "test_oracle.py")


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what a person has: their settings, and the record of their conversations."""
    patch = pytest.MonkeyPatch()
    for name in ("STATE", "CONFIG"):
        patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
    yield
    patch.undo()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests must not run beside each other, for pytest-xdist."""
    for item in items:
        parts = item.path.relative_to(Path(__file__).parent).parts
        group = next((GROUPS[part] for part in reversed(parts) if part in GROUPS), None)
        if parts[-1] in GROUPS_OF_THEIR_OWN:
            group = parts[-1]
        item.add_marker(pytest.mark.xdist_group(group or str(item.path)))


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
