"""Who talks with whom: one conversation a room, known by the ids that an assistant sends; bounded, and expiring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice_backcare.assistants.turns import Abilities, Reply, TurnConversation
from voice_backcare.session.factory import TurnCores

ROOMS_MOST = 1000
EXPIRES_S = 1800.0  # without a word
HOUR_EXPIRES_S = 7200.0  # the same while ice or heat is timed: 90 minutes at most, and what is waited for in it
BUSY_S = 120.0  # a conversation that was answered within this time is not given up for a new one
ID_MOST = 256  # characters


class NoRoom(Exception):
    """Every room is taken by a conversation that must not be given up."""


@dataclass(frozen=True, slots=True)
class Ids:
    """What an assistant sends to say who speaks; empty where it does not say."""

    conversation_id: str = ""
    satellite_id: str = ""
    device_id: str = ""

    def __post_init__(self) -> None:
        if max(map(len, (self.conversation_id, self.satellite_id, self.device_id))) > ID_MOST:
            raise ValueError(f"an id has at most {ID_MOST} characters")
        if not (self.conversation_id or self.satellite_id):
            raise ValueError("a conversation is known by its id or by its satellite's")

    @property
    def room(self) -> tuple[str, str]:
        """A satellite is one room, whatever its conversations are called; without one, each conversation is."""
        return ("satellite", self.satellite_id) if self.satellite_id else ("conversation", self.conversation_id)


@dataclass
class Room:
    """One conversation and who has it; ``used_s`` is when somebody last spoke."""

    ids: Ids
    talk: TurnConversation
    used_s: float

    def expires_at_s(self) -> float:
        return self.used_s + (HOUR_EXPIRES_S if self.talk.keeping_time else EXPIRES_S)

    @property
    def urgent(self) -> bool:
        """An emergency that stands, or a pack that may be on a child: never given up for another one."""
        return self.talk.under_way and (self.talk.keeping_time or self.talk.disposition == "call_911")

    @property
    def answered(self) -> bool:
        return self.talk.under_way and bool(self.talk.session.state.record.answers)


class Rooms:
    """All conversations of a service. Times are of one clock, in seconds; for one thread."""

    def __init__(self, shared: TurnCores, *, most: int = ROOMS_MOST) -> None:
        self._prepared = shared
        self._most = most
        self._rooms: dict[tuple[str, str], Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(tuple(self._rooms.values()))

    def find(self, ids: Ids) -> Room | None:
        """The room that these ids name, if there is one."""
        return self._rooms.get(ids.room)

    def room(self, ids: Ids, now_s: float, abilities: Abilities) -> Room:
        """The room that these ids name, a new one where there is none; ``NoRoom`` where it must not take another's."""
        room = self._rooms.get(ids.room)
        if room is None or room.expires_at_s() <= now_s:
            self._rooms.pop(ids.room, None)
            self._make_room(now_s)
            room = Room(ids, TurnConversation(self._prepared, abilities), now_s)
            self._rooms[ids.room] = room
        return room

    def reply(self, ids: Ids, text: str, now_s: float, *, announces: bool = False) -> Reply:
        """What the room's conversation says to ``text``, a new one where there is none.

        A satellite that comes back with another conversation's id is asked whether it goes on with the same child
        (D11). ``NoRoom`` where nothing can be given up for a new one.
        """
        room = self.room(ids, now_s, Abilities(announces))
        away_s, room.used_s = now_s - room.used_s, now_s
        again, room.ids = ids.conversation_id != room.ids.conversation_id, ids
        talk = room.talk
        cut_short = talk.announcing(announces, now_s) if announces != talk.abilities.announces else None
        if cut_short and not talk.means_emergency(text):
            return cut_short
        return talk.resume(text, now_s, away_s) if again else talk.reply(text, now_s)

    def due(self, now_s: float) -> list[tuple[Room, Reply]]:
        """What is to be announced by now, and where."""
        self.expire(now_s)
        said = [(room, room.talk.due(now_s)) for room in self if (room.talk.next_due_s() or now_s + 1) <= now_s]
        return [(room, reply) for room, reply in said if reply]

    def next_due_s(self) -> float | None:
        """When ``due`` has something to do next; None: nothing is timed."""
        return min((due_s for room in self if (due_s := room.talk.next_due_s()) is not None), default=None)

    def expire(self, now_s: float) -> None:
        """Forget whoever has said nothing for too long."""
        for key in [key for key, room in self._rooms.items() if room.expires_at_s() <= now_s]:
            del self._rooms[key]

    # --- inside ----------------------------------------------------------------------------

    def _make_room(self, now_s: float) -> None:
        """Over goes before unanswered, and that before answered; what is urgent, or has just been answered, stays."""
        if len(self._rooms) >= self._most:
            self.expire(now_s)
        if len(self._rooms) < self._most:
            return
        spare = {
            key: room
            for key, room in self._rooms.items()
            if not room.urgent and not (room.answered and now_s - room.used_s < BUSY_S)
        }
        if not spare:
            raise NoRoom
        del self._rooms[min(spare, key=lambda key: self._worth(spare[key]))]

    def _worth(self, room: Room) -> tuple[int, float]:
        return (0 if not room.talk.under_way else 2 if room.answered else 1, room.used_s)
