"""Reset of volume and rate, so that what one family chose is not left to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from voice_backcare.kiosk.worded_mouth import WordedMouth
from voice_backcare.session.ports import Mouth
from voice_backcare.session.session import Session


@runtime_checkable
class Adjustable(Protocol):
    """A mouth whose manner (rate and volume) can be read and set; the manner has a ``volume`` from 0 to 1."""

    manner: Any


@dataclass
class VolumeReset:
    """Reset of the voice between conversations; ``look`` is called by the session's thread after every event.

    What is chosen on the idle screen stays, because that is whoever looks after the kiosk.
    """

    session: Session
    _usual: Any = None

    def volume(self) -> float | None:
        """Volume from 0 to 1; None where nothing is spoken."""
        mouth = self._mouth()
        return float(mouth.manner.volume) if isinstance(mouth, Adjustable) else None

    def look(self) -> None:
        """Remember the manner when a conversation begins, and restore it when it is over."""
        mouth = self._mouth()
        if not isinstance(mouth, Adjustable):
            self._usual = None  # a mouth that is opened later begins with the settings
        elif self.session.state.position.name == "idle":
            if self._usual is not None:
                mouth.manner, self._usual = self._usual, None
        elif self._usual is None:
            self._usual = mouth.manner

    def _mouth(self) -> Mouth:
        mouth = self.session.mouth
        return mouth.mouth if isinstance(mouth, WordedMouth) else mouth
