"""Whether the sound system starts at all, tried in a process of its own.

PortAudio starts the sound system while it is loaded, and ends the whole process where it does not like what it finds
there. So that is let happen to a child first.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

_WITHIN_S = 15.0  # a small machine that has just been switched on, and a sound server that starts with it
_CHILD = """
import ctypes, sys
try:
    library = ctypes.CDLL("libportaudio.so.2")
except OSError:
    sys.exit(0)  # that it is missing is found out by loading it
sys.exit(1 if library.Pa_Initialize() < 0 else 0)
"""
_CORRUPTED = re.compile(r"(/.+?) may be old or corrupted")
_MISSING = re.compile(r"Cannot access file (/.+)")


def sound_system_fault() -> str | None:
    """What is wrong, in a sentence that says what to do; None where the sound system starts.

    Takes as long as starting it does: a tenth of a second, more where a sound server has to be waited for.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_WITHIN_S,
        )
    except subprocess.TimeoutExpired:
        return "The sound system does not answer. Start the machine anew, and try again."
    except OSError:  # no process can be started: so the library is simply loaded
        return None
    return None if done.returncode == 0 else _sentence(done.stderr.decode("utf-8", "backslashreplace"))


def _sentence(messages: str) -> str:
    if found := _CORRUPTED.search(messages):
        name = shlex.quote(found[1])
        return (
            f"The sound settings in {found[1]} cannot be read. Mend that file, or move it away (mv {name} {name}.off)."
        )
    if found := _MISSING.search(messages):
        return (
            f"The sound system's own settings are missing ({found[1]}). "
            "Install them again (sudo apt-get install --reinstall libasound2-data)."
        )
    return (
        "The sound system cannot start. Where there is a file ~/.asoundrc or /etc/asound.conf, move it away, "
        "and try again."
    )
