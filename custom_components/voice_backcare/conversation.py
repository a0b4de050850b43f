"""The conversation agent: every turn goes to the service, and the microphone stays open while it asks."""

from __future__ import annotations

from homeassistant.components.conversation import (
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BackCareConfigEntry
from .const import CONF_EMERGENCY_NUMBER, DOMAIN, USUAL_NUMBER
from .spoken import away
from .wire import Away


async def async_setup_entry(
    hass: HomeAssistant, entry: BackCareConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """One agent a service."""
    async_add_entities([BackCareConversation(entry)])


class BackCareConversation(ConversationEntity):
    """Always available: where the service is away, it says so, and when to call for help."""

    _attr_has_entity_name = True
    _attr_name = None
    supported_languages = ["en"]  # noqa: RUF012 (a property of the base class)

    def __init__(self, entry: BackCareConfigEntry) -> None:
        self._service = entry.runtime_data
        self._number = entry.data.get(CONF_EMERGENCY_NUMBER, USUAL_NUMBER)
        self._attr_unique_id = entry.entry_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)}, name=entry.title, entry_type=DeviceEntryType.SERVICE
        )

    async def _async_handle_message(self, user_input: ConversationInput, chat_log: ChatLog) -> ConversationResult:
        """One turn. Nothing is added to Home Assistant's chat log, so that it keeps none of the conversation."""
        response = intent.IntentResponse(language=user_input.language)
        listening = False
        try:
            reply = await self._service.turn(
                user_input.text,
                conversation_id=chat_log.conversation_id,
                satellite_id=user_input.satellite_id,
                device_id=user_input.device_id,
                language=user_input.language,
            )
        except Away:
            response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, away(self._number))
        else:
            listening = reply.listening
            if reply.understood:
                response.async_set_speech(reply.text)
            else:
                response.async_set_error(
                    intent.IntentResponseErrorCode.FAILED_TO_HANDLE, reply.text or away(self._number)
                )
        return ConversationResult(
            response=response, conversation_id=chat_log.conversation_id, continue_conversation=listening
        )
