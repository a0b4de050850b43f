"""What Home Assistant itself keeps of a turn: the name of the conversation, and not its words."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from homeassistant.components.conversation import ConversationInput
from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.util.ulid import ulid_now

# Since 2026.11 a conversation belongs to the person who began it.
_HAS_OWNER = "context" in inspect.signature(async_get_chat_session).parameters


@contextmanager
def conversation_name(hass: HomeAssistant, user_input: ConversationInput) -> Iterator[str]:
    """Give the conversation's id, which Home Assistant forgets after five minutes without a word.

    Somebody else of the house who goes on in it begins one of their own: a cry for help is never refused.
    """
    more: dict[str, Any] = {"context": user_input.context} if _HAS_OWNER else {}
    with ExitStack() as stack:
        try:
            session = stack.enter_context(async_get_chat_session(hass, user_input.conversation_id, **more))
        except Unauthorized:
            yield ulid_now()
        else:
            yield session.conversation_id


def leave_out_of_chat_log(text: str) -> None:
    """Take ``text`` out of the chat log that a voice pipeline has opened around this turn.

    Up to 2026.10 such a log is thrown away where the agent adds nothing to it. Since 2026.11 it is kept, the answer
    is added where a sentence of the person stands last, and a second turn is refused while the first one is answered:
    so the sentence goes, and the log is marked as free.
    """
    log = current_chat_log.get()
    if log is None or not hasattr(log, "turn_active"):
        return
    log.turn_active = False
    if log.content and log.content[-1].role == "user" and log.content[-1].content == text:
        log.content.pop()
