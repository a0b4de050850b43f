"""How well this program and other offline recognisers hear real people, side by side on the same clips.

    scripts/bench hearing [--every 10] [--half checking] [--only NAME] [--jobs 2]
    scripts/bench hearing --noise

Without options every clip goes through every recogniser that is installed (requirements/bench.txt brings them), and
docs/evidence/benchmarks.md and its plot are written. With --noise this program alone, with something in the background.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import report
from benchmarks.clips import CHECKOUT, HOUSEHOLD, SPEECH, Row, clips, noise_names
from benchmarks.parallel import Run, run
from benchmarks.recognisers import OURS, RECOGNISERS
from benchmarks.shares import (
    ACTS,
    FALSE_NO,
    NO,
    NO_AS_YES,
    YES,
    YES_AS_NO,
    delays_s,
    measure,
    percent,
    plain,
    table,
    wrong,
)

_WORST_DB = 5.0  # there every clip is heard
_LEVELS_DB = (_WORST_DB, 10.0, 20.0)
_MILDER_EVERY, _EACH_NOISE_EVERY = 3, 12
_DOCS = CHECKOUT / "docs" / "evidence"


def listed(rows: list[Row]) -> str:
    return "\n".join(f"- {row['file']} -> {row['meaning']} ({row['phrase']})" for row in rows)


def nobody_right(runs: dict[str, Run]) -> list[str]:
    """The clips that every recogniser that heard all of them took for something else than they are labelled."""
    sets = [{row["file"] for row in wrong(done.heard)} for name, done in runs.items() if RECOGNISERS[name].every == 1]
    return sorted(set.intersection(*sets)) if sets else []


def compare(options: argparse.Namespace) -> dict[str, Run]:
    rows = clips(options.half, options.every)
    wanted = [r for r in RECOGNISERS.values() if not options.only or any(part in r.name for part in options.only)]
    missing = [r.name for r in wanted if not r.installed]
    runs: dict[str, Run] = {}
    for recogniser in wanted:
        if not recogniser.installed:
            print(f"{recogniser.name}: {recogniser.module} is not installed, left out")
            continue
        runs[recogniser.name] = done = run(recogniser.name, rows[:: recogniser.every], options.jobs)
        print(f"{recogniser.name}: {recogniser.form}\n{plain(measure(done.heard))}")
        print(f"  {done.cpu_s_a_clip:.3f} core-seconds a clip, {done.peak_mb:.0f} MB", flush=True)
    nobody = nobody_right(runs)
    print(f"Not one was right about {len(nobody)} clips:", *nobody)
    if OURS in runs:
        ours = runs[OURS].heard
        print(f"End of speech to decision, median and 95th percentile: {delays_s(ours)}")
        print(listed(sorted(wrong(ours), key=lambda row: str(row["file"]))))
        for half in ("tuning", "checking"):
            known = {row["file"] for row in clips(half)}
            print(f"{half} half of the speakers\n{plain(measure([row for row in ours if row['file'] in known]))}")
    if not (options.only or options.half or options.every > 1):
        figures = {name: measure(done.heard) for name, done in runs.items()}
        text = report.comparison(
            {n: (RECOGNISERS[n].form, figures[n], d.cpu_s_a_clip, d.peak_mb) for n, d in runs.items()}, missing
        )
        if report.plot(figures, _DOCS / "benchmarks.svg"):
            text += "\n\n![The same as a picture](benchmarks.svg)"
        text += f"\n\nNot one was right about {len(nobody)} of {len(rows)} clips"
        text += f": {', '.join(f'`{file}`' for file in nobody)}." if nobody else "."
        report.replace_part(_DOCS / "benchmarks.md", "comparison", text)
    return runs


def in_noise(options: argparse.Namespace) -> dict[str, Run]:
    runs: dict[str, Run] = {}
    lines = []
    for background in (HOUSEHOLD, SPEECH, *noise_names()):
        for level_db in _LEVELS_DB:
            every = 1 if level_db == _WORST_DB else _MILDER_EVERY
            rows = clips(
                options.half, options.every * (every if background in (HOUSEHOLD, SPEECH) else _EACH_NOISE_EVERY)
            )
            name = f"{background.replace('_', ' ')}, {level_db:.0f} dB"
            runs[name] = done = run(OURS, rows, options.jobs, background, level_db)
            figures = measure(done.heard)
            print(f"{name}\n{plain(figures)}", flush=True)
            cells = [percent(figures[share]) for share in (YES, NO)]
            cells += [str(figures[share]["hits"]) for share in (YES_AS_NO, NO_AS_YES)]
            cells += [percent(figures[share]) for share in (FALSE_NO, ACTS)]
            lines.append([name, str(len(rows)), *cells])
    if not (options.half or options.every > 1):
        head = ["background, so far below the clip", "clips", YES, NO, YES_AS_NO, NO_AS_YES, FALSE_NO, ACTS]
        report.replace_part(_DOCS / "benchmarks.md", "noise", table(head, lines))
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise", action="store_true", help="this program alone, with something in the background")
    parser.add_argument("--only", action="append", help="only recognisers whose name has this in it")
    parser.add_argument("--half", choices=["tuning", "checking"], help="only these speakers")
    parser.add_argument("--every", type=int, default=1, help="only every n-th clip")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="write every clip's result here")
    options = parser.parse_args()
    runs = in_noise(options) if options.noise else compare(options)
    path = options.json or CHECKOUT / "test-output" / f"bench-hearing{'-noise' if options.noise else ''}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    results = {name: {"figures": measure(done.heard), "clips": done.heard} for name, done in runs.items()}
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"Every clip's result: {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
