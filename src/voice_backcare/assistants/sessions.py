"""Sessions of an assistant: one conversation for each, known by the ids that the assistant sends; bounded in number and
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice_backcare.assistants.turns import Abilities, Reply, TurnConversation
from voice_backcare.session.factory import TurnCores

SESSIONS_MOST = 1000
EXPIRES_S = 1800.0  # a session without a word for this long is forgotten
HOUR_EXPIRES_S = 7200.0  # the same while ice or heat is timed, which takes 90 minutes and some waiting
BUSY_S = 120.0  # a conversation that was answered within this time is not given up for a new one
ID_MOST = 256  # characters


class NoSessionFree(Exception):
    """Error: every session is taken by a conversation that must not be given up."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids that an assistant sends to say who speaks; "" where it does not say."""

    conversation_id: str = ""
    satellite_id: str = ""
    device_id: str = ""

    def __post_init__(self) -> None:
        if max(map(len, (self.conversation_id, self.satellite_id, self.device_id))) > ID_MOST:
            raise ValueError(f"an id has at most {ID_MOST} characters")
        if not (self.conversation_id or self.satellite_id):
            raise ValueError("a conversation is known by its id or by its satellite's")

    @property
    def key(self) -> tuple[str, str]:
        """Key of the session: the id of the satellite, or where there is none, that of the conversation."""
        return ("satellite", self.satellite_id) if self.satellite_id else ("conversation", self.conversation_id)


@dataclass
class SessionEntry:
    """One session. ``used_s``: when somebody last spoke in it."""

    ids: Ids
    talk: TurnConversation
    used_s: float

    def expires_at_s(self) -> float:
        """When the session is forgotten if nobody speaks."""
        return self.used_s + (HOUR_EXPIRES_S if self.talk.keeping_time else EXPIRES_S)

    @property
    def urgent(self) -> bool:
        """Whether an emergency stands or a pack may be on a child; such a session is never given up for another."""
        return self.talk.under_way and (self.talk.keeping_time or self.talk.disposition == "call_911")

    @property
    def answered(self) -> bool:
        """Whether any question was answered."""
        return self.talk.under_way and bool(self.talk.session.state.record.answers)


class Sessions:
    """All sessions of a service, for one thread. Times are in seconds on one clock."""

    def __init__(self, shared: TurnCores, *, most: int = SESSIONS_MOST) -> None:
        self._prepared = shared
        self._most = most
        self._sessions: dict[tuple[str, str], SessionEntry] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[SessionEntry]:
        return iter(tuple(self._sessions.values()))

    def find(self, ids: Ids) -> SessionEntry | None:
        """The session of these ids, or None."""
        return self._sessions.get(ids.key)

    def entry(self, ids: Ids, now_s: float, abilities: Abilities) -> SessionEntry:
        """The session of these ids, or a new one. Raises ``NoSessionFree`` where none can be given up for it."""
        entry = self._sessions.get(ids.key)
        if entry is None or entry.expires_at_s() <= now_s:
            self._sessions.pop(ids.key, None)
            self._make_space(now_s)
            entry = SessionEntry(ids, TurnConversation(self._prepared, abilities), now_s)
            self._sessions[ids.key] = entry
        return entry

    def reply(self, ids: Ids, text: str, now_s: float, *, announces: bool = False) -> Reply:
        """What the session's conversation says to ``text``; one is begun where there is none. Raises ``NoSessionFree``.

        A satellite that comes back with another conversation's id is asked whether it goes on with the same child
        (D11).
        """
        entry = self.entry(ids, now_s, Abilities(announces))
        away_s, entry.used_s = now_s - entry.used_s, now_s
        again, entry.ids = ids.conversation_id != entry.ids.conversation_id, ids
        talk = entry.talk
        cut_short = talk.announcing(announces, now_s) if announces != talk.abilities.announces else None
        if cut_short and not talk.means_emergency(text):
            return cut_short
        return talk.resume(text, now_s, away_s) if again else talk.reply(text, now_s)

    def silence(self, ids: Ids, now_s: float) -> Reply | None:
        """What a session's conversation says to a silence; None where there is none. Nothing begins with a silence, and
        none keeps a session.
        """
        entry = self.find(ids)
        if entry is None or entry.expires_at_s() <= now_s or ids.conversation_id != entry.ids.conversation_id:
            return None
        return entry.talk.silence(now_s)

    def due(self, now_s: float) -> list[tuple[SessionEntry, Reply]]:
        """What has to be announced by now, and in which session."""
        self.expire(now_s)
        said = [(entry, entry.talk.due(now_s)) for entry in self if (entry.talk.next_due_s() or now_s + 1) <= now_s]
        return [(entry, reply) for entry, reply in said if reply]

    def next_due_s(self) -> float | None:
        """When ``due`` has something to do next; None where nothing is timed."""
        return min((due_s for entry in self if (due_s := entry.talk.next_due_s()) is not None), default=None)

    def expire(self, now_s: float) -> None:
        """Forget the sessions in which nobody has spoken for too long."""
        for key in [key for key, entry in self._sessions.items() if entry.expires_at_s() <= now_s]:
            del self._sessions[key]

    # --- inside ----------------------------------------------------------------------------

    def _make_space(self, now_s: float) -> None:
        """Give up a session where all are taken: one that is over, else one without an answer, else one with answers;
        never one that is urgent or was answered just now. Raises ``NoSessionFree``.
        """
        if len(self._sessions) >= self._most:
            self.expire(now_s)
        if len(self._sessions) < self._most:
            return
        spare = {
            key: entry
            for key, entry in self._sessions.items()
            if not entry.urgent and not (entry.answered and now_s - entry.used_s < BUSY_S)
        }
        if not spare:
            raise NoSessionFree
        del self._sessions[min(spare, key=lambda key: self._worth(spare[key]))]

    def _worth(self, entry: SessionEntry) -> tuple[int, float]:
        return (0 if not entry.talk.under_way else 2 if entry.answered else 1, entry.used_s)
