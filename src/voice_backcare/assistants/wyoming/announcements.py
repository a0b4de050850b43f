"""Announcements: what a conversation says by itself, sent to subscribers until one confirms that it was said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from wyoming.event import Event

from voice_backcare.assistants.sessions import Ids, SessionEntry, Sessions
from voice_backcare.assistants.turns import Reply
from voice_backcare.assistants.wyoming.intent_handler import OURS, spoken, told

SUBSCRIBE = f"{OURS}-subscribe"
ANNOUNCEMENT = f"{OURS}-announcement"
ANNOUNCED = f"{OURS}-announced"
AGAIN_S = 5.0  # until an unconfirmed announcement is sent once more
AWAY_S = 15.0  # timed ice or heat goes on if a subscriber is back within this
PENDING_MOST = 4  # of one session; older ones are out of date


@dataclass
class Announcement:
    """One announcement. ``sent_s``: when it was last sent; None while it has to be sent at once."""

    id: str
    ids: Ids
    reply: Reply
    sent_s: float | None = None

    def event(self) -> Event:
        """Event of the protocol that carries the announcement."""
        data = {
            "id": self.id,
            "conversation_id": self.ids.conversation_id or None,
            "satellite_id": self.ids.satellite_id or None,
            "device_id": self.ids.device_id or None,
            "text": spoken(self.reply),
            OURS: told(self.reply),
        }
        return Event(ANNOUNCEMENT, data)


class Outbox:
    """Announcements that are not confirmed yet. Times are in seconds on the service's clock."""

    def __init__(self) -> None:
        self._pending: dict[str, Announcement] = {}
        self._subscribers = 0
        self._gone_s: float | None = None

    def subscribed(self) -> None:
        """Note a new subscriber, to whom everything pending is sent at once."""
        self._subscribers += 1
        for announcement in self._pending.values():
            announcement.sent_s = None

    def unsubscribed(self, now_s: float) -> None:
        """Note that a subscriber is gone."""
        self._subscribers -= 1
        self._gone_s = now_s

    def heard(self, entry: SessionEntry | None, now_s: float) -> bool:
        """Whether an announcement to this session would be heard. A connection that is lost for a moment does not end
        timed ice or heat.
        """
        if self._subscribers:
            return True
        back_soon = self._gone_s is not None and now_s - self._gone_s < AWAY_S
        return back_soon and entry is not None and entry.talk.keeping_time

    def put(self, ids: Ids, reply: Reply) -> None:
        """Add an announcement."""
        pending = [each.id for each in self._pending.values() if each.ids.key == ids.key]
        for old in pending[: max(0, len(pending) - PENDING_MOST + 1)]:
            del self._pending[old]
        announcement = Announcement(uuid.uuid4().hex, ids, reply)
        self._pending[announcement.id] = announcement

    def confirmed(self, announcement_id: object) -> None:
        """Remove the announcement with this id, which was said."""
        if isinstance(announcement_id, str):
            self._pending.pop(announcement_id, None)

    def answered(self, ids: Ids) -> None:
        """Remove the announcements of this session: somebody spoke there since, and the answer says what holds now."""
        for old in [each.id for each in self._pending.values() if each.ids.key == ids.key]:
            del self._pending[old]

    def keep(self, sessions: Sessions) -> None:
        """Remove the announcements of sessions that are gone."""
        for old in [each.id for each in self._pending.values() if sessions.find(each.ids) is None]:
            del self._pending[old]

    def to_send(self, now_s: float) -> list[Event]:
        """Events to send now, for the first time or once more."""
        if not self._subscribers:
            return []
        due = [each for each in self._pending.values() if each.sent_s is None or now_s - each.sent_s >= AGAIN_S]
        for announcement in due:
            announcement.sent_s = now_s
        return [announcement.event() for announcement in due]
