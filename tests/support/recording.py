"""What the virtual loudspeaker plays, with the times it arrived at."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping

import numpy
import pytest

SPK_RATE_HZ = 48_000


class Recording:
    """What the loudspeaker plays, with the time each piece arrived (``time.monotonic``)."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(environment))
        self._pieces: list[tuple[float, bytes]] = []
        self._grew = threading.Condition(threading.RLock())
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 65536):
            with self._grew:
                self._pieces.append((time.monotonic(), piece))
                self._grew.notify_all()

    def samples(self) -> numpy.ndarray:
        """All so far: mono, 16 bit, ``SPK_RATE_HZ``."""
        with self._grew:
            pcm = b"".join(piece for _, piece in self._pieces)
        return numpy.frombuffer(pcm[: len(pcm) // 4 * 4], dtype=numpy.int16).reshape(-1, 2)[:, 0]

    def first_sound_s(self, after_s: float, threshold: int = 200) -> float | None:
        """When (``time.monotonic``) a sample over ``threshold`` first arrived after ``after_s``."""
        with self._grew:
            pieces = list(self._pieces)
        for at_s, piece in pieces:
            if at_s < after_s:
                continue
            loud = numpy.abs(numpy.frombuffer(piece[: len(piece) // 4 * 4], dtype=numpy.int16)[::2].astype(int))
            over = numpy.flatnonzero(loud > threshold)
            if over.size:
                return at_s - (len(loud) - int(over[0])) / SPK_RATE_HZ
        return None

    def arrived_s(self, sample: int) -> float:
        """When (``time.monotonic``) the sample of this index arrived."""
        with self._grew:
            pieces = list(self._pieces)
        end = 0
        for at_s, piece in pieces:
            end += len(piece) // 4
            if end > sample:
                return at_s - (end - sample) / SPK_RATE_HZ
        raise IndexError(sample)

    def wait_for_sound(self, after_s: float, within_s: float, threshold: int = 200) -> float:
        """The time of the first sound after ``after_s``; fails where none comes."""
        end_s = time.monotonic() + within_s
        while True:
            found = self.first_sound_s(after_s, threshold)
            if found is not None:
                return found
            with self._grew:
                if not self._grew.wait(max(0.0, end_s - time.monotonic())):
                    pytest.fail("no sound came from the loudspeaker")

    def last_sound_s(self, threshold: int = 200) -> float:
        """When (``time.monotonic``) the last sample over ``threshold`` arrived; 0 where there is none."""
        with self._grew:
            pieces = list(self._pieces)
        for at_s, piece in reversed(pieces):
            loud = numpy.abs(numpy.frombuffer(piece[: len(piece) // 4 * 4], dtype=numpy.int16)[::2].astype(int))
            over = numpy.flatnonzero(loud > threshold)
            if over.size:
                return at_s - (len(loud) - int(over[-1])) / SPK_RATE_HZ
        return 0.0

    def settled(self, silence_s: float = 0.3) -> numpy.ndarray:
        """All samples, once it was silent for so long."""
        began_s = time.monotonic()
        with self._grew:
            while time.monotonic() - max(began_s, self.last_sound_s()) < silence_s:
                self._grew.wait(silence_s)
        return self.samples()

    def stop(self) -> numpy.ndarray:
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self.samples()
