"""A transcript in, what the room's conversation says to it out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from wyoming.event import Event
from wyoming.handle import Handled, NotHandled

from voice_backcare.assistants.sessions import Ids, NoRoom, Room, Rooms
from voice_backcare.assistants.turns import Reply, TurnConversation
from voice_backcare.session.factory import TurnCores

OURS = "voice_backcare"  # the key, in any context, of what this program adds to the protocol


def own_id() -> str:
    """A name for whoever sends none."""
    return f"connection-{uuid.uuid4().hex}"


def ids_in(context: Mapping[str, Any], otherwise: str) -> Ids:
    """Who speaks; ``otherwise`` where the context names nobody. ``ValueError``: an id that is none."""
    named = {key: context.get(key) for key in ("conversation_id", "satellite_id", "device_id")}
    for key, value in named.items():
        if value is not None and not (isinstance(value, str) and _can_be_written(value)):
            raise ValueError(f"{key} is no text")
    given = {key: value or "" for key, value in named.items()}
    if not (given["conversation_id"] or given["satellite_id"]):
        given["conversation_id"] = otherwise
    return Ids(**given)


def _can_be_written(text: str) -> bool:
    """Half a character, as JSON may escape it, cannot be sent back."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _object(value: object, what: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object")
    return value


def told(reply: Reply) -> dict[str, Any]:
    """What a client that knows us learns beside the text."""
    return {"listening": reply.listening, "ended": reply.ended, "disposition": reply.disposition}


def spoken(reply: Reply) -> str:
    """The lines as one text, which is what the protocol has."""
    return " ".join(reply.lines)


class Answering:
    """``can_announce`` tells of a room whether what it has to say by itself would be heard."""

    def __init__(self, shared: TurnCores, rooms: Rooms, can_announce: Callable[[Room | None], bool]) -> None:
        self._prepared = shared
        self._rooms = rooms
        self._can_announce = can_announce

    def answer(self, data: Mapping[str, Any], otherwise: str, now_s: float) -> tuple[Event, Ids | None]:
        """``Handled``, or ``NotHandled`` with a sentence; and who was answered, where anybody was."""
        text = data.get("text")
        try:
            context = _object(data.get("context"), "the context")
            ours = _object(context.get(OURS), f"the context's {OURS}")
            ids = ids_in(context, otherwise)
            if not isinstance(text, str):
                raise ValueError("a transcript has no text")
        except ValueError as error:
            return NotHandled(f"This can not be answered: {error}.").event(), None
        announces = ours.get("announces") is True and self._can_announce(self._rooms.find(ids))
        try:
            reply = self._rooms.reply(ids, text, now_s, announces=announces)
        except NoRoom:
            return self._full(text, now_s), None
        context = {"conversation_id": ids.conversation_id or None, OURS: told(reply)}
        return Handled(spoken(reply), context=context).event(), ids

    def grammar(self, data: Mapping[str, Any]) -> str:
        """The grammar to hear with: the named conversation's, or that of the only one there is, else a question's."""
        try:
            room = self._rooms.find(ids_in(_object(data.get("context"), "the context"), "nobody"))
        except ValueError:
            room = None
        if room is None:
            under_way = [each for each in self._rooms if each.talk.under_way]
            room = under_way[0] if len(under_way) == 1 else None
        return room.talk.grammar if room and room.talk.under_way else "question"

    def _full(self, text: str, now_s: float) -> Event:
        """No room is free; an emergency is answered all the same, and not kept."""
        alone = TurnConversation(self._prepared)
        if alone.means_emergency(text):
            reply = alone.reply(text, now_s)
            return Handled(spoken(reply), context={OURS: told(reply)}).event()
        return self._sentence("no_room")

    def own_fault(self) -> Event:
        return self._sentence("own_fault")

    def _sentence(self, line_id: str) -> Event:
        return NotHandled(self._prepared.cores[False].prompts.line(line_id).text).event()
