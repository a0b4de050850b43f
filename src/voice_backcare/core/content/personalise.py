"""The person's own part of the content: the emergency number, and the child's provider."""

from __future__ import annotations

import re
from dataclasses import replace

from voice_backcare.core.content.loader import USUAL_NUMBER, Answer, Content, Personal, Question, Step, Text


def personalise(content: Content, personal: Personal) -> Content:
    """``content`` with the person's emergency number, and with the provider's name and number among its lines."""
    if personal == Personal():
        return content

    def own(text: str) -> str:
        return re.sub(rf"\b{USUAL_NUMBER}\b", personal.emergency_number, text)

    def told(texts: tuple[Text, ...]) -> tuple[Text, ...]:
        return tuple(replace(text, text=own(text.text)) for text in texts)

    def asked(question: Question) -> Question:
        return replace(
            question,
            ask=own(question.ask),
            again=own(question.again),
            plain=own(question.plain),
            why=own(question.why),
        )

    lines = {line_id: replace(line, text=own(line.text)) for line_id, line in content.lines.items()}

    def filled(line_id: str, gap: str, value: str) -> tuple[Text, ...]:
        line = lines[line_id]
        return (replace(line, text=line.text.replace("{" + gap + "}", value)),) if value else ()

    return replace(
        content,
        questions={key: asked(question) for key, question in content.questions.items()},
        lines=lines,
        steps=tuple(Step(step.id, step.part, told(step.lines)) for step in content.steps),
        answers={key: Answer(answer.id, told(answer.lines)) for key, answer in content.answers.items()},
        personal=personal,
        contact=(
            *filled("provider_name", "name", personal.provider_name),
            *filled("provider_phone", "phone", personal.provider_phone),
        ),
    )
