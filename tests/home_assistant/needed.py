"""Prints the Python packages that Home Assistant would fetch at its first start for what the tests use, one a line.

Read from the manifests of the Home Assistant that is installed, and of the integration here, so that no version
is written down twice.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).parents[2] / "custom_components"
# Ours; what a hass without any configuration starts; what a voice pipeline and a satellite's announcements take.
ROOTS = ("voice_backcare", "wyoming", "default_config", "frontend", "onboarding", "config", "diagnostics")
# A house's own hardware and the maker's cloud: default_config wants them, a conversation does not.
LEFT_OUT = {"default_config", "bluetooth", "cloud", "dhcp", "go2rtc", "mobile_app", "ssdp", "stream", "usb", "sun"}


def manifest(domain: str) -> dict[str, list[str]]:
    spec = find_spec("homeassistant")
    assert spec is not None and spec.origin is not None
    core = Path(spec.origin).parent / "components"
    path = next(path for folder in (OURS, core) if (path := folder / domain / "manifest.json").exists())
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def main() -> None:
    seen: set[str] = set()
    ahead = list(ROOTS)
    requirements: set[str] = set()
    while ahead:
        domain = ahead.pop()
        if domain in seen:
            continue
        seen.add(domain)
        read = manifest(domain)
        ahead += [name for name in read.get("dependencies", []) if name not in LEFT_OUT]
        if domain not in LEFT_OUT:
            requirements.update(read.get("requirements", []))
    print("\n".join(sorted(requirements)))


if __name__ == "__main__":
    main()
