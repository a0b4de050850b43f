"""Folders that tests use."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
TRANSCRIPTS = ROOT / "tests" / "transcripts"
