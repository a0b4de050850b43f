"""The conversation that the settings make, and the words that it understands: put together here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.grammar.matcher import Grammar
from voice_backcare.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """What decides, and what an utterance means."""

    conversation: Conversation
    words: Grammar


def conversation_of(settings: Settings, *, give_up_s: float | None = None) -> Conversation:
    """The conversation by itself, for what understands no words; ``give_up_s`` goes before that of the settings."""
    return conversation.build(
        content.personalise(content.load(), settings.personal),
        give_up_s=settings.give_up_s if give_up_s is None else give_up_s,
        no_input_s=settings.no_input_s,
    )


def core(settings: Settings | None = None, *, give_up_s: float | None = None) -> Core:
    """Both; ``ContentError`` or ``GrammarError`` where a file of ours is broken."""
    settings = settings or Settings()
    return Core(conversation_of(settings, give_up_s=give_up_s), grammar.load(number=settings.emergency_number))
