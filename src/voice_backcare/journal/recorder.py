"""Recorder: writes every event down before it acts, and replays the events after a power cut (D11).

After an update of the program the old events are not replayed by new rules: yes and doubt stand, the rest is asked
again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import platformdirs

from voice_backcare import core
from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.dialogue.triage_rules import READ_BACK_DISPOSITION, URGENCY
from voice_backcare.core.events import Event
from voice_backcare.core.state import SOFT_NO, UNSURE, YES, Position, Record, State
from voice_backcare.journal import Boot, Journal, JournalError, Stored, open_journal, this_boot
from voice_backcare.journal.folder import keep_fault
from voice_backcare.session.session import Session
from voice_backcare.system.monotonic_clock import SystemClock, boot_clock_works

_LOG = logging.getLogger(__name__)

WITHOUT = "This conversation goes on, but after a power cut it would start again from the beginning."


def state_folder() -> Path:
    """Folder of the journal of ``talk``, which nobody else may look into."""
    folder = platformdirs.user_state_path("voice-backcare")
    with suppress(OSError):
        if folder.is_dir():
            folder.chmod(0o700)
    return folder


def kiosk_folder() -> Path:
    """Folder of the journal of ``kiosk``: systemd's StateDirectory, otherwise beside that of ``talk``."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(given) if given else state_folder() / "kiosk"


def this_machines_boot() -> Boot:
    """The present boot of this machine."""
    return this_boot(SystemClock().now_s if boot_clock_works() else None)


def deciding_files() -> list[Path]:
    """The files that decide what an event leads to: content, grammars, and the core's sources, in a fixed order."""
    tops = (data_folder("grammars"), Path(core.__file__).parent)
    found = [path for top in tops for path in sorted(top.rglob("*.*"))]
    return [path for path in found if path.suffix in (".py", ".toml", ".yaml")]


@cache
def digest() -> str:
    """SHA-256 of the deciding files, in hex: where it differs, a journal was written by another version of the
    program.
    """
    result = hashlib.sha256()
    for path in deciding_files():
        result.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return result.hexdigest()


class ReplayDiffers(Exception):
    """Error: the events of a journal do not lead to the states that they led to when they were written."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """Interruption of a conversation: for how many seconds the program was away, None where that is not known (C6)."""

    away_s: float | None
    same_boot: bool


class Recorder:
    """Recorder of a session's events; made by ``open_recorder``. An error ends the recording, never the conversation.

    ``state``: where the session has to start. ``interruption``: why that is not the beginning; None where it is.
    ``starts_at_s``: what the session's clock has to say now. ``offset_s``: what to add to the boot clock for that, so
    that ``at_s`` never goes back.
    """

    without = WITHOUT

    def __init__(self, conversation: Conversation, tell: Callable[[str], None], *, keep: bool = False) -> None:
        self._conversation = conversation
        self._tell = tell
        self._keep = keep
        self._folder: Path | None = None
        self._journal: Journal | None = None
        self._open: Callable[[], Journal] | None = None
        self._half_written = False
        self._again: Callable[[], Journal] | None = None  # for the next conversation, after this one lost its journal
        self.now_s: Callable[[], float] = lambda: 0.0
        self.state = State()
        self.interruption: Interruption | None = None
        self.starts_at_s = 0.0
        self.offset_s = 0.0

    def open(self, folder: Path, boot: Boot) -> None:
        """Open the journal in ``folder`` and read what was interrupted. Where there can be no journal, that is told and
        the recorder works without one.
        """
        self._folder = folder
        self._open = lambda: self._opened(folder, boot)
        try:
            self._journal = self._open()
            for notice in self._journal.notices:
                self._tell(notice)
            if stored := self._journal.running:
                self._take_up(self._journal, stored)
        except JournalError as error:
            self._go_on_without(error)

    def begin(
        self, session: Session, start: str = "start", *, also: Callable[[Event], None] = lambda event: None
    ) -> None:
        """Start a conversation in ``session`` with ``start``, or resume the one that was interrupted, and record its
        events.

        ``also``: called with each event after it was recorded.
        """

        def decided(event: Event, state: State) -> None:
            self.decided(event, state)
            also(event)

        session.state, session.decided, self.now_s = self.state, decided, session.clock.now_s
        interruption, self.interruption = self.interruption, None
        if interruption:
            session.resume(interruption.away_s, same_boot=interruption.same_boot)
        else:
            session.start(start)

    def decided(self, event: Event, after: State) -> None:
        """Write ``event``, which led to the state ``after``. It is on the disk when this returns, unless the journal
        was lost.
        """
        before, self.state = self.state, after
        was_idle, is_idle = (state.position.name == "idle" for state in (before, self.state))
        try:
            if was_idle and not is_idle and self._again:
                self._journal, self._again = self._again(), None
            if self._journal and not (was_idle and is_idle):
                self._write(self._journal, event, first=was_idle, last=is_idle)
        except JournalError as error:
            self._go_on_without(error)
        if is_idle and not was_idle and not self._journal:
            self._again = self._open
            self._erase_what_is_left()

    def given_up(self) -> None:
        """Finish a conversation that its person ended from outside, with Ctrl-C: it is not resumed.

        One with a pack that may be on the child stays, so that the next start says to take it off (C6).
        """
        treatment = self.state.treatment
        if self._journal is None or self.state.position.name == "idle":
            return
        if treatment and (treatment.may_be_worn or treatment.left_on):
            return
        try:
            self._over(self._journal)
            self.state = State()
        except JournalError as error:
            self._go_on_without(error)

    def close(self) -> None:
        """Close the journal; an unfinished conversation stays in it."""
        if self._journal:
            self._journal.close()
            self._journal = None

    # --- inside ----------------------------------------------------------------------------

    def _write(self, journal: Journal, event: Event, *, first: bool, last: bool) -> None:
        if first:
            journal.begin(digest())
        if self._keep or not last:
            journal.append(event, self.now_s(), self._checkpoint(self.state))
        if last:
            self._over(journal)

    def _opened(self, folder: Path, boot: Boot) -> Journal:
        return open_journal(folder, boot)

    def _over(self, journal: Journal) -> None:
        """Finish the conversation in the journal."""
        journal.finish(keep=self._keep)

    def _go_on_without(self, error: JournalError) -> None:
        if self._journal:
            self._journal.give_up()
            self._journal, self._half_written = None, True
        self._tell(f"{error} {self.without}")

    def _erase_what_is_left(self) -> None:
        """Erase, where that is possible, what was written before the journal was lost: it is over and must not be
        resumed.
        """
        if not self._half_written or not self._open:
            return
        with suppress(JournalError), closing(self._open()) as journal:
            self._half_written = False
            if journal.running:
                journal.finish(keep=False)

    def _take_up(self, journal: Journal, stored: Stored) -> None:
        """Set the state to resume from ``stored``.

        The order matters: the clock is set from the last entry first, so that it never goes back whatever follows. The
        events are replayed next. Only where that is impossible, the last checkpoint counts, and the time away is then
        unknown. A replay that comes to an end finishes the conversation instead of resuming it.
        """
        away_s = None
        if last := stored.entries[-1] if stored.entries else None:
            away_s = journal.boot.since_s(last.boot_id, last.boot_s)
            self.starts_at_s = last.now_s + (away_s or 0.0)
            self.offset_s = self.starts_at_s - journal.boot.now_s()
        folded = None if stored.incomplete or stored.digest != digest() else self._folded(stored)
        if folded is None:
            checkpoint = last.checkpoint if last else stored.starting_checkpoint
            self.state, away_s = self._restored(checkpoint), None
            self.interruption = Interruption(None, same_boot=False)
            journal.begin(digest(), checkpoint)
        elif folded.position.name == "idle":  # the power went at its end
            journal.finish(keep=self._keep)
            return
        else:
            self.state, self.interruption = folded, Interruption(away_s, same_boot=away_s is not None)

    def _folded(self, stored: Stored) -> State | None:
        """State that the events lead to; their actions are not carried out. None where it is not the state they led to
        then.
        """
        state = self._restored(stored.starting_checkpoint) if stored.starting_checkpoint else State()
        try:
            for entry in stored.entries:
                state, _ = self._conversation.step(state, entry.event)
                if state.position.name != "idle" and entry.checkpoint != self._checkpoint(state):
                    raise ReplayDiffers
        except Exception as error:  # whatever failed, a conversation must be able to begin
            _LOG.exception("What came before the interruption could not be played again; yes and doubt still count.")
            if self._folder:  # without the error's text, which may quote an answer about the child
                where = "".join(traceback.format_tb(error.__traceback__))
                keep_fault(self._folder, f"{where}{type(error).__name__}\n")
            return None
        return state

    def _checkpoint(self, state: State) -> str:
        """JSON of what stands even for another version of the program: yes and doubt, the disposition they amount to
        (D1), and a pack that may be on the child.
        """
        record, treatment = state.record, state.treatment
        worn = None
        if treatment and (treatment.may_be_worn or treatment.left_on):
            worn = [treatment.pack, treatment.alone, treatment.step, treatment.first_on_at_s, treatment.now_at_s]
        return json.dumps(
            {
                "answers": [list(answer) for answer in record.answers if answer[1] in (YES, UNSURE, SOFT_NO)],
                "phrase": record.phrase,
                "unresolved": sorted(record.unresolved),
                "disposition": self._conversation.triage.disposition(record),
                "worn": worn,
            }
        )

    def _restored(self, checkpoint: str) -> State:
        """State to go on from with nothing but ``checkpoint``.

        A sign that is no longer asked about lowers nothing (D1): an emergency then counts as a cry for help, an urgent
        sign as a part that could not be ruled out.
        """
        triage = self._conversation.triage
        values = json.loads(checkpoint)
        record = Record(
            answers=tuple((q, answer) for q, answer in values["answers"] if q in triage.content.questions),
            phrase=values["phrase"],
            unresolved=frozenset(values["unresolved"]) & READ_BACK_DISPOSITION.keys(),
        )
        urgencies = (*URGENCY, "home_care", None)
        before = values["disposition"]
        if before and urgencies.index(triage.disposition(record)) > urgencies.index(before):
            cry, unresolved = before == "call_911", record.unresolved
            if before == "call_provider_now":
                unresolved |= {"urgent"}
            record = Record(record.answers, record.phrase or cry, unresolved=unresolved)
        if worn := values.get("worn"):
            pack, alone, step, first_on_at_s, at_s = worn
            treatment = TreatmentState(pack, alone, step, "on", at_s, first_on_at_s, at_s)
            return State(Position("coach", "on"), record, treatment)
        return State(triage.next_place(record), record)


def state_before_end(conversation: Conversation, stored: Stored, *, ended: bool) -> State:
    """State of the conversation before its end emptied it. Where another version of the program wrote it, only what a
    checkpoint has: yes and doubt.
    """
    recorder = Recorder(conversation, lambda sentence: None)
    if (stored.incomplete and not ended) or stored.digest != digest():
        checkpoints = [entry.checkpoint for entry in stored.entries[:-1]] or [stored.entries[0].checkpoint]
        return recorder._restored(checkpoints[-1] if checkpoints else stored.starting_checkpoint)
    state = before = recorder._restored(stored.starting_checkpoint) if stored.starting_checkpoint else State()
    for entry in stored.entries:
        state, _ = conversation.step(state, entry.event)
        before = before if state.position.name == "idle" else state
    return before


def open_recorder(
    conversation: Conversation,
    folder: Path,
    tell: Callable[[str], None],
    *,
    keep: bool = False,
    boot: Boot | None = None,
) -> Recorder:
    """Recorder on the journal in ``folder``. ``tell``: called with a sentence for everything that goes wrong.

    ``keep``: finished conversations are not erased. ``boot``: None for this machine's.
    """
    recorder = Recorder(conversation, tell, keep=keep)
    recorder.open(folder, boot or this_machines_boot())
    return recorder
