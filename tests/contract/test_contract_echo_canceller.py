"""What an echo canceller must do: one set of tests over the real one and the fake."""

from __future__ import annotations

import numpy as np
import pytest

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_SAMPLES
from voice_backcare.audio.input.echo_canceller import EchoCanceller, WebRtcEchoCanceller
from voice_backcare.fakes.speech import FakeEchoCanceller
from voice_backcare.session.ports import RATE_HZ

SECONDS = 6


@pytest.fixture(params=["webrtc", "fake"])
def canceller(request: pytest.FixtureRequest) -> EchoCanceller:
    if request.param == "fake":
        return FakeEchoCanceller()
    pytest.importorskip("pywebrtc_audio", reason="it has nothing for this machine")
    return WebRtcEchoCanceller()


def babble(seed: int) -> np.ndarray:
    """Noise in syllables of a fifth of a second."""
    rng = np.random.default_rng(seed)
    loudness = np.repeat(rng.choice([0.0, 0.3, 1.0], SECONDS * 5), RATE_HZ // 5)
    return np.asarray(3_000 * loudness * rng.standard_normal(len(loudness)))


def cleaned(canceller: EchoCanceller, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    pcm = [np.clip(sound, -32_768, 32_767).astype("<i2").tobytes() for sound in (near, far)]
    frames = [
        canceller.process(*(sound[at : at + FRAME_BYTES] for sound in pcm)) for at in range(0, len(pcm[0]), FRAME_BYTES)
    ]
    assert {len(frame) for frame in frames} == {FRAME_BYTES}
    return np.frombuffer(b"".join(frames), "<i2").astype(float)


def level_db(sound: np.ndarray) -> float:
    return float(10 * np.log10(sound.var() + 1e-9))


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
def test_an_echo_is_taken_out(canceller: EchoCanceller, delay_s: float) -> None:
    """At least 15 dB of it, whatever its delay, once it was heard for four seconds."""
    far, lag = babble(1), round(delay_s * RATE_HZ)
    near = 0.5 * np.concatenate([np.zeros(lag), far])[: len(far)] + np.random.default_rng(2).standard_normal(len(far))
    left = cleaned(canceller, near, far)
    late = slice(4 * RATE_HZ, None)
    assert level_db(near[late]) - level_db(left[late]) > 15


def test_a_person_is_left_as_they_are_where_nothing_is_played(canceller: EchoCanceller) -> None:
    """Within 3 dB, when the canceller has settled."""
    person = babble(3)
    left = cleaned(canceller, person, np.zeros_like(person))
    assert level_db(left[RATE_HZ:]) == pytest.approx(level_db(person[RATE_HZ:]), abs=3)


def test_silence_stays_silence(canceller: EchoCanceller) -> None:
    """Nothing is made up, also where something is played that does not come back."""
    far = babble(4)
    left = cleaned(canceller, np.zeros_like(far), far)
    assert np.abs(left[FRAME_SAMPLES:]).max() <= 100
