"""What the integration says by itself, where the service that has all the words is away.

Nothing medical is worded here: the signs and the advice are lines of the product's content, and a test of the product
holds that they are the same.
"""

from __future__ import annotations

import re

from .const import USUAL_NUMBER

AWAY = "The guide for a sore back is away. I can not say that all is well."
SAFETY_NET = (
    "Call 911 for any of these: hard to breathe, confused, or too sleepy or hard to wake.",
    "And for these: fainted, heart fast or very slow, or lost control of pee or poop.",
)
ADVICE = "Call your child's provider and ask."


def away(number: str = USUAL_NUMBER) -> str:
    """The whole sentence for a turn that had no answer, with the family's own emergency number."""
    return re.sub(rf"\b{USUAL_NUMBER}\b", number, " ".join((AWAY, *SAFETY_NET, ADVICE)))
