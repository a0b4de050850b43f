"""Faults of the kiosk that end the program; apart from the server, whose libraries may not be installed."""

from __future__ import annotations


class PageGone(Exception):
    """The page's server has ended by itself; ``str()`` is the sentence for the user."""
