"""A microphone or a loudspeaker that is plugged in later, or that is there later than the program at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_backcare.kiosk.null_devices import SilentMouth, SwitchedEars
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.session.ports import SoundDevices
from voice_backcare.session.session import Session


@dataclass
class Refit:
    """Opens the sound, and again once other ``devices`` are there; all calls from the session's thread.

    ``open_sound`` takes a second or two; ``devices`` is asked every second, and tells in any words what is plugged in.
    """

    session: Session
    screen: KioskScreen
    ears: SwitchedEars
    silent: SilentMouth
    open_sound: Callable[[], SoundDevices]
    devices: Callable[[], str]
    _sound: SoundDevices | None = None
    _seen: str = field(default="", init=False)

    def fit(self) -> None:
        """Open what there is."""
        self.close()
        self._seen = self.devices()
        self._sound = sound = self.open_sound()
        self.session.mouth = sound.mouth or self.silent
        self.ears.replace(sound.ears)
        self.screen.devices(ears=sound.ears is not None, mouth=sound.mouth is not None)

    def look(self) -> None:
        """Between two conversations, where something is missing and something new is there: try again."""
        sound = self._sound
        if sound is None or (sound.ears and sound.mouth) or self.devices() == self._seen:
            return
        if self.session.state.position.name == "idle" and not self.screen.view.speaking:
            self.fit()

    def alive_at_s(self) -> float | None:
        """When the ears last gave a sign of life; None where there are none."""
        sound = self._sound
        return sound.alive_at_s() if sound and sound.ears and sound.alive_at_s else None

    def close(self) -> None:
        if self._sound:
            self.ears.replace(None)
            self.session.mouth = self.silent
            self._sound.close()
            self._sound = None
