"""Phrases and what they mean: the sentence templates of ``grammars/``, read with hassil."""

from voice_backcare.core.grammar.matcher import Grammar, GrammarError, Match, load, normalise

__all__ = ["Grammar", "GrammarError", "Match", "load", "normalise"]
