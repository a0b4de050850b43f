"""From many channels to one, in one way for a microphone, a file and a stream from elsewhere.

Two are averaged, because some devices fill only one; but in some the second is the first upside down, as of a
balanced line, and then the average is nothing: so the stronger one alone is taken. Of more than two, as of an array of
microphones, the first that holds anything is taken: the raw microphones and a loopback of the loudspeaker come after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PIECE_S = 0.02
_MEMORY_S = 1.0  # how long a loud piece decides for those after it
_CANCELLED = 0.2  # of the stronger channel's power; one channel alone leaves a quarter of it
_SILENT = 10 ** (-85.0 / 10)  # of full power: below the noise of any microphone that is on


class Downmix:
    """``mono`` takes the sound piece by piece, cut anywhere; what came before helps to decide."""

    def __init__(self, rate_hz: int) -> None:
        self._piece = max(1, round(rate_hz * _PIECE_S))
        self._kept = 1.0 - _PIECE_S / _MEMORY_S
        self._powers: NDArray[np.float64] | None = None  # of each channel, and of their average
        self._first: int | None = None

    def mono(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """A row a sample, a column a channel, full scale is 1; gives one value a row."""
        count = block.shape[1]
        if count == 1:
            return block[:, 0]
        pieces = [block[at : at + self._piece] for at in range(0, len(block), self._piece)]
        mixed = [self._of_two(piece) if count == 2 else self._of_many(piece) for piece in pieces]
        return np.concatenate(mixed) if mixed else block[:, 0]

    def _of_two(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        average = piece.mean(axis=1, dtype=np.float32)
        powers = np.append(piece.var(axis=0, dtype=np.float64), average.var(dtype=np.float64))
        self._powers = powers if self._powers is None else self._kept * self._powers + powers
        stronger = int(self._powers[:2].argmax())
        cancelled = self._powers[2] < _CANCELLED * self._powers[stronger]
        return piece[:, stronger] if cancelled else average

    def _of_many(self, piece: NDArray[np.float32]) -> NDArray[np.float32]:
        filled = np.flatnonzero(piece.var(axis=0, dtype=np.float64) > _SILENT)
        if len(filled) and (self._first is None or filled[0] < self._first):
            self._first = int(filled[0])
        return piece[:, self._first or 0]
