"""The conversation agent: every turn goes to the service, and the microphone stays open while it asks."""

from __future__ import annotations

from homeassistant.components.conversation import ConversationEntity, ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import BackCareConfigEntry
from .chat import conversation_name, leave_out_of_chat_log
from .const import CONF_EMERGENCY_NUMBER, DOMAIN, USUAL_NUMBER
from .dialogue import Speaker
from .spoken import away
from .wire import Away

PARALLEL_UPDATES = 0  # nothing is polled, and no turn waits for another


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

    async def async_process(self, user_input: ConversationInput) -> ConversationResult:
        """One turn, past Home Assistant's chat log, which would keep it, and refuse it while another is answered."""
        leave_out_of_chat_log(user_input.text)
        with conversation_name(self.hass, user_input) as conversation_id:
            return await self._turn(user_input, conversation_id)

    async def _turn(self, user_input: ConversationInput, conversation_id: str) -> ConversationResult:
        response = intent.IntentResponse(language=user_input.language)
        listening = False
        try:
            reply = await self._service.turn(
                user_input.text,
                conversation_id=conversation_id,
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
            if listening and user_input.satellite_id:
                self._service.dialogue.asked(
                    Speaker(conversation_id, user_input.satellite_id, user_input.device_id, user_input.language)
                )
        return ConversationResult(response=response, conversation_id=conversation_id, continue_conversation=listening)
