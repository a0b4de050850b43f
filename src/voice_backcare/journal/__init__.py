"""The append-only record of the events of the running conversation, in SQLite: what survives a power cut.

No audio, no name: only what ``events`` holds. Finished conversations are erased unless they are to be kept.
"""

from voice_backcare.journal.boot import Boot, this_boot
from voice_backcare.journal.codec import Undecodable, decode, encode
from voice_backcare.journal.folder import JournalBusy, JournalError, database_files, forget
from voice_backcare.journal.store import Entry, Journal, Stored, open_journal

__all__ = [
    "Boot",
    "Entry",
    "Journal",
    "JournalBusy",
    "JournalError",
    "Stored",
    "Undecodable",
    "database_files",
    "decode",
    "encode",
    "forget",
    "open_journal",
    "this_boot",
]
