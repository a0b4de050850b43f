"""Check of ``doctor`` for a kiosk that runs as a service, by what the service itself says."""

from __future__ import annotations

import subprocess

from voice_backcare.cli.doctor import Check

UNIT = "voice-backcare.service"
_PATIENCE_S = 10.0


def check_service() -> Check | None:
    """Check that the service runs, hears and speaks; None where there is none.

    A sound card that ``doctor`` can use may be out of reach for the locked-down service, so what the service says
    counts.
    """
    command = ["systemctl", "show", "--property=LoadState,ActiveState,StatusText", UNIT]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    values = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    if values.get("LoadState") != "loaded":
        return None
    return judge(values.get("ActiveState", ""), values.get("StatusText", ""))


def judge(active: str, status: str) -> Check:
    """Check of the values ``active`` (ActiveState) and ``status`` (StatusText) of systemd."""
    if active != "active":
        says = f"The kiosk's service does not run ({active}). Look at: journalctl --namespace=voice-backcare"
        return Check("service", "fail", says)
    if "missing" in status or "lost" in status:
        return Check("service", "warn", f"The kiosk's service says: {status} Look at what is plugged in.")
    return Check("service", "ok", f"The kiosk's service says: {status}")
