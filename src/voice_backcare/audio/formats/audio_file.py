"""Audio files of any rate and number of channels as frames of the program's own format: mono, 16 bit, 16 kHz, 20 ms."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voice_backcare.audio.formats.frames import in_frames
from voice_backcare.session.ports import RATE_HZ
from voice_backcare.system.ordinary_file import NotThisFile, open_ordinary

_BLOCK_S = 1.0
_LOWEST_HZ, _HIGHEST_HZ = 1_000, 768_000  # outside these the header is damaged


class AudioFileError(Exception):
    """Error: a file cannot be read as sound; ``str()`` says why in one sentence."""


def frames_of(path: Path) -> Iterator[bytes]:
    """Frames of 20 ms of the sound in ``path``, the last one padded with silence. Reads one second at a time.

    Raises ``AudioFileError`` where the file is no sound, at the first frame or later.
    """
    return in_frames(_blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with open_ordinary(path) as raw, soundfile.SoundFile(raw) as file:
            yield from _converted(file)
    except FileNotFoundError as error:
        raise AudioFileError("there is no such file") from error
    except NotThisFile as error:
        is_folder = error.errno == errno.EISDIR
        raise AudioFileError("this is a folder, not an audio file" if is_folder else str(error.strerror)) from error
    except (soundfile.LibsndfileError, OSError, RuntimeError, ValueError, TypeError) as error:
        raise AudioFileError(f"it cannot be read as sound: {error}") from error


def _converted(file: soundfile.SoundFile) -> Iterator[bytes]:
    rate_hz = file.samplerate
    if not _LOWEST_HZ <= rate_hz <= _HIGHEST_HZ:
        raise AudioFileError(f"its rate of {rate_hz} Hz is none that a recording has")
    converter = Converter(rate_hz)
    while len(block := file.read(round(rate_hz * _BLOCK_S), dtype="float32", always_2d=True)):
        yield converter.convert(block)
    yield converter.last()


class Converter:
    """Converter from any rate and number of channels to mono, 16 bit, 16 kHz, block by block."""

    def __init__(self, rate_hz: int) -> None:
        self._resampler = None if rate_hz == RATE_HZ else soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32")

    def convert(self, block: NDArray[np.float32]) -> bytes:
        """The next block as bytes. ``block`` has the shape (samples, channels) and full scale at 1."""
        mono = np.clip(np.nan_to_num(block.mean(axis=1, dtype=np.float32)), -1.0, 1.0)
        return self._pcm(mono if self._resampler is None else self._resampler.resample_chunk(mono))

    def last(self) -> bytes:
        """The samples that the resampler still holds, after the last block."""
        if self._resampler is None:
            return b""
        return self._pcm(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True))

    def _pcm(self, mono: NDArray[np.float32]) -> bytes:
        # With this factor 16-bit sound that was divided by 32768 comes back exactly.
        return bytes(np.clip(np.rint(mono * 32768.0), -32768, 32767).astype("<i2").tobytes())
