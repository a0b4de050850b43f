"""How well the product's own endpointer, recogniser and question grammar hear real people.

    PYTHONPATH=src python scripts/bench_hearing.py [--noise-db 10] [--half checking] [--jobs 2] [--json FILE]

Every clip goes through what ``voice-backcare hear`` uses. Prints a Markdown table with 95 % Wilson intervals.
The clips are ../shared/audio beside the checkout, or VOICE_BACKCARE_AUDIO.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voice_backcare import grammar
from voice_backcare.speech.endpointer import FRAME_BYTES
from voice_backcare.speech.hearing import hear_frames
from voice_backcare.speech.recogniser import VoskRecogniser

CHECKOUT = Path(__file__).resolve().parents[1]
AUDIO = Path(os.environ.get("VOICE_BACKCARE_AUDIO", CHECKOUT.parent / "shared" / "audio"))
MODEL = Path(os.environ.get("VOICE_BACKCARE_MODEL", CHECKOUT / "models" / "vosk-model-small-en-us-0.15"))
Row = dict[str, Any]


def half_of(speaker: str) -> str:
    """Which half a speaker belongs to: a look at how far a figure depends on who speaks."""
    return "tuning" if hashlib.sha256(speaker.encode()).digest()[0] % 2 == 0 else "checking"


def clips(half: str | None, every: int) -> list[Row]:
    with (AUDIO / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows: list[Row] = [row for row in csv.DictReader(file) if row["label"] != "noise"]
    return [row for row in rows if half in (None, half_of(row["speaker"]))][::every]


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, hits / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)


def sound(row: Row, noises: list[np.ndarray], noise_db: float | None) -> np.ndarray:
    """The clip; with ``noise_db`` a noise is mixed in, so many dB below its level, fixed by its name."""
    samples, _ = soundfile.read(AUDIO / row["file"], dtype="float32")
    if noise_db is None:
        return samples
    seed = int.from_bytes(hashlib.sha256(row["file"].encode()).digest()[:8], "big")
    noise = noises[seed % len(noises)]
    start = (seed >> 8) % (len(noise) - len(samples))
    piece = noise[start : start + len(samples)]
    scale = np.sqrt(np.mean(samples**2) / np.mean(piece**2)) / 10 ** (noise_db / 20)
    return np.clip(samples + piece * scale, -1, 32767 / 32768)


def frames_of(samples: np.ndarray) -> Iterator[bytes]:
    data = np.rint(samples * 32768).clip(-32768, 32767).astype("<i2").tobytes()
    for at in range(0, len(data), FRAME_BYTES):
        yield data[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


def hear_all(rows: list[Row], noise_db: float | None) -> tuple[list[Row], Row]:
    """Every clip heard, and what that cost; runs in a process of its own."""
    words = grammar.load()
    recogniser = VoskRecogniser(MODEL, words.phrases, words.decoys, words.match)
    noises = [soundfile.read(path, dtype="float32")[0] for path in sorted((AUDIO / "noise").glob("*.flac"))]
    heard, seconds = [], 0.0
    before_s = time.process_time()
    for row in rows:
        samples = sound(row, noises, noise_db)
        seconds += len(samples) / 16_000
        heard.append({**row, **hear_frames(frames_of(samples), recogniser, words.match)})
    cost = {
        "cpu_s": time.process_time() - before_s,
        "audio_s": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    return heard, cost


def share(rows: list[Row], meanings: set[str]) -> Row:
    hits = sum(row["meaning"] in meanings for row in rows)
    low, high = wilson(hits, len(rows))
    return {"hits": hits, "of": len(rows), "share": hits / max(1, len(rows)), "low": low, "high": high}


def measure(heard: list[Row], costs: list[Row]) -> Row:
    """The figures of issue 5: "stop" said and heard as the command is right, and counted apart."""
    by = {label: [row for row in heard if row["label"] == label] for label in ("yes", "no", "stop")}
    other = [row for row in heard if row["label"] not in by]
    acting = {row["meaning"] for row in heard} - {"no_match", "no_input"}
    others = other + by["stop"]
    acted = [row for row in others if row["meaning"] in acting - ({"stop"} if row["label"] == "stop" else set())]
    low, high = wilson(len(acted), len(others))
    delays = [row["decided_s"] - row["speech_end_s"] for row in heard if row["speech_end_s"]]
    return {
        "yes heard": share(by["yes"], {"yes"}),
        "no heard": share(by["no"], {"no"}),
        "yes taken as no": share(by["yes"], {"no"}),
        "no taken as yes": share(by["no"], {"yes"}),
        "other word taken as no": share(others, {"no"}),
        "other word taken as anything that acts": {
            "hits": len(acted),
            "of": len(others),
            "share": len(acted) / max(1, len(others)),
            "low": low,
            "high": high,
        },
        "stop heard": share(by["stop"], {"stop"}),
        "end of speech to decision, median s": float(np.median(delays)) if delays else None,
        "end of speech to decision, p95 s": float(np.quantile(delays, 0.95)) if delays else None,
        "processor seconds a second of sound": sum(c["cpu_s"] for c in costs)
        / max(1e-9, sum(c["audio_s"] for c in costs)),
        "peak memory MB": max(c["peak_mb"] for c in costs),
        "acted": sorted(f"{row['file']} -> {row['meaning']} ({row['phrase']})" for row in acted),
        "missed": sorted(
            f"{row['file']} -> {row['meaning']} ({row['phrase']})"
            for row in by["yes"] + by["no"]
            if row["meaning"] != row["label"]
        ),
    }


def table(result: Row) -> str:
    lines = ["| | of | share | 95 % interval |", "|---|---|---|---|"]
    for name, value in result.items():
        if isinstance(value, dict):
            interval = f"{value['low']:.2%} to {value['high']:.2%}"
            lines.append(f"| {name} | {value['hits']} of {value['of']} | {value['share']:.2%} | {interval} |")
        elif isinstance(value, float):
            lines.append(f"| {name} | | {value:.3f} | |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise-db", type=float, help="mix household noise in, so many dB below each clip")
    parser.add_argument("--half", choices=["tuning", "checking"], help="only these speakers")
    parser.add_argument("--every", type=int, default=1, help="only every n-th clip")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="write the figures and every clip's result here")
    options = parser.parse_args()
    rows = clips(options.half, options.every)
    with ProcessPoolExecutor(options.jobs) as pool:
        parts = list(
            pool.map(
                hear_all, [rows[i :: options.jobs] for i in range(options.jobs)], [options.noise_db] * options.jobs
            )
        )
    heard = [row for part, _ in parts for row in part]
    result = measure(heard, [cost for _, cost in parts])
    print(table(result))
    for name in ("acted", "missed"):
        print(f"\n{name}: {Counter(line.split(' -> ')[1].split(' ')[0] for line in result[name])}")
        print("\n".join(f"- {line}" for line in result[name]))
    if options.json:
        options.json.write_text(json.dumps({"result": result, "clips": heard}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
