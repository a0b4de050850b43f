"""Errors of the assistants' service, apart from its code, whose libraries may not be installed."""

from __future__ import annotations


class BadAddress(Exception):
    """Error: the service cannot listen there, or would be reachable more widely than was asked for; ``str()`` is the
    sentence.
    """
