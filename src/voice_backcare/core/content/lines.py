"""Lines of the content, looked up by their ids and with their gaps filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice_backcare.core.content.loader import Content, Text
from voice_backcare.core.events import Line

SIGNS_A_LINE = 5  # more of them in one breath cannot be followed, nor kept under 25 words


def listed(signs: Sequence[str], joint: str) -> str:
    """Signs in one phrase: with the joint "or" it is "a", "a or b", or "a, b, or c"."""
    if len(signs) < 3:
        return f" {joint} ".join(signs)
    return f"{', '.join(signs[:-1])}, {joint} {signs[-1]}"


def spoken(texts: Iterable[Text]) -> tuple[Line, ...]:
    """Lines of ``texts`` that have no gap to fill in."""
    return tuple(Line(text.id, text.text, text.sources) for text in texts)


def chunks(ids: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of even size, as few as can be followed in one breath each (``SIGNS_A_LINE``)."""
    count = -(-len(ids) // SIGNS_A_LINE)
    size = -(-len(ids) // count) if count else 0
    return [tuple(ids[i * size : (i + 1) * size]) for i in range(count)]


def amount(minutes: float) -> str:
    """Whole minutes, in words that can be said."""
    whole = round(minutes)
    return "less than 1 minute" if minutes < 1 else "1 minute" if whole == 1 else f"{whole} minutes"


@dataclass(frozen=True)
class Lines:
    """Lookup of lines in one ``content``. An id that the content does not have raises ``KeyError``."""

    content: Content

    def line(self, line_id: str, **values: object) -> Line:
        """The line ``line_id``, with ``values`` for its gaps."""
        text = self.content.lines[line_id]
        return Line(text.id, text.text.format(**values), text.sources)

    def lines(self, *line_ids: str) -> tuple[Line, ...]:
        """The lines ``line_ids`` in this order; none of them may have a gap."""
        return tuple(self.line(line_id) for line_id in line_ids)

    def tapered(self, line_id: str, tries: int) -> tuple[Line, ...]:
        """The prompt ``line_id`` after so many ``tries`` (0 to 2): its reprompts get shorter (D3)."""
        return self.lines(f"{line_id}{('', '_again', '_keys')[tries]}")

    def signs(self, line_id: str, question_ids: Iterable[str], *, joint: str = "and") -> tuple[Line, ...]:
        """The line ``line_id`` once for every few signs of ``question_ids``, each citing just these."""
        result = []
        for some in chunks(tuple(question_ids)):
            line = self.line(line_id, signs=listed([self.content.questions[q].sign for q in some], joint))
            result.append(Line(line.id, line.text, some))
        return tuple(result)

    def safety_net(self) -> tuple[Line, ...]:
        """The emergency signs in two lines, said when nobody answers (D3)."""
        first, second = chunks(self.content.part("emergency"))
        return (*self.signs("safety_net_1", first, joint="or"), *self.signs("safety_net_2", second, joint="or"))

    def background(self, answer_id: str) -> tuple[Line, ...]:
        """The answer to a question that a parent may ask ("what is a spasm?"), by its id in ``content.answers``;
        nothing where there is no such answer.
        """
        answer = self.content.answers.get(answer_id)
        return spoken(answer.lines) if answer else ()
