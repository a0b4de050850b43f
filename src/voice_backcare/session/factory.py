"""Construction of the core from its content and grammars, for every way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voice_backcare.core import content, conversation, grammar
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.grammar.matcher import Grammar
from voice_backcare.session.options import USUAL, Options


@dataclass(frozen=True, slots=True)
class Core:
    """The two parts of the core that a session needs: the conversation, and the grammar of what it understands."""

    conversation: Conversation
    words: Grammar


@dataclass(frozen=True)
class TurnCores:
    """The parts that all conversations of an assistant's service share.

    ``cores`` has two conversations: under True the one for an assistant that can announce something by itself, under
    False the one for an assistant that cannot, where ice and heat are therefore not timed.
    """

    grammar: Grammar
    cores: Mapping[bool, Conversation]


def build_conversation(options: Options = USUAL) -> Conversation:
    """Conversation without a grammar, for a caller that only replays events. Raises ``ContentError`` where a content
    file is invalid.
    """
    return conversation.build(
        content.personalise(content.load(), options.personal),
        give_up_s=options.give_up_s,
        no_input_s=options.no_input_s,
    )


def build_core(options: Options = USUAL) -> Core:
    """Conversation and grammar. Raises ``ContentError`` or ``GrammarError`` where a data file of the program is
    invalid.
    """
    return Core(build_conversation(options), grammar.load(number=options.personal.emergency_number))


def build_turn_cores(options: Options = USUAL) -> TurnCores:
    """Conversations and grammar for assistants, whose prompts mention no keys (D12). Raises as ``build_core`` does."""
    facts = content.personalise(content.without_keys(content.load()), options.personal)
    cores = {
        announces: conversation.build(
            facts, give_up_s=options.give_up_s, no_input_s=options.no_input_s, keeps_time=announces
        )
        for announces in (False, True)
    }
    return TurnCores(grammar.load(number=options.personal.emergency_number), cores)
