"""One turn with the service: a text goes in, the answer comes out, and nothing is ever sent twice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from homeassistant.util.ulid import ulid_now
from wyoming.asr import Transcript
from wyoming.handle import Handled, NotHandled

from .announcer import Announcer
from .const import ANSWER_TIMEOUT_S, DOMAIN, RENAMED_MOST
from .dialogue import Dialogue
from .subscription import Subscription
from .wire import Away, Connection, connected


@dataclass(frozen=True, slots=True)
class Reply:
    """``text`` to say; ``listening``: an answer is wanted, so the microphone stays open."""

    text: str
    listening: bool
    understood: bool = True


@dataclass(slots=True)
class Turns:
    """How many turns went how; numbers only."""

    answered: int = 0
    away: int = 0
    lost: int = 0


class Service:
    """The service behind one config entry. ``dialogue``: what goes on there without a word from a person."""

    dialogue: Dialogue

    def __init__(self, host: str, port: int, subscription: Subscription, announcer: Announcer) -> None:
        self.host = host
        self.port = port
        self.subscription = subscription
        self.announcer = announcer
        self.turns = Turns()
        self._renamed: dict[str, str] = {}
        self._in_flight: defaultdict[str, int] = defaultdict(int)

    async def turn(
        self,
        text: str,
        *,
        conversation_id: str,
        satellite_id: str | None,
        device_id: str | None,
        language: str,
        silence: bool = False,
    ) -> Reply:
        """The answer to ``text``, or to ``silence``, which may have no text; ``Away`` where there is none.

        A text whose answer was lost may have counted: the next question would then be one that nobody heard, and a
        "no" to it must not count. So the conversation goes on under another name, where nothing was asked yet: the
        service asks a satellite whether it is still the same child (D11), and begins anew with everybody else. The
        same holds for a text that comes while another one is still answered.
        """
        place = satellite_id or conversation_id
        if self._in_flight[place]:
            self._rename(conversation_id)
        self._in_flight[place] += 1
        try:
            context = self._context(conversation_id, satellite_id, device_id, language)
            if silence:
                context[DOMAIN]["silence"] = True
            return await self._turn(text, context, conversation_id)
        finally:
            self._in_flight[place] -= 1
            if not self._in_flight[place]:
                del self._in_flight[place]

    async def _turn(self, text: str, context: dict[str, Any], conversation_id: str) -> Reply:
        self.announcer.answered(context.get("satellite_id"))
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair, as JSON may escape it, cannot be sent
        sent = False
        try:
            async with connected(self.host, self.port) as connection, asyncio.timeout(ANSWER_TIMEOUT_S):
                sent = True
                await connection.send(Transcript(text=text, language=context["language"], context=context).event())
                reply = await _answer(connection)
                if reply.understood and not reply.text and "silence" not in context[DOMAIN]:
                    raise Away("the answer says nothing")
        except (Away, TimeoutError, asyncio.CancelledError) as error:
            if not sent:
                self.turns.away += 1
                raise
            self.turns.lost += 1
            self._rename(conversation_id)
            if isinstance(error, TimeoutError):
                raise Away("no answer in time") from error
            raise
        self.turns.answered += 1
        self.subscription.come_back()
        return reply

    def _context(
        self, conversation_id: str, satellite_id: str | None, device_id: str | None, language: str
    ) -> dict[str, Any]:
        announces = self.subscription.connected and self.announcer.can_announce(satellite_id)
        context: dict[str, Any] = {
            "conversation_id": self._renamed.get(conversation_id, conversation_id),
            "language": language,
            DOMAIN: {"announces": announces},
        }
        if satellite_id:
            context["satellite_id"] = satellite_id
        if device_id:
            context["device_id"] = device_id
        return context

    def _rename(self, conversation_id: str) -> None:
        self._renamed.pop(conversation_id, None)
        self._renamed[conversation_id] = ulid_now()
        while len(self._renamed) > RENAMED_MOST:
            del self._renamed[next(iter(self._renamed))]


async def _answer(connection: Connection) -> Reply:
    while True:
        event = await connection.receive()
        try:
            if Handled.is_type(event.type):
                handled = Handled.from_event(event)
                told = (handled.context or {}).get(DOMAIN) or {}
                return Reply(handled.text or "", told.get("listening") is True)
            if NotHandled.is_type(event.type):
                return Reply(NotHandled.from_event(event).text or "", False, understood=False)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Away("the answer cannot be read") from error
