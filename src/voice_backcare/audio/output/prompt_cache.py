"""Cache of synthesised prompts on disk, so that every line but a new one can be said at once.

A line that names the signs of one child is not stored on disk; it stays in memory until the program ends. Files are
written atomically, and an incomplete one is never played. Where the disk does not accept files, prompts are synthesised
each time, which is logged once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import time
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from voice_backcare.audio.formats.sound import BrokenWave, Sound, read_wave, trimmed
from voice_backcare.core.content.pronunciation import spoken_form
from voice_backcare.session.ports import Voice, VoiceError
from voice_backcare.system.atomic_write import write_whole

_LOG = logging.getLogger(__name__)

MOST_BYTES = 50_000_000
_IN_MEMORY = 16
_FORMAT = 1
_STALE_S = 3600.0  # an unfinished file this old was left by a killed program


class VersionedVoice(Voice, Protocol):
    """A voice that names everything which decides how a file sounds."""

    @property
    def versions(self) -> tuple[str, ...]:
        """Everything beside text and rate that decides how a file sounds."""


def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Temporary folder for a file in the making: in memory where the system has that, otherwise anywhere writable."""
    shared_memory = Path("/dev/shm")
    places = [shared_memory] if shared_memory.is_dir() and os.access(shared_memory, os.W_OK) else []
    for position in [*places, None]:
        with contextlib.suppress(OSError):
            return tempfile.TemporaryDirectory(prefix="voice-backcare-", dir=position, ignore_cleanup_errors=True)
    raise VoiceError("there is no folder in which a sound could be made")


class PromptCache:
    """Cache from text and rate to sound, for one thread. ``folder``: None stores nothing on disk. ``most_bytes``: limit
    of the folder.
    """

    def __init__(self, voice: VersionedVoice, folder: Path | None, *, most_bytes: int = MOST_BYTES) -> None:
        self._voice = voice
        self._folder = folder
        self._most_bytes = most_bytes
        self._total_bytes: int | None = None
        self._memory: OrderedDict[str, Sound] = OrderedDict()

    def sound(self, text: str, rate_wpm: int, *, keep: bool = False) -> Sound:
        """Sound of ``text`` without the silence around it. Raises ``VoiceError`` where it cannot be synthesised.

        ``keep``: store it on disk too.
        """
        key = self._key(text, rate_wpm)
        sound = self._memory.pop(key, None) or self._from_disk(key) or self._make(key, text, rate_wpm, keep)
        self._memory[key] = sound
        while len(self._memory) > _IN_MEMORY:
            self._memory.popitem(last=False)
        return sound

    def has(self, text: str, rate_wpm: int) -> bool:
        """Whether ``sound`` could answer without synthesis."""
        key = self._key(text, rate_wpm)
        return key in self._memory or (self._folder is not None and self._path(key).is_file())

    def _key(self, text: str, rate_wpm: int) -> str:
        parts = [_FORMAT, text, spoken_form(text), rate_wpm, *self._voice.versions]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def _path(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key}.wav"

    def _from_disk(self, key: str) -> Sound | None:
        if self._folder is None:
            return None
        path = self._path(key)
        try:
            return trimmed(read_wave(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, BrokenWave):
            with contextlib.suppress(OSError):
                path.unlink()
            return None

    def _make(self, key: str, text: str, rate_wpm: int, keep: bool) -> Sound:
        with _scratch() as folder:
            path = Path(folder) / "line.wav"
            self._voice.synthesise(text, path, rate_wpm=rate_wpm)
            try:
                data = path.read_bytes()
                sound = trimmed(read_wave(data))
            except (OSError, BrokenWave) as error:
                raise VoiceError(f"the voice's file cannot be read: {error}") from error
        if keep and self._folder is not None:
            self._keep(key, data)
        return sound

    def _keep(self, key: str, data: bytes) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
            self._bound(len(data))
        except OSError as error:
            _LOG.warning("Prompts cannot be kept in %s (%s): the voice goes on without its store.", path.parent, error)
            self._folder = None

    def _bound(self, added_bytes: int) -> None:
        """Remove the oldest files until the folder is within ``most_bytes``."""
        assert self._folder is not None
        if self._total_bytes is not None and self._total_bytes + added_bytes <= self._most_bytes:
            self._total_bytes += added_bytes
            return
        files = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another instance may remove files too
                entry = path.stat()
                if path.suffix == ".wav":
                    files.append((entry.st_mtime, entry.st_size, path))
                elif path.suffix == ".part" and time.time() - entry.st_mtime > _STALE_S:
                    path.unlink()
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size
        self._total_bytes = total
