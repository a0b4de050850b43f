"""Errors of the kiosk, apart from its server, whose libraries may not be installed."""

from __future__ import annotations


class PageGone(Exception):
    """Error: the page's server ended by itself; ``str()`` is the sentence for the user."""
