"""A person at the virtual bedside: starts the real ``talk``, reads its screen, answers with human recordings."""

from __future__ import annotations

import contextlib
import csv
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audio_rig import Recording, Rig
from places import SRC
from tracing import traced

LISTENING = "(listening)"
_TONE_S = 0.35  # from the tone's first sound until a person begins to speak
_LEVELS_DBFS = (-26.0, -16.0)


def clear_clips(audio: Path, label: str) -> Iterator[Path]:
    """Recordings of ``label`` at an ordinary level, each of another speaker, for ever."""
    with (audio / "manifest.csv").open() as file:
        rows = {row["speaker"]: row for row in csv.DictReader(file) if row["label"] == label}
    low, high = _LEVELS_DBFS
    paths = [audio / row["file"] for row in rows.values() if low <= float(row["rms_dbfs"]) <= high]
    while True:
        yield from paths


@dataclass
class Heard:
    """One line on the screen of ``talk``, and when it came (``time.monotonic``)."""

    at_s: float
    text: str


@dataclass
class Talker:
    """Runs ``talk --once`` on ``rig``; ``answer`` gets what is on the screen since the last answer."""

    rig: Rig
    recording: Recording
    cache: Path
    options: tuple[str, ...] = ()
    screen: list[Heard] = field(default_factory=list)
    spoken: list[tuple[float, Path]] = field(default_factory=list)
    state: Path | None = None  # where its journal is; None: a fresh folder, so that nothing is taken up
    stop_signal: signal.Signals = signal.SIGINT  # what it gets once ``answer`` has none
    more: dict[str, str] = field(default_factory=dict)  # of the environment
    trace: Path | None = None  # where its calls about the network go
    started_s: float = 0.0
    peak_memory_kb: int = 0
    pid: int = 0

    def run(self, answer: Callable[[str], Path | None]) -> str:
        """To the end of the conversation, or until ``answer`` has none; all that was on the screen."""
        state = self.state or Path(tempfile.mkdtemp(prefix="vbc-state-"))
        environment = self.rig.environment | {
            "PYTHONPATH": os.pathsep.join([str(SRC)]),
            "PYTHONUNBUFFERED": "1",
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_CONFIG_HOME": str(self.cache),
            "XDG_STATE_HOME": str(state),
            "COLUMNS": "200",
            **self.more,
        }
        command = [sys.executable, "-m", "voice_backcare", "talk", "--once", *self.options]
        command = command if self.trace is None else traced(command, self.trace)
        self.started_s = time.monotonic()
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        ) as process:
            self.pid = process.pid
            try:
                self._converse(process, answer)
            finally:
                process.kill()
                if not self.state:
                    shutil.rmtree(state, ignore_errors=True)
        return "\n".join(line.text for line in self.screen)

    def _converse(self, process: subprocess.Popen[str], answer: Callable[[str], Path | None]) -> None:
        since = 0
        for line in iter(self._lines(process).get, None):
            self.screen.append(line)
            if LISTENING not in line.text:
                continue
            clip = answer("\n".join(row.text for row in self.screen[since:]))
            since = len(self.screen)
            self._measure(process.pid)
            if clip is None:
                process.send_signal(self.stop_signal)
                continue
            tone_s = self.recording.wait_for_sound(self.screen[-1].at_s, within_s=10)
            time.sleep(max(0.0, tone_s + _TONE_S - time.monotonic()))
            self.spoken.append((self.rig.speak(clip), clip))

    def _lines(self, process: subprocess.Popen[str]) -> queue.SimpleQueue[Heard | None]:
        """Its lines, each with the time at which it came: somebody may be speaking just then. None is the last."""
        lines: queue.SimpleQueue[Heard | None] = queue.SimpleQueue()

        def read() -> None:
            for line in process.stdout or ():
                lines.put(Heard(time.monotonic(), line.rstrip("\n")))
            lines.put(None)

        threading.Thread(target=read, name="screen", daemon=True).start()
        return lines

    def cpu_s(self) -> float:
        """The processor time that the program and its voice have used so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it may have ended meanwhile
                fields = stat.read_text().rsplit(")", 1)[1].split()
                if self.pid in (int(stat.parent.name), int(fields[1])):
                    ticks += int(fields[11]) + int(fields[12])  # utime, stime
        return ticks / os.sysconf("SC_CLK_TCK")

    def _measure(self, pid: int) -> None:
        status = Path(f"/proc/{pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        self.peak_memory_kb = int(peak.split()[1])
