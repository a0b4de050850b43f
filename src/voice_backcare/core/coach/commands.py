"""What a word or a key does in the ice and heat hour (C1-C5): one table for the commands, one for the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voice_backcare.core.coach.phases import Stages
from voice_backcare.core.coach.prompts import CoachPrompts
from voice_backcare.core.coach.state import ON_S, Stage
from voice_backcare.core.dialogue.transitions import Moves, Result, base
from voice_backcare.core.state import NO, UNSURE, YES, Position, State

PACKS = {"start_ice": "ice", "start_heat": "heat", "start_bath": "heat", "start_coach": ""}
_BATH = {"start_heat": False, "start_bath": True}  # whether the heat that a command names is a bath
_OTHER = {"ice": "heat", "heat": "ice"}
_UNTIL_HEARD = (YES, NO, UNSURE, "acknowledge")  # mean nothing before the question was said


@dataclass(frozen=True)
class CoachCommands:
    """The commands and answers of the hour, bound to one content. Every method is pure.

    The private methods are the entries of ``COMMANDS`` and ``COACH_ANSWERS``, and get the state and the meaning.
    """

    stages: Stages
    moves: Moves
    prompts: CoachPrompts

    def command(self, state: State, meaning: str, *, pressed: bool) -> Result | None:
        """The result of ``meaning`` at a place of the hour; None where it means what it means everywhere else.

        ``pressed``: it came from a key, touch or button. The first rule that applies decides, in this order:

        1. While a check is being said, an answer to it does nothing, because what I3 and T3 forbid cannot be skipped;
           a key may answer the other checks early.
        2. The stage decides by ``COMMANDS``.
        3. A question about the background ("what is a spasm?") is answered, in every stage.
        4. The place that asks decides by ``COACH_ANSWERS``.
        """
        position, stage = state.position, self.stages.treatment(state).stage
        if position.speaking and meaning in _UNTIL_HEARD and (not pressed or position.id == "ready"):
            return state, ()
        if act := COMMANDS.get(meaning, {}).get(stage):
            if meaning in _BATH:
                state = self.stages.knowing(state, bath=_BATH[meaning])
            return act(self, state, meaning)
        if meaning in self.prompts.content.answers:
            return self.moves.again(state, self.prompts.texts.background(meaning))
        act = COACH_ANSWERS.get(position.id, _NOTHING_ASKED).get(meaning)
        return act(self, state, meaning) if act else None

    # --- staying -----------------------------------------------------------------------------

    def _nothing(self, state: State, _: str) -> Result:
        return state, ()

    def _again(self, state: State, _: str) -> Result:
        return self.moves.again(state)

    def _still_off(self, state: State, _: str) -> Result:
        return self.moves.again(state, self.prompts.lines("coach_still_off"))

    def _not_running(self, state: State, _: str) -> Result:
        return self.moves.again(state, self.prompts.lines("coach_not_running"))

    def _left(self, state: State, _: str) -> Result:
        return self.moves.again(state, (self.prompts.left(self.stages.treatment(state)),))

    def _left_of_rest(self, state: State, _: str) -> Result:
        """The place "resting" says it anyway."""
        resting = self.prompts.resting(self.stages.treatment(state))
        return self.moves.again(state, () if state.position.id == "resting" else (resting,))

    # --- on and off --------------------------------------------------------------------------

    def _finish(self, state: State, _: str) -> Result:
        return self.stages.finish(state)

    def _ask_whether_to_stop(self, state: State, meaning: str) -> Result:
        """It may have been said to the child; the hour goes on meanwhile (C5). To "shall we go on?" it is a no."""
        if state.position.id == "go_on":
            return self._enough(state, meaning)
        return self.moves.enter(state, Position("confirm", "stop", return_to=base(state.position)))

    def _off(self, state: State, _: str) -> Result:
        return self.stages.off(state)

    def _held(self, state: State, _: str) -> Result:
        return self.stages.held(state)

    def _ready(self, state: State, _: str) -> Result:
        return self.stages.ready(state)

    def _acknowledged(self, state: State, meaning: str) -> Result:
        """Any clear word says that the pack is off; one that names a pack also chooses the next one (C3)."""
        if pack := self._named(state, meaning):
            state = self.stages.knowing(state, next_pack=pack)
        return self.stages.acknowledged(state)

    def _rest_anew(self, state: State, _: str) -> Result:
        """It hurts: 20 minutes off from here, and the next "on" is a whole one (C5)."""
        now_s = self.stages.treatment(state).now_at_s
        return self.stages.rest(self.stages.knowing(state, since_at_s=now_s, spent_s=0.0, length_s=ON_S))

    # --- ice or heat -------------------------------------------------------------------------

    def _named(self, state: State, meaning: str) -> str:
        """The pack that ``meaning`` names: for "switch" the one that does not come next; "" where none is named."""
        treatment = self.stages.treatment(state)
        return _OTHER[treatment.next_pack or treatment.pack] if meaning == "switch" else PACKS.get(meaning, "")

    def _switch_on(self, state: State, meaning: str) -> Result:
        """Off now, 20 minutes off, then the other pack (C5); the pack that is on may go on."""
        pack = self._named(state, meaning)
        if pack == self.stages.treatment(state).pack:
            return self._left(state, meaning)
        return self.stages.off(state, next_pack=pack)

    def _switch_rest(self, state: State, meaning: str) -> Result:
        """The rest goes on; the pack that was named comes after it."""
        pack = self._named(state, meaning)
        told = self.prompts.next_pack(self.stages.treatment(state), pack)
        return self.moves.again(self.stages.knowing(state, next_pack=pack), told)

    def _switch_ready(self, state: State, meaning: str) -> Result:
        """The pack that was named is next: after an off-phase where the other one was on before a pause."""
        treatment, pack = self.stages.treatment(state), self._named(state, meaning)
        if pack != treatment.pack and treatment.spent_s:
            return self.stages.rest(self.stages.knowing(state, next_pack=pack, spent_s=0.0, length_s=ON_S))
        if state.position.id in ("choose", "held", "ready"):
            return self.stages.ready(state, pack=pack)
        return self._switch_rest(state, meaning)

    def _switch_before(self, state: State, meaning: str) -> Result:
        """Nothing was chosen yet that could be switched from, or the pack that was named is next."""
        return self.moves.again(state) if state.position.id == "choose" else self._switch_ready(state, meaning)

    # --- corrections: they never restart a phase (D5) ----------------------------------------

    def _choose_again(self, state: State, _: str) -> Result:
        return self.stages.enter(state, "choose") if state.position.id == "ready" else self.moves.again(state)

    def _ask_whether_changed(self, state: State, _: str) -> Result:
        return self.stages.enter(state, "changed", unchanged=False)

    def _ask_all_again(self, state: State, _: str) -> Result:
        return self.stages.ask_all_again(state)

    # --- answers -----------------------------------------------------------------------------

    def _chosen(self, state: State, meaning: str) -> Result:
        """Pain for less than three days: ice first, else heat (C1)."""
        pack = "heat" if meaning == NO else "ice"
        return self.stages.ready(state, self.prompts.lines(f"coach_chosen_{pack}"), pack=pack)

    def _choose_doubted(self, state: State, meaning: str) -> Result:
        if state.position.doubted:
            return self._chosen(state, meaning)
        return self.moves.doubted(state, meaning, self.prompts.lines("coach_choose_doubt"))

    def _on(self, state: State, _: str) -> Result:
        return self.stages.on(state)

    def _not_yet(self, state: State, _: str) -> Result:
        treatment = self.stages.treatment(state)
        not_yet = self.prompts.fitting(f"coach_not_yet_{treatment.pack}", treatment)
        return self.moves.again(replace(state, position=replace(state.position, tries=0)), (not_yet,))

    def _awake(self, state: State, _: str) -> Result:
        now_s = self.stages.treatment(state).now_at_s
        return self.stages.enter(state, "on", self.prompts.lines("ack_1"), checked_at_s=now_s, awake_by_at_s=None)

    def _asleep(self, state: State, _: str) -> Result:
        return self.asleep(state)

    def asleep(self, state: State) -> Result:
        """Take the heat off, because the child is not known to be awake: no, doubt and silence all do that (C4)."""
        return self.stages.off(state, (self.prompts.fitting("coach_asleep", self.stages.treatment(state)),))

    def _unchanged(self, state: State, _: str) -> Result:
        return self._rest(self.stages.knowing(state, unchanged=True))

    def _change_doubted(self, state: State, meaning: str) -> Result:
        """Doubt is no "no": it gets the danger signs, and is asked again before the next "on"."""
        if state.position.doubted:
            return self.not_clear(state)
        return self.moves.doubted(state, meaning, self.prompts.texts.safety_net())

    def _longer(self, state: State, _: str) -> Result:
        return self._rest(self.stages.knowing(state, longer=True))

    def _enough(self, state: State, _: str) -> Result:
        return self.stages.finish(state, wanted=True)

    def _rest(self, state: State) -> Result:
        """Back to the off-phase, or on, where that is over already."""
        if self.stages.treatment(state).stage == "ready":
            return self.stages.rested(state)
        return self.stages.rest(state, self.prompts.lines("ack_1"))

    def not_clear(self, state: State) -> Result:
        """Say the danger signs, because nobody can tell whether anything has changed, and ask again later (C3)."""
        net = self.prompts.texts.safety_net()
        if self.stages.treatment(state).stage == "resting":
            return self.stages.rest(state, net)
        return self.moves.enter(state, Position("paused", return_to=base(state.position)))


Act = Callable[[CoachCommands, State, str], Result]
_Do = CoachCommands
STAGES: tuple[Stage, ...] = ("before", "on", "off", "resting", "held", "ready")
_EITHER_PACK: Mapping[Stage, Act] = {
    "before": _Do._switch_ready,
    "on": _Do._switch_on,
    "off": _Do._acknowledged,
    "resting": _Do._switch_rest,
    "held": _Do._switch_ready,
    "ready": _Do._switch_ready,
}

COMMANDS: Mapping[str, Mapping[Stage, Act]] = {
    "stop": dict.fromkeys(STAGES, _Do._finish),
    "stop_it": {**dict.fromkeys(STAGES, _Do._ask_whether_to_stop), "off": _Do._again},
    "time_left": {
        "before": _Do._not_running,
        "on": _Do._left,
        "off": _Do._again,
        "resting": _Do._left_of_rest,
        "held": _Do._not_running,
        "ready": _Do._not_running,
    },
    "acknowledge": {"off": _Do._acknowledged},
    "wait": {"on": _Do._held, "off": _Do._acknowledged, "held": _Do._again},
    "continue": {"off": _Do._acknowledged, "held": _Do._ready},
    "hurts": {
        "before": _Do._still_off,
        "on": _Do._off,
        "off": _Do._acknowledged,
        "resting": _Do._still_off,
        "held": _Do._rest_anew,
        "ready": _Do._rest_anew,
    },
    "start_ice": _EITHER_PACK,
    "start_heat": _EITHER_PACK,
    "start_bath": _EITHER_PACK,
    "switch": {**_EITHER_PACK, "before": _Do._switch_before},
    "start_coach": {**dict.fromkeys(STAGES, _Do._again), "off": _Do._acknowledged},
    "go_back": {
        "before": _Do._choose_again,
        "on": _Do._off,
        "off": _Do._acknowledged,
        "resting": _Do._ask_whether_changed,
        "held": _Do._again,
        "ready": _Do._ask_whether_changed,
    },
    "meant_yes": {
        "before": _Do._choose_again,
        "on": _Do._off,
        "off": _Do._acknowledged,
        "resting": _Do._ask_all_again,
        "held": _Do._again,
        "ready": _Do._ask_all_again,
    },
}
"""What a command does in each stage. A stage that a command does not have leaves it to the universal commands (D8)."""

COACH_ANSWERS: Mapping[str, Mapping[str, Act]] = {
    "choose": {YES: _Do._chosen, NO: _Do._chosen, UNSURE: _Do._choose_doubted},
    "ready": {YES: _Do._on, NO: _Do._not_yet, UNSURE: _Do._not_yet},
    "off": {YES: _Do._acknowledged, NO: _Do._again, UNSURE: _Do._again},
    "awake": {YES: _Do._awake, NO: _Do._asleep, UNSURE: _Do._asleep},
    "changed": {YES: _Do._ask_all_again, NO: _Do._unchanged, UNSURE: _Do._change_doubted},
    "go_on": {YES: _Do._longer, NO: _Do._enough, UNSURE: _Do._enough},
}
"""What an answer does at each place that asks; only a heard yes is a yes (C2, D2)."""
_NOTHING_ASKED: Mapping[str, Act] = dict.fromkeys((YES, NO, UNSURE), _Do._nothing)
