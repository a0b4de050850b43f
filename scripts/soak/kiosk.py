"""Families at one kiosk, back to back, with faults of chance: is anything lost, does every talk end, does it grow?

    scripts/soak-kiosk [--sessions 300] [--minutes 90] [--seed 7]

Every talk is a real one: the real process, its voice, its recogniser, its page. Most answers are touches, which cut
what is being said; one family in twelve speaks.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from audio_rig import human_audio, rig

from soak.faults import MISFORTUNES, Misfortune, Surroundings
from soak.kiosk_monitor import Watched, small_disk
from soak.lost import Lost
from soak.visitors import PLANS, Family

_FAULT_EVERY = 4  # sessions, on average
_WARM_UP = 0.15  # of the sessions: what is loaded and made once


@dataclass
class Figures:
    """What is counted, and what each session left of the process's size."""

    kinds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    sizes: list[dict[str, float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def slope(self, name: str) -> float:
        """Per hundred sessions, once warm."""
        rows = [row[name] for row in self.sizes[round(len(self.sizes) * _WARM_UP) :]]
        return float(np.polyfit(range(len(rows)), rows, 1)[0]) * 100 if len(rows) > 2 else 0.0

    def told(self, kiosk: Watched, seconds: float) -> dict[str, object]:
        warm = self.sizes[round(len(self.sizes) * _WARM_UP) :] or [{}]
        return {
            "sessions": sum(self.kinds.values()),
            "lost": self.lost,
            "minutes": round(seconds / 60, 1),
            "median_s": round(float(np.median(self.seconds)), 1),
            "longest_s": round(max(self.seconds), 1),
            "kinds": dict(self.kinds.most_common()),
            "answers": dict(self.answers.most_common()),
            "faults": dict(self.faults.most_common()),
            "warm": warm[0],
            "last": warm[-1],
            "most_rss_mb": max((row["rss_mb"] for row in self.sizes), default=0),
            "per_100_sessions": {name: round(self.slope(name), 3) for name in warm[0]},
            "watchdog_fed": kiosk.fed,
            "watchdog_longest_gap_s": round(kiosk.longest_gap_s, 1),
            "log_lines": len(kiosk.said),
            "log": dict(Counter(line.split(":")[0][:90] for line in kiosk.said).most_common(12)),
        }


def soak(kiosk: Watched, around: Surroundings, figures: Figures, options: argparse.Namespace) -> float:
    chance = random.Random(options.seed)
    began_s = time.monotonic()
    kinds, weights = zip(*((name, plan.weight) for name, plan in PLANS.items()), strict=True)
    for number in range(options.sessions):
        if time.monotonic() - began_s > options.minutes * 60:
            break
        kind = chance.choices(kinds, weights)[0]
        misfortune: Misfortune | None = None
        if chance.random() < 1 / _FAULT_EVERY:
            misfortune = MISFORTUNES[chance.choice(sorted(MISFORTUNES))](around)
        family = Family(kiosk, PLANS[kind], chance, around.rig, misfortune)
        started_s = time.monotonic()
        try:
            family.talk()
            kiosk.check_idle(disk_is_well=not around.disk_is_full)
        except Lost as error:
            figures.lost.append(f"{number} {kind} {misfortune}: {error}")
            print(figures.lost[-1], flush=True)
            kiosk.come_to_idle()
        finally:
            around.all_well()
        figures.kinds[kind] += 1
        figures.seconds.append(time.monotonic() - started_s)
        figures.faults.update([str(misfortune)] if misfortune else [])
        figures.answers.update(family.counted)
        figures.sizes.append(kiosk.size())
        row = figures.sizes[-1]
        print(
            f"{number + 1} {kind} {misfortune or ''} {figures.seconds[-1]:.1f} s {row['rss_mb']:.1f} MB, "
            f"lost {len(figures.lost)}",
            flush=True,
        )
    return time.monotonic() - began_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=90.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, default=Path("test-output/soak-kiosk.json"))
    options = parser.parse_args()
    figures = Figures()
    with rig() as running, tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        with small_disk(folder / "state") as disk, Watched.started(running.environment, folder, disk) as kiosk:
            around = Surroundings(running, kiosk, disk, human_audio())
            seconds = soak(kiosk, around, figures, options)
            ended = kiosk.stop()
        result = figures.told(kiosk, seconds) | {"exit_status": ended, "seed": options.seed}
    print(json.dumps(result, indent=1))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result | {"sizes": figures.sizes}, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if figures.lost else 0)


if __name__ == "__main__":
    main()
