"""What a person may choose of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from voice_backcare.core.content import Personal
from voice_backcare.core.dialogue.transitions import GIVE_UP_S, NO_INPUT_S


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may choose of a conversation; times in seconds.

    ``no_input_s``: how long a question waits, the first time, the second, the third (D3). ``give_up_s``: how long a
    pause lasts until the conversation ends.
    """

    personal: Personal = Personal()  # noqa: RUF009 (frozen)
    no_input_s: tuple[float, ...] = NO_INPUT_S
    give_up_s: float = GIVE_UP_S


USUAL = Options()
