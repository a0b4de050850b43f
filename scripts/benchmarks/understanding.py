"""How well what people say is understood, beside others: docs/evidence/understanding.md and its picture.

Reads ``answers.csv`` and ``utterances.csv`` (docs/evidence/understanding.md tells of them) from a folder beside the
checkout or given by ``--data``. The peers: the yes/no plugin of OpenVoiceOS, run by ``--ovos PYTHON`` where it is
installed, and three hassil templates with a free rest.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import replace_part
from benchmarks.understanding_peers import hassil_templates
from voice_backcare.core.understanding.agreement import CRIES
from voice_backcare.core.understanding.reader import load

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evidence" / "understanding.md"
PICTURE = ROOT / "docs" / "evidence" / "understanding.svg"
Asked = tuple[str, str]  # place, text


@dataclass(frozen=True)
class Row:
    """One utterance, what a nurse takes it for, and ``lean``: which way a doubt leans. ``near``: one sign is asked."""

    place: str
    text: str
    expected: str
    lean: str = ""
    near: bool = False


def rows_of(folder: Path) -> dict[str, list[Row]]:
    """The two collections, by name."""
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = [
            Row(r["question_id"] or "any", r["answer"], r["label"], r["lean"], bool(r["question_id"]))
            for r in csv.DictReader(file)
        ]
    with (folder / "utterances.csv").open(encoding="utf-8", newline="") as file:
        utterances = [Row(r["place"], r["utterance"], r["expected"]) for r in csv.DictReader(file)]
    return {"answers": answers, "utterances": utterances}


def fits(expected: str, meaning: str) -> bool:
    """Whether ``meaning`` is what was expected: a soft yes is a yes or doubt, a soft no is doubt."""
    if expected == "no_emergency":
        return meaning != "emergency"
    if expected in ("other", "noise"):
        return meaning not in ("yes", "no", "emergency")
    if expected == "emergency":
        return meaning in CRIES
    return expected in {"soft_yes": ("yes", "unsure"), "soft_no": ("unsure",)}.get(meaning, (meaning,))


def figures(rows: Sequence[Row], meanings: Sequence[str]) -> dict[str, int]:
    """What is right, and each kind of dangerous mistake, counted."""
    pairs = list(zip(rows, meanings, strict=True))
    counts = Counter((row.expected, meaning) for row, meaning in pairs)
    leaning = sum(row.expected == "unsure" and meaning == "no" and row.lean == "no" for row, meaning in pairs)
    return {
        "all": len(rows),
        "right": sum(fits(row.expected, meaning) for row, meaning in pairs),
        "near": sum(row.near for row in rows),
        "near right": sum(row.near and fits(row.expected, meaning) for row, meaning in pairs),
        "yes taken for no": counts["yes", "no"],
        "doubt taken for no": counts["unsure", "no"] - leaning,
        "no taken for yes": counts["no", "yes"],
        "cries": sum(row.expected == "emergency" for row in rows),
        "cries unknown": sum(row.expected == "emergency" and meaning not in CRIES for row, meaning in pairs),
        "911 for none": sum(row.expected != "emergency" and meaning == "emergency" for row, meaning in pairs),
    }


def ours(asked: Sequence[Asked]) -> tuple[list[str], list[float]]:
    """The meanings, and for each the seconds that reading it took."""
    reader = load()
    meanings, seconds = [], []
    for place, text in asked:
        began_s = time.perf_counter()
        meanings.append(reader.read(place, text).meaning)
        seconds.append(time.perf_counter() - began_s)
    return meanings, seconds


def ovos(python: str, asked: Sequence[Asked]) -> list[str]:
    """The plugin's meanings, from a Python that has it. ``OSError`` or ``CalledProcessError`` where it has not."""
    lines = "".join(json.dumps({"place": place, "text": text}) + "\n" for place, text in asked)
    peer = Path(__file__).with_name("understanding_peers.py")
    done = subprocess.run([python, str(peer)], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line)["meaning"] for line in done.stdout.splitlines()]


def share(hits: int, of: int) -> str:
    return f"{100 * hits / of:.1f} %" if of else "-"


def table(measured: dict[str, dict[str, dict[str, int]]]) -> str:
    """One row a reader; the figures of both collections."""
    head = (
        "| | answers near a sign | answers, all | utterances | yes taken for no | doubt taken for no "
        "| no taken for yes | cries unknown | 911 for none |"
    )
    rows = [head, "|---|" + "---:|" * 8]
    for name, of in measured.items():
        a, u = of["answers"], of["utterances"]
        dangers = [
            str(a[kind] + u[kind])
            for kind in ("yes taken for no", "doubt taken for no", "no taken for yes", "cries unknown", "911 for none")
        ]
        rows.append(
            f"| {name} | {share(a['near right'], a['near'])} | {share(a['right'], a['all'])} "
            f"| {share(u['right'], u['all'])} | {' | '.join(dangers)} |"
        )
    return "\n".join(rows)


def picture(measured: dict[str, dict[str, dict[str, int]]], path: Path) -> bool:
    """The table as a picture (SVG); False where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "understanding", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    names = list(measured)[::-1]
    figure, (right, wrong) = pyplot.subplots(1, 2, sharey=True, figsize=(10, 0.7 * len(names) + 1.4))
    for file, colour, shift in (("answers", "tab:blue", 0.15), ("utterances", "tab:cyan", -0.15)):
        shares = [100 * measured[n][file]["right"] / measured[n][file]["all"] for n in names]
        heights = [at + shift for at in range(len(names))]
        right.barh(heights, shares, height=0.28, color=colour, label=file)
    for kind, colour, shift in (("yes taken for no", "tab:red", 0.15), ("doubt taken for no", "tab:orange", -0.15)):
        counts = [measured[n]["answers"][kind] + measured[n]["utterances"][kind] for n in names]
        heights = [at + shift for at in range(len(names))]
        wrong.barh(heights, counts, height=0.28, color=colour, label=kind)
    right.set(yticks=range(len(names)), yticklabels=names, xlim=(0, 100), xlabel="understood rightly, %")
    wrong.set(xlabel="dangerous mistakes, of all")
    for axes in (right, wrong):
        axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "answers")
    parser.add_argument("--ovos", default="", metavar="PYTHON", help="a Python that has ovos-yes-no-plugin")
    chosen = parser.parse_args()
    try:
        collections = rows_of(chosen.data)
    except OSError as error:
        sys.exit(f"The answers to measure with cannot be read: {error}. Name their folder with --data.")
    readers: dict[str, Callable[[Sequence[Asked]], list[str]]] = {
        "this program": lambda asked: ours(asked)[0],
        "three hassil templates with a free rest": hassil_templates,
    }
    if chosen.ovos:
        readers["OVOS yes/no plugin 0.3.0"] = lambda asked: ovos(chosen.ovos, asked)
    measured: dict[str, dict[str, dict[str, int]]] = {}
    for name, read in readers.items():
        try:
            measured[name] = {
                file: figures(rows, read([(row.place, row.text) for row in rows])) for file, rows in collections.items()
            }
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    seconds = ours([(row.place, row.text) for rows in collections.values() for row in rows])[1]
    median_ms = 1000 * statistics.median(seconds)
    last_ms = 1000 * statistics.quantiles(seconds, n=20)[-1]
    cost = f"Reading one takes {median_ms:.2f} ms at the median, {last_ms:.1f} ms at the 95th percentile."
    text = f"{table(measured)}\n\n{cost}"
    print(text)
    replace_part(PAGE, "understanding", text)
    if not picture(measured, PICTURE):
        print("matplotlib is not installed: the picture stays as it was", file=sys.stderr)


if __name__ == "__main__":
    main()
