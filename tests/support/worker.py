"""The process that a voice has its texts spoken by."""

from __future__ import annotations


def worker_pid(voice: object) -> int | None:
    """Its process id; None while there is none."""
    worker = vars(voice)["_worker"]
    return worker.pid if worker else None
