"""Intent handler: a transcript in, what the session's conversation says to it out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from wyoming.event import Event
from wyoming.handle import Handled, NotHandled

from voice_backcare.assistants.sessions import Ids, NoSessionFree, SessionEntry, Sessions
from voice_backcare.assistants.text_normaliser import plain
from voice_backcare.assistants.turns import Reply, TurnConversation
from voice_backcare.core.understanding.places import ANY_QUESTION
from voice_backcare.session.factory import TurnCores

OURS = "voice_backcare"  # the key, in any context, of what this program adds to the protocol

NOTHING = Reply((), listening=False, ended=False, disposition=None)


def own_id() -> str:
    """A new name for a client that sends none."""
    return f"connection-{uuid.uuid4().hex}"


def ids_in(context: Mapping[str, Any], otherwise: str) -> Ids:
    """The ids of who speaks; ``otherwise`` where the context names nobody. Raises ``ValueError`` for an id that is
    none.
    """
    named = {key: context.get(key) for key in ("conversation_id", "satellite_id", "device_id")}
    for key, value in named.items():
        if value is not None and not (isinstance(value, str) and _can_be_written(value)):
            raise ValueError(f"{key} is no text")
    given = {key: value or "" for key, value in named.items()}
    if not (given["conversation_id"] or given["satellite_id"]):
        given["conversation_id"] = otherwise
    return Ids(**given)


def _can_be_written(text: str) -> bool:
    """Whether the text can be sent back: half a surrogate pair, as JSON may escape it, cannot."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _object(value: object, what: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{what} is no object")
    return value


def told(reply: Reply) -> dict[str, Any]:
    """The data of ``reply`` for a client that knows this program, apart from the text."""
    return {"listening": reply.listening, "ended": reply.ended, "disposition": reply.disposition}


def spoken(reply: Reply) -> str:
    """The lines of ``reply`` as one text, as the protocol has it."""
    return " ".join(reply.lines)


class Answering:
    """Handler of transcripts. ``can_announce``: whether an announcement to a session would be heard."""

    def __init__(
        self, shared: TurnCores, sessions: Sessions, can_announce: Callable[[SessionEntry | None], bool]
    ) -> None:
        self._prepared = shared
        self._sessions = sessions
        self._can_announce = can_announce

    def answer(self, data: Mapping[str, Any], otherwise: str, now_s: float) -> tuple[Event, Ids | None]:
        """``Handled``, or ``NotHandled`` with a sentence; and the ids of who was answered, None where nobody was."""
        text = data.get("text")
        try:
            context = _object(data.get("context"), "the context")
            ours = _object(context.get(OURS), f"the context's {OURS}")
            ids = ids_in(context, otherwise)
            if not isinstance(text, str):
                raise ValueError("a transcript has no text")
        except ValueError as error:
            return NotHandled(f"This can not be answered: {error}.").event(), None
        if ours.get("silence") is True and not text:
            silent = self._sessions.silence(ids, now_s) or NOTHING
            context = {"conversation_id": ids.conversation_id or None, OURS: told(silent)}
            return Handled(spoken(silent), context=context).event(), ids if silent.lines else None
        announces = ours.get("announces") is True and self._can_announce(self._sessions.find(ids))
        try:
            reply = self._sessions.reply(ids, text, now_s, announces=announces)
        except NoSessionFree:
            return self._full(text, now_s), None
        context = {"conversation_id": ids.conversation_id or None, OURS: told(reply)}
        return Handled(spoken(reply), context=context).event(), ids

    def place(self, data: Mapping[str, Any]) -> str:
        """Place to recognise for: that of the named conversation, otherwise of the only one there is, otherwise any
        question.
        """
        try:
            entry = self._sessions.find(ids_in(_object(data.get("context"), "the context"), "nobody"))
        except ValueError:
            entry = None
        if entry is None:
            under_way = [each for each in self._sessions if each.talk.under_way]
            entry = under_way[0] if len(under_way) == 1 else None
        return entry.talk.place if entry and entry.talk.under_way else ANY_QUESTION

    def meaning(self, place: str, text: str) -> str | None:
        """What ``text`` means at ``place``, as a turn reads it; None: nothing there."""
        match = self._prepared.grammar.read(place, plain(text))
        return match.meaning if match else None

    def _full(self, text: str, now_s: float) -> Event:
        """Answer where no session is free; an emergency is answered all the same, and not kept."""
        alone = TurnConversation(self._prepared)
        if alone.means_emergency(text):
            reply = alone.reply(text, now_s)
            return Handled(spoken(reply), context={OURS: told(reply)}).event()
        return self._sentence("no_room")

    def own_fault(self) -> Event:
        """Answer where the program itself failed."""
        return self._sentence("own_fault")

    def _sentence(self, line_id: str) -> Event:
        return NotHandled(self._prepared.cores[False].prompts.line(line_id).text).event()
