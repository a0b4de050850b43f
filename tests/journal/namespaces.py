"""Processes with another clock or another /proc than this one's."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def namespaced(*arguments: str) -> tuple[str, ...]:
    """A prefix that gives a process another boot clock or another /proc; a visible skip where that is not allowed."""
    prefix = ("unshare", *arguments)
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this user may not give a process another clock")
    return prefix
