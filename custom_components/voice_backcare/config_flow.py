"""Where the service is: asked for, or found on the network, and checked by asking what it is."""

from __future__ import annotations

from typing import Any

import voluptuous as vol
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from .const import CONF_EMERGENCY_NUMBER, DEFAULT_PORT, DOMAIN, USUAL_NUMBER, address_id
from .wire import Away, describe, is_ours

TITLE = "Back care for a child"
_PORT = vol.All(vol.Coerce(int), vol.Range(min=1, max=65535))
_NUMBER = {vol.Required(CONF_EMERGENCY_NUMBER, default=USUAL_NUMBER): str}
# Any: since 2026.10 Home Assistant has probatio behind the name of voluptuous, and its own types name that.
_ADDRESS: Any = vol.Schema(
    {vol.Required(CONF_HOST): str, vol.Required(CONF_PORT, default=DEFAULT_PORT): _PORT} | _NUMBER
)
_FOUND: Any = vol.Schema(_NUMBER)


async def _problem(host: str, port: int) -> str | None:
    """What is wrong with an address, as a key of the translations; None: the guide answers there."""
    try:
        return None if is_ours(await describe(host, port)) else "another_service"
    except Away:
        return "cannot_connect"


class BackCareConfigFlow(ConfigFlow, domain=DOMAIN):
    """By hand, by zeroconf, and again by hand where the address has changed."""

    VERSION = 1

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Host, port, and whom this house calls in an emergency."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._async_abort_entries_match(_address(user_input))
            await self.async_set_unique_id(address_id(user_input[CONF_HOST], user_input[CONF_PORT]))
            self._abort_if_unique_id_configured()
            if not (errors := await _errors(user_input)):
                return self.async_create_entry(title=TITLE, data=user_input)
        schema = self.add_suggested_values_to_schema(_ADDRESS, user_input)
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Another address, another number."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            if _address(user_input) != _address(dict(entry.data)):
                self._async_abort_entries_match(_address(user_input))
            if not (errors := await _errors(user_input)):
                by_hand = entry.unique_id == address_id(entry.data[CONF_HOST], entry.data[CONF_PORT])
                unique_id = address_id(user_input[CONF_HOST], user_input[CONF_PORT]) if by_hand else entry.unique_id
                return self.async_update_reload_and_abort(entry, unique_id=unique_id, data=user_input)
        schema = self.add_suggested_values_to_schema(_ADDRESS, user_input or entry.data)
        return self.async_show_form(step_id="reconfigure", data_schema=schema, errors=errors)

    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """A name on the network proves nothing: what answers there is asked."""
        if discovery_info.port is None:
            return self.async_abort(reason="another_service")
        self._found = {CONF_HOST: discovery_info.host, CONF_PORT: discovery_info.port}
        self._async_abort_entries_match(self._found)
        await self.async_set_unique_id(discovery_info.name)
        self._abort_if_unique_id_configured(updates=self._found)
        if problem := await _problem(discovery_info.host, discovery_info.port):
            return self.async_abort(reason=problem)
        self.context["title_placeholders"] = {"name": TITLE}
        return await self.async_step_zeroconf_confirm()

    async def async_step_zeroconf_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Nothing is set up unasked."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := _number_errors(user_input)):
            return self.async_create_entry(title=TITLE, data=self._found | user_input)
        return self.async_show_form(
            step_id="zeroconf_confirm",
            data_schema=self.add_suggested_values_to_schema(_FOUND, user_input),
            description_placeholders={"host": self._found[CONF_HOST]},
            errors=errors,
        )


def _address(data: dict[str, Any]) -> dict[str, Any]:
    return {key: data[key] for key in (CONF_HOST, CONF_PORT)}


def _number_errors(data: dict[str, Any]) -> dict[str, str]:
    number = data[CONF_EMERGENCY_NUMBER]
    return {} if number.isascii() and number.isdigit() else {CONF_EMERGENCY_NUMBER: "digits_only"}


async def _errors(data: dict[str, Any]) -> dict[str, str]:
    if errors := _number_errors(data):
        return errors
    problem = await _problem(data[CONF_HOST], data[CONF_PORT])
    return {"base": problem} if problem else {}
