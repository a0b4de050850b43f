"""The human recordings, clean or with something in the background.

They are ../shared/audio beside the checkout, or in VOICE_BACKCARE_AUDIO. Samples are float32 at 16 kHz, -1 to 1.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from voice_backcare.audio.formats.frames import FRAME_BYTES

CHECKOUT = Path(__file__).resolve().parents[2]
AUDIO = Path(os.environ.get("VOICE_BACKCARE_AUDIO", CHECKOUT.parent / "shared" / "audio"))
MODEL = Path(os.environ.get("VOICE_BACKCARE_MODEL", CHECKOUT / "models" / "vosk-model-small-en-us-0.15"))
RATE_HZ = 16_000
BEFORE_S, AFTER_S = 0.5, 1.0  # around each clip; a background goes on there
HOUSEHOLD, SPEECH = "household", "speech"
_TALK_DBFS = -20.0

Row = dict[str, Any]


def half_of(speaker: str) -> str:
    """Which half a speaker belongs to: a look at how far a figure depends on who speaks."""
    return "tuning" if hashlib.sha256(speaker.encode()).digest()[0] % 2 == 0 else "checking"


def clips(half: str | None = None, every: int = 1) -> list[Row]:
    """The rows of the manifest without the noises, only every n-th."""
    return [row for row in _manifest() if half in (None, half_of(row["speaker"]))][::every]


@cache
def _manifest() -> list[Row]:
    with (AUDIO / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["label"] != "noise"]


def read(file: str) -> np.ndarray:
    samples, rate_hz = soundfile.read(AUDIO / file, dtype="float32")
    assert rate_hz == RATE_HZ, file
    return samples


def noise_names() -> list[str]:
    return sorted(path.stem for path in (AUDIO / "noise").glob("*.flac"))


@cache
def noise(name: str) -> np.ndarray:
    return read(f"noise/{name}.flac")


def words_of_others(without: str = "", seed: int = 1) -> Iterator[np.ndarray]:
    """Words that are no answer, by everybody but the speaker ``without``, in an order of chance and for ever.

    All at the same level, so that none of it hides; "stop" is left out, being a command.
    """
    rows = [row for row in clips() if row["label"] not in ("yes", "no", "stop") and row["speaker"] != without]
    random = np.random.default_rng(seed)
    while True:
        for index in random.permutation(len(rows)):
            word = read(rows[index]["file"])
            yield np.clip(word * np.float32(10 ** (_TALK_DBFS / 20) / max(1e-6, rms(word))), -1, 1)


def talk_of_others(seconds: float, without: str = "", seed: int = 1) -> np.ndarray:
    """So much of ``words_of_others``, one after another: speech in the background."""
    parts: list[np.ndarray] = []
    for word in words_of_others(without, seed):
        parts.append(word)
        if sum(map(len, parts)) >= seconds * RATE_HZ:
            break
    return np.concatenate(parts)[: round(seconds * RATE_HZ)]


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def padded(samples: np.ndarray) -> np.ndarray:
    """With silence before and after."""
    return np.concatenate(
        [np.zeros(round(BEFORE_S * RATE_HZ), np.float32), samples, np.zeros(round(AFTER_S * RATE_HZ), np.float32)]
    )


def sound(row: Row, background: str | None = None, level_db: float = 10.0) -> np.ndarray:
    """The padded clip; ``background`` goes on through all of it, ``level_db`` below the clip.

    ``background`` is a noise's name, "household" for one of them, or "speech" for another person's word, which lasts as
    long as the clip: before it, it would be an utterance of its own. Which piece of a background is fixed by the clip's
    name. Levels are root mean squares over the length of the clip.
    """
    samples = read(row["file"])
    whole = padded(samples)
    if background is None:
        return whole
    seed = int.from_bytes(hashlib.sha256(row["file"].encode()).digest()[:8], "big")
    names = noise_names()
    if background == SPEECH:
        return_to = padded(talk_of_others(len(samples) / RATE_HZ, row["speaker"], seed))
    else:
        long = noise(names[seed % len(names)] if background == HOUSEHOLD else background)
        start = (seed >> 8) % (len(long) - len(whole))
        return_to = long[start : start + len(whole)]
    during = return_to[round(BEFORE_S * RATE_HZ) :][: len(samples)]
    scale = rms(samples) / max(1e-9, rms(during)) / 10 ** (level_db / 20)
    return np.clip(whole + return_to * np.float32(scale), -1, 32767 / 32768)


def pcm(samples: np.ndarray) -> bytes:
    return bytes(np.rint(samples * 32768).clip(-32768, 32767).astype("<i2").tobytes())


def frames_of(samples: np.ndarray) -> Iterator[bytes]:
    """Frames of 20 ms, the last one filled up with silence."""
    data = pcm(samples)
    for at in range(0, len(data), FRAME_BYTES):
        yield data[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
