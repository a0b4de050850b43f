"""What a conversation says by itself, to those who asked for it, until one of them says that it was announced."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from wyoming.event import Event

from voice_backcare.assistants.sessions import Ids, Room, Rooms
from voice_backcare.assistants.turns import Reply
from voice_backcare.assistants.wyoming.intent_handler import OURS, spoken, told

SUBSCRIBE = f"{OURS}-subscribe"
ANNOUNCEMENT = f"{OURS}-announcement"
ANNOUNCED = f"{OURS}-announced"
AGAIN_S = 5.0  # until an unconfirmed announcement is sent once more
AWAY_S = 15.0  # an hour that runs goes on while a subscriber comes back
PENDING_MOST = 4  # of one room: what is older is no longer true


@dataclass
class Announcement:
    """One of them: ``sent_s`` None until a subscriber was there to get it."""

    id: str
    ids: Ids
    reply: Reply
    sent_s: float | None = None

    def event(self) -> Event:
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
    """Times are of the service's clock, in seconds."""

    def __init__(self) -> None:
        self._pending: dict[str, Announcement] = {}
        self._subscribers = 0
        self._gone_s: float | None = None

    def subscribed(self) -> None:
        """Somebody listens: what is pending is sent at once."""
        self._subscribers += 1
        for announcement in self._pending.values():
            announcement.sent_s = None

    def unsubscribed(self, now_s: float) -> None:
        self._subscribers -= 1
        self._gone_s = now_s

    def heard(self, room: Room | None, now_s: float) -> bool:
        """Whether an announcement would be heard; a running hour is not ended by a connection that comes back."""
        if self._subscribers:
            return True
        back_soon = self._gone_s is not None and now_s - self._gone_s < AWAY_S
        return back_soon and room is not None and room.talk.keeping_time

    def put(self, ids: Ids, reply: Reply) -> None:
        pending = [each.id for each in self._pending.values() if each.ids.room == ids.room]
        for old in pending[: max(0, len(pending) - PENDING_MOST + 1)]:
            del self._pending[old]
        announcement = Announcement(uuid.uuid4().hex, ids, reply)
        self._pending[announcement.id] = announcement

    def confirmed(self, announcement_id: object) -> None:
        if isinstance(announcement_id, str):
            self._pending.pop(announcement_id, None)

    def answered(self, ids: Ids) -> None:
        """Somebody has spoken there since: the answer says what holds now."""
        for old in [each.id for each in self._pending.values() if each.ids.room == ids.room]:
            del self._pending[old]

    def keep(self, rooms: Rooms) -> None:
        """Forget what belongs to a room that is no more."""
        for old in [each.id for each in self._pending.values() if rooms.find(each.ids) is None]:
            del self._pending[old]

    def to_send(self, now_s: float) -> list[Event]:
        """What has to be sent now, for the first time or once more."""
        if not self._subscribers:
            return []
        due = [each for each in self._pending.values() if each.sent_s is None or now_s - each.sent_s >= AGAIN_S]
        for announcement in due:
            announcement.sent_s = now_s
        return [announcement.event() for announcement in due]
