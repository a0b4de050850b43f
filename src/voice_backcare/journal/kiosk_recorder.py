"""Recorder for a kiosk: after a power cut it resumes a 911 screen or "take the pack off", and nothing else (D11).

Whoever stands there then may be another family. Answers that led to neither are erased unread.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Event
from voice_backcare.core.state import State
from voice_backcare.journal import Boot, Journal, JournalError, Stored, forget, open_journal
from voice_backcare.journal.recorder import Interruption, Recorder, digest

DANGER = "call_911"


class KioskRecorder(Recorder):
    """Recorder that resumes "call 911", by what was answered yes or in doubt; otherwise "take the pack off"; otherwise
    nothing.

    A conversation that ended with 911 stays in the journal until ``cleared``, that is as long as it stays on the
    screen.
    """

    without = "The kiosk goes on, but after a power cut it would know nothing of 911 or of a pack that is on."

    def __init__(self, conversation: Conversation, tell: Callable[[str], None]) -> None:
        super().__init__(conversation, tell)
        self._danger = self._standing = False

    def decided(self, event: Event, after: State) -> None:
        """Write ``event``, which led to the state ``after``."""
        self._danger = self._conversation.triage.disposition(self.state.record) == DANGER
        super().decided(event, after)

    def cleared(self) -> None:
        """Erase the last conversation: nothing of it is on the screen any more."""
        if not self._standing:
            return
        self._standing = False
        try:
            if self._journal:
                self._journal.finish(keep=False)
        except JournalError as error:
            self._go_on_without(error)

    # --- inside ----------------------------------------------------------------------------

    def _opened(self, folder: Path, boot: Boot) -> Journal:
        """The journal in ``folder``. A damaged one is erased instead of put aside."""
        journal = open_journal(folder, boot)
        if journal.notices:
            journal.close()
            forget(folder)
            self._tell("What was written down before the last stop is damaged, and is erased.")
            journal = open_journal(folder, boot)
        return journal

    def _write(self, journal: Journal, event: Event, *, first: bool, last: bool) -> None:
        if first:
            self._standing = False
        super()._write(journal, event, first=first, last=last)

    def _over(self, journal: Journal) -> None:
        if self._danger:
            self._standing = True
        else:
            super()._over(journal)

    def _take_up(self, journal: Journal, stored: Stored) -> None:
        """Resume ``stored`` if it may be told to whoever is there now, otherwise erase it."""
        super()._take_up(journal, stored)
        if self.interruption is None:
            return
        checkpoint = still_told(self._checkpoint(self.state))
        if checkpoint is None:
            journal.finish(keep=False)
            self.state, self.interruption = State(), None
            return
        journal.begin(digest(), checkpoint)
        # The time away counts as unknown: whoever comes to the screen may not be who left it.
        self.state, self.interruption = self._restored(checkpoint), Interruption(None, same_boot=False)


def still_told(checkpoint: str) -> str | None:
    """The part of ``checkpoint`` that may be told to whoever is there now; None where that is nothing."""
    values = json.loads(checkpoint)
    if values["disposition"] == DANGER:
        return checkpoint
    if worn := values["worn"]:
        pack, _, *rest = worn
        values = {"answers": [], "phrase": False, "unresolved": [], "disposition": None, "worn": [pack, True, *rest]}
        return json.dumps(values)
    return None
