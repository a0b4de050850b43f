"""The append-only record of the events of the running conversation, in SQLite: what survives a power cut.

No audio, no name: only what ``events`` holds. Finished conversations are erased unless they are to be kept.
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
