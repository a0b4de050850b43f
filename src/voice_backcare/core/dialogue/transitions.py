"""How a conversation gets from place to place: what is said, shown, listened for and timed there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID, Triage
from voice_backcare.core.events import Action, CancelTimer, End, Line, Listen, Say, Show, StartTimer
from voice_backcare.core.state import PHRASE, SOFT_YES, UNSURE, WHICH, Position, Record, State

Result = tuple[State, tuple[Action, ...]]

GIVE_UP_S = 600.0  # a pause without a word ends the conversation (D3)
NO_INPUT_S = (6.0, 10.0, 15.0)  # one time-out more each try; after the last the conversation pauses (D3)
CONFIRM_S = 10.0
STEP_S = 30.0  # one gentle reminder, then quiet
SAFETY_NET_S = 120.0
WAIT_S = 120.0
HOME_CARE_S = 3600.0
RETRY_911_S = 10.0
LATER_S = 10.0
PAUSES = ("paused", "waiting")  # nothing is asked there, but what was asked before can be answered (D3)
_COACH_PLACES = {"held": "coach_on", "resting": "coach_off"}
COACH_ASKS = ("choose", "ready", "changed", "go_on")  # wait for an answer as a question does
AWAKE_S = 30.0  # C4


def base(position: Position) -> Position:
    """The place that a pause, a wait or a confirmation stands in front of, as one comes to it afresh."""
    if position.return_to and position.id != "same_child":
        return base(position.return_to)
    return replace(position, speaking=True, tries=0, failures=0)


def behind(position: Position) -> Position:
    """The place that a wait or a pause stands in front of, as one where an answer is listened for; else the position.

    What was doubted there before stays doubted (D2, D3).
    """
    return replace(base(position), speaking=False) if position.name in PAUSES else position


def _says_911(position: Position) -> bool:
    return position.id == "call_911" and position.name in ("outcome", "closing")


@dataclass(frozen=True)
class Moves:
    """``give_up_s``: how long a pause or an outcome waits before the end; ``no_input_s``: the time-outs (D3)."""

    prompts: Prompts
    triage: Triage
    give_up_s: float = GIVE_UP_S
    no_input_s: tuple[float, ...] = NO_INPUT_S

    def enter(
        self, state: State, position: Position, lead: tuple[Line, ...] = (), *, record: Record | None = None
    ) -> Result:
        """Come to ``position``: its timers run afresh, those of the old one are forgotten."""
        position = replace(position, speaking=True, uninterruptible=_says_911(position))
        new = replace(state, position=position, record=record if record is not None else state.record)
        return new, (*self.back_to(new.position, state), *self._spoken(new, self.prompts.say(new, lead)))

    def back_to(self, position: Position, state: State) -> tuple[Action, ...]:
        """Forget the timers of the state's position, and run those of ``position`` afresh."""
        started = tuple(StartTimer(name, after_s) for name, after_s in self._timers(position))
        return (*self.leave(state.position), *started)

    def leave(self, position: Position) -> tuple[Action, ...]:
        """Forget the timers of ``position``."""
        return tuple(CancelTimer(name) for name in self.timers_of(position))

    def timers_of(self, position: Position) -> tuple[str, ...]:
        """The names of the timers that mean something at ``position``."""
        retry = ("retry_911",) if self.at_911(position) else ()
        told = ("not_understood",) if position.name in PAUSES or self.at_911(position) else ()
        return (*(name for name, _ in self._timers(position)), *retry, *told)

    def go(self, state: State, record: Record) -> Result:
        """On to whatever comes next by what was answered."""
        return self.enter(state, self.triage.next_place(record), record=record)

    def again(self, state: State, lead: tuple[Line, ...] = (), *, brief: bool = True) -> Result:
        """Stay, and ask again; the timers go on. ``brief`` leaves out only what was said to its end before."""
        brief = brief and not state.position.speaking
        position = replace(state.position, speaking=True, uninterruptible=_says_911(state.position) and not brief)
        new = replace(state, position=position)
        return new, self._spoken(new, self.prompts.say(new, lead, brief=brief))

    def first_sentence(self, state: State) -> Result:
        """At "call 911", to whatever D6 does not name: the instruction's first sentence; all of it while unheard."""
        if self.unheard(state.position):
            return self.again(state, brief=False)
        new = replace(state, position=replace(state.position, speaking=True))
        return new, self._spoken(new, Say((), self.prompts.lines("call_911"), "standby", "call_911"))

    def doubted(self, state: State, meaning: str, lead: tuple[Line, ...]) -> Result:
        """Ask once more after ``meaning``, the first answer that was not firm (D2)."""
        doubted = meaning if meaning == SOFT_YES else UNSURE
        return self.again(replace(state, position=replace(state.position, doubted=doubted, tries=0)), lead)

    def close(self, state: State) -> Result:
        """The last words, with the disposition reached so far."""
        told = "told" if base(state.position).name in ("outcome", "offer", "home_care", "coach") else ""
        alone = state.treatment is not None and state.treatment.alone and state.treatment.running
        otherwise = "coach_stopped" if alone else "incomplete"
        return self.enter(state, Position("closing", self.triage.disposition(state.record) or otherwise, subject=told))

    def open_ears(self, state: State) -> Result:
        """The lines are said: listen, or end where nothing more is asked."""
        if state.position.name == "closing":
            return self.end(state)
        unheard = self.unheard(state.position) and not state.position.uninterruptible
        position = replace(
            state.position, speaking=False, failures=state.position.failures if unheard else 0, uninterruptible=False
        )
        return replace(state, position=position), (self.listen(replace(state, position=position)),)

    @staticmethod
    def at_911(position: Position) -> bool:
        """Whether the 911 instruction stands at ``position``: it is said there, and D6 names what can be heard."""
        return (position.name, position.id) == ("outcome", "call_911")

    def unheard(self, position: Position) -> bool:
        """Whether the 911 instruction could not be spoken, and has not been heard since (D9)."""
        return position.name == "outcome" and _says_911(position) and position.failures > 1

    def listen(self, state: State) -> Listen:
        """The action that opens the ears at the position of ``state``."""
        return Listen(self.place(state), self._timeout_s(state.position))

    def place(self, state: State) -> str:
        """What an utterance is read for: a place of ``understanding.places``.

        While lines are said only commands and emergencies count (D5), after a 911 instruction what D6 names. In a wait
        or a pause it is the place of the question behind it (D3).
        """
        position = state.position
        if position.speaking and not self.at_911(position):
            return "coach_on" if position.name == "coach" else "standby"
        position = behind(position)
        match position.name:
            case "question":
                return position.id
            case "recheck" if position.id == PHRASE:
                return "need_help"
            case "recheck":
                return position.id  # a question's, or a read-back's
            case "read_back" if position.subject == WHICH:
                return "which_one"
            case "read_back":
                return READ_BACK_ID[position.id]
            case "offer" | "confirm":
                return position.id if position.id == "need_help" else f"{position.name}_{position.id}"
            case "outcome":
                return "outcome_911" if position.id == "call_911" else "outcome"
            case "coach" if position.id == "ready" and state.treatment:
                return f"coach_check_{state.treatment.pack}"
            case "coach":
                return _COACH_PLACES.get(position.id, f"coach_{position.id}")
            case "home_care" | "idle" as name:
                return name
            case _:
                return "standby"

    def end(self, state: State) -> Result:
        """The end of the conversation, and a fresh state for the next one."""
        caused = self.triage.causes(state.record)
        action = End(state.position.id, caused[1] if caused else (), state.record.answers)
        return State(), (action,)

    def failed(self, state: State, said: Say | None) -> Result:
        """A prompt could not be spoken: once more, then it is shown, with a tone; 911 until it is heard (D9)."""
        say = said or self.prompts.say(state)
        position = state.position
        if position.failures == 0:
            return replace(state, position=replace(position, failures=1)), (say,)
        shown = Show(say.kind, say.id, self.screen(state, say), attention=True)
        if position.uninterruptible:
            position = replace(position, failures=2, uninterruptible=False)
        retry = (StartTimer("retry_911", RETRY_911_S),) if self.unheard(position) else ()
        new, actions = self.open_ears(replace(state, position=position))
        return new, (shown, *retry, *actions)

    def later(self, state: State, timer: str) -> Result:
        """What a timer wants said waits until what is being said is over."""
        return state, (StartTimer(timer, LATER_S),)

    # --- inside ----------------------------------------------------------------------------

    def _spoken(self, state: State, say: Say) -> tuple[Action, ...]:
        phase = state.treatment.phase if state.treatment else None
        return (Show(say.kind, say.id, self.screen(state, say), phase=phase), say)

    def screen(self, state: State, say: Say) -> tuple[Line, ...]:
        """The lines to show: the 911 instruction stays, whatever else is said while it stands (D6); at a read-back
        each sign that was taken for "no" stands in place of the short sentence (D13).
        """
        if self.triage.disposition(state.record) == "call_911":
            return tuple(dict.fromkeys((*self.prompts.outcome(state.record), *say.lines)))
        if say.asked and (listed := self.prompts.read_back_list(state)):
            return tuple(dict.fromkeys((*say.lead, *listed, say.asked[-1])))
        return say.lines

    def _timeout_s(self, position: Position) -> float | None:
        if position.name in ("question", "read_back", "offer") or (
            position.name == "coach" and position.id in COACH_ASKS
        ):
            return self.no_input_s[position.tries]
        if (position.name, position.id) == ("coach", "awake"):
            return AWAKE_S
        if position.name == "confirm":
            return self.no_input_s[position.tries] if position.id == "same_child" else CONFIRM_S
        if position.name == "recheck":
            return CONFIRM_S
        return STEP_S if position.name == "home_care" and position.tries == 0 else None

    def _timers(self, position: Position) -> tuple[tuple[str, float], ...]:
        match position.name:
            case "paused":
                return (("safety_net", SAFETY_NET_S), ("give_up", self.give_up_s))
            case "outcome":
                return (("reminder", SAFETY_NET_S), ("give_up", self.give_up_s))
            case "waiting":
                return (("wait", WAIT_S),)
            case "home_care":
                return (("give_up", HOME_CARE_S),)
            case _:
                return ()
