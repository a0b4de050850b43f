"""A checkout to set up in no time: every command that would change the machine is a stand-in that keeps a log."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from places import ROOT

# Plays python, the environment's python, and through it voice-backcare.
_PYTHON = r"""#!/bin/bash
[[ $* == *"sys.version_info >="* ]] && exit 0
[[ $1 == --version ]] && echo "Python 3.13.0" && exit 0
[[ $* == "-m voice_backcare "* ]] || echo "noise on standard output"
[[ $* == "-m voice_backcare "* ]] || echo "$(basename "$0") $*" >>"$LOG"
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *"pip install"*)
        [[ -z ${HANG:-} ]] || read -r _ <"$HANG"
        [[ -z ${PIP_FAILS:-} ]] || exit 1
        ;;
    "-m pip check"*) ;;
    "-m voice_backcare.cli.model fetch") [[ -z ${MODEL_FAILS:-} || -e $(dirname "$LOG")/maven ]] || exit 11 ;;
    "-m voice_backcare "*) shift 2; exec "$PROGRAM" "$@" ;;
esac
"""
_PROGRAM = """#!/bin/bash
printf '%s|' "$@"
cat
"""
_LDCONFIG = """#!/bin/bash
for name in $LIBRARIES; do echo "	$name (libc6) => /lib/$name"; done
"""
_APT = """#!/bin/bash
echo "$(basename "$0") $*" >>"$LOG"
[[ $* != *install*maven* || -n ${APT_FAILS:-} ]] || touch "$(dirname "$LOG")/maven"
[[ -z ${APT_FAILS:-} ]]
"""
_SUDO = """#!/bin/bash
[[ $1 != -n || -z ${SUDO_ASKS:-} ]] || exit 1
[[ $1 != -n ]] || shift
exec "$@"
"""
LIBRARIES = "libespeak-ng.so.1 libportaudio.so.2 libatomic.so.1"


@dataclass
class Checkout:
    """A copy of the scripts, with what they call replaced."""

    root: Path
    commands: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, script: str, *arguments: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        """``before``: what the script is started through, such as ``unshare``."""
        return subprocess.Popen(
            # A test run started in the background ignores Ctrl-C, and would hand that on.
            ["env", "--default-signal=INT", *before, str(self.root / "scripts" / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.commands,
            env=self.environment,
            start_new_session=True,
        )

    def run(
        self, script: str, *arguments: str, answers: str = "", before: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(script, *arguments, before=before)
        out, err = process.communicate(answers, timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def done(self) -> list[str]:
        """What was called since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@cache
def _tools() -> Path:
    """The system's own commands but Maven, which may or may not be installed here."""
    folder = Path(tempfile.mkdtemp(prefix="tools-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    for tool in (*Path("/bin").iterdir(), *Path("/usr/bin").iterdir()):
        if tool.name != "mvn" and not (folder / tool.name).is_symlink():
            (folder / tool.name).symlink_to(tool)
    return folder


def _command(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def make_checkout(folder: Path) -> Checkout:
    """In a folder whose name has a space, because some people's have."""
    root, commands = folder / "a checkout", folder / "commands"
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, root / name)
    (root / "models").mkdir()
    shutil.copy(ROOT / "models" / "models.toml", root / "models")
    shutil.copy(ROOT / "pyproject.toml", root)
    commands.mkdir()
    _command(commands / "python3.13", _PYTHON)
    _command(commands / "ldconfig", _LDCONFIG)
    _command(folder / "program", _PROGRAM)
    for name in ("apt-get", "dpkg"):
        _command(commands / name, _APT)
    _command(commands / "sudo", _SUDO)
    for name in ("espeak-ng", "aplay", "pulseaudio", "pactl", "strace", "pdftotext", "chromium", "firefox-esr"):
        _command(commands / name, "#!/bin/bash\n")
    log = folder / "log"
    environment = {
        "PATH": f"{commands}:{_tools()}",
        "HOME": str(folder),
        "LOG": str(log),
        "PROGRAM": str(folder / "program"),
        "LIBRARIES": LIBRARIES,
        "http_proxy": "http://127.0.0.1:9",  # as good as a network: nothing here is really fetched
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }
    return Checkout(root, commands, log, environment)
