"""Words for what the program calls by an internal name: meanings, outcomes and causes (D12)."""

from __future__ import annotations

from collections.abc import Mapping

from voice_backcare.core.content import USUAL_NUMBER
from voice_backcare.core.dialogue.prompts import Prompts
from voice_backcare.core.dialogue.triage_rules import READ_BACK_ID
from voice_backcare.core.state import PHRASE, SOFT_NO, UNSURE, YES

OUTCOMES = {
    "call_911": "Call {number} now",
    "call_provider_now": "Call your child's provider right now",
    "follow_up": "Follow up with your child's provider",
    "home_care": "Care at home",
    "out_of_scope": "After an injury: ask your child's provider now",
    "incomplete": "Not finished: nothing is ruled out",
    "coach_done": "Ice and heat: done",
    "coach_stopped": "Ice and heat: stopped",
}

# Meanings whose name, spaced, is no word of a parent's.
_MEANINGS = {
    "soft_yes": "yes, perhaps",
    "soft_no": "no, but not sure",
    "unsure": "not sure",
    "maybe_emergency": "perhaps an emergency",
    "summary": "what do I tell them",
    "acknowledge": "okay",
    "no_provider": "nobody answers there",
    "start_coach": "start ice or heat",
    "what_is_spasm": "what a spasm is",
    "why_spasm": "why a back has a spasm",
}
_PART = "part_"  # a question about one part of home care
_LINES = {YES: "because_yes", UNSURE: "because_unsure", SOFT_NO: "not_sure"}


def meaning_in_words(meaning: str, number: str = USUAL_NUMBER) -> str:
    """What a person is told that they were understood to mean. ``number``: the one to call in an emergency."""
    words = _MEANINGS.get(meaning, meaning.removeprefix(_PART).replace("_", " "))
    return words.replace(USUAL_NUMBER, number)


def outcome_in_words(outcome: str, number: str = USUAL_NUMBER) -> str:
    """Heading of the end of a conversation."""
    return OUTCOMES[outcome].format(number=number)


def causes_in_words(prompts: Prompts, because: tuple[str, ...], answers: Mapping[str, str]) -> tuple[str, ...]:
    """Why the conversation ended so, in sentences of the content. Arguments as in ``core.events.End``."""
    told = [
        line.text
        for answer, line_id in _LINES.items()
        for line in prompts.signs(line_id, tuple(cause for cause in because if answers.get(cause) == answer))
    ]
    if PHRASE in because:
        told.append(prompts.line("because_phrase").text)
    told += [prompts.line(f"because_{part}_read_back").text for part, id_ in READ_BACK_ID.items() if id_ in because]
    return tuple(told)
