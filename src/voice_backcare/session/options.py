"""Options of a conversation that a person may set."""

from __future__ import annotations

from dataclasses import dataclass

from voice_backcare.core.content import Personal
from voice_backcare.core.dialogue.transitions import GIVE_UP_S, NO_INPUT_S


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a conversation that a person may set; all times in seconds.

    ``personal``: names and numbers that prompts are filled in with. ``no_input_s``: time-outs of a question when it is
    asked for the first, second and third time (D3). ``give_up_s``: how long a pause lasts until the conversation ends
    (D3).
    """

    personal: Personal = Personal()  # noqa: RUF009 (frozen)
    no_input_s: tuple[float, ...] = NO_INPUT_S
    give_up_s: float = GIVE_UP_S


USUAL = Options()
