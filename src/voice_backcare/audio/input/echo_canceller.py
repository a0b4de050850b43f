"""Taking the program's own voice out of what the microphone hears (D10)."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from voice_backcare.session.ports import RATE_HZ


class NoEchoCanceller(Exception):
    """There is no echo canceller for this machine."""


class EchoCanceller(Protocol):
    """Learns the way from the loudspeaker to the microphone by itself, and goes on learning. For one thread."""

    def process(self, near: bytes, far: bytes) -> bytes:
        """``near`` without what of ``far`` is in it; both and the result are frames of 20 ms.

        ``far`` is what the loudspeaker plays at that time or up to 0.3 s later, zeros where it plays nothing.
        """


class WebRtcEchoCanceller:
    """AEC3, the echo canceller of WebRTC."""

    def __init__(self) -> None:
        try:
            import pywebrtc_audio
        except ImportError as error:
            raise NoEchoCanceller("the library pywebrtc-audio has nothing for this machine") from error
        self._canceller: Any = pywebrtc_audio.EchoCanceller(RATE_HZ, 1, 0)

    def process(self, near: bytes, far: bytes) -> bytes:
        """The frame ``near`` of the microphone (mono, 16 bit) without what of ``far``, the loudspeaker's at that
        time, is in it.
        """
        cleaned = self._canceller.process(np.frombuffer(near, "<i2"), np.frombuffer(far, "<i2"))
        return bytes(cleaned.astype("<i2").tobytes())
