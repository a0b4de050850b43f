"""Every question, prompt, step and explanation, as data, each with its handout ids."""

from voice_backcare.content.elsewhere import without_keys, without_time
from voice_backcare.content.loader import (
    PARTS,
    USUAL_NUMBER,
    Answer,
    Content,
    ContentError,
    Personal,
    Question,
    Step,
    Text,
    load,
)
from voice_backcare.content.personal import personalise

__all__ = [
    "PARTS",
    "USUAL_NUMBER",
    "Answer",
    "Content",
    "ContentError",
    "Personal",
    "Question",
    "Step",
    "Text",
    "load",
    "personalise",
    "without_keys",
    "without_time",
]
