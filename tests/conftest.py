"""What tests over a virtual microphone and loudspeaker share."""

from __future__ import annotations

import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import audio_rig
import coverage_floors
import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.model.store import ModelError, ready

# They need a Home Assistant: scripts/test-home-assistant runs them where there is one.
collect_ignore = ["home_assistant"]

# How long an example takes says nothing: the machine may be busy with something else.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

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

# What visits every state there is takes minutes on two busy cores; all else has the limit of pyproject.toml.
LONG_GROUPS = ("search", "scripts", *GROUPS_OF_THEIR_OWN)
LONG_S = 3600
# Real time waits most of the time: what computes runs beside it.
FIRST = ("real time", "search", "test_hours.py", "test_oracle.py", "kiosk", "scripts")


REPORT = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--coverage-floors",
        action="store_true",
        help="tell the coverage of each room, and fail where one is under its floor in pyproject.toml (with --cov)",
    )
    parser.addoption(
        "--exhaustive", action="store_true", help="run the tests marked exhaustive too, as scripts/prove does (minutes)"
    )


def pytest_configure() -> None:
    """A shell starts what runs behind ``&`` with Ctrl-C ignored, and so would every child be that a test interrupts.

    A handler is not inherited: the children have the usual interrupt again, and these tests still ignore it.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what a person has: their settings, and the record of their conversations."""
    patch = pytest.MonkeyPatch()
    for name in ("STATE", "CONFIG"):
        patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
    yield
    patch.undo()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """After all tests, and after pytest-cov has combined its data: a room under its floor is a failure."""
    result = yield
    if session.config.getoption("--coverage-floors") and not hasattr(session.config, "workerinput"):
        least = coverage_floors.floors()
        lines, reached = coverage_floors.report(least, coverage_floors.measured(list(least)))
        session.config.stash[REPORT] = lines
        session.testsfailed += not reached
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The coverage of each room, before the line that ends it all."""
    if lines := config.stash.get(REPORT, None):
        terminalreporter.write_sep("=", "coverage of each room")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What computes for minutes runs untraced, its fixtures too: a tracer makes that two to three times as slow."""
    controller = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if controller is None or _group_of(item) not in LONG_GROUPS:
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


def _group(path: str) -> str | None:
    """Name of the tests that those of the file at ``path`` must not run beside; None where they may run beside any."""
    parts = Path(path).parts
    if parts[-1] in GROUPS_OF_THEIR_OWN:
        return parts[-1]
    return next((GROUPS[part] for part in reversed(parts) if part in GROUPS), None)


def _group_of(item: pytest.Item) -> str | None:
    return _group(item.nodeid.partition("::")[0])


class GroupScheduling(LoadScopeScheduling):
    """Each group, and each file that is in none, runs in one process, one test after the other.

    pytest-xdist has marks for it, which from pytest 9.2 on it passes to nobody: the tests of a group ran beside each
    other.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return _group(path) or path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    config.option.loadscopereorder = False  # as collected: what takes longest first (below)
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no process is left alone with it; and it has a limit of its own.

    What visits every state is left out, unless it is asked for.
    """
    if not config.getoption("--exhaustive"):
        left_out = [item for item in items if item.get_closest_marker("exhaustive")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: FIRST.index(group) if (group := _group_of(item)) in FIRST else len(FIRST))
    for item in items:
        if _group_of(item) in LONG_GROUPS:
            item.add_marker(pytest.mark.timeout(LONG_S))


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
