"""What is said at a place: from state and content to lines. Nothing here decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from voice_backcare.core.coach.care_log import NOTHING_DONE, HomeCareDone
from voice_backcare.core.coach.prompts import CoachPrompts
from voice_backcare.core.content import Content
from voice_backcare.core.content.lines import Lines, spoken
from voice_backcare.core.dialogue.outcome_lines import PROVIDER_NOW, OutcomeLines
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID, READ_BACK_PARTS, Triage
from voice_backcare.core.events import Line, Say
from voice_backcare.core.state import NO, PHRASE, WHICH, Position, Record, State

OPENING = ("opening_guide", "opening_emergency")


@dataclass(frozen=True)
class Prompts:
    """The lines of every place, bound to ``content``. At a place of the coach it hands over to ``coach``."""

    content: Content
    triage: Triage

    @cached_property
    def texts(self) -> Lines:
        """The lookup of single lines."""
        return Lines(self.content)

    @cached_property
    def coach(self) -> CoachPrompts:
        """The lines of the ice and heat hour."""
        return CoachPrompts(self.texts)

    @cached_property
    def outcomes(self) -> OutcomeLines:
        """The lines of what is advised, and why."""
        return OutcomeLines(self.texts, self.triage)

    # --- single lines ----------------------------------------------------------------------

    def line(self, line_id: str, **values: object) -> Line:
        """See ``Lines.line``."""
        return self.texts.line(line_id, **values)

    def lines(self, *line_ids: str) -> tuple[Line, ...]:
        """See ``Lines.lines``."""
        return self.texts.lines(*line_ids)

    def wording(self, question_id: str, wording: str) -> Line:
        """One wording of a question ("ask", "again", "plain", "no"), with the question's sources."""
        question = self.content.questions[question_id]
        return Line(f"{question_id}_{wording}", getattr(question, wording), question.sources)

    def signs(self, line_id: str, question_ids: Iterable[str], *, joint: str = "and") -> tuple[Line, ...]:
        """See ``Lines.signs``."""
        return self.texts.signs(line_id, question_ids, joint=joint)

    def ack(self, record: Record) -> tuple[Line, ...]:
        """What the latest answer was taken for: a firm "no" is said back before the next question (D13)."""
        question_id, answer = record.answers[-1] if record.answers else ("", "")
        return (self.wording(question_id, "no"),) if answer == NO else self.lines("ack_1")

    def missed(self, position: Position, *, noise: bool) -> tuple[Line, ...]:
        """What a reprompt begins with: the first says what can be answered, the second also offers the keys (D3)."""
        if position.tries == 1:
            told = ("missed_noise" if noise else "missed_silence",)
            says_it = position.name == "read_back"  # its second wording does
            return self.lines(*told, *(() if says_it else ("say_yes_or_no",)))
        return self.lines("offer_keys") if position.name == "question" else ()

    # --- what a place says -----------------------------------------------------------------

    def say(self, state: State, lead: tuple[Line, ...] = (), *, brief: bool = False) -> Say:
        """All that is said on coming to the state's place; ``brief``, coming back to it, not its outcome again."""
        position = state.position
        match position.name:
            case "question":
                return Say(lead, (self._question(position),), "question", position.id)
            case "read_back":
                asked = self._read_back(state, position.tries if brief or position.subject else 0)
                return Say(lead, asked, "read_back", READ_BACK_ID[position.id])
            case "offer":
                return Say(
                    (*lead, *self._announced(state, brief)), self._offer(position), "offer", f"offer_{position.id}"
                )
            case "recheck":
                return self._recheck(state, lead)
            case "confirm":
                return Say(
                    lead, self.texts.tapered(self._confirmation(state), position.tries), "confirmation", position.id
                )
            case "paused":
                net = () if brief else self.safety_net()
                return Say((*lead, *net), self.lines("paused"), "standby", "paused")
            case "waiting":
                return Say(lead, self.lines("still_waiting" if lead else "waiting"), "standby", "waiting")
            case "outcome":
                return self._outcome(state, lead, brief)
            case "home_care":
                return Say(lead, self.step(position), "standby", self._step_id(position))
            case "closing":
                return self._closing(state, lead)
            case "coach" if state.treatment:
                return self.coach.say(position, state.treatment, lead, brief=brief)
            case _:
                return Say(lead, self.lines("idle"), "standby", "idle")

    def _confirmation(self, state: State) -> str:
        """The line's id: what would be withdrawn is named."""
        if state.position.id == "withdraw" and self.triage.disposition(state.record) == "call_911":
            return "confirm_withdraw_call_911"
        if state.position.id == "need_help":
            return "is_emergency"
        return f"confirm_{state.position.id}"

    def _question(self, position: Position) -> Line:
        """No two wordings in a row are the same word for word; doubt gets the plainer one first (D2, D3)."""
        wordings = ("plain", "again", "ask") if position.doubted else ("ask", "again", "plain")
        return self.wording(position.id, wordings[position.tries])

    def _read_back(self, state: State, tries: int = 0) -> tuple[Line, ...]:
        """What was taken, in one short sentence, and whether it is right; after a bare "no" which one is not (D13)."""
        if state.position.subject == WHICH:
            return self.lines("which_one_again" if tries else "which_one")
        if tries:
            return self.lines("is_that_right_again" if tries == 1 else "is_that_right_keys")
        part = READ_BACK_PARTS.get(state.position.id, state.position.id)
        whole = len(self._taken(state)) == len(self.triage.read_back_part(part))
        return self.lines(f"read_back_{part}" if whole else "read_back_rest", "is_that_right")

    def _taken(self, state: State) -> tuple[str, ...]:
        """The questions that the read-back at the state's place takes for "no"; where none was answered its part."""
        part = READ_BACK_PARTS.get(state.position.id, state.position.id)
        return self.triage.taken_as_no(state.record, part) or self.triage.read_back_part(part)

    def read_back_list(self, state: State) -> tuple[Line, ...]:
        """Each sign that was taken for "no", to be shown with a read-back; else empty (D13)."""
        position = state.position
        if position.name != "read_back" and (position.name != "recheck" or position.id not in READ_BACK_PARTS):
            return ()
        return self.signs("read_back_list", self._taken(state), joint="or")

    def _announced(self, state: State, brief: bool) -> tuple[Line, ...]:
        """An offer's first saying tells the outcome that it follows."""
        return () if brief or state.position.tries else self.outcome(state.record)

    def _offer(self, position: Position) -> tuple[Line, ...]:
        return self.lines((f"offer_{position.id}", f"offer_{position.id}_again", "offer_say_yes")[position.tries])

    def _recheck(self, state: State, lead: tuple[Line, ...]) -> Say:
        position = state.position
        if position.id == PHRASE:
            return Say(lead, self.lines("is_emergency"), "confirmation", "is_emergency")
        if position.id in READ_BACK_PARTS:
            return Say(lead, self._read_back(state), "read_back", position.id)
        return Say(lead, (self.wording(position.id, "ask"),), "question", position.id)

    # --- outcomes --------------------------------------------------------------------------

    def outcome(self, record: Record) -> tuple[Line, ...]:
        """See ``OutcomeLines.outcome``."""
        return self.outcomes.outcome(record)

    def _outcome(self, state: State, lead: tuple[Line, ...], brief: bool) -> Say:
        """The outcome and its hint; after a whole 911 instruction comes that the pack has to come off (D5)."""
        is_911 = state.position.id == "call_911"
        hint_id = "provider_hint" if state.position.id in PROVIDER_NOW else "outcome_hint"
        hint = self.lines("call_911_hint" if is_911 else hint_id)
        told = () if brief else self.outcome(state.record)
        off = self.coach.take_off(state) if is_911 and not brief else ()
        uninterruptible = state.position.uninterruptible
        return Say((*lead, *told, *off), hint, "standby", state.position.id, interruptible=not uninterruptible)

    def safety_net(self) -> tuple[Line, ...]:
        """See ``Lines.safety_net``."""
        return self.texts.safety_net()

    def _closing(self, state: State, lead: tuple[Line, ...]) -> Say:
        """The last words; that the pack has to come off goes before them."""
        if state.position.id.startswith("coach_"):
            return Say((*lead, *self.coach.closing(state, state.position.id)), (), None, "closing")
        lead = (*lead, *self.coach.take_off(state))
        if state.position.id == "incomplete":
            advice = (*self.lines("incomplete_advice"), *self.outcomes.contact(), *self.lines("no_provider"))
            last = (*self.lines("incomplete"), *self.safety_net(), *advice)
        elif state.position.id == "call_911":
            last = self.lines("call_911_reminder")
        else:
            told = self.outcomes.told(state.position.id) if state.position.subject else self.outcome(state.record)
            last = (*told, *self.lines("goodbye"))
        return Say((*lead, *last), (), None, "closing", interruptible=not state.position.uninterruptible)

    # --- home care -------------------------------------------------------------------------

    def _step_id(self, position: Position) -> str:
        return f"step_{self.content.steps[int(position.id)].id}"

    def step(self, position: Position) -> tuple[Line, ...]:
        """The lines of the step; the last one begins with what to watch for (D15)."""
        at = int(position.id)
        watch = self.outcomes.return_precautions() if at + 1 == len(self.content.steps) else ()
        return (*watch, *spoken(self.content.steps[at].lines))

    def remind(self, position: Position) -> Say:
        """The one gentle reminder at a home-care step."""
        return Say((), self.lines("home_care_reminder"), "standby", self._step_id(position))

    def background(self, answer_id: str) -> tuple[Line, ...]:
        """See ``Lines.background``."""
        return self.texts.background(answer_id)

    def steps_left(self, position: Position) -> Line:
        """The line that says how many home-care steps are left."""
        left = len(self.content.steps) - 1 - int(position.id)
        return self.line(("last_step", "one_step_left")[left]) if left < 2 else self.line("steps_left", count=left)

    def ahead(self) -> tuple[Line, ...]:
        """Every line that is known before anything was answered, those that come first first."""
        asks = tuple(self.wording(q, w) for q in self.content.questions for w in ("ask", "no"))
        first = (*self.lines(*OPENING), asks[0], *self.lines("call_911", "cannot_dial", "ack_1", "thanks"), *asks[1:])
        wordings = tuple(self.wording(q, w) for q in self.content.questions for w in ("again", "plain", "why"))
        fixed = tuple(self.line(t.id) for t in self.content.lines.values() if "{" not in t.text)
        steps = spoken(text for step in self.content.steps for text in step.lines)
        return tuple(
            dict.fromkeys(
                (*first, *self.outcomes.return_precautions(), *fixed, *self.outcomes.contact(), *wordings, *steps)
            )
        )

    # --- asked for by a command ------------------------------------------------------------

    def noted(self, question_ids: Iterable[str]) -> tuple[Line, ...]:
        """What was volunteered, said back at once (D14)."""
        return self.signs("noted", question_ids)

    def explain(self, position: Position) -> tuple[Line, ...]:
        """The question in plainer words; help where none is asked."""
        if position.name in ("question", "recheck") and position.id in self.content.questions:
            return (self.wording(position.id, "plain"),)
        return self.help(position)

    def help(self, position: Position) -> tuple[Line, ...]:
        """What can be said at ``position``."""
        if position.name in ("question", "recheck"):
            return self.lines("help_question")
        if position.name in ("read_back", "offer", "confirm"):
            return self.lines("help_confirm")
        helps = {"home_care": "help_home_care", "coach": "help_coach"}
        return self.lines(helps.get(position.name, "help_standby"))

    def why(self, position: Position, record: Record) -> tuple[Line, ...]:
        """Of a question its own reason, of an outcome what caused it."""
        if position.name in ("home_care", "coach"):
            return self.lines("why_step")
        if position.name in ("outcome", "offer") and (because := self.outcomes.because(record)):
            return because
        if position.name in ("question", "recheck") and position.id in self.content.questions:
            return (self.wording(position.id, "why"),)
        return self.lines("why_other")

    def summary(self, position: Position, record: Record, done: HomeCareDone = NOTHING_DONE) -> tuple[Line, ...]:
        """See ``OutcomeLines.summary``."""
        return self.outcomes.summary(record, done, at_outcome=position.name == "outcome")
