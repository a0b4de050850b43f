"""The recorder of a conversation, as a session sees it."""

from __future__ import annotations

from typing import Protocol

from voice_backcare.session.session import Session


class ConversationRecorder(Protocol):
    """Keeps a conversation on disk, so that it can be resumed after an interruption (D11)."""

    @property
    def starts_at_s(self) -> float:
        """What the session's clock has to say when ``begin`` is called, in seconds."""

    def begin(self, session: Session, start: str) -> None:
        """Start a conversation in ``session`` with ``start``, or resume the one that was interrupted."""
