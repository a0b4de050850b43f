"""Giving events to a recorder without a session."""

from __future__ import annotations

from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Event
from voice_backcare.journal.recorder import Recorder


def decide(conversation: Conversation, recorder: Recorder, event: Event) -> None:
    """As a session does it: the event, and the state that it leads to."""
    after, _ = conversation.step(recorder.state, event)
    recorder.decided(event, after)
