"""Hearing a person while the program speaks (D10): the echo canceller, its reference, the judgement of what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voice_backcare.audio.formats.frames import Frame
from voice_backcare.audio.input.barge_in_gate import BargeInGate
from voice_backcare.audio.input.echo_canceller import EchoCanceller

Reference = Callable[[float], bytes]


class Duplex:
    """``cleaned`` takes every frame in turn; for the ears' thread. ``reference``: what sounds at a frame's time."""

    def __init__(self, canceller: EchoCanceller, reference: Reference, gate: BargeInGate | None = None) -> None:
        self._canceller = canceller
        self._reference = reference
        self._gate = gate or BargeInGate()

    @property
    def full(self) -> bool:
        """Whether the echo is removed well enough, by what was measured so far."""
        return self._gate.full_duplex

    @property
    def erle_db(self) -> float | None:
        """How much weaker the echo is made, in dB; None before there was any."""
        return self._gate.erle_db

    def cleaned(self, frame: Frame, *, sounding: bool) -> Frame:
        """The frame without the program's own voice; ``ours`` where that is or may be all there is in it.

        Where nothing has sounded for some time it is the frame as it came.
        """
        far = self._reference(frame.at_s)
        clean = self._canceller.process(frame.pcm, far)
        ours = self._gate.ours(frame.pcm, clean, far, sounding=sounding)
        return frame if self._gate.far_is_silent else replace(frame, pcm=clean, ours=ours)
