"""The last session, read back from the journal: one that was cut off, or one that was kept."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.state import State
from voice_backcare.journal import Boot, Entry, Stored, has_journal, open_journal
from voice_backcare.journal.recorder import state_before_end, this_machines_boot
from voice_backcare.system import wall_clock


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session that was read back: where it stands, and whether it is over.

    ``started``, ``ended_at``: moments of the wall clock, None where they are not known. ``started_at_s``: the session's
    own clock when it began, from which the times of ice and heat count.
    """

    state: State
    ended: bool
    started: datetime | None = None
    ended_at: datetime | None = None
    started_at_s: float = 0.0


def last_session(conversation: Conversation, folder: Path) -> KeptSession | None:
    """The session in ``folder`` that was cut off, otherwise the last that was kept, otherwise None.

    Creates nothing: where there is no journal, there is none afterwards either. Raises ``JournalBusy`` while a
    conversation uses it, ``JournalError`` where it cannot be read.
    """
    if not has_journal(folder):
        return None
    boot = this_machines_boot()
    with closing(open_journal(folder, boot)) as journal:
        stored, ended = journal.running, False
        if stored is None:
            stored, ended = (journal.finished() or (None,))[-1], True
    return None if stored is None else _kept(conversation, stored, boot, ended=ended)


def _kept(conversation: Conversation, stored: Stored, boot: Boot, *, ended: bool) -> KeptSession:
    now = wall_clock.now()
    first, last = (stored.entries[0], stored.entries[-1]) if stored.entries else (None, None)

    def moment(entry: Entry | None) -> datetime | None:
        """Known only where the machine has not been switched off since: no wall clock is written down."""
        away_s = boot.since_s(entry.boot_id, entry.boot_s) if entry else None
        return now - timedelta(seconds=away_s) if now and away_s is not None else None

    return KeptSession(
        state_before_end(conversation, stored, ended=ended),
        ended,
        moment(first),
        moment(last) if ended else None,
        first.now_s if first else 0.0,
    )
