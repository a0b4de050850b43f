"""Setting up: by hand, by discovery, again with another address, and what is refused."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, SOURCE_ZEROCONF, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry
from stand_in_service import StandIn


def _given(service: StandIn, **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": service.port, "emergency_number": "911"} | more


def _found(service: StandIn, name: str = "voice_backcare._wyoming._tcp.local.") -> ZeroconfServiceInfo:
    address = ip_address("127.0.0.1")
    return ZeroconfServiceInfo(address, [address], service.port, "guide.local.", "_wyoming._tcp.local.", name, {})


async def _start(hass: HomeAssistant) -> str:
    shown = await hass.config_entries.flow.async_init("voice_backcare", context={"source": SOURCE_USER})
    assert (shown["type"], shown["errors"]) == (FlowResultType.FORM, {})
    return shown["flow_id"]


async def test_the_address_of_the_guide_is_accepted(hass: HomeAssistant, service: StandIn) -> None:
    """Host, port and number make an entry that is loaded."""
    flow_id = await _start(hass)
    made = await hass.config_entries.flow.async_configure(flow_id, _given(service))
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert made["data"] == _given(service)
    await hass.async_block_till_done()
    assert made["result"].state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(made["result"].entry_id)


async def test_an_entry_made_by_hand_is_known_by_its_address(hass: HomeAssistant, service: StandIn) -> None:
    """Its unique id goes with the address when that changes; an entry of before gets one when it is set up."""
    moved = StandIn()
    await moved.start()
    made = await hass.config_entries.flow.async_configure(await _start(hass), _given(moved))
    entry = made["result"]
    assert entry.unique_id == f"127.0.0.1:{moved.port}"
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    shown = await hass.config_entries.flow.async_init("voice_backcare", context=context)
    await hass.config_entries.flow.async_configure(shown["flow_id"], _given(service))
    await hass.async_block_till_done()
    assert entry.unique_id == f"127.0.0.1:{service.port}"
    hass.config_entries.async_update_entry(entry, unique_id=None)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert entry.unique_id == f"127.0.0.1:{service.port}"
    assert await hass.config_entries.async_unload(entry.entry_id)
    await moved.stop()


async def test_the_unique_id_alone_is_enough(hass: HomeAssistant, service: StandIn, entry: MockConfigEntry) -> None:
    """The same host in other letters is the same guide."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "host": "LOCALHOST"}, unique_id=f"localhost:{service.port}"
    )
    refused = await hass.config_entries.flow.async_configure(await _start(hass), _given(service, host="localhost"))
    assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_nobody_there_is_told_and_can_be_corrected(hass: HomeAssistant, service: StandIn) -> None:
    """A wrong port is an error of the form, and the right one then goes through."""
    flow_id = await _start(hass)
    port = service.port
    await service.stop()
    wrong = await hass.config_entries.flow.async_configure(flow_id, _given(service))
    assert wrong["errors"] == {"base": "cannot_connect"}
    service.port = port
    await service.start()
    made = await hass.config_entries.flow.async_configure(flow_id, _given(service))
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(made["result"].entry_id)


async def test_another_wyoming_service_is_refused(hass: HomeAssistant, service: StandIn) -> None:
    """What is not the guide never answers for it."""
    service.program = "whisper"
    refused = await hass.config_entries.flow.async_configure(await _start(hass), _given(service))
    assert refused["errors"] == {"base": "another_service"}


@pytest.mark.parametrize("number", ["", "nine one one", "9-1-1", "९११"])
async def test_the_number_has_digits_only(hass: HomeAssistant, service: StandIn, number: str) -> None:
    """A number that no telephone can dial is refused."""
    given = _given(service, emergency_number=number)
    refused = await hass.config_entries.flow.async_configure(await _start(hass), given)
    assert refused["errors"] == {"emergency_number": "digits_only"}


async def test_the_same_guide_is_set_up_once(hass: HomeAssistant, service: StandIn, entry: MockConfigEntry) -> None:
    """A second entry for one address is not made."""
    refused = await hass.config_entries.flow.async_configure(await _start(hass), _given(service))
    assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_the_guide_is_found_on_the_network(hass: HomeAssistant, service: StandIn) -> None:
    """Discovery asks before it sets up, and takes the address that it found."""
    shown = await hass.config_entries.flow.async_init(
        "voice_backcare", context={"source": SOURCE_ZEROCONF}, data=_found(service)
    )
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "zeroconf_confirm")
    made = await hass.config_entries.flow.async_configure(shown["flow_id"], {"emergency_number": "112"})
    assert made["data"] == _given(service, emergency_number="112")
    assert await hass.config_entries.async_unload(made["result"].entry_id)


async def test_what_was_found_is_asked_for_a_number_too(hass: HomeAssistant, service: StandIn) -> None:
    """A number that no telephone can dial is refused there as well, and the right one then goes through."""
    context = {"source": SOURCE_ZEROCONF}
    shown = await hass.config_entries.flow.async_init("voice_backcare", context=context, data=_found(service))
    wrong = await hass.config_entries.flow.async_configure(shown["flow_id"], {"emergency_number": "nine"})
    assert wrong["errors"] == {"emergency_number": "digits_only"}
    made = await hass.config_entries.flow.async_configure(shown["flow_id"], {"emergency_number": "911"})
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert await hass.config_entries.async_unload(made["result"].entry_id)


@pytest.mark.parametrize("away", [True, False], ids=["nobody answers", "no port"])
async def test_a_name_without_a_guide_behind_it(hass: HomeAssistant, service: StandIn, away: bool) -> None:
    """What is announced and does not answer is left alone."""
    found = _found(service)
    if away:
        await service.stop()
    else:
        found.port = None
    refused = await hass.config_entries.flow.async_init(
        "voice_backcare", context={"source": SOURCE_ZEROCONF}, data=found
    )
    assert (refused["type"], refused["reason"]) == (
        FlowResultType.ABORT,
        "cannot_connect" if away else "another_service",
    )
    if away:
        await service.start()


async def test_a_guide_that_moved_is_found_again(hass: HomeAssistant, service: StandIn) -> None:
    """An entry that was discovered follows its name to another address, without a question."""
    name = "voice_backcare._wyoming._tcp.local."
    made = MockConfigEntry(domain="voice_backcare", unique_id=name, data=_given(service, host="10.0.0.9"))
    made.add_to_hass(hass)
    refused = await hass.config_entries.flow.async_init(
        "voice_backcare", context={"source": SOURCE_ZEROCONF}, data=_found(service, name)
    )
    assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert made.data == _given(service)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(made.entry_id)


async def test_another_entrys_address_is_not_taken(
    hass: HomeAssistant, service: StandIn, entry: MockConfigEntry
) -> None:
    """Two entries never become one by reconfiguring; a new number alone is taken."""
    other = MockConfigEntry(domain="voice_backcare", data=_given(service, port=1))
    other.add_to_hass(hass)
    shown = await other.start_reconfigure_flow(hass)
    refused = await hass.config_entries.flow.async_configure(shown["flow_id"], _given(service))
    assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert other.data["port"] == 1
    shown = await entry.start_reconfigure_flow(hass)
    done = await hass.config_entries.flow.async_configure(shown["flow_id"], _given(service, emergency_number="112"))
    assert done["reason"] == "reconfigure_successful"
    assert entry.data["emergency_number"] == "112"


async def test_other_services_on_the_network_are_left_alone(hass: HomeAssistant, service: StandIn) -> None:
    """A Wyoming service that is not the guide starts nothing."""
    service.program = "piper"
    refused = await hass.config_entries.flow.async_init(
        "voice_backcare", context={"source": SOURCE_ZEROCONF}, data=_found(service)
    )
    assert (refused["type"], refused["reason"]) == (FlowResultType.ABORT, "another_service")


async def test_a_new_address_can_be_given(hass: HomeAssistant, service: StandIn, entry: MockConfigEntry) -> None:
    """Reconfiguring checks the new address, keeps the old one while it is wrong, and then connects anew."""
    moved = StandIn()
    await moved.start()
    shown = await entry.start_reconfigure_flow(hass)
    moved.program = "piper"
    refused = await hass.config_entries.flow.async_configure(shown["flow_id"], _given(moved))
    assert refused["errors"] == {"base": "another_service"}
    assert entry.data["port"] == service.port
    moved.program = "voice-backcare"
    done = await hass.config_entries.flow.async_configure(shown["flow_id"], _given(moved))
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await moved.subscribed.wait()
    assert entry.data["port"] == moved.port
    assert await hass.config_entries.async_unload(entry.entry_id)
    await moved.stop()
