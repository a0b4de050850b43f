"""Faults of the assistants' service that end the program; apart from it, as its libraries may not be installed."""

from __future__ import annotations


class BadAddress(Exception):
    """The service cannot be reached there, or more widely than was asked for; ``str()`` is the sentence."""
