"""Every phrase of every place, synthesised in two voices and heard by the real recogniser: who is taken for whom.

Prints a confusion table and writes it as JSON. Exits with 1 where a "no" is heard as "yes", a "yes" as "no", or fewer
than 95 % of the emergency phrases are recognised.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from voice_backcare.audio.formats.audio_file import frames_of
from voice_backcare.audio.formats.frames import FRAME_S
from voice_backcare.audio.input.file_recognition import hear_frames
from voice_backcare.audio.model import store
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import grammar
from voice_backcare.core.understanding.agreement import CRIES

VOICES = ("gmw/en-us", "gmw/en-gb-x-rp")
PLACES = ("any", "read_back", "offer", "outcome", "outcome_911", "home_care", "idle", "coach_off", "coach_awake")
RATE_WPM = 150
EMERGENCIES_LEAST = 0.95
ROOM_S = 0.5

Heard = tuple[str, str, str, str, str]  # voice, place, phrase, meant, heard


def hear_all(job: tuple[str, tuple[str, ...], int]) -> list[Heard]:
    """Every ``step``-th phrase of every place, in one voice."""
    voice_id, places, step = job
    words = grammar.load()
    recogniser = VoskRecogniser(store.ready(), words)
    voice = Synthesiser(voice_id)
    results: list[Heard] = []
    with tempfile.TemporaryDirectory() as folder:
        sounds: dict[str, list[bytes]] = {}
        for place in places:
            for phrase in words.bare(place)[::step]:
                meant = words.read(place, phrase)
                if phrase not in sounds:
                    path = Path(folder) / "phrase.wav"
                    voice.synthesise(phrase, path, rate_wpm=RATE_WPM)
                    frames = list(frames_of(path))
                    path.unlink()
                    sounds[phrase] = [bytes(len(frames[0]))] * round(ROOM_S / FRAME_S) + frames
                heard = hear_frames(sounds[phrase], recogniser, place)
                results.append((voice_id, place, phrase, meant.meaning if meant else "", str(heard["meaning"])))
    voice.close()
    return results


def summary(results: list[Heard]) -> tuple[list[Heard], float]:
    """The swaps between yes and no, and the share of the emergencies that act at once or are asked about (D5)."""
    swaps = [row for row in results if {row[3], row[4]} == {"yes", "no"}]
    emergencies = [row[4] in CRIES for row in results if row[3] == "emergency"]
    return swaps, sum(emergencies) / len(emergencies)


def table(results: list[Heard]) -> str:
    """Meant against heard, counted; the commands are one row and one column."""
    named = ("yes", "no", "unsure", "emergency", "maybe_emergency", "no_match", "no_input")
    counts: Counter[tuple[str, str]] = Counter()
    for _, _, _, meant, heard in results:
        same = "its own" if meant == heard else "another"
        counts[meant if meant in named else "command", heard if heard in named else f"command: {same}"] += 1
    columns = (*named, "command: its own", "command: another")
    rows = [f"| meant \\ heard | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for meant in (*named[:5], "command"):
        rows.append(f"| {meant} | {' | '.join(str(counts[meant, heard]) for heard in columns)} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth phrase (default: all)")
    parser.add_argument("--json", type=Path, default=Path("test-output/bench-phrases.json"), help="where to write it")
    options = parser.parse_args()
    with ProcessPoolExecutor(max_workers=2) as pool:
        parts = pool.map(hear_all, [(voice, PLACES, options.every) for voice in VOICES])
        results = [row for part in parts for row in part]
    swaps, emergencies = summary(results)
    print(table(results))
    print(f"\n{len(results)} phrases in {len(VOICES)} voices; emergency phrases recognised: {emergencies:.1%}")
    for row in swaps:
        print("swapped:", *row)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=0) + "\n")
    sys.exit(1 if swaps or emergencies < EMERGENCIES_LEAST else 0)


if __name__ == "__main__":
    main()
