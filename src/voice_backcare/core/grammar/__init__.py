"""What can be said at each place, and what it means there, for the rest of the program."""

from voice_backcare.core.grammar.matcher import Grammar, GrammarError, Match, load

__all__ = ["Grammar", "GrammarError", "Match", "load"]
