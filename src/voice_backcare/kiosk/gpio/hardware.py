"""Construction of the push buttons and the light that the settings name; one that fails is reported and left out."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from voice_backcare.kiosk.gpio.buttons import Buttons, Snapshot
from voice_backcare.kiosk.gpio.light import Light
from voice_backcare.kiosk.screen.layouts import Book
from voice_backcare.kiosk.web.server import Press
from voice_backcare.session.ports import Clock

_LOG = logging.getLogger(__name__)

_WITHOUT = "So the kiosk goes on without push buttons and light."


@dataclass(frozen=True, slots=True)
class PinSettings:
    """GPIO numbers of the buttons and the light; None where there is none."""

    yes: int | None = None
    no: int | None = None
    unsure: int | None = None
    start: int | None = None
    light: int | None = None

    @property
    def buttons(self) -> dict[str, int]:
        """GPIO numbers of the buttons, by name."""
        found = {"yes": self.yes, "no": self.no, "unsure": self.unsure, "start": self.start}
        return {name: pin for name, pin in found.items() if pin is not None}

    @property
    def twice(self) -> set[int]:
        """Numbers that are used more than once."""
        pins = [*self.buttons.values(), *([] if self.light is None else [self.light])]
        return {pin for pin in pins if pins.count(pin) > 1}


@dataclass(frozen=True, slots=True)
class Hardware:
    """The buttons and the light that work."""

    buttons: Buttons | None = None
    light: Light | None = None
    factory: Any = None

    def changed(self) -> None:
        """Note that the page shows something else."""
        if self.light:
            self.light.changed()

    def close(self) -> None:
        """Close everything."""
        for each in (self.buttons, self.light, self.factory):
            if each is not None:
                try:
                    each.close()
                except Exception as error:  # a board that is gone cannot be released
                    _LOG.debug("A part of the board could not be given back: %s", error)


def open_hardware(
    pins: PinSettings, book: Book, snapshot: Snapshot, press: Press, clock: Clock, tell: Callable[[str], None]
) -> Hardware:
    """The buttons and the light of ``pins`` that this machine has. ``tell`` is called with a sentence about any other.
    Raises nothing.
    """
    if not pins.buttons and pins.light is None:
        return Hardware()
    try:
        import gpiozero

        factory = gpiozero.Device.pin_factory or _factory()
    except ImportError as error:
        tell(
            f"Push buttons and a light need the library {error.name or 'gpiozero'}: pip install 'voice-backcare[gpio]' "
            f"(on a 64-bit Raspberry Pi with Python 3.11 or 3.12). {_WITHOUT}"
        )
        return Hardware()
    except Exception as error:  # lgpio's own error is a plain Exception
        _LOG.info("The GPIO pins cannot be used", exc_info=True)
        tell(
            f"The GPIO pins of this machine cannot be used ({error}). Is it a Raspberry Pi, and is the user of this "
            f"program in the group gpio? {_WITHOUT}"
        )
        return Hardware()

    def opened(kind: Any, what: str, pin: int, **options: Any) -> Any:
        try:
            if pin in pins.twice:
                raise ValueError("the settings give it to two things")
            return kind(pin, pin_factory=factory, **options)
        except Exception as error:
            _LOG.info("GPIO%d cannot be used", pin, exc_info=True)
            tell(f"GPIO{pin} cannot be used for {what} ({error}), so that is left out. Set it under [gpio].")
            return None

    inputs = {
        name: made
        for name, pin in pins.buttons.items()
        if (made := opened(gpiozero.DigitalInputDevice, f"the push button {name}", pin, pull_up=True)) is not None
    }
    output = opened(gpiozero.DigitalOutputDevice, "the light", pins.light) if pins.light is not None else None
    return Hardware(
        Buttons(inputs, book.hardware, snapshot, press, clock, tell) if inputs else None,
        Light(output, snapshot, tell) if output is not None else None,
        factory,
    )


def _factory() -> Any:
    """Pin factory on lgpio, which leaves a named pipe in the folder in which it is first imported and does not need it
    once open.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        from gpiozero.pins.lgpio import LGPIOFactory
    return LGPIOFactory()
