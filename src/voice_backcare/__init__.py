"""Red-flag questions and home care for a child's back spasm, spoken and offline."""

__version__ = "0.1.0"
