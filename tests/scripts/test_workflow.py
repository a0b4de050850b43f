"""The workflow that tries both commands on other machines: what it covers, and that it only calls scripts."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

import pytest
import yaml
from places import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
JOBS: dict[str, Any] = WORKFLOW["jobs"]
IMAGES: list[str] = JOBS["test"]["strategy"]["matrix"]["image"]


def test_it_runs_on_pushes_and_every_week() -> None:
    """A pin that rots while nobody changes anything is seen within a week."""
    when = WORKFLOW[True]  # YAML reads the key "on" as a truth
    assert {"push", "schedule"} <= set(when)
    assert all(re.fullmatch(r"\d+ \d+ \* \* [0-6*]", entry["cron"]) for entry in when["schedule"])


def test_it_covers_every_system_and_python_that_is_promised() -> None:
    """Debian 12 and 13 as they come, and each Python that pyproject.toml names."""
    assert {"debian:12", "debian:13"} <= set(IMAGES)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = {entry.rsplit(" ", 1)[1] for entry in project["classifiers"] if ":: Python :: 3." in entry}
    named = {found[1] for image in IMAGES if (found := re.match(r"python:(3\.\d+)-", image))}
    assert promised == named


@pytest.mark.parametrize("job", JOBS)
def test_it_calls_only_the_projects_scripts(job: str) -> None:
    """What can go wrong there can be tried here: each step but the checkout is a script of this project, and runs."""
    assert "timeout-minutes" in JOBS[job]
    lines = [line for step in JOBS[job]["steps"] for line in step.get("run", "").splitlines()]
    scripts = [line.removeprefix("sudo ").split()[0] for line in lines]
    assert scripts and all(script.startswith("scripts/") and os.access(ROOT / script, os.X_OK) for script in scripts)
    actions = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
    assert actions == ["actions/checkout@v4"]
