"""The conversation, and the words that it understands: put together here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.grammar.matcher import Grammar
from voice_backcare.session.options import USUAL, Options


@dataclass(frozen=True, slots=True)
class Core:
    """What decides, and what an utterance means."""

    conversation: Conversation
    words: Grammar


@dataclass(frozen=True)
class TurnCores:
    """What all conversations of a service have in common.

    ``cores``: the conversation, by whether the assistant can announce something by itself; without that no hour of ice
    or heat is kept.
    """

    grammar: Grammar
    cores: Mapping[bool, Conversation]


def build_conversation(options: Options = USUAL) -> Conversation:
    """The conversation by itself, for what understands no words; ``ContentError`` where a file of ours is broken."""
    return conversation.build(
        content.personalise(content.load(), options.personal),
        give_up_s=options.give_up_s,
        no_input_s=options.no_input_s,
    )


def build_core(options: Options = USUAL) -> Core:
    """The conversation and its words; ``ContentError`` or ``GrammarError`` where a file of ours is broken."""
    return Core(build_conversation(options), grammar.load(number=options.personal.emergency_number))


def build_turn_cores(options: Options = USUAL) -> TurnCores:
    """The same for assistants, where there are no keys to speak of."""
    facts = content.personalise(content.without_keys(content.load()), options.personal)
    cores = {
        announces: conversation.build(
            facts, give_up_s=options.give_up_s, no_input_s=options.no_input_s, keeps_time=announces
        )
        for announces in (False, True)
    }
    return TurnCores(grammar.load(number=options.personal.emergency_number), cores)
