"""A checkout to set up in no time: every command that would change the machine is a stand-in that keeps a log."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from places import ROOT

# Plays python, the environment's python and, once pip "installed" it, voice-backcare.
_PYTHON = r"""#!/bin/bash
[[ $* == *"sys.version_info >="* ]] && exit 0
[[ $1 == --version ]] && echo "Python 3.13.0" && exit 0
echo "noise on standard output"
echo "$(basename "$0") $*" >>"$LOG"
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *"pip install"*)
        [[ -z ${HANG:-} ]] || read -r _ <"$HANG"
        [[ -z ${PIP_FAILS:-} ]] || exit 1
        [[ $* != *--editable* ]] || cp "$PROGRAM" "$(dirname "$0")/voice-backcare"
        ;;
    "-m voice_backcare.cli.model fetch") [[ -z ${MODEL_FAILS:-} ]] || exit 11 ;;
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
[[ -z ${APT_FAILS:-} ]]
"""
LIBRARIES = "libespeak-ng.so.1 libportaudio.so.2 libatomic.so.1"


@dataclass
class Checkout:
    """A copy of the scripts, with what they call replaced."""

    root: Path
    commands: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            # A test run started in the background ignores Ctrl-C, and would hand that on.
            ["env", "--default-signal=INT", str(self.root / "scripts" / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.commands,
            env=self.environment,
            start_new_session=True,
        )

    def run(self, script: str, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        process = self.start(script, *arguments)
        out, err = process.communicate(answers, timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def done(self) -> list[str]:
        """What was called since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


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
    for name in ("apt-get", "dpkg", "sudo"):
        _command(commands / name, _APT)
    for name in ("espeak-ng", "aplay", "pulseaudio", "pactl", "strace", "chromium"):
        _command(commands / name, "#!/bin/bash\n")
    log = folder / "log"
    environment = {
        "PATH": f"{commands}:/usr/bin:/bin",
        "HOME": str(folder),
        "LOG": str(log),
        "PROGRAM": str(folder / "program"),
        "LIBRARIES": LIBRARIES,
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }
    return Checkout(root, commands, log, environment)
