"""Faults of the machine that more than one room meets."""

from __future__ import annotations


class PortTaken(Exception):
    """An address cannot be listened on, mostly because another program does; ``str()`` is the sentence for the user."""
