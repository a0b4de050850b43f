"""docs/pictures/badge-*.svg: Python versions and licence, as pyproject.toml has them. No server is asked for them."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
_LETTER, _PADDING = 6.6, 8.0


def badge(label: str, value: str) -> str:
    """SVG of a badge: ``label`` on grey, ``value`` on blue."""
    left, right = (2 * _PADDING + _LETTER * len(text) for text in (label, value))
    texts = "".join(
        f"<text x='{x:.0f}' y='14' text-anchor='middle' fill='#fff'>{text}</text>"
        for x, text in ((left / 2, label), (left + right / 2, value))
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{left + right:.0f}' height='20' role='img' "
        f"aria-label='{label}: {value}'><rect width='{left + right:.0f}' height='20' rx='3' fill='#555'/>"
        f"<rect x='{left:.0f}' width='{right:.0f}' height='20' rx='3' fill='#2a6db0'/>"
        f"<g font-family='Verdana, DejaVu Sans, sans-serif' font-size='11'>{texts}</g></svg>\n"
    )


def badges() -> dict[str, str]:
    """File name and SVG of each badge."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [line.split(" :: ")[-1] for line in project["classifiers"] if "Python :: 3." in line]
    return {
        "badge-python.svg": badge("python", f"{versions[0]} to {versions[-1]}"),
        "badge-licence.svg": badge("licence", project["license"]),
    }


if __name__ == "__main__":
    for name, text in badges().items():
        (PICTURES / name).write_text(text, encoding="utf-8")
