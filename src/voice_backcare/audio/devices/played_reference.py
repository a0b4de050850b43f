"""What the loudspeaker plays, on the session's clock: the reference of the echo canceller.

The loudspeaker's callback only puts its blocks in; whoever reads converts them. The reading goes on without a seam
as long as the two clocks run within some milliseconds of each other, and then jumps: the canceller follows either.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from voice_backcare.audio.formats.converter import Converter
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_SAMPLES
from voice_backcare.session.ports import RATE_HZ

_BLOCKS_MOST = 100  # 2 s that nobody has read
_KEPT_S = 2.0
_JUMP_S = 0.008  # the reading is let drift so far from the clocks
_REANCHOR_S = 0.03  # a block that is so far from where the one before ended begins anew
# The reference is ahead of the microphone by so much: the canceller can wait for an echo, but not look into the future.
_AHEAD_S = 0.04


class PlayedReference:
    """``played`` is called from the loudspeaker's thread, ``frame`` from the ears'."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[bytes, int, int, float]] = deque(maxlen=_BLOCKS_MOST)
        self._converter: Converter | None = None
        self._shape = (0, 0)
        self._samples = np.zeros(0, "<i2")
        self._begin_s = 0.0  # when the first of the samples sounds
        self._end_s = 0.0  # when the next block should sound
        self._cursor_s: float | None = None

    def played(self, pcm: bytes, rate_hz: int, channels: int, at_s: float) -> None:
        """Interleaved 16-bit samples, the first of which sounds at ``at_s``."""
        self._blocks.append((pcm, rate_hz, channels, at_s))

    def frame(self, at_s: float) -> bytes:
        """What sounds in the 20 ms after ``at_s`` and a little more; zeros where nothing does."""
        while self._blocks:
            self._take(*self._blocks.popleft())
        wanted_s = at_s + _AHEAD_S
        if self._cursor_s is None or abs(wanted_s - self._cursor_s) > _JUMP_S:
            self._cursor_s = wanted_s
        first = round((self._cursor_s - self._begin_s) * RATE_HZ)
        self._cursor_s += FRAME_SAMPLES / RATE_HZ
        piece = self._samples[max(0, first) : max(0, first + FRAME_SAMPLES)]
        before = min(FRAME_SAMPLES, max(0, -first))
        return (bytes(2 * before) + piece.tobytes()).ljust(FRAME_BYTES, b"\0")

    def _take(self, pcm: bytes, rate_hz: int, channels: int, at_s: float) -> None:
        if self._converter is None or self._shape != (rate_hz, channels) or abs(at_s - self._end_s) > _REANCHOR_S:
            self._begin(rate_hz, channels, at_s)
        assert self._converter is not None
        self._end_s += len(pcm) / (2 * channels * rate_hz)
        self._samples = np.concatenate(
            [self._samples, np.frombuffer(self._converter.convert_pcm(pcm, channels), "<i2")]
        )
        # A tenth of what the clock says otherwise: single blocks come early or late, the clocks drift slowly.
        error_s = at_s + len(pcm) / (2 * channels * rate_hz) - self._end_s
        self._begin_s += 0.1 * error_s
        self._end_s += 0.1 * error_s
        if (extra := len(self._samples) - round(_KEPT_S * RATE_HZ)) > 0:
            self._samples = self._samples[extra:]
            self._begin_s += extra / RATE_HZ

    def _begin(self, rate_hz: int, channels: int, at_s: float) -> None:
        """A new stretch; what is still to be read of the one before stays."""
        self._converter, self._shape = Converter(rate_hz), (rate_hz, channels)
        rest = round((at_s - self._begin_s) * RATE_HZ)
        if not 0 <= rest <= 2 * _KEPT_S * RATE_HZ:
            self._samples, self._begin_s = np.zeros(0, "<i2"), at_s
        else:
            kept = self._samples[:rest]
            self._samples = np.concatenate([kept, np.zeros(rest - len(kept), "<i2")])
        self._end_s = at_s
