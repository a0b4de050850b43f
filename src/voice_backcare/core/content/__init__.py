"""Content: every question, prompt, step and explanation as data, each with its handout ids."""

from voice_backcare.core.content.loader import (
    PARTS,
    USUAL_NUMBER,
    Answer,
    Content,
    ContentError,
    PartTitle,
    Personal,
    Question,
    Step,
    Text,
    load,
)
from voice_backcare.core.content.personalise import personalise
from voice_backcare.core.content.variants import without_keys, without_time

__all__ = [
    "PARTS",
    "USUAL_NUMBER",
    "Answer",
    "Content",
    "ContentError",
    "PartTitle",
    "Personal",
    "Question",
    "Step",
    "Text",
    "load",
    "personalise",
    "without_keys",
    "without_time",
]
