"""Errors and signals of the machine that more than one room meets."""

from __future__ import annotations


class Terminated(KeyboardInterrupt):
    """The system ended the program (SIGTERM): unlike Ctrl-C no wish of a person's."""


class PortTaken(Exception):
    """Error: a network address cannot be listened on, mostly because another program does; ``str()`` is the sentence
    for the user.
    """
