"""How much was tried, for docs/evidence/journal.md: told at the end of scripts/faults."""

from __future__ import annotations

from collections import Counter

COUNTED: Counter[str] = Counter()
