"""Many clips through one recogniser, in processes of their own: some leak, and each one's memory is measured apart."""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.clips import Row, read, sound
from benchmarks.recognisers import RECOGNISERS

_CLIPS_A_PROCESS = 300


@dataclass
class Run:
    """What a recogniser made of the clips, and what that cost."""

    heard: list[Row] = field(default_factory=list)
    cpu_s: float = 0.0
    peak_mb: float = 0.0

    @property
    def cpu_s_a_clip(self) -> float:
        return self.cpu_s / max(1, len(self.heard))


def peak_memory_mb() -> float:
    """Of this process, so far."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def _chunk(work: tuple[str, list[Row], str | None, float]) -> tuple[list[Row], float, float]:
    name, rows, background, level_db = work
    recogniser = RECOGNISERS[name]
    hear = recogniser.make()
    heard: list[Row] = []
    began_s = time.process_time()
    for row in rows:
        samples = sound(row, background, level_db) if background or recogniser.padded else read(row["file"])
        result: dict[str, Any] = hear(samples)
        heard.append({"file": row["file"], "label": row["label"], "speaker": row["speaker"], **result})
    return heard, time.process_time() - began_s, peak_memory_mb()


def run(name: str, rows: list[Row], jobs: int, background: str | None = None, level_db: float = 0.0) -> Run:
    """All ``rows`` through the recogniser ``name``."""
    chunks = [rows[at : at + _CLIPS_A_PROCESS] for at in range(0, len(rows), _CLIPS_A_PROCESS)]
    context = multiprocessing.get_context("spawn")
    whole = Run()
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        for part in pool.map(_chunk, [(name, chunk, background, level_db) for chunk in chunks]):
            heard, cpu_s, peak_mb = part
            whole.heard += heard
            whole.cpu_s += cpu_s
            whole.peak_mb = max(whole.peak_mb, peak_mb)
            print(f"\r{name}: {len(whole.heard)} of {len(rows)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return whole
