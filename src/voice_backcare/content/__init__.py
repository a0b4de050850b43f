"""Every question, prompt, step and explanation, as data, each with its handout ids."""

from voice_backcare.content.loader import Answer, Content, ContentError, Question, Step, Text, load

__all__ = ["Answer", "Content", "ContentError", "Question", "Step", "Text", "load"]
