"""Ten thousand utterances through one process: does memory stay flat, is any utterance lost, does it become slower?

    scripts/bench soak [--utterances 10000] [--json FILE]

The recordings come as one stream, over and over, each after a short pause of a quiet room.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.clips import RATE_HZ, clips, frames_of, read
from benchmarks.stream import Heard, Hearing

_PAUSE_S = 0.4
_ROOM_DBFS = -65.0
_WARM_UP = 1_000
_SAMPLE_EVERY = 100


def memory_mb() -> tuple[float, float]:
    """Resident now, and at most."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    now, most = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def stream() -> Iterator[bytes]:
    """All clips in an order of chance, another one each time round, for ever."""
    rows, random = clips(), np.random.default_rng(7)
    while True:
        for index in random.permutation(len(rows)):
            pause = random.normal(0, 10 ** (_ROOM_DBFS / 20), round(_PAUSE_S * RATE_HZ)).astype(np.float32)
            yield from frames_of(np.concatenate([read(rows[index]["file"]), pause]))


def delays(heard: list[Heard]) -> dict[str, float]:
    """From the end of speech to the decision, as if live; and the processor time of the deciding frame."""
    wall = [one.decided_s - one.speech_end_s for one in heard]
    return {
        "decision_median_s": float(np.median(wall)),
        "decision_p95_s": float(np.quantile(wall, 0.95)),
        "cpu_median_s": float(np.median([one.cpu_s for one in heard])),
        "cpu_p95_s": float(np.quantile([one.cpu_s for one in heard], 0.95)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--utterances", type=int, default=10_000)
    parser.add_argument("--json", type=Path, default=Path("test-output/soak-hearing.json"))
    options = parser.parse_args()
    hearing, heard, memory = Hearing(), [], []
    for one in hearing.listen(stream()):
        heard.append(one)
        if len(heard) % _SAMPLE_EVERY == 0:
            memory.append((len(heard), *memory_mb()))
            print(f"{len(heard)} utterances, {memory[-1][1]:.1f} MB, {one.speech_end_s / 3600:.2f} h", flush=True)
        if len(heard) >= options.utterances:
            break
    settled = [(count, now) for count, now, _ in memory if count >= min(_WARM_UP, options.utterances // 10)]
    slope = float(np.polyfit(*zip(*settled, strict=True), 1)[0]) * 1000 if len(settled) > 1 else 0.0
    edge = max(1, min(1_000, options.utterances // 10))
    figures = {
        "utterances": len(heard),
        "begun": hearing.started,
        "lost": hearing.started - len(heard),
        "hours_of_sound": heard[-1].speech_end_s / 3600,
        "longest_s": max(one.speech_end_s - one.started_s for one in heard),
        "memory_slope_mb_per_1000": slope,
        "memory_first_mb": settled[0][1] if settled else None,
        "memory_last_mb": settled[-1][1] if settled else None,
        "memory_peak_mb": memory_mb()[1],
        "first": delays(heard[:edge]),
        "last": delays(heard[-edge:]),
        "meanings": dict(Counter(one.meaning for one in heard).most_common()),
    }
    print(json.dumps(figures, indent=1))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures | {"memory": memory}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
