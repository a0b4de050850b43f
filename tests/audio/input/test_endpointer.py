"""The endpointer: when an utterance begins and when it is over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, frame_count
from voice_backcare.audio.input.endpointer import Endpointer, EndpointerSettings

RATE_HZ = 16_000


def noise(seconds: float, dbfs: float, seed: int = 1) -> np.ndarray:
    """White noise of this level."""
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ)) * 32768 * 10 ** (dbfs / 20)


def voice(seconds: float, dbfs: float = -20) -> np.ndarray:
    """A buzz with two formants and a syllable's rise and fall: what webrtcvad takes for a voice."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = sum(np.sin(2 * np.pi * 140 * k * t) / (1 + abs(140 * k - 600) / 200) for k in range(1, 20))
    wave = wave * np.sin(np.pi * t / seconds) ** 0.5
    return np.asarray(wave / np.sqrt(np.mean(wave**2)) * 32768 * 10 ** (dbfs / 20))


def cut(samples: np.ndarray) -> list[bytes]:
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES]
    data = np.clip(whole, -32768, 32767).astype("<i2").tobytes()
    return [data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]


def run(samples: np.ndarray, endpointer: Endpointer | None = None) -> list[str]:
    endpointer = endpointer or Endpointer()
    return [endpointer.feed(frame) for frame in cut(samples)]


def test_a_word_between_silences_starts_once_and_ends_once() -> None:
    """One word gives "started", "speech"..., "ended", and silence on both sides."""
    heard = run(np.concatenate([noise(0.6, -65), voice(0.5), noise(0.8, -65, 2)]))
    assert (heard.count("started"), heard.count("ended"), heard.count("too_long")) == (1, 1, 0)
    assert heard[0] == heard[-1] == "silence"
    assert set(heard[heard.index("started") + 1 : heard.index("ended")]) == {"speech"}


def test_the_end_is_known_a_hangover_after_the_last_voiced_frame() -> None:
    """From the last voiced frame to "ended" is the hangover, to the frame."""
    endpointer = Endpointer()
    heard = run(np.concatenate([noise(0.6, -65), voice(0.5), noise(0.8, -65, 2)]), endpointer)
    ended_s = (heard.index("ended") + 1) * FRAME_S
    assert ended_s - endpointer.speech_end_s == pytest.approx(EndpointerSettings().hangover_s)
    assert endpointer.speech_start_s == pytest.approx(0.6, abs=0.1)
    assert endpointer.speech_end_s == pytest.approx(1.1, abs=0.2)


def test_the_shipped_times_are_those_that_answers_were_measured_with() -> None:
    """0.22 s of silence end an utterance, so that answers are fast; 0.4 s are kept from before it begins."""
    endpointer = Endpointer()
    heard = run(np.concatenate([noise(0.6, -65), voice(0.5), noise(0.8, -65, 2)]), endpointer)
    assert (heard.index("ended") + 1) * FRAME_S - endpointer.speech_end_s == pytest.approx(0.22)
    assert endpointer.preroll_s == pytest.approx(0.4)


@pytest.mark.parametrize("dbfs", [-60, -45, -30])
def test_plain_noise_is_no_utterance_from_its_first_frame_on(dbfs: float) -> None:
    """The first 0.14 s of noise, which webrtcvad takes for speech, begin no utterance."""
    assert set(run(noise(3, dbfs))) == {"silence"}


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(RATE_HZ * 3),
        np.full(RATE_HZ * 3, 12_000.0),
        8_000 * np.sin(2 * np.pi * 50 * np.arange(RATE_HZ * 11) / RATE_HZ),
        np.where(np.arange(RATE_HZ * 11) // 36 % 2, 32767.0, -32768.0),
        np.where(np.arange(RATE_HZ * 11) // 16_000 % 2, 32767.0, -32768.0),
    ],
    ids=["nothing", "DC offset", "hum", "square wave", "slow square wave"],
)
def test_a_sound_that_is_no_voice_does_not_hang(samples: np.ndarray) -> None:
    """Whatever begins with such a sound is over within nine seconds."""
    heard = run(samples)
    assert heard.count("started") - heard.count("ended") - heard.count("too_long") in (0, 1)
    if "started" in heard:
        after = heard[heard.index("started") :]
        assert {"ended", "too_long"} & set(after[: frame_count(9.0) + 1])


def test_a_dc_offset_hides_no_word() -> None:
    """A microphone with a DC offset hears the same word."""
    sound = np.concatenate([noise(0.6, -65), voice(0.5), noise(0.8, -65, 2)])
    assert run(sound + 6_000).count("ended") == 1


def test_a_quiet_voice_in_a_quiet_room_is_heard() -> None:
    """A voice 55 dB below full level is an utterance where the room is quiet."""
    assert "started" in run(np.concatenate([noise(0.6, -80), voice(0.6, -55), noise(0.8, -80, 2)]))


def test_endless_speech_is_cut_at_nine_seconds_and_the_next_utterance_can_begin() -> None:
    """A television that never pauses gives "too_long" after nine seconds, and again."""
    heard = run(np.concatenate([voice(0.5) for _ in range(30)]))
    first, cut_at = heard.index("started"), heard.index("too_long")
    assert (cut_at - first) * FRAME_S == pytest.approx(9.0, abs=0.3)
    assert "started" in heard[cut_at + 1 :]


def test_a_click_is_no_utterance() -> None:
    """A tap on the microphone of 20 ms begins nothing."""
    click = noise(0.02, -10)
    assert set(run(np.concatenate([noise(0.6, -65), click, noise(0.8, -65, 2)]))) == {"silence"}


def test_reset_forgets_the_utterance_but_not_the_time() -> None:
    """After ``reset`` nobody is speaking, and the stream's time goes on."""
    endpointer = Endpointer()
    for frame in cut(np.concatenate([noise(0.6, -65), voice(0.4)])):
        endpointer.feed(frame)
    assert endpointer.speaking
    before_s = endpointer.now_s
    endpointer.reset()
    assert not endpointer.speaking
    assert endpointer.now_s == before_s == pytest.approx(1.0)


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES + 1])
def test_a_frame_of_another_length_is_refused(size: int) -> None:
    """Only whole frames of 20 ms are judged; anything else is a mistake of the caller's."""
    with pytest.raises(ValueError, match="640 bytes"):
        Endpointer().feed(bytes(size))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES),
            st.integers(-32768, 32767).map(lambda value: np.full(FRAME_SAMPLES, value, "<i2").tobytes()),
            st.integers(0, 20).map(lambda at: cut(voice(0.5))[at]),
        ),
        max_size=400,
    )
)
def test_any_frames_make_well_formed_utterances_of_six_seconds_at_most(stream: list[bytes]) -> None:
    """Whatever is fed, every utterance starts once, ends once, and lasts nine seconds at the most."""
    endpointer = Endpointer()
    open_for = None
    for frame in stream + [bytes(FRAME_BYTES)] * 20:
        progress = endpointer.feed(frame)
        if progress == "started":
            assert open_for is None
            open_for = 0
        elif progress == "silence":
            assert open_for is None
        else:
            assert open_for is not None
            open_for += 1
            assert open_for <= frame_count(9.0)
            if progress in ("ended", "too_long"):
                open_for = None
        assert 0 <= endpointer.speech_end_s <= endpointer.now_s
    assert open_for is None
