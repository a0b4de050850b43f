"""``doctor --report``: the checks and the machine as a text to paste into a report of a fault.

Nothing in it tells of a child, a provider or whose machine it is: no answer, no home folder, no name of a user, machine
or device (a headset is often named after its owner), and of the settings only which keys are set.
"""

from __future__ import annotations

import getpass
import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from voice_backcare.cli.doctor import Check
from voice_backcare.cli.version import version_lines
from voice_backcare.settings import schema
from voice_backcare.settings.schema import SettingsError

_LIBRARIES = (
    "click", "hassil", "msgspec", "numpy", "pyttsx3", "pywebrtc-audio", "PyYAML", "reportlab", "rich", "sounddevice",
    "soundfile", "soxr", "vosk", "webrtcvad-wheels", "segno", "starlette", "uvicorn", "gpiozero", "lgpio", "wyoming",
    "pocketsphinx", "piper-tts",
)  # fmt: skip
_SECRET_LEAST = 2  # a user or a machine of one letter would strike that letter everywhere
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")  # as repr() writes a name
_LISTED = re.compile(r" There are: .*")  # names of all devices, one after the other
_WITH_DEVICE_NAMES = ("microphone", "loudspeaker", "echo", "service")
_MODEL_FILE = Path("/sys/firmware/devicetree/base/model")  # what a Raspberry Pi is


def report(checks: Sequence[Check], settings_file: Path | None = None) -> str:
    """Text of the report, in Markdown."""
    parts = [
        "## Versions",
        *version_lines(),
        "Libraries: " + ", ".join(_libraries()),
        "",
        "## Machine",
        *_machine(),
        "",
        "## Settings",
        _settings(settings_file),
        "",
        "## Checks",
        *(f"{check.status:<5}{check.name:<12} {_says(check)}".rstrip() for check in checks),
    ]
    return without_names("\n".join(parts), _secrets()) + "\n"


def without_names(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """``text`` with the first of each pair replaced by the second, whatever its case; the longest first."""
    for secret, instead in sorted(secrets, key=lambda pair: -len(pair[0])):
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", instead, text, flags=re.IGNORECASE)
    return text


def _says(check: Check) -> str:
    """Sentence of ``check`` without what a person has named; that of the settings has the provider's name in it."""
    if check.name == "settings":
        return "The settings are valid." if check.status == "ok" else "The settings file is not valid."
    if check.name in _WITH_DEVICE_NAMES:
        return _LISTED.sub("", _QUOTED.sub("(its name)", check.says))
    return check.says


def _secrets() -> Iterator[tuple[str, str]]:
    """What must not be in the report, and what stands there instead."""
    with suppress(RuntimeError):
        yield str(Path.home()), "~"
    with suppress(KeyError, OSError):
        user = getpass.getuser()
        if len(user) >= _SECRET_LEAST and user != "root":
            yield user, "USER"
    if len(platform.node()) >= _SECRET_LEAST and platform.node() != "localhost":
        yield platform.node(), "MACHINE"


def _libraries() -> Iterator[str]:
    for name in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            yield f"{name} {metadata.version(name)}"


def _machine() -> Iterator[str]:
    with suppress(OSError):
        yield "Model: " + _MODEL_FILE.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    yield f"Processors: {os.cpu_count()}"
    with suppress(OSError, ValueError):
        yield f"Memory: {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 1_000_000} MB"
    yield f"Language: {os.environ.get('LC_ALL') or os.environ.get('LANG') or 'not set'}"


def _settings(settings_file: Path | None) -> str:
    try:
        _, given = schema.read(settings_file)
    except SettingsError:
        return "The file is not valid."
    keys = sorted(key.shown for key in schema.all_keys() if key.field in given)
    return f"Keys that are set: {', '.join(keys)}" if keys else "None is set."
