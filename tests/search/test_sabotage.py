"""Faults put into the real conversation on purpose: the search sees each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from exploring import conversation, explore_places
from rules import BrokenError, checker, stuck

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.dialogue import transitions, triage_rules
from voice_backcare.core.dialogue.answers import Answers
from voice_backcare.core.dialogue.pauses import Pauses
from voice_backcare.core.dialogue.transitions import Moves
from voice_backcare.core.dialogue.triage_rules import Triage
from voice_backcare.core.dialogue.volunteered import Volunteered
from voice_backcare.core.events import Event, Finished, Fired, NoInput
from voice_backcare.core.interruptions import Interruptions
from voice_backcare.core.state import NO, SOFT_NO, UNSURE, YES, Position, State

_meant, _emergency, _missed = Conversation._meant, Conversation._emergency, Conversation._missed
_next_place, _refuse = Triage.next_place, Triage.refuse
_question, _read_back, _recheck = Answers.question, Answers.read_back, Answers.recheck


def _swap_two_tiers(patch: pytest.MonkeyPatch) -> None:
    first, second, third, last = triage_rules.BY_URGENCY
    patch.setattr(triage_rules, "BY_URGENCY", (second, first, third, last))


def _drop_a_read_back(patch: pytest.MonkeyPatch) -> None:
    def next_place(self: Any, record: Any) -> Any:
        return _next_place(self, replace(record, confirmed=record.confirmed | {"emergency"}))

    patch.setattr(Triage, "next_place", next_place)


def _noise_is_no(patch: pytest.MonkeyPatch) -> None:
    def missed(self: Any, state: Any, *, noise: Any) -> Any:
        return _meant(self, state, NO, pressed=False) if noise else _missed(self, state, noise=noise)

    patch.setattr(Conversation, "_missed", missed)


def _silence_is_no(patch: pytest.MonkeyPatch) -> None:
    def missed(self: Any, state: Any, *, noise: Any) -> Any:
        return _missed(self, state, noise=noise) if noise else _meant(self, state, NO, pressed=False)

    patch.setattr(Conversation, "_missed", missed)


def _noise_is_yes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Conversation, "_missed", lambda self, state, noise: _meant(self, state, YES, pressed=False))


def _doubt_is_no(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Answers, "question", lambda self, state, meaning: _question(self, state, NO if meaning == UNSURE else meaning)
    )


def _doubt_is_asked_for_ever(patch: pytest.MonkeyPatch) -> None:
    def question(self: Any, state: Any, meaning: Any) -> Any:
        return _question(self, replace(state, position=replace(state.position, doubted="")), meaning)

    patch.setattr(Answers, "question", question)


def _a_soft_no_is_firm(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Triage, "firm", lambda self, question_id, meaning: NO if meaning == SOFT_NO else meaning)


def _a_no_not_sure_counts_for_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Triage, "not_sure", lambda self, record, part: ())


def _a_soft_yes_is_never_doubt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Triage, "settled", lambda self, question_id, before, meaning: NO)


def _silence_needs_no_help(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Answers, "help_at_once", Answers._return)


def _a_named_sign_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Volunteered, "taken", lambda self, state, signs: state)


def _doubt_confirms(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Answers,
        "read_back",
        lambda self, state, meaning: _read_back(self, state, YES if meaning == UNSURE else meaning),
    )


def _deaf_to_emergencies_while_speaking(patch: pytest.MonkeyPatch) -> None:
    def emergency(self: Any, state: Any, sign: Any, phrase: str = "") -> Any:
        return (state, ()) if state.position.speaking else _emergency(self, state, sign, phrase)

    patch.setattr(Conversation, "_emergency", emergency)


def _withdraw_without_confirmation(patch: pytest.MonkeyPatch) -> None:
    def recheck(self: Any, state: Any, meaning: Any) -> Any:
        if meaning == NO and not state.position.id.startswith("read_back"):
            return self.on(state, self.triage.withdraw(state.record, state.position.id))
        return _recheck(self, state, meaning)

    patch.setattr(Answers, "recheck", recheck)


def _doubt_withdraws(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Answers, "recheck", lambda self, state, meaning: _recheck(self, state, NO if meaning == UNSURE else meaning)
    )


def _going_back_takes_back_a_yes(patch: pytest.MonkeyPatch) -> None:
    def go_back(self: Any, state: Any) -> Any:
        if not state.record.answers:
            return self.moves.again(state)
        question = state.record.answers[-1][0]
        record = self.triage.unanswer(state.record, question)
        return self.moves.enter(state, Position("question", question), record=record)

    patch.setattr(Answers, "go_back", go_back)


def _meant_yes_is_no(patch: pytest.MonkeyPatch) -> None:
    def meant_yes(self: Any, state: Any) -> Any:
        if not state.record.answers:
            return self.moves.again(state)
        return self.on(state, self.triage.answered(state.record, state.record.answers[-1][0], NO))

    patch.setattr(Answers, "meant_yes", meant_yes)


def _resume_keeps_old_noes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Triage, "stale", lambda self, record: record)


def _resume_asks_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Interruptions, "resumed", lambda self, state, event: self.moves.again(state))


def _911_can_be_interrupted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transitions, "_says_911", lambda position: False)


def _a_failed_prompt_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Moves, "failed", lambda self, state, said: self.open_ears(state))


def _a_second_refusal_is_forgiven(patch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, record: Any, part: Any) -> Any:
        return _refuse(self, replace(record, refused=record.refused - {part}), part)

    patch.setattr(Triage, "refuse", refuse)


def _stop_needs_no_confirmation(patch: pytest.MonkeyPatch) -> None:
    talk = conversation()
    patch.setattr(type(talk.commands), "_stop", lambda self, state: self.moves.close(state))


def _the_end_is_not_said(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Moves, "close", lambda self, state: (replace(state, position=Position("closing", "incomplete")), ()))


def _the_dispatcher_is_talked_over(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pauses, "talk_at_911", lambda self, state: self.moves.first_sentence(state))


SABOTAGES = {
    _swap_two_tiers: "an_emergency_sign_calls_911_at_once",
    _drop_a_read_back: "home_care_only_after_every_no",
    _noise_is_no: "only_a_heard_no_is_a_no",
    _silence_is_no: "only_a_heard_no_is_a_no",
    _noise_is_yes: "silence_and_faults_answer_nothing",
    _doubt_is_no: "only_a_heard_no_is_a_no",
    _doubt_is_asked_for_ever: "an_emergency_sign_calls_911_at_once",
    _a_soft_no_is_firm: "only_a_heard_no_is_a_no",
    _a_no_not_sure_counts_for_nothing: "urgency_never_falls_by_itself",
    _a_soft_yes_is_never_doubt: "an_emergency_sign_calls_911_at_once",
    _silence_needs_no_help: "doubt_and_refusal_confirm_nothing",
    _a_named_sign_is_lost: "a_named_sign_counts",
    _doubt_confirms: "only_a_yes_confirms",
    _deaf_to_emergencies_while_speaking: "an_emergency_sign_calls_911_at_once",
    _withdraw_without_confirmation: "only_a_heard_no_is_a_no",
    _doubt_withdraws: "a_withdrawal_follows_a_heard_no",
    _going_back_takes_back_a_yes: "urgency_never_falls_by_itself",
    _meant_yes_is_no: "only_a_heard_no_is_a_no",
    _resume_keeps_old_noes: "a_resumption_asks_first",
    _resume_asks_nothing: "a_resumption_asks_first",
    _911_can_be_interrupted: "the_911_instruction_is_whole",
    _a_failed_prompt_is_forgotten: "a_failed_prompt_is_tried_again_then_shown",
    _a_second_refusal_is_forgiven: "a_refused_read_back_asks_which",
    _stop_needs_no_confirmation: "stop_and_start_over_are_confirmed",
    _the_end_is_not_said: "every_end_was_said_or_shown",
    _the_dispatcher_is_talked_over: "nothing_at_911_is_met_with_silence",
}


# What these break is far from the beginning: the search takes minutes to come to it.
FAR = (_drop_a_read_back, _a_second_refusal_is_forgiven)
PLANTED = [
    pytest.param(fault, id=fault.__name__.strip("_"), marks=[pytest.mark.exhaustive] if fault in FAR else [])
    for fault in SABOTAGES
]


@pytest.mark.parametrize("sabotage", PLANTED)
def test_the_search_sees_the_sabotage(sabotage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault breaks a rule, and the search stops at it."""
    sabotage(monkeypatch)
    talk = conversation()
    with pytest.raises(BrokenError) as caught:
        explore_places(talk, checker(talk))
    assert caught.value.rule == SABOTAGES[sabotage]


def test_the_search_sees_a_pause_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the timer that gives up, silence never comes to an end, and the search says so (D3)."""

    def silence(talk: Conversation) -> list[object]:
        quiet: tuple[Event, ...] = (
            NoInput(0.0),
            Finished(0.0),
            *(Fired(0.0, timer) for timer in ("safety_net", "give_up")),
        )
        asked = State(Position("question", "E1"))
        found = explore_places(talk, checker(talk), quiet, asked)
        return stuck(found, found.quiet_ways)

    assert silence(conversation()) == []
    timers = Moves._timers
    monkeypatch.setattr(
        Moves, "_timers", lambda self, position: tuple(t for t in timers(self, position) if t[0] != "give_up")
    )
    assert silence(conversation())
