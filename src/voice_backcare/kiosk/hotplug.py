"""Hot-plugging: a microphone or a loudspeaker that is plugged in, or found, after the program's start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from voice_backcare.kiosk.null_devices import SilentMouth, SwitchedEars
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.session.ports import Mouth, SoundDevices
from voice_backcare.session.session import Session


@dataclass
class Hotplug:
    """Opens the sound, and opens it again when ``devices`` has changed; all calls come from the session's thread.

    ``open_sound`` takes a second or two. ``devices`` is called every second, and returns any text that changes when a
    device is plugged in. ``worded_mouth`` makes of a mouth one that says only what this place has.
    """

    session: Session
    screen: KioskScreen
    ears: SwitchedEars
    silent: SilentMouth
    open_sound: Callable[[], SoundDevices]
    devices: Callable[[], str]
    worded_mouth: Callable[[Mouth], Mouth] = lambda mouth: mouth
    _sound: SoundDevices | None = None
    _seen: str = field(default="", init=False)

    def fit(self) -> None:
        """Open the sound that there is."""
        self.close()
        self._seen = self.devices()
        self._sound = sound = self.open_sound()
        self.session.mouth = self.worded_mouth(sound.mouth) if sound.mouth else self.silent
        self.ears.replace(sound.ears)
        self.screen.devices(ears=sound.ears is not None, mouth=sound.mouth is not None)

    def look(self) -> None:
        """Open the sound again, between two conversations, where something is missing and a device is new."""
        sound = self._sound
        if sound is None or (sound.ears and sound.mouth) or self.devices() == self._seen:
            return
        if self.session.state.position.name == "idle" and not self.screen.view.speaking:
            self.fit()

    def alive_at_s(self) -> float | None:
        """When the ears last got sound or tried to; None where there are none."""
        sound = self._sound
        return sound.alive_at_s() if sound and sound.ears and sound.alive_at_s else None

    def close(self) -> None:
        """Close the sound."""
        if self._sound:
            self.ears.replace(None)
            self.session.mouth = self.silent
            self._sound.close()
            self._sound = None
