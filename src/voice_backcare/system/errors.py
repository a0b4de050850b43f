"""Errors of the machine that more than one room raises."""

from __future__ import annotations


class PortTaken(Exception):
    """Error: a network address cannot be listened on, mostly because another program does; ``str()`` is the sentence
    for the user.
    """
