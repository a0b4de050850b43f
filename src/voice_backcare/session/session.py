"""The session: gives each event to ``step`` and carries out its actions on the ports. Owns the timers and the turns.

A turn begins with every ``Say``. What a port posts of an earlier turn is dropped before ``step`` sees it. Between the
lines of a long speech the ears are opened for a moment, for emergencies and commands (D5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import (
    Action,
    Adjust,
    CancelTimer,
    DeviceBack,
    End,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    Listen,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Say,
    Show,
    StartTimer,
)
from voice_backcare.core.state import ANSWERS, State
from voice_backcare.session.due_times import DueTimes
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import Clock, Ears, Mouth, NoSpeech, Posted, Screen, SpeechStarted
from voice_backcare.session.reprompt_advice import Advise, advised
from voice_backcare.session.speech import OpenOverSpeech, Speech

GAP_S = 1.0
HASTY_S = 0.5
LOOK_S = 1.0  # a wait's own clock stands still while the machine sleeps, so that it has to end to see the time


@dataclass
class Session:
    """Runs conversations on four ports, one after the other. All times are in seconds on ``clock``.

    ``decided`` is told of every event, and of the state that it led to, before its actions are done (a journal, a
    transcript). ``timeout_scale``: by what the time-out of a place is multiplied (D3). ``advise`` says why an event
    without an answer may have come about; it is said before what is asked again. ``hears_over_speech``: whether the
    ears tell a person from the mouth; then they are open while it speaks (D10). ``times_silence`` False: there is no
    no-input. ``last``: the state before the last step. ``began_s``: when the conversation began or was taken up.
    """

    conversation: Conversation
    ears: Ears
    mouth: Mouth
    screen: Screen
    clock: Clock
    state: State = field(default_factory=State)
    decided: Callable[[Event, State], None] = lambda event, state: None
    timeout_scale: Callable[[str], float] = lambda place: 1.0
    advise: Advise = lambda event: ()
    times_silence: bool = True
    hears_over_speech: Callable[[], bool] = lambda: False
    last: State = field(default_factory=State)
    began_s: float | None = None
    ended: End | None = None
    inbox: Inbox = field(default_factory=Inbox)

    def __post_init__(self) -> None:
        self._due = DueTimes()
        self._turn = 0
        self._turn_began_s = 0.0
        self._speech: Speech | None = None
        self._asked: Say | None = None
        self._listening: Listen | None = None
        self._over = OpenOverSpeech(self.ears, self.hears_over_speech)

    # --- in --------------------------------------------------------------------------------

    def post(self, posted: Posted) -> None:
        """Put ``posted`` in the inbox, from any thread."""
        self.inbox.post(posted)

    def press(self, meaning: str, turn: int | None = None) -> None:
        """Post the press of a key, touch screen or button, from any thread; it belongs to ``turn``, or to the current
        turn. A "no" within ``HASTY_S`` of a new question is dropped: it was meant for the question before.
        """
        now_s = self.clock.now_s()
        if meaning != "no" or now_s - self._turn_began_s >= HASTY_S:
            self.post(Posted(self._turn if turn is None else turn, Pressed(now_s, meaning)))

    @property
    def turn(self) -> int:
        """Number of the current turn."""
        return self._turn

    @property
    def turn_age_s(self) -> float:
        """Seconds since the current turn began."""
        return self.clock.now_s() - self._turn_began_s

    @property
    def silence_until_s(self) -> float | None:
        """When a silence from now on would be over: the question's time-out, else what is timed next, else None."""
        return self.next_due_s() if self._due.no_input_at_s is None else self._due.no_input_at_s

    @property
    def listening(self) -> Listen | None:
        """The ``Listen`` for which the ears are open; None while lines are being said."""
        return self._listening

    def start(self, meaning: str = "start") -> None:
        """Begin a conversation as if ``meaning`` ("start", "coach", ...) had been pressed."""
        self.ended = None
        self.handle(Pressed(self.clock.now_s(), meaning))

    def resume(self, away_s: float | None, *, same_boot: bool) -> None:
        """Go on from ``state`` after an interruption of ``away_s`` seconds; None where that is not known (D11)."""
        self.ended = None
        self.handle(Resumed(self.clock.now_s(), away_s, same_boot))

    def run(self) -> End:
        """Run the conversation to its end, and return that. Blocks on the inbox, never longer than until something is
        due.
        """
        while self.ended is None:
            self.turn_over(self._wait_s())
        return self.ended

    def stand_by(self) -> None:
        """Wait between two conversations until somebody says or presses "start"."""
        self.ended = None
        self.handle(Pressed(self.clock.now_s(), "repeat"))
        while self.state.position.name == "idle":
            self.turn_over(self._wait_s())

    def turn_over(self, wait_s: float | None) -> None:
        """Take one inbox entry, waiting at most ``wait_s`` seconds (None: without limit), then do what is due."""
        if posted := self.inbox.take(wait_s):
            self.take(posted)
        self.tick()

    def take(self, posted: Posted) -> None:
        """Process one entry of the inbox; one that belongs to an earlier turn is dropped."""
        if posted.turn is not None and posted.turn != self._turn:
            return
        match posted.what:
            case SpeechStarted():
                if self._speech is not None and self._over.is_open:  # barge-in: fall silent and listen
                    self._speech.interrupted(self.clock.now_s())
                    self.mouth.stop()
                self._due.speech_begins(self.clock.now_s())
            case NoSpeech():
                self._nothing_began()
            case Finished():
                if self._speech is None or not self._speech.is_interrupted:
                    self._next_line()
            case Failed(at_s=at_s):
                said, self._speech = (self._speech.say if self._speech else None), None
                self.handle(Failed(at_s, said))
            case Heard() | NoMatch() as heard if posted.turn is not None:
                self._utterance(heard)
            case DeviceBack():
                if not self._moved_by(posted.what):
                    self.listen_afresh()
            case event:
                self.handle(event)

    def next_due_s(self) -> float | None:
        """Time at which the next timer, time-out or gap is over; None where nothing is timed."""
        return self._due.next_s()

    def tick(self) -> None:
        """Do everything that is due by now, in the order in which it was due."""
        while self.ended is None and (due_s := self.next_due_s()) is not None and due_s <= self.clock.now_s():
            self._do_due(due_s)

    def settle(self) -> None:
        """Process everything that is in the inbox by now, without waiting."""
        while self.ended is None and (posted := self.inbox.take(0)):
            self.take(posted)

    # --- the core --------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """Give ``event`` to the core and carry out the actions it returns."""
        before = self.state
        after, actions = self.conversation.step(before, event)
        self.decided(event, after)
        self.screen.event(event)
        self.state = after
        actions = advised(event, actions, self.advise)
        if before.position.name == "idle" or self.began_s is None:
            self.began_s = self.clock.now_s()
        if before.position.name != "idle":
            self.last = before
        if any(isinstance(action, Say) for action in actions):
            self._hush()  # a turn begins before anything is shown, so that what is shown belongs to it
        for action in actions:
            self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Say():
                self._say(action)
            case Show():
                self.screen.show(action, self._turn)
                if action.attention:
                    self.mouth.tone("fault")
            case Listen():
                self._listen(action)
            case StartTimer(name=name, after_s=after_s):
                self._due.timers[name] = self.clock.now_s() + after_s
            case CancelTimer(name=name):
                self._due.timers.pop(name, None)
            case Adjust(what=what):
                self.mouth.adjust(what)
            case End():
                self._end(action)

    def _end(self, action: End) -> None:
        self._hush()
        self._due.timers.clear()
        self.ended = action
        self.screen.end(action.outcome, action.because, action.answers)

    # --- speaking --------------------------------------------------------------------------

    def _hush(self) -> None:
        """End the current turn: close the ears, fall silent, and forget its time-outs."""
        self.ears.stop()
        self.mouth.stop()
        self._turn += 1
        self._turn_began_s = self.clock.now_s()
        self._speech = self._listening = None
        self._over.forget()
        self._due.turn_over()

    def _say(self, say: Say) -> None:
        self._asked = say
        self._speech = Speech(say, list(say.lines))
        self._next_line()

    def _next_line(self) -> None:
        speech = self._speech
        if speech is None:
            return
        if not speech.left:
            self._speech = None
            self.handle(Finished(self.clock.now_s()))
            return
        line_s = speech.next_s(self.mouth.duration_s)
        if not self._over.is_open and speech.wants_gap(line_s):
            speech.spoken_s = 0.0
            self._over.forget()
            self._due.gap_until_s = self.clock.now_s() + GAP_S
            self.ears.listen(self.conversation.moves.place(self.state), self._turn)
            return
        speech.spoken_s += line_s
        line = speech.begin_line(self.clock.now_s())
        said = replace(self.state, position=replace(self.state.position, speaking=False))
        place = self.conversation.moves.place(self.state if speech.say.kind is None else said)
        self._over.line_begins(speech, place, self._turn)
        self.mouth.say(line, self._turn)

    def _said_over(self, speech: Speech, event: Heard | NoMatch) -> None:
        """What a person said over a line: what counts is decided, else the line is said again."""
        if speech.is_answered_by(event):
            self._speech = None
            self.handle(Finished(event.at_s))  # the question was asked, and its answer is there already
            if not self._moved_by(event):
                self.listen_afresh()
        elif (isinstance(event, Heard) and event.meaning in ANSWERS) or not self._moved_by(event):
            speech.again()
            self._next_line()

    # --- listening -------------------------------------------------------------------------

    def _listen(self, listen: Listen) -> None:
        if self._asked:
            self.screen.asking(self._asked)
        self.mouth.tone("listen")
        self._open_ears(listen)

    def _open_ears(self, listen: Listen) -> None:
        self._listening = listen
        if not self._over.goes_on_with(listen.place):
            self._due.heard_by_s = None
            self.ears.listen(listen.place, self._turn)
        self._due.no_input_at_s = self._due.held_up_s = None
        if self.times_silence and listen.timeout_s is not None:
            self._due.no_input_at_s = self.clock.now_s() + listen.timeout_s * self.timeout_scale(listen.place)

    def _utterance(self, event: Heard | NoMatch) -> None:
        """Process the result with which the ears have closed; they open again where the core does nothing about it."""
        in_gap = self._due.gap_until_s is not None
        self._due.utterance_over()
        self._over.forget()
        if self._speech is not None and not in_gap:
            self._said_over(self._speech, event)
        elif not self._moved_by(event):
            self._next_line() if in_gap else self.listen_afresh()

    def _nothing_began(self) -> None:
        """What began was no speech: what it held up goes on, with the time-out of before it (D3)."""
        self._due.nothing_began(self.clock.now_s())
        if self._speech is not None and self._speech.is_interrupted:  # the ears stay open over the line
            self._speech.again()
            self._next_line()

    def _moved_by(self, event: Event) -> bool:
        """Whether the core reacted to ``event`` with a new turn or an end."""
        turn = self._turn
        self.handle(event)
        return self.ended is not None or turn != self._turn

    def skip_due(self) -> None:
        """Cancel the timers that are already due: they came while nobody could be told."""
        self._due.skip(self.clock.now_s())

    def listen_afresh(self) -> None:
        """Open the ears once more for what they are wanted for; silence counts from here."""
        if self._listening:
            self._open_ears(self._listening)

    # --- time ------------------------------------------------------------------------------

    def _wait_s(self) -> float | None:
        due_s = self.next_due_s()
        return None if due_s is None else min(max(0.0, due_s - self.clock.now_s()), LOOK_S)

    def _do_due(self, due_s: float) -> None:
        """Do what is due at ``due_s``; its event has the present time, which after a suspend is later."""
        if self._due.gap_until_s == due_s:
            self._due.utterance_over()
            self.ears.stop()
            self._next_line()
        elif self._due.no_input_at_s == due_s:
            self._due.no_input_at_s = None
            self.ears.stop()
            if not self._moved_by(NoInput(self.clock.now_s())):
                self.listen_afresh()
        else:
            self.handle(Fired(self.clock.now_s(), self._due.next_timer()))
