"""Nothing is lost when the power goes: every event is written down before it acts, and folded again afterwards (D11).

After an update of the program the old events are not folded by new rules: yes and doubt stand, the rest is asked again.
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
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.data_folder import data_folder
from voice_backcare.core.dialogue.triage_rules import READ_BACK_DISPOSITION, URGENCY
from voice_backcare.core.events import Event
from voice_backcare.core.state import UNSURE, YES, Position, Record, State, TreatmentState
from voice_backcare.journal import Boot, Journal, JournalError, Stored, open_journal, this_boot
from voice_backcare.journal.folder import keep_fault
from voice_backcare.session.session import Session
from voice_backcare.system.monotonic_clock import SystemClock, boot_clock_works

# The rooms that decide what an event comes to; one that is not there yet may be named.
_log = logging.getLogger(__name__)

WITHOUT = "This conversation goes on, but after a power cut it would start again from the beginning."


def state_folder() -> Path:
    """Where the journal of ``talk`` is; nobody else looks into it."""
    folder = platformdirs.user_state_path("voice-backcare")
    with suppress(OSError):
        if folder.is_dir():
            folder.chmod(0o700)
    return folder


def kiosk_folder() -> Path:
    """Where the journal of ``kiosk`` is: systemd's StateDirectory, else beside that of ``talk``."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(given) if given else state_folder() / "kiosk"


def this_machines_boot() -> Boot:
    return this_boot(SystemClock().now_s if boot_clock_works() else None)


def deciding_files() -> list[Path]:
    """Content, grammars and the core's own sources, in an order that is the same everywhere."""
    tops = (data_folder("grammars"), Path(core.__file__).parent)
    found = [path for top in tops for path in sorted(top.rglob("*.*"))]
    return [path for path in found if path.suffix in (".py", ".toml", ".yaml")]


@cache
def digest() -> str:
    """Of all that decides what an event comes to: another one is another version of the program."""
    result = hashlib.sha256()
    for path in deciding_files():
        result.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return result.hexdigest()


@dataclass(frozen=True, slots=True)
class Interruption:
    """How long the program was away, in seconds; None where that is not known (C6)."""

    away_s: float | None
    same_boot: bool


class Recorder:
    """Writes down a session's events; a fault ends the writing, never the conversation. See ``open_recorder``.

    ``state`` is where the session has to start, ``interruption`` why it is not at the beginning,
    ``starts_at_s`` the session's clock at this moment, and ``offset_s`` what the boot clock lacks to it, so that
    ``at_s`` never goes back.
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
        self._again: Callable[[], Journal] | None = None  # for the next conversation, where this one lost its journal
        self.now_s: Callable[[], float] = lambda: 0.0
        self.state = State()
        self.interruption: Interruption | None = None
        self.starts_at_s = 0.0
        self.offset_s = 0.0

    def open(self, folder: Path, boot: Boot) -> None:
        """Take up what is in ``folder``; without a journal where there can be none, which is told."""
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
        """``start`` the ``session``, or take up with it what was interrupted; from now on its events are written.

        ``also`` is told of each event once it is.
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
        """Write ``event``, which led to the state ``after``; it is on the disk when this returns, if it can be."""
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

    def close(self) -> None:
        """Let go of the journal; an unfinished conversation stays in it."""
        if self._journal:
            self._journal.close()
            self._journal = None

    # --- inside ----------------------------------------------------------------------------

    def _write(self, journal: Journal, event: Event, *, first: bool, last: bool) -> None:
        if first:
            journal.begin(digest())
        if self._keep or not last:
            journal.append(event, self.now_s(), self._kept(self.state))
        if last:
            self._over(journal)

    def _opened(self, folder: Path, boot: Boot) -> Journal:
        return open_journal(folder, boot)

    def _over(self, journal: Journal) -> None:
        """The conversation has ended."""
        journal.finish(keep=self._keep)

    def _go_on_without(self, error: JournalError) -> None:
        if self._journal:
            self._journal.give_up()
            self._journal, self._half_written = None, True
        self._tell(f"{error} {self.without}")

    def _erase_what_is_left(self) -> None:
        """What was written before the journal was lost is over too, and must not be taken up, as far as may be."""
        if not self._half_written or not self._open:
            return
        with suppress(JournalError), closing(self._open()) as journal:
            self._half_written = False
            if journal.running:
                journal.finish(keep=False)

    def _take_up(self, journal: Journal, stored: Stored) -> None:
        away_s = None
        if last := stored.entries[-1] if stored.entries else None:
            away_s = journal.boot.since_s(last.boot_id, last.boot_s)
            self.starts_at_s = last.now_s + (away_s or 0.0)
            self.offset_s = self.starts_at_s - journal.boot.now_s()
        folded = None if stored.incomplete or stored.digest != digest() else self._folded(stored)
        if folded is None:
            kept = last.kept if last else stored.base
            self.state, away_s = self._restored(kept), None
            self.interruption = Interruption(None, same_boot=False)
            journal.begin(digest(), kept)
        elif folded.position.name == "idle":  # it ended as the power went
            journal.finish(keep=self._keep)
            return
        else:
            self.state, self.interruption = folded, Interruption(away_s, same_boot=away_s is not None)

    def _folded(self, stored: Stored) -> State | None:
        """What the events come to, their actions discarded; None where that is not what they came to then."""
        state = self._restored(stored.base) if stored.base else State()
        try:
            for entry in stored.entries:
                state, _ = self._conversation.step(state, entry.event)
                if state.position.name != "idle" and entry.kept != self._kept(state):
                    return None
        except Exception:  # whatever it is: a conversation must be able to begin
            _log.exception("the events of an interrupted conversation could not be played again")
            if self._folder:
                keep_fault(self._folder, traceback.format_exc())
            return None
        return state

    def _kept(self, state: State) -> str:
        """What stands whatever becomes of the program: yes, doubt, the urgency they amount to (D1), and a pack that

        may be on the child.
        """
        record, treatment = state.record, state.treatment
        worn = None
        if treatment and (treatment.worn or treatment.left_on):
            worn = [treatment.pack, treatment.alone, treatment.step, treatment.first_on_at_s, treatment.now_at_s]
        return json.dumps(
            {
                "answers": [list(answer) for answer in record.answers if answer[1] in (YES, UNSURE)],
                "phrase": record.phrase,
                "unresolved": sorted(record.unresolved),
                "disposition": self._conversation.triage.disposition(record),
                "worn": worn,
            }
        )

    def _restored(self, kept: str) -> State:
        """The place to go on from with only what was kept.

        A sign that the questions have no more lowers nothing (D1): then its part is what could not be ruled out.
        """
        triage = self._conversation.triage
        values = json.loads(kept)
        record = Record(
            answers=tuple((q, answer) for q, answer in values["answers"] if q in triage.content.questions),
            phrase=values["phrase"],
            unresolved=frozenset(values["unresolved"]) & READ_BACK_DISPOSITION.keys(),
        )
        urgencies = (*URGENCY, "home_care", None)
        for part, disposition in READ_BACK_DISPOSITION.items():
            lowered = urgencies.index(triage.disposition(record)) > urgencies.index(disposition)
            if values["disposition"] == disposition and lowered:
                record = Record(record.answers, record.phrase, unresolved=record.unresolved | {part})
        if worn := values.get("worn"):
            pack, alone, step, first_on_at_s, at_s = worn
            treatment = TreatmentState(pack, alone, step, "on", at_s, first_on_at_s, at_s)
            return State(Position("coach", "on"), record, treatment)
        return State(triage.next_place(record), record)


def state_before_end(conversation: Conversation, stored: Stored, *, ended: bool) -> State:
    """Where the conversation stood, before its end emptied the state; of one that another version of the program
    wrote, only what was kept: yes and doubt.
    """
    recorder = Recorder(conversation, lambda sentence: None)
    if (stored.incomplete and not ended) or stored.digest != digest():
        kept = [entry.kept for entry in stored.entries[:-1]] or [stored.entries[0].kept]
        return recorder._restored(kept[-1] if kept else stored.base)
    state = before = recorder._restored(stored.base) if stored.base else State()
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
    """A recorder over the journal in ``folder``; ``tell`` is given a sentence about everything that goes wrong.

    ``keep``: finished conversations are not erased. ``boot``: default this machine's.
    """
    recorder = Recorder(conversation, tell, keep=keep)
    recorder.open(folder, boot or this_machines_boot())
    return recorder
