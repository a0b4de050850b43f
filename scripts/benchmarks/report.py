"""docs/evidence/benchmarks.md and its plot. Each measurement replaces its own part of the file and no other."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from benchmarks.clips import Row
from benchmarks.shares import ACTS, FALSE_NO, NO, NO_AS_YES, SHARES, YES, YES_AS_NO, percent, table
from voice_backcare.system.atomic_write import write_whole

_MISSING = "not installed here"


def replace_part(path: Path, name: str, text: str) -> None:
    """Put ``text`` between the marks of the part ``name``; ``ValueError`` where the file has no such marks."""
    whole = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: made by scripts/bench -->", f"<!-- end of {name} -->"
    pattern = re.compile(rf"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(whole):
        raise ValueError(f"{path} has no part {name!r}")
    write_whole(path, pattern.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", whole).encode())


def comparison(measured: dict[str, tuple[str, dict[str, Row], float, float]], missing: list[str]) -> str:
    """One row a recogniser: its form, its figures, processor seconds a clip, peak memory in MB."""
    head = ["offline recogniser", *SHARES, "core-seconds a clip", "peak memory"]
    rows = []
    for name, (form, figures, cpu_s, peak_mb) in measured.items():
        cells = [
            percent(figures[share]) if share not in (YES_AS_NO, NO_AS_YES) else str(figures[share]["hits"])
            for share in SHARES
        ]
        rows.append([f"**{name}**: {form}", *cells, f"{cpu_s:.2f}", f"{peak_mb:.0f} MB"])
    rows += [[name, *([_MISSING] + [""] * (len(head) - 2))] for name in missing]
    return table(head, rows)


def plot(measured: dict[str, dict[str, Row]], path: Path) -> bool:
    """The same as a picture (SVG); False where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        return False
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    names = list(measured)[::-1]
    figure, (heard, taken) = pyplot.subplots(1, 2, sharey=True, figsize=(10, 0.55 * len(names) + 1.4))
    series = (
        (heard, YES, "yes heard", "tab:blue", 0.12),
        (heard, NO, "no heard", "tab:orange", -0.12),
        (taken, FALSE_NO, 'taken as "no"', "tab:red", 0.12),
        (taken, ACTS, "taken as anything that acts", "tab:purple", -0.12),
    )
    for axes, share, label, colour, shift in series:
        shares = [measured[name][share] for name in names]
        values = [100 * each["share"] for each in shares]
        errors = [
            [max(0.0, value - 100 * each["low"]) for value, each in zip(values, shares, strict=True)],
            [max(0.0, 100 * each["high"] - value) for value, each in zip(values, shares, strict=True)],
        ]
        places = [position + shift for position in range(len(names))]
        axes.errorbar(values, places, xerr=errors, fmt="o", color=colour, label=label, capsize=2, markersize=4)
    heard.set(title="Real answers heard (right is better)", xlabel="%", yticks=range(len(names)), yticklabels=names)
    taken.set(title="Other words taken for an answer (left is better)", xlabel="% (the scale bends)", xlim=(-0.1, 100))
    taken.set_xscale("symlog", linthresh=1)
    taken.set_xticks([0, 0.5, 1, 5, 10, 50, 100], ["0", "0.5", "1", "5", "10", "50", "100"])
    for axes in (heard, taken):
        axes.grid(axis="x", alpha=0.3)
        axes.legend(fontsize=8, loc="lower left" if axes is heard else "lower right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return True
