"""What a person has to repair: no assistant talks with the guide, or the guide's service is too old."""

from __future__ import annotations

from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionException
from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from wyoming.info import Info

from .const import DOMAIN, SERVICE_OLDEST
from .wire import is_our_program

NO_ASSISTANT = "no_assistant"
SERVICE_TOO_OLD = "service_too_old"


class Issues:
    """The repair issues of one config entry; each goes by itself once it is repaired."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._entry_id = entry_id

    @callback
    def look_for_assistant(self, _: Any = None) -> None:
        """Without a voice assistant that has the guide as its agent nobody can reach it by voice."""
        agent = er.async_get(self._hass).async_get_entity_id(Platform.CONVERSATION, DOMAIN, self._entry_id)
        used = any(pipeline.conversation_engine == agent for pipeline in async_get_pipelines(self._hass))
        self._set(NO_ASSISTANT, there=not used)

    @callback
    def described(self, info: Info) -> None:
        """The service says which version it is."""
        versions = [program.version or "" for program in info.handle if is_our_program(program.name)]
        for version in versions:
            self._set(SERVICE_TOO_OLD, there=_older(version), found=version or "?", wanted=SERVICE_OLDEST)

    @callback
    def forget(self) -> None:
        """The entry is unloaded."""
        for key in (NO_ASSISTANT, SERVICE_TOO_OLD):
            self._set(key, there=False)

    def _set(self, key: str, *, there: bool, **words: str) -> None:
        issue_id = f"{key}_{self._entry_id}"
        if not there:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words or None,
        )


def _older(version: str) -> bool:
    try:
        return AwesomeVersion(version) < AwesomeVersion(SERVICE_OLDEST)
    except AwesomeVersionException:
        return True
