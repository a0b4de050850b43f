"""What is counted, with 95 % Wilson intervals, and how it is written down."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.clips import Row

YES, NO = "yes heard", "no heard"
YES_AS_NO, NO_AS_YES = "yes taken as no", "no taken as yes"
FALSE_NO, ACTS = "other word taken as no", "other word taken as anything that acts"
SHARES = (YES, NO, YES_AS_NO, NO_AS_YES, FALSE_NO, ACTS)
_NOTHING = {"no_match", "no_input"}


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, hits / total
    middle = share + z * z / (2 * total)
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = (middle - spread) / (1 + z * z / total), (middle + spread) / (1 + z * z / total)
    return max(0.0, low), min(1.0, high)


def _share(hits: int, total: int) -> Row:
    low, high = wilson(hits, total)
    return {"hits": hits, "of": total, "share": hits / max(1, total), "low": low, "high": high}


def acts(row: Row) -> bool:
    """Whether a clip that is no answer did something. "Stop" said and heard as the command is right."""
    return row["meaning"] not in _NOTHING and not (row["label"] == row["meaning"] == "stop")


def measure(heard: list[Row]) -> dict[str, Row]:
    """The shares of every clip's ``label`` and ``meaning``."""

    def part(rows: list[Row], meaning: str) -> Row:
        return _share(sum(row["meaning"] == meaning for row in rows), len(rows))

    yes, no, stop = ([row for row in heard if row["label"] == label] for label in ("yes", "no", "stop"))
    others = [row for row in heard if row["label"] not in ("yes", "no")]
    return {
        YES: part(yes, "yes"),
        NO: part(no, "no"),
        YES_AS_NO: part(yes, "no"),
        NO_AS_YES: part(no, "yes"),
        FALSE_NO: part(others, "no"),
        ACTS: _share(sum(map(acts, others)), len(others)),
        "stop heard": part(stop, "stop"),
    }


def wrong(heard: list[Row]) -> list[Row]:
    """The clips that were not taken for what they are."""
    return [row for row in heard if (row["meaning"] != row["label"] if row["label"] in ("yes", "no") else acts(row))]


def delays_s(heard: list[Row]) -> tuple[float, float] | None:
    """End of speech to decision, median and 95th percentile, where the recogniser tells it."""
    values = [row["decided_s"] - row["speech_end_s"] for row in heard if row.get("speech_end_s")]
    return (float(np.median(values)), float(np.quantile(values, 0.95))) if values else None


def percent(share: Row) -> str:
    """As in a table: short, with its interval."""
    return f"{share['share']:.1%} ({share['low']:.1%}–{share['high']:.1%})".replace("%", " %")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def plain(figures: dict[str, Any]) -> str:
    """All figures of one recogniser, for the terminal."""
    return "\n".join(
        f"  {name:<40} {share['hits']:>5} of {share['of']:<5} {percent(share)}" for name, share in figures.items()
    )
