"""A person told from the program's own voice: the gate, with the canceller that ships as a fake."""

from __future__ import annotations

import numpy as np
import pytest

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, Frame
from voice_backcare.audio.input.duplex import Duplex
from voice_backcare.fakes.speech import FakeEchoCanceller
from voice_backcare.session.ports import RATE_HZ

SECONDS = 8


def noise(dbfs: float, seed: int) -> np.ndarray:
    return np.asarray(
        32_768 * 10 ** (dbfs / 20) * np.random.default_rng(seed).standard_normal(SECONDS * RATE_HZ), float
    )


FAR = noise(-20, 1)
ROOM = noise(-65, 2)
ECHO = 0.3 * np.concatenate([np.zeros(800), FAR])[: len(FAR)]


def judged(near: np.ndarray, far: np.ndarray, *, sounding: bool = True) -> tuple[Duplex, list[Frame]]:
    reference = far.astype("<i2").tobytes()
    duplex = Duplex(
        FakeEchoCanceller(), lambda at_s: reference[(at := round(at_s / FRAME_S) * FRAME_BYTES) : at + FRAME_BYTES]
    )
    pcm = np.clip(near, -32_768, 32_767).astype("<i2").tobytes()
    frames = [
        duplex.cleaned(Frame(pcm[at : at + FRAME_BYTES], at / FRAME_BYTES * FRAME_S), sounding=sounding)
        for at in range(0, len(pcm), FRAME_BYTES)
    ]
    return duplex, frames


def test_an_echo_that_is_removed_makes_it_full_duplex_and_is_never_a_person_s() -> None:
    """After some seconds of it, and every frame of it is the program's own."""
    duplex, frames = judged(ECHO + ROOM, FAR)
    assert duplex.full
    assert (duplex.erle_db or 0) > 15
    assert all(frame.ours for frame in frames)


def test_a_person_over_the_echo_is_noticed_within_a_fifth_of_a_second() -> None:
    """As loud as the echo; before that every frame was the program's own, and soon after it is again."""
    person = np.zeros_like(FAR)
    person[5 * RATE_HZ : 6 * RATE_HZ] = noise(-30, 3)[:RATE_HZ]
    _, frames = judged(ECHO + ROOM + person, FAR)
    heard = [frame.at_s for frame in frames if not frame.ours]
    assert 5.0 <= heard[0] <= 5.2
    assert heard[-1] <= 6.5


def test_an_echo_that_cannot_be_removed_keeps_it_half_duplex() -> None:
    """A reference that is missing or another's: nothing is told from anything."""
    for far in (np.zeros_like(FAR), noise(-20, 9)):
        duplex, frames = judged(ECHO + ROOM, far)
        assert not duplex.full
        del frames


def test_a_headset_has_no_echo_to_remove() -> None:
    """What is played does not come back: full duplex too."""
    assert judged(ROOM, FAR)[0].full


def test_nothing_is_trusted_at_the_start() -> None:
    """Not before three seconds of echo."""
    count = round(2.5 * RATE_HZ)
    assert not judged((ECHO + ROOM)[:count], FAR[:count])[0].full


def test_where_nothing_sounds_the_microphone_s_sound_is_untouched() -> None:
    """To the bit, and nothing of it is the program's own."""
    person = noise(-30, 4)
    _, frames = judged(person, np.zeros_like(FAR), sounding=False)
    assert b"".join(frame.pcm for frame in frames) == np.clip(person, -32_768, 32_767).astype("<i2").tobytes()
    assert not any(frame.ours for frame in frames)


@pytest.mark.parametrize("silence", [0.0, 1.0])
def test_digital_silence_is_judged_without_a_fault(silence: float) -> None:
    """A muted microphone under a speaking mouth."""
    duplex, frames = judged(silence * np.zeros_like(FAR), FAR)
    assert len(frames) == SECONDS * 50
    assert duplex.erle_db is None
