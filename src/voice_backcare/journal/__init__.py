"""The journal: an append-only record of the events of the present conversation, in SQLite, that survives a power cut
(D11).

It holds no audio and no name, only events. Finished conversations are erased unless they are to be kept.
"""

from voice_backcare.journal.boot import Boot, this_boot
from voice_backcare.journal.codec import Undecodable, decode, encode
from voice_backcare.journal.folder import JournalBusy, JournalError, forget, has_journal
from voice_backcare.journal.store import Entry, Journal, Stored, open_journal

__all__ = [
    "Boot",
    "Entry",
    "Journal",
    "JournalBusy",
    "JournalError",
    "Stored",
    "Undecodable",
    "decode",
    "encode",
    "forget",
    "has_journal",
    "open_journal",
    "this_boot",
]
