"""Audio files whose header does not say what is in them, and files of a kind that cannot be read."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.audio.formats.audio_file import AudioFileError, frames_of

RATE_HZ = 16_000
SOUND = np.random.default_rng(4).integers(-9_000, 9_000, RATE_HZ).astype("<i2")


def encoded(container: str, subtype: str = "PCM_16") -> bytearray:
    buffer = io.BytesIO()
    soundfile.write(buffer, SOUND, RATE_HZ, format=container, subtype=subtype)
    return bytearray(buffer.getvalue())


def read(path: Path, content: bytes) -> np.ndarray:
    path.write_bytes(content)
    return np.frombuffer(b"".join(frames_of(path)), "<i2")


def put_length(content: bytearray, name: bytes, length: int, order: str) -> bytes:
    at = content.index(name) + 4
    content[at : at + 4] = struct.pack(order + "I", length)
    return bytes(content)


@pytest.mark.parametrize("length", [0, 1, 2, 400, 31_998, 32_002, 10**6, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize(("container", "chunk", "order"), [("WAV", b"data", "<"), ("AIFF", b"SSND", ">")])
def test_all_of_the_sound_is_read_whatever_its_length_is_said_to_be(
    tmp_path: Path, container: str, chunk: bytes, order: str, length: int
) -> None:
    """A recorder that was killed, a pipe, a copy that broke off: the sound itself is what is there."""
    content = put_length(encoded(container), chunk, length, order)
    content = content[:4] + bytes(4) + content[8:]
    heard = read(tmp_path / "a", content)
    assert np.array_equal(heard[: len(SOUND) - 4], SOUND[:-4])


def test_what_follows_the_sound_is_not_taken_for_it(tmp_path: Path) -> None:
    """A title after the sound is no click at its end."""
    content = bytes(encoded("WAV")) + b"LIST" + struct.pack("<I", 12) + b"INFOISFTLavf"
    assert len(read(tmp_path / "a.wav", content)) == len(SOUND)


@pytest.mark.parametrize("samples", [0, 1, 2_000, 15_999, 16_001, 2**36 - 1])
def test_a_flac_s_number_of_samples_is_not_believed(tmp_path: Path, samples: int) -> None:
    """Unknown, too small, too great: read to its end."""
    content = encoded("FLAC")
    word = int.from_bytes(content[18:26], "big")
    content[18:26] = ((word >> 36 << 36) | samples).to_bytes(8, "big")
    assert np.array_equal(read(tmp_path / "a.flac", bytes(content)), SOUND)


@pytest.mark.parametrize("container", ["WAV", "FLAC", "AIFF", "AU", "OGG", "MP3", "CAF", "W64", "RF64"])
@given(share=st.floats(0.0, 1.0))
def test_a_file_cut_off_anywhere_is_heard_or_refused(
    tmp_path_factory: pytest.TempPathFactory, container: str, share: float
) -> None:
    """What is left of it, or one sentence; a file in which most is left is never taken for silence."""
    content = encoded(container, {"OGG": "VORBIS", "MP3": "MPEG_LAYER_III"}.get(container, "PCM_16"))
    kept = bytes(content[: round(share * len(content))])
    try:
        heard = read(tmp_path_factory.mktemp("cut") / "a", kept)
    except AudioFileError:
        return
    assert len(heard) or len(kept) <= 1_024


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x1cftypM4A \0\0\2\0", "M4A"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "3GP"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "MP4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "QuickTime"),
        (b"#!AMR\n\x0c", "AMR"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "WebM"),
        (b"\xff\xf1\x50\x80", "AAC"),
    ],
)
def test_what_a_telephone_records_is_named_and_how_to_convert_it(tmp_path: Path, start: bytes, kind: str) -> None:
    """One sentence: which kind of file it is, and what to do."""
    (tmp_path / "phone").write_bytes(start + bytes(2_000))
    with pytest.raises(AudioFileError, match=f"{kind}.*ffmpeg"):
        list(frames_of(tmp_path / "phone"))
