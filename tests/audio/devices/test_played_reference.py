"""What the loudspeaker plays, on the session's clock."""

from __future__ import annotations

import numpy as np
import pytest

from voice_backcare.audio.devices.played_reference import PlayedReference
from voice_backcare.session.ports import RATE_HZ

AHEAD_S = 0.04


def click_at_s(reference: PlayedReference, until_s: float) -> float:
    """Where the loudest sample is read, in the time for which it is read."""
    frames = [(at_s, np.frombuffer(reference.frame(at_s), "<i2")) for at_s in np.arange(100.0, until_s, 0.02)]
    at_s, samples = max(frames, key=lambda each: int(np.abs(each[1].astype(int)).max()))
    return float(at_s + np.abs(samples.astype(int)).argmax() / RATE_HZ + AHEAD_S)


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (48_000, 2), (44_100, 2)])
def test_a_click_is_read_at_the_time_at_which_it_sounds(rate_hz: int, channels: int) -> None:
    """Within two milliseconds, whatever the loudspeaker's rate and channels."""
    reference, block = PlayedReference(), rate_hz // 50
    samples = np.zeros((block * 50, channels), "<i2")
    samples[block * 20] = 20_000
    for number in range(50):
        piece = samples[number * block : (number + 1) * block]
        reference.played(piece.tobytes(), rate_hz, channels, 100.5 + number * 0.02)
    assert click_at_s(reference, 101.5) == pytest.approx(100.9, abs=0.002)


def test_blocks_that_come_early_and_late_leave_no_seam() -> None:
    """Times that are wrong by some milliseconds do not tear a tone."""
    reference, rng = PlayedReference(), np.random.default_rng(1)
    tone = (8_000 * np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)).astype("<i2")
    for number in range(50):
        late_s = float(rng.uniform(-0.002, 0.002))
        reference.played(tone[number * 320 : number * 320 + 320].tobytes(), RATE_HZ, 1, 100.0 + number * 0.02 + late_s)
    read = np.frombuffer(b"".join(reference.frame(100.02 + number * 0.02) for number in range(40)), "<i2").astype(int)
    assert np.abs(np.diff(read)).max() < 2 * 8_000 * 2 * np.pi * 200 / RATE_HZ


def test_nothing_is_played_and_nothing_is_read() -> None:
    """Before the first block, and long after the last."""
    reference = PlayedReference()
    assert reference.frame(5.0) == bytes(640)
    reference.played(b"\x10\x10" * 320, RATE_HZ, 1, 6.0)
    assert reference.frame(60.0) == bytes(640)
