"""What writes a conversation down, as a session sees it."""

from __future__ import annotations

from typing import Protocol

from voice_backcare.session.session import Session


class ConversationRecorder(Protocol):
    """Writes a conversation down, and knows where an interrupted one goes on."""

    @property
    def starts_at_s(self) -> float:
        """Where the session's clock has to stand when ``begin`` is called."""

    def begin(self, session: Session, start: str) -> None:
        """Begin with ``start``, or go on with what was interrupted."""
