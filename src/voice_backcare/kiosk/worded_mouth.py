"""A mouth that names only what this wall has (D12): no keys, and nothing to be said where nobody is heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_backcare.core.events import Finished, Line
from voice_backcare.session.ports import Clock, Mouth, Post, Posted


@dataclass
class WordedMouth:
    """Implementation of ``ports.Mouth`` that speaks each line by ``mouth`` as ``worded`` words it here and now.

    A line of which nothing is left is over at once.
    """

    mouth: Mouth
    worded: Callable[[Line], Line]
    post: Post
    clock: Clock

    def duration_s(self, line: Line) -> float:
        """How long the line takes as it is worded here, in seconds; 0 where nothing of it is left."""
        said = self.worded(line)
        return self.mouth.duration_s(said) if said.text else 0.0

    def say(self, line: Line, turn: int) -> None:
        """Speak the line as it is worded here."""
        said = self.worded(line)
        if said.text:
            self.mouth.say(said, turn)
        else:
            self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        """Fall silent at once."""
        self.mouth.stop()

    def tone(self, name: str) -> None:
        """Play a short tone."""
        self.mouth.tone(name)

    def adjust(self, what: str) -> None:
        """Change the voice from the next line on."""
        self.mouth.adjust(what)
