"""The whole conversation as one pure function: ``step(state, event) -> (state, actions)``.

Joins triage, home care and the ice and heat hour, and owns what holds in all of them: the emergency phrases (D5),
the universal commands (D8), prompts that fail (D9), and coming back after an interruption (D11).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_backcare.core.coach.coach import TIMER, Coach
from voice_backcare.core.coach.commands import PACKS, CoachCommands
from voice_backcare.core.coach.phases import Stages
from voice_backcare.core.coach.prompts import refuse_what_lacks_lines as refuse_what_lacks_lines_of_the_hour
from voice_backcare.core.content import Content, without_time
from voice_backcare.core.content.required_lines import refuse_what_lacks_lines
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.home_care import HomeCare
from voice_backcare.core.dialogue.pauses import Pauses
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.transitions import GIVE_UP_S, NO_INPUT_S, PAUSES, Moves, Result, base, behind
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.dialogue.volunteered import Volunteered, noting
from voice_backcare.core.events import (
    Action,
    CancelTimer,
    DeviceBack,
    DeviceLost,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    NoInput,
    NoMatch,
    Pressed,
)
from voice_backcare.core.interruptions import Interruptions
from voice_backcare.core.state import ANSWERS, NO, PHRASE, SOFT_NO, UNSURE, WHICH, YES, Position, Record, State
from voice_backcare.core.universal_commands import ADJUSTMENTS, AFTER_911, UNIVERSAL, Commands

_AT_NEED_HELP = (*ANSWERS, "repeat", *ADJUSTMENTS)  # nothing else goes by that question (D5)
_QUIET = ("outcome", "idle")  # noise there is none of our business


@dataclass(frozen=True)
class Conversation:
    """Bound to one content; ``step`` is pure. See ``build``. ``keeps_time`` False: nobody could be told that a time is
    over, so no hour of ice or heat ever begins.
    """

    prompts: Prompts
    moves: Moves
    answers: Answers
    home_care: HomeCare
    commands: Commands
    volunteered: Volunteered
    pauses: Pauses
    interruptions: Interruptions
    triage: Triage
    coach: Coach
    keeps_time: bool = True

    def step(self, state: State, event: Event) -> Result:
        """The state after ``event``, and what is to be done. No actions means: go on as you are."""
        if state.treatment is None and not self._begins_hour(event):
            return self._step(state, event)
        now = self.coach.at(state, event)
        return self.coach.timed(now, *self._step(now, event), event)

    def _begins_hour(self, event: Event) -> bool:
        return self.keeps_time and isinstance(event, Heard | Pressed) and event.meaning in PACKS

    def _step(self, state: State, event: Event) -> Result:
        match event:
            case Heard() | Pressed() if self.pauses.pass_on(state, event):
                return self._in_a_pause(state, event)
            case Heard():
                return self._heard(state, event)
            case Pressed(meaning="emergency"):
                return self._emergency(state, PHRASE)
            case Pressed(meaning=meaning, at_s=at_s):
                return self._word(state, meaning, at_s, pressed=True)
            case NoInput():
                return self._missed(state, noise=False)
            case NoMatch():
                return self._missed(state, noise=True)
            case Finished():
                return self._opened(*self.moves.open_ears(state)) if state.position.speaking else (state, ())
            case Failed(said=said):
                return self._opened(*self.moves.failed(state, said)) if state.position.speaking else (state, ())
            case Fired(timer=timer):
                return self._fired(state, timer)
            case DeviceLost() | DeviceBack():
                return self.interruptions.device(state, event)
            case _:
                return self.interruptions.resumed(state, event)

    def _opened(self, state: State, actions: tuple[Action, ...]) -> Result:
        return (state if state.position.speaking else self.coach.opened(state)), actions

    # --- words and keys --------------------------------------------------------------------

    def _heard(self, state: State, event: Heard) -> Result:
        """The result of an utterance: emergencies first (D5), then the signs named beside an answer (D14)."""
        match event:
            case Heard(meaning="emergency", sign=sign, signs=signs, phrase=phrase):
                return self._emergency(self.volunteered.taken(state, signs), sign, phrase)
            case Heard(meaning="maybe_emergency"):
                return self._maybe_emergency(state, event.signs)
            case Heard(signs=signs) if signs:
                return self._volunteered(state, event)
            case _:
                return self._word(state, event.meaning, event.at_s, pressed=False)

    def _in_a_pause(self, state: State, event: Heard | Pressed) -> Result:
        """The result of a word or a key that is said of the question behind a wait or a pause (D3)."""
        counted = self.pauses.counted(state, event)
        if counted is None:
            return self.pauses.not_counted(state)
        new, actions = self._step(replace(state, position=(there := behind(state.position))), counted)
        return (new, (*self.moves.back_to(there, state), *actions)) if actions else self.pauses.go_on(state)

    def _word(self, state: State, meaning: str, at_s: float, *, pressed: bool) -> Result:
        if meaning in PACKS:
            return self._pack(state, meaning, at_s, pressed=pressed)
        return self._meant(state, meaning, pressed=pressed)

    def _pack(self, state: State, meaning: str, at_s: float, *, pressed: bool) -> Result:
        """Ice or heat is wanted: the hour begins where it can, else it is a word like any other."""
        begins = state.position.name in ("idle", "home_care") and (pressed or not state.position.speaking)
        if begins and not self.keeps_time:
            return self.answers.begin(state) if state.position.name == "idle" else self._untimed(state, PACKS[meaning])
        if begins:
            return self.coach.stages.begin(state, PACKS[meaning], at_s, bath=meaning == "start_bath")
        return self._meant(state, meaning, pressed=pressed)

    def _untimed(self, state: State, pack: str) -> Result:
        """The handout's own times for the pack, since nobody keeps them."""
        steps = self.prompts.content.steps
        at = next((str(at) for at, step in enumerate(steps) if step.id == pack), state.position.id)
        return self.moves.enter(state, Position("home_care", at), self.prompts.lines("no_time"))

    def _emergency(self, state: State, sign: str | None, phrase: str = "") -> Result:
        """An emergency phrase counts everywhere, at once (D5); what was heard is said (D6)."""
        record = Record() if state.position.name == "idle" else state.record
        if sign in self.triage.content.part("emergency"):
            record = self.triage.answered(record, sign, YES)
        else:
            record = replace(record, phrase=True)
        record = replace(record, heard=phrase or record.heard)
        if state.position.uninterruptible:
            return replace(state, record=record), ()
        return self.moves.go(state, record)

    def _maybe_emergency(self, state: State, signs: tuple[str, ...]) -> Result:
        """What may be an emergency is asked about, wherever one is; said again there, it is one (D5). So is a danger
        sign that is named beside it; any other is noted (D14).
        """
        position = state.position
        if position.uninterruptible:
            return state, ()
        if self.triage.disposition(state.record) == "call_911":
            return self.moves.go(state, state.record)
        there, told = base(position), self.volunteered.taken(state, signs)
        if position.id == "need_help":
            return self.answers.help_at_once(told)
        if danger := next((sign for sign in signs if sign in self.triage.content.part("emergency")), None):
            return self._emergency(told, danger)
        if not signs or there.name in ("idle", "coach", "closing"):
            return self.moves.enter(state, Position("confirm", "need_help", return_to=there))
        void = there.id in signs or self.triage.disposition(told.record) != self.triage.disposition(state.record)
        asked = self.moves.enter(told, Position("confirm", "need_help", return_to=None if void else there))
        return noting(asked, self.prompts.noted(signs))

    def _volunteered(self, state: State, event: Heard) -> Result:
        """A sign that is named beside the answer is a yes to its question, said back at once (D14)."""
        told = self.volunteered.taken(state, event.signs)
        danger = next((sign for sign in event.signs if sign in self.triage.content.part("emergency")), None)
        if danger:
            return self._emergency(told, danger)
        position, noted = state.position, self.prompts.noted(event.signs)
        standing_911 = self.triage.disposition(state.record) == "call_911"
        if standing_911 or position.uninterruptible or base(position).name in ("idle", "closing"):
            if event.meaning not in ("no_match", UNSURE):
                return self._step(state, replace(event, signs=()))
            said_again = self._standing_911(state, event.meaning, pressed=False)  # a sign that is named is understood
            return said_again if standing_911 else self._missed(state, noise=True)
        if position.name == "question" and position.id in event.signs:  # also while it is being asked
            return self.answers.on(told, told.record, noted)
        if position.name == "recheck" and position.id in event.signs:
            return noting(self._step(told, replace(event, meaning=YES, signs=())), noted)
        if base(position).name == "coach" and position.id != "need_help":
            return self.coach.stages.ask_all_again(told, noted)
        # "No, but he has a fever": what was asked stays open.
        if position.name == "question" and event.meaning not in ("no_match", UNSURE):
            return noting(self._step(told, replace(event, signs=())), noted)
        return self.volunteered.goes_on(told, state, noted)

    def _meant(self, state: State, meaning: str, *, pressed: bool) -> Result:
        """The result of one understood word or one key. The first rule that applies decides, in this order:

        1. An uninterruptible prompt (the 911 instruction, D6) lets nothing through.
        2. An idle conversation knows only its own few words.
        3. While "call 911" stands, only the words of ``AFTER_911`` go on to the rules below (D6, D7).
        4. A pause ends before any other rule could read the waking word as a command of the pause.
        5. The coach comes before the universal commands, because it gives "stop" and "go back" its own meaning.
        6. The universal commands hold everywhere else (D8).
        7. An answer counts last, and not while a prompt is being spoken, unless a key was pressed.
        """
        position = state.position
        if position.uninterruptible:
            return state, ()
        if position.id == "need_help" and meaning not in _AT_NEED_HELP:
            return self.moves.again(state)
        if position.name == "idle":
            return self.commands.idle(state, meaning)
        if meaning not in AFTER_911 and self.triage.disposition(state.record) == "call_911":
            return self._standing_911(state, meaning, pressed=pressed)
        wakes = meaning in ("continue", "start") or (pressed and meaning != "stop")
        if position.name in PAUSES and wakes:
            return self.pauses.go_on(state)
        if (told := self._in_the_hour(state, meaning, pressed=pressed)) is not None:
            return told
        if meaning in UNIVERSAL:
            return self.commands.universal(state, meaning)
        if position.speaking and not pressed:
            return state, ()
        return self._answer(state, meaning, pressed=pressed)

    def _in_the_hour(self, state: State, meaning: str, *, pressed: bool) -> Result | None:
        """The result of a word at a place of the hour; a correction and "stop" count there also where something else
        stands in front of it, and a yes to "shall I stop?" is such a stop.
        """
        position, there = state.position, base(state.position)
        if there.name != "coach":
            return None
        if position.name == "coach":
            return self.coach.commands.command(state, meaning, pressed=pressed)
        confirms_stop = position.id == "stop" and (pressed or not position.speaking)
        meaning = "stop" if confirms_stop and meaning == YES else meaning
        if meaning not in ("meant_yes", "stop") and not (meaning == "go_back" and position.name != "confirm"):
            return None
        cleared = tuple(CancelTimer(name) for name in self.moves.timers_of(position))
        told = self.coach.commands.command(replace(state, position=there), meaning, pressed=True)
        return None if told is None else (told[0], (*cleared, *told[1]))

    def _standing_911(self, state: State, meaning: str, *, pressed: bool) -> Result:
        """While "call 911" stands, a no goes back; what D6 does not name gets its first sentence again, and says all of
        it anywhere else (D7).
        """
        if state.position.speaking and not pressed:
            return state, ()
        if state.position.name == "outcome":
            return self.answers.go_back(state) if meaning in (NO, SOFT_NO) else self.moves.first_sentence(state)
        if meaning in ANSWERS:
            return self._answer(state, meaning, pressed=pressed)
        return self.moves.go(state, state.record)

    def _answer(self, state: State, meaning: str, *, pressed: bool) -> Result:
        """A word that only some places know."""
        position = state.position
        if position.name == "home_care":
            return self.home_care.command(state, meaning) or self.home_care.unmeant(state, pressed=pressed)
        if (position.name, meaning) == ("outcome", "start"):
            return self.commands.start_over(state)
        if position.name == "outcome":  # a question about home care is answered there too, and nothing meets silence
            return self.moves.again(state, self.prompts.background(meaning))
        if meaning not in ANSWERS:
            return (state, ()) if pressed or position.name == "coach" else self.moves.again(state)
        match position.name:
            case "question":
                return self.answers.question(state, meaning)
            case "read_back":  # a yes is no answer to "which one?", where "none" can be heard but not pressed (D13)
                unclear = pressed and position.subject == WHICH
                return self.answers.read_back(state, UNSURE if unclear and meaning == YES else meaning)
            case "offer":
                return self.answers.offer(state, meaning)
            case "recheck":
                return self.answers.recheck(state, meaning)
            case "confirm":
                return self.answers.confirm(state, meaning)
            case _:
                return state, ()

    # --- silence, noise, time --------------------------------------------------------------

    def _missed(self, state: State, *, noise: bool) -> Result:
        """Silence and noise are never an answer (D3); while lines are being said they are nothing at all."""
        position = state.position
        if noise and self.moves.at_911(position) and not position.speaking:
            return self.pauses.talk_at_911(state)
        if position.speaking or position.name in _QUIET:
            return state, ()
        asking = {"home_care": self.home_care.missed, "coach": self.coach.missed} | dict.fromkeys(
            PAUSES, self.pauses.missed
        )
        return asking.get(position.name, self.answers.missed)(state, noise=noise)

    def _fired(self, state: State, timer: str) -> Result:
        position = state.position
        if timer == TIMER and position.id == "need_help":
            return self.moves.later(state, timer)  # only an answer leads away from that question (D5)
        if timer == TIMER:
            return self.coach.fired(state)
        if timer not in self.moves.timers_of(position):
            return state, ()
        if timer == "give_up":
            unsaid = position.uninterruptible or self.moves.unheard(position)
            return self.moves.later(state, timer) if unsaid else self.moves.close(state)
        if timer == "wait":
            return self.pauses.go_on(state)
        if timer == "not_understood":
            return self.pauses.may_tell_again(state)
        if position.speaking:
            return self.moves.later(state, timer)
        if timer == "retry_911" and not self.moves.unheard(position):
            return state, ()
        if timer == "reminder":
            line = "call_911_reminder" if position.id == "call_911" else "outcome_reminder"
            return self.moves.again(state, self.prompts.lines(line))
        return self.moves.again(state, brief=False)


def build(
    content: Content,
    *,
    give_up_s: float = GIVE_UP_S,
    no_input_s: tuple[float, ...] = NO_INPUT_S,
    keeps_time: bool = True,
) -> Conversation:
    """The conversation over ``content``; how long it waits: ``Moves``; ``keeps_time``: ``Conversation``."""
    refuse_what_lacks_lines(content)
    refuse_what_lacks_lines_of_the_hour(content)
    content = content if keeps_time else without_time(content)
    triage = Triage(content)
    prompts = Prompts(content, triage)
    return replace(joined(prompts, Moves(prompts, triage, give_up_s, no_input_s)), keeps_time=keeps_time)


def joined(prompts: Prompts, moves: Moves) -> Conversation:
    """The parts put together around one triage."""
    triage = moves.triage
    answers = Answers(moves, prompts, triage)
    home_care = HomeCare(moves, prompts)
    commands = Commands(moves, prompts, answers, home_care)
    stages = Stages(moves, prompts.coach, triage)
    coach = Coach(stages, moves, prompts.coach, answers, CoachCommands(stages, moves, prompts.coach))
    parts = (prompts, moves, answers, home_care, commands, Volunteered(moves, answers, triage), Pauses(moves, prompts))
    return Conversation(*parts, Interruptions(moves, prompts, answers, triage, coach), triage, coach)
