"""The Home Assistant integration's files, as far as they can be checked where there is no Home Assistant.

Its behaviour is tested in tests/home_assistant/, which scripts/test-home-assistant runs.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest
import yaml
from places import ROOT

import voice_backcare
from voice_backcare.core import content, conversation
from voice_backcare.core.content.loader import Personal

INTEGRATION = ROOT / "custom_components" / "voice_backcare"
SOURCES = sorted(INTEGRATION.glob("*.py"))
# Of the release 2026.11.
RULES = """
    action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow
    dependency-transparency docs-actions docs-conditions docs-high-level-description docs-installation-instructions
    docs-removal-instructions docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data
    test-before-configure test-before-setup unique-config-entry action-exceptions config-entry-unloading
    docs-configuration-parameters docs-installation-parameters entity-unavailable integration-owner
    log-when-unavailable parallel-updates reauthentication-flow test-coverage devices diagnostics
    discovery-update-info discovery docs-data-update docs-examples docs-known-limitations docs-supported-devices
    docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices entity-category entity-device-class
    entity-disabled-by-default entity-translations exception-translations icon-translations reconfiguration-flow
    repair-issues stale-devices async-dependency inject-websession strict-typing
"""


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _texts(words: dict[str, Any]) -> Iterator[str]:
    for value in words.values():
        if isinstance(value, dict):
            yield from _texts(value)
        else:
            yield value


def _spoken(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module by itself: the package around it wants Home Assistant."""
    loaded = {}
    for name in ("const", "spoken"):
        spec = importlib.util.spec_from_file_location(f"its.{name}", INTEGRATION / f"{name}.py")
        assert spec is not None and spec.loader is not None
        loaded[name] = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(__import__("sys").modules, f"its.{name}", loaded[name])
        spec.loader.exec_module(loaded[name])
    return loaded["spoken"]


def test_the_manifest_is_as_home_assistant_wants_it() -> None:
    """Domain and name first, then the alphabet; every key that Home Assistant and HACS ask for; our version."""
    manifest = _json(INTEGRATION / "manifest.json")
    assert list(manifest) == ["domain", "name", *sorted(set(manifest) - {"domain", "name"})]
    assert manifest["domain"] == INTEGRATION.name
    assert manifest["version"] == voice_backcare.__version__
    wanted = {"codeowners", "documentation", "issue_tracker", "integration_type", "iot_class", "requirements"}
    assert wanted <= set(manifest)
    assert manifest["config_flow"] is (INTEGRATION / "config_flow.py").exists()
    assert all(re.fullmatch(r"[a-z]+>=[0-9.]+", pin) for pin in manifest["requirements"])
    assert all(manifest[key].startswith("https://") for key in ("documentation", "issue_tracker"))


def test_the_manifest_holds_only_what_hassfest_knows() -> None:
    """No unknown key, no value that hassfest refuses: type, class, version, owners, pages, discovery."""
    manifest = _json(INTEGRATION / "manifest.json")
    assert set(manifest) <= {
        *("domain", "name", "version", "codeowners", "documentation", "issue_tracker", "integration_type", "iot_class"),
        *("requirements", "dependencies", "after_dependencies", "config_flow", "single_config_entry", "zeroconf"),
    }
    assert (manifest["integration_type"], manifest["iot_class"]) == ("service", "local_push")
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?((a|b|rc)\d+)?", manifest["version"])
    assert isinstance(manifest["codeowners"], list) and all(name.startswith("@") for name in manifest["codeowners"])
    assert not manifest["documentation"].startswith("https://www.home-assistant.io/")
    assert not set(manifest["dependencies"]) & set(manifest.get("after_dependencies", []))
    for service in manifest["zeroconf"]:
        assert {"type"} <= set(service) <= {"type", "name", "properties"}
        assert service["name"] == service["name"].lower()


def test_what_is_used_of_home_assistant_is_a_dependency() -> None:
    """Every component that is imported is set up before ours, except those that Home Assistant always has."""
    names = set()
    for node in (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    imported = {name.split(".")[2] for name in names if name.startswith("homeassistant.components.")}
    always = {"diagnostics", "persistent_notification"}
    assert imported - always == set(_json(INTEGRATION / "manifest.json")["dependencies"])


def test_what_is_discovered_is_discovered_once() -> None:
    """The config flow has a step for the manifest's way of discovery, for no other, and sets a unique ID in it."""
    source = (INTEGRATION / "config_flow.py").read_text(encoding="utf-8")
    ways = {"bluetooth", "dhcp", "discovery", "hassio", "homekit", "mqtt", "ssdp", "usb", "zeroconf"}
    steps = set(re.findall(r"async_step_(\w+)\(self", source)) & ways
    assert steps == set(_json(INTEGRATION / "manifest.json")) & ways == {"zeroconf"}
    assert "self.async_set_unique_id(" in source.split("async_step_zeroconf(self")[1].split("async def")[0]


def test_nothing_wants_a_further_file() -> None:
    """No action, condition, trigger, icon or YAML set-up: each would bring a file or a schema that hassfest wants."""
    others = {path.name for path in INTEGRATION.iterdir() if path.suffix != ".py"} - {"__pycache__"}
    assert others == {"manifest.json", "brand", "translations", "quality_scale.yaml"}
    assert not {"condition.py", "trigger.py", "application_credentials.py"} & {path.name for path in SOURCES}
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert not re.search(r"services\.(async_)?register|async_register_\w*(service|action)", sources)
    assert not re.search(r"(?m)^(async )?def (async_)?setup\(", sources)


def test_the_quality_scale_is_answered_rule_by_rule() -> None:
    """Every rule of Home Assistant's is done, exempt or to do, and what is not done says why."""
    told = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text(encoding="utf-8"))
    assert set(told) == {"rules"}
    assert set(told["rules"]) == set(RULES.split())
    for rule, status in told["rules"].items():
        if status != "done":
            assert set(status) == {"status", "comment"}, rule
            assert status["status"] in ("done", "exempt", "todo"), rule
            assert len(status["comment"].split()) >= 4, rule


def test_hacs_finds_one_integration() -> None:
    """hacs.json stands at the top, and custom_components holds nothing else."""
    assert {"name", "homeassistant"} <= set(_json(ROOT / "hacs.json"))
    folders = [path.name for path in (ROOT / "custom_components").iterdir() if path.name != "__pycache__"]
    assert folders == [INTEGRATION.name]


def test_every_form_and_error_has_its_words() -> None:
    """Steps, fields, errors and reasons that the code names are translated, and nothing is that it does not name."""
    words = _json(INTEGRATION / "translations" / "en.json")["config"]
    source = (INTEGRATION / "config_flow.py").read_text(encoding="utf-8")
    steps = set(re.findall(r'step_id="(\w+)"', source))
    assert steps == set(words["step"]) == set(re.findall(r"async_step_(\w+)\(self", source)) - {"zeroconf"}
    for step in words["step"].values():
        assert set(step["data"]) == set(step["data_description"])
    problems = set(re.findall(r'"(cannot_connect|another_service|digits_only)"', source))
    assert set(words["error"]) == problems
    built_in = {"already_configured", "reconfigure_successful"}
    assert set(words["abort"]) == {"cannot_connect", "another_service"} | built_in


def test_every_repair_issue_has_its_words() -> None:
    """The issues that the code names are translated, each with the values that it is given."""
    words = _json(INTEGRATION / "translations" / "en.json")["issues"]
    source = (INTEGRATION / "issues.py").read_text(encoding="utf-8")
    assert set(re.findall(r'(?m)^[A-Z_]+ = "(\w+)"$', source)) == set(words)
    names = {
        key: {name for _, name, _, _ in Formatter().parse(text["description"]) if name} for key, text in words.items()
    }
    assert names == {"no_assistant": set(), "service_too_old": {"found", "wanted"}}
    assert all(set(text) == {"title", "description"} for text in words.values())


def test_the_words_are_plain_text() -> None:
    """No HTML, address, reference or space at an end; placeholders are names, and not within single quotes."""
    words = _json(INTEGRATION / "translations" / "en.json")
    assert set(words) == {"config", "issues"}
    assert set(words["config"]) == {"abort", "error", "flow_title", "step"}
    assert all(
        set(step) <= {"title", "description", "data", "data_description"} for step in words["config"]["step"].values()
    )
    for text in _texts(words):
        assert text == text.strip() != ""
        assert not re.search(r"<[a-z/]|://|www\.|\[%|%\]|'\{\w+\}'", text, re.IGNORECASE), text
        assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(text)), text


@pytest.mark.parametrize("number", ["911", "112"])
def test_what_is_said_without_the_service_is_the_contents(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    """Where the service is away, the danger signs and the advice are the product's own lines, word for word."""
    personal = content.personalise(content.load(), Personal(emergency_number=number))
    prompts = conversation.build(personal).prompts
    lines = [line.text for line in (*prompts.safety_net(), *prompts.lines("incomplete_advice"))]
    away = _spoken(monkeypatch).AWAY
    assert _spoken(monkeypatch).away(number) == " ".join((away, *lines))
    assert len(away.split()) <= 25


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_blocks_home_assistants_loop(path: Path) -> None:
    """No file, no sleep, no socket and no request that waits: only what asyncio offers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {func.id for func in calls if isinstance(func, ast.Name)} | {
        f"{func.value.id}.{func.attr}"
        for func in calls
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
    }
    assert not named & {"open", "time.sleep", "socket.socket", "socket.create_connection", "subprocess.run", "print"}
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not imports & {"requests", "urllib", "subprocess", "threading", "voice_backcare"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_that_was_said_is_logged(path: Path) -> None:
    """Log lines name errors and satellites; no text of a turn or an announcement is among their arguments."""
    logged = [
        ast.unparse(argument)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_LOGGER.")
        for argument in node.args[1:]
    ]
    assert set(logged) <= {"satellite_id", "type(error).__name__", "error"}
