"""Audio files of any rate and number of channels as frames of the program's own format: mono, 16 bit, 16 kHz, 20 ms."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import soundfile

from voice_backcare.audio.formats.container import trusted, unreadable_kind
from voice_backcare.audio.formats.converter import Converter
from voice_backcare.audio.formats.frames import in_frames
from voice_backcare.system.ordinary_file import NotThisFile, open_ordinary

__all__ = ["AudioFileError", "Converter", "frames_of"]

_BLOCK_S = 1.0
_EMPTY_BYTES = 1_024  # a header with nothing after it is no longer: an empty recording, in which nobody spoke
_LOWEST_HZ, _HIGHEST_HZ = 1_000, 768_000  # beyond these a header is damaged, or it is no sound


class AudioFileError(Exception):
    """Error: a file cannot be read as sound; ``str()`` says why in one sentence."""


def frames_of(path: Path) -> Iterator[bytes]:
    """Frames of 20 ms of the sound in ``path``, the last one padded with silence. Reads one second at a time.

    Raises ``AudioFileError`` where the file is no sound, at the first frame or later.
    """
    return in_frames(_blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with open_ordinary(path) as raw:
            if kind := unreadable_kind(raw):
                raise AudioFileError(
                    f"this is {kind}, which cannot be read here; make a WAV file of it first, "
                    "with: ffmpeg -i RECORDING recording.wav"
                )
            yield from _sound_in(raw)
    except FileNotFoundError as error:
        raise AudioFileError("there is no such file") from error
    except NotThisFile as error:
        is_folder = error.errno == errno.EISDIR
        raise AudioFileError("this is a folder, not an audio file" if is_folder else str(error.strerror)) from error
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"it cannot be read as sound: {error.error_string}") from error
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise AudioFileError(f"it cannot be read as sound: {error}") from error


def _sound_in(raw: BinaryIO) -> Iterator[bytes]:
    size = os.fstat(raw.fileno()).st_size
    samples = 0
    with _Sequential(trusted(raw)) as file:
        converter = _converter_of(file)
        while len(block := file.read(round(file.samplerate * _BLOCK_S), dtype="float32", always_2d=True)):
            samples += len(block)
            yield converter.convert(block)
        yield converter.last()
    if not samples and size > _EMPTY_BYTES:
        raise AudioFileError("it cannot be read as sound: nothing of what is in it could be decoded")


class _Sequential(soundfile.SoundFile):  # type: ignore[misc]
    """Reads on to the end of the sound; soundfile else seeks after each read, which fails where the end is unknown."""

    def seekable(self) -> bool:
        return False


def _converter_of(file: soundfile.SoundFile) -> Converter:
    rate_hz = file.samplerate
    if not _LOWEST_HZ <= rate_hz <= _HIGHEST_HZ:
        raise AudioFileError(f"its rate of {rate_hz} Hz is none that a recording has")
    return Converter(rate_hz)
