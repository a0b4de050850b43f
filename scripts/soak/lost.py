"""The exception of a conversation that did not come to what it has to."""

from __future__ import annotations


class Lost(Exception):
    """A conversation in which something did not come to what it has to; ``str()`` says what."""
