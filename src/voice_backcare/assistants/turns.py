"""The conversation in turns, for assistants with ears and a voice of their own: a text in, the lines of the answer out.

Core and session are the same as everywhere; the ports take no time to speak. What an assistant cannot do is declared
(``Abilities``), and what would need it is never begun.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice_backcare.assistants.text_normaliser import plain
from voice_backcare.core.events import AskKind, Heard, NoInput, NoMatch, Pressed
from voice_backcare.core.state import State
from voice_backcare.session.factory import TurnCores
from voice_backcare.session.ports import Posted, SpeechStarted
from voice_backcare.session.session import Session
from voice_backcare.session.text_ports import ManualClock, TextPorts

_ASKS_IN_STANDBY = ("outcome", "home_care")  # a command is expected there, though none is needed
_BEGINS = ("start_ice", "start_heat", "start_bath", "start_coach")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an assistant can do apart from answering.

    ``announces``: say something by itself (``due``). ``hears_silence``: tell that nobody spoke, so that silence is
    timed. ``playback_finished``: tell when the lines have been spoken (``finished``), which timing silence needs.
    """

    announces: bool = False
    hears_silence: bool = False
    playback_finished: bool = False

    def __post_init__(self) -> None:
        if self.hears_silence and not (self.announces and self.playback_finished):
            raise ValueError("silence is timed from the end of the lines, and is answered by an announcement")


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer to one text.

    ``lines``: what to say, in order. ``listening``: an answer is wanted now. ``ended``: the conversation is over; the
    next text begins another. ``disposition``: what stands by now, at the end the outcome. ``kind`` and ``id``: of the
    question, as in ``simulate --json``; None and "" at the end. ``adjust``: how the assistant's voice is to change
    ("louder", "slower", ...); None: not at all.
    """

    lines: tuple[str, ...]
    listening: bool
    ended: bool
    disposition: str | None
    kind: AskKind | None = None
    id: str = ""
    adjust: str | None = None


class TurnConversation:
    """Conversation of one session, for one thread at a time. Times are in seconds on the caller's clock."""

    def __init__(self, shared: TurnCores, abilities: Abilities = Abilities()) -> None:
        self._shared = shared
        self.abilities = abilities
        self._clock = ManualClock()
        self._ports = TextPorts(self._clock)
        self.session = Session(
            shared.cores[abilities.announces],
            self._ports,
            self._ports,
            self._ports,
            self._clock,
            times_silence=abilities.hears_silence,
        )
        self._ports.post = self.session.post

    # --- in --------------------------------------------------------------------------------

    def start(self, now_s: float) -> Reply:
        """Begin a conversation from the opening, whatever was before."""
        self._clock.at_s = max(now_s, self._clock.at_s)
        self.session.state = State()
        self.session.start()
        return self._reply()

    def reply(self, text: str, now_s: float) -> Reply:
        """What the conversation says to ``text``; "" is noise. Begins one where none is under way."""
        self._clock.at_s = max(now_s, self._clock.at_s)
        if not self.under_way:
            return self._first(text)
        fired = self._fire()
        if not self.under_way:
            return self._first(text) if self.means_emergency(text) else self._reply()
        listening = self.session.listening
        match = self._shared.grammar.read(listening.place, plain(text)) if listening else None
        if fired and not (match and match.meaning == "emergency"):
            return self._reply()  # the text was said before the lines that are due now
        turn, now_s = self.session.turn, self._clock.at_s
        said = Heard(now_s, match.meaning, match.phrase, match.sign, match.signs) if match else NoMatch(now_s, text)
        self.session.post(Posted(turn, said))
        self.session.settle()
        if self.session.ended is None and self.session.turn == turn:
            return self._meant_nothing()
        return self._reply(understood=match is not None)

    def silence(self, now_s: float) -> Reply:
        """What is said where the assistant tells that nobody spoke in its time (D3); no lines for nothing."""
        self._clock.at_s = max(now_s, self._clock.at_s)
        if self.under_way and not self._fire() and self.session.listening:
            self.session.handle(NoInput(self._clock.at_s))
        return self._reply()

    def resume(self, text: str, now_s: float, away_s: float) -> Reply:
        """What is said to ``text`` after ``away_s`` seconds without a word: the question whether it is the same child
        (D11).

        An emergency phrase counts at once. A 911 instruction that stands, and ice or heat that is timed, go on as they
        are.
        """
        as_it_is = self.keeping_time or self.disposition == "call_911"
        if not self.under_way or as_it_is or self.means_emergency(text):
            return self.reply(text, now_s)
        self._clock.at_s = max(now_s, self._clock.at_s)
        self.session.resume(away_s, same_boot=True)
        return self._reply()

    def due(self, now_s: float) -> Reply | None:
        """What has to be said because of the time; None for nothing, and always None where the assistant cannot
        announce.
        """
        self._clock.at_s = max(now_s, self._clock.at_s)
        return self._reply() if self.under_way and self._fire() else None

    def next_due_s(self) -> float | None:
        """When ``due`` may have something to say; None: never."""
        return self.session.next_due_s() if self.abilities.announces and self.under_way else None

    def finished(self, now_s: float) -> None:
        """The lines have been spoken to their end: silence counts from ``now_s``."""
        self._clock.at_s = max(now_s, self._clock.at_s)
        if self.under_way and self.abilities.playback_finished:
            self.session.listen_afresh()

    def hearing(self, now_s: float) -> None:
        """The microphone is open: silence does not count until ``reply``, or until ``finished`` where nothing was
        heard.
        """
        self._clock.at_s = max(now_s, self._clock.at_s)
        if self.under_way and self.abilities.hears_silence and self.session.listening:
            self.session.post(Posted(self.session.turn, SpeechStarted(self._clock.at_s)))
            self.session.settle()

    def announcing(self, announces: bool, now_s: float) -> Reply | None:
        """Set whether the assistant can announce. Where it no longer can, timed ice or heat ends, and the reply says
        so.
        """
        self._clock.at_s = max(now_s, self._clock.at_s)
        self.abilities = Abilities(announces)
        self.session.times_silence = False
        running = self.keeping_time
        self.session.conversation = self._shared.cores[announces]
        self.session.skip_due()
        if announces or not running:
            return None
        self.session.handle(Pressed(self._clock.at_s, "stop"))
        self.session.settle()
        self._ports.said[1:1] = self.session.conversation.prompts.lines(
            "no_time"
        )  # after the first line, which says to take the pack off
        return self._reply()

    # --- out -------------------------------------------------------------------------------

    @property
    def under_way(self) -> bool:
        """Whether a conversation is going on."""
        return self.session.ended is None and self.session.state.position.name != "idle"

    @property
    def keeping_time(self) -> bool:
        """Whether ice or heat is being timed."""
        treatment = self.session.state.treatment
        return self.under_way and treatment is not None and treatment.running

    @property
    def disposition(self) -> str | None:
        """The disposition by now; at the end the outcome."""
        if self.session.ended:
            return self.session.ended.outcome
        return self.session.conversation.triage.disposition(self.session.state.record)

    @property
    def place(self) -> str:
        """The place that an utterance is read for now."""
        listening = self.session.listening
        return listening.place if listening and self.under_way else "idle"

    def means_emergency(self, text: str) -> bool:
        """Whether there is an emergency phrase in it (D5)."""
        match = self._shared.grammar.read("idle", plain(text))
        return bool(match and match.sign)

    def meaning(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """What ``text`` means to what is listened for now, and the signs named beside it; None: nothing there."""
        match = self._shared.grammar.read(self.place, plain(text))
        return (match.meaning, match.signs) if match else None

    # --- inside ----------------------------------------------------------------------------

    def _first(self, text: str) -> Reply:
        """Any text begins; an emergency phrase counts in it, an answer does not: nothing was asked (D5)."""
        match = self._shared.grammar.read("idle", plain(text))
        self.session.ended = None
        if match and (match.sign or match.meaning in _BEGINS):
            self.session.handle(Heard(self._clock.at_s, match.meaning, match.phrase, match.sign))
        else:
            self.session.start()
            if match and match.signs:  # "my son's back hurts and he has a fever"
                self.session.handle(Heard(self._clock.at_s, "no_match", match.phrase, signs=match.signs))
        return self._reply()

    def _fire(self) -> bool:
        """Do everything that is due by now; True where that said anything."""
        if not self.abilities.announces:
            return False
        turn = self.session.turn
        while self.under_way and (due_s := self.session.next_due_s()) is not None and due_s <= self._clock.at_s:
            self.session.tick()
            self.session.settle()
        return self.session.turn != turn

    def _meant_nothing(self) -> Reply:
        """Answer to a text without a meaning. The microphone is not kept open for it, as it may come from a television
        (D4).
        """
        prompts = self.session.conversation.prompts
        position, asked = self.session.state.position, self._ports.asked
        again = asked.asked if asked else ()
        if position.name == "home_care":
            again = prompts.lines("home_care_reminder")
        elif position.name == "outcome" and position.id == "call_911":
            again = prompts.lines("call_911_reminder", "call_911_hint")
        self._ports.said += (*prompts.lines("missed_noise"), *again)
        return self._reply(understood=False)

    def _reply(self, *, understood: bool = True) -> Reply:
        self.session.settle()
        ended, asked, position = self.session.ended, self._ports.asked, self.session.state.position
        if ended or asked is None:
            said, adjust = self._lines(), self._ports.take_adjusted()
            return Reply(said, False, ended is not None, self.disposition, adjust=adjust)
        wanted = position.name in _ASKS_IN_STANDBY or (position.name, position.id) == ("coach", "off")
        listening = asked.kind not in (None, "standby") or (wanted and understood)
        said, adjust = self._lines(), self._ports.take_adjusted()
        return Reply(said, listening, False, self.disposition, asked.kind, asked.id, adjust)

    def _lines(self) -> tuple[str, ...]:
        return tuple(line.text for line in self._ports.take())
