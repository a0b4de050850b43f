"""From many channels to one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.audio.formats.channels import Downmix

RATE_HZ = 16_000
VOICE = (0.2 * np.sin(2 * np.pi * 300 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
NOTHING = np.zeros_like(VOICE)


def noise(level: float, seed: int) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(RATE_HZ)).astype(np.float32)


def level_db(mono: np.ndarray) -> float:
    return float(10 * np.log10(mono.var() / VOICE.var() + 1e-12))


@pytest.mark.parametrize("other", [-1.0, -0.9, -0.7, -0.5, -0.3, -1.2, 0.0, 0.3, 1.0])
def test_of_two_channels_neither_cancels_the_other(other: float) -> None:
    """Whatever the second holds of the first, upside down or not, at most 8 dB of the voice are lost."""
    assert level_db(Downmix(RATE_HZ).mono(np.stack([VOICE, other * VOICE], axis=1))) > -8.0


def test_what_one_channel_alone_holds_is_heard_beside_noise_in_the_other() -> None:
    """A microphone on one side, and a bare input's faint noise on the other."""
    for columns in ([VOICE, noise(0.001, 1)], [noise(0.001, 1), VOICE]):
        assert level_db(Downmix(RATE_HZ).mono(np.stack(columns, axis=1))) == pytest.approx(-6.0, abs=0.5)


@pytest.mark.parametrize("first", range(6))
def test_of_many_channels_the_first_that_holds_anything_is_heard(first: int) -> None:
    """Before it is digital silence; after it come the raw microphones, and a loopback louder than the voice."""
    columns = [NOTHING] * first + [VOICE] + [0.1 * VOICE] * (5 - first) + [noise(0.4, 2)]
    assert np.array_equal(Downmix(RATE_HZ).mono(np.stack(columns, axis=1)), VOICE)


def test_a_loopback_is_left_as_soon_as_the_microphone_before_it_has_anything() -> None:
    """A gated microphone that is silent at first; in its later pauses the loopback is not taken again."""
    gated = np.concatenate([NOTHING, VOICE, NOTHING])
    loopback = np.tile(noise(0.4, 3), 3)
    mono = Downmix(RATE_HZ).mono(np.stack([gated, NOTHING.repeat(3), loopback], axis=1))
    assert np.array_equal(mono[RATE_HZ:], gated[RATE_HZ:])


@given(st.lists(st.integers(1, 2_000), min_size=1, max_size=20), st.integers(1, 8))
def test_every_sample_comes_out_once_however_the_sound_is_cut(cuts: list[int], channels: int) -> None:
    """As many values as rows, bounded by what went in."""
    downmix, rng = Downmix(RATE_HZ), np.random.default_rng(sum(cuts))
    for count in cuts:
        block = rng.uniform(-1, 1, (count, channels)).astype(np.float32)
        mono = downmix.mono(block)
        assert mono.shape == (count,)
        assert np.all(np.abs(mono) <= np.abs(block).max(axis=1) + 1e-6)
