"""How much of what is understood in writing is understood spoken: docs/evidence/understanding.md.

The sentences of ``understanding`` are spoken by four synthetic voices in turn (espeak-ng, Piper, and flite's ``slt``
and ``rms`` where flite is installed) and heard through the real endpointer and recogniser. A sentence counts where it
means what it means in writing.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.report import replace_part
from benchmarks.understanding import PAGE, ROOT, Row, rows_of
from voice_backcare.audio.engines.registry import voice_engine
from voice_backcare.audio.input.file_recognition import hear_file
from voice_backcare.audio.model import store
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import grammar
from voice_backcare.core.understanding.agreement import CRIES

RATE_WPM = 155
ROOM_S = 0.6  # of a quiet room before and after a sentence
_NOISE = 0.0006  # of full scale
FLITE = ("slt", "rms")
SEED = 11
Speak = Callable[[str, Path], object]


@dataclass(frozen=True)
class Spoken:
    """One sentence: its voice and place, what it means in writing, and what was heard."""

    voice: str
    place: str
    text: str
    written: str
    heard: str


def voices() -> dict[str, Speak]:
    """The voices that this machine has, by name."""
    found: dict[str, Speak] = {}
    for name in ("pyttsx3", "piper"):
        engine = voice_engine(name)
        if not engine.missing():
            found[name] = _by_engine(name)
    if shutil.which("flite"):
        found |= {f"flite {voice}": _by_flite(voice) for voice in FLITE}
    return found


def _by_engine(name: str) -> Speak:
    voice = voice_engine(name).make(None)
    return lambda text, path: voice.synthesise(text, path, rate_wpm=RATE_WPM)


def _by_flite(voice: str) -> Speak:
    return lambda text, path: subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)


def in_a_room(path: Path) -> None:
    """A quiet room around the sound of the file."""
    samples, rate_hz = soundfile.read(path)
    noise = np.random.default_rng(1).normal(0.0, _NOISE, len(samples) + 2 * round(ROOM_S * rate_hz))
    start = round(ROOM_S * rate_hz)
    noise[start : start + len(samples)] += 0.7 * samples
    soundfile.write(path, noise, rate_hz)


def hear_all(rows: list[Row], most: int) -> list[Spoken]:
    """``most`` of the rows, each by the next voice; sorted by place, because hearings are made for one."""
    words, speak = grammar.load(), voices()
    recogniser = VoskRecogniser(store.ready(), words)
    chosen = random.Random(SEED).sample(rows, min(most, len(rows)))
    results = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for number, row in sorted(enumerate(chosen), key=lambda pair: pair[1].place):
            place = row.place if row.place in words.reader.places else "any"
            name = list(speak)[number % len(speak)]
            speak[name](row.text, path)
            in_a_room(path)
            match = words.read(place, row.text)
            written = match.meaning if match else "no_match"
            results.append(Spoken(name, place, row.text, written, hear_file(path, recogniser, place)["meaning"]))
    return results


def table(collections: dict[str, list[Spoken]]) -> str:
    """A row a collection: how many mean the same, by voice, and what would be dangerous."""
    names = list(dict.fromkeys(one.voice for results in collections.values() for one in results))
    lines = [
        f"| | sentences | as in writing | {' | '.join(names)} | a sign taken for a firm no | 911 at once for none |",
        f"|---|{'---:|' * (len(names) + 4)}",
    ]
    for collection, results in collections.items():
        same, spoken = Counter[str](), Counter[str]()
        for one in results:
            spoken[one.voice] += 1
            same[one.voice] += one.heard == one.written
        shares = [f"{same[name] / spoken[name]:.0%}" for name in names if spoken[name]]
        swaps = sum(one.heard == "no" and one.written in ("yes", "soft_yes", *CRIES) for one in results)
        false = sum(one.heard == "emergency" and one.written not in CRIES for one in results)
        share = sum(same.values()) / len(results)
        lines.append(f"| {collection} | {len(results)} | {share:.1%} | {' | '.join(shares)} | {swaps} | {false} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "answers", help="the folder of sentences")
    parser.add_argument("--most", type=int, default=200, metavar="N", help="sentences of a collection (default: 200)")
    parser.add_argument("--show", action="store_true", help="print each sentence that was heard otherwise")
    options = parser.parse_args()
    if not (options.data / "answers.csv").is_file():
        sys.exit(f"There are no sentences in {options.data}; name their folder with --data.")
    rows = rows_of(options.data)
    near = [row for row in rows["answers"] if row.near]
    collections = {
        "answers near a sign": hear_all(near, options.most),
        "utterances": hear_all(rows["utterances"], options.most),
    }
    for one in (one for results in collections.values() for one in results if options.show):
        if one.heard != one.written:
            print(f"{one.voice}: {one.place}: {one.text!r}: {one.written}, heard as {one.heard}")
    print(table(collections))
    replace_part(PAGE, "spoken", table(collections))


if __name__ == "__main__":
    main()
