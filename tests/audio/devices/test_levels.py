"""How loud it is at the microphone, and what is said about it."""

from __future__ import annotations

import numpy
import pytest

from voice_backcare.audio.devices.levels import SILENT_DBFS, LevelWatch, level_of
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_SAMPLES
from voice_backcare.audio.level_advice import LevelAdvice
from voice_backcare.core import content, conversation
from voice_backcare.core.events import NoInput, NoMatch
from voice_backcare.fakes.ports import FakeClock

_RATE_HZ = 16_000


def _noise(dbfs: float, seconds: float) -> numpy.ndarray:
    return numpy.random.default_rng(1).standard_normal(round(seconds * _RATE_HZ)) * 32_768 * 10 ** (dbfs / 20)


def _feed(watch: LevelWatch, samples: numpy.ndarray, *, voiced: bool) -> None:
    pcm = numpy.clip(samples, -32_768, 32_767).astype("<i2").tobytes()
    for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES):
        watch.feed(pcm[at : at + FRAME_BYTES], voiced=voiced)


def test_the_level_meter_knows_silence_and_full_scale() -> None:
    """Zeros are the bottom of the scale; a full square wave is its top, and clipped."""
    assert level_of(bytes(640)).dbfs == level_of(b"").dbfs == SILENT_DBFS
    square = level_of(b"\xff\x7f\x01\x80" * 160)
    assert square.dbfs == pytest.approx(0.0, abs=0.01)
    assert square.too_loud and not level_of(bytes(640)).too_loud


def test_an_offset_is_no_sound() -> None:
    """A DC offset is silence, as far as it is not at full level."""
    assert level_of(b"\x00\x20" * 320).dbfs == SILENT_DBFS


def test_a_level_comes_ten_times_a_second() -> None:
    """Every fifth frame, over all five."""
    watch = LevelWatch()
    frame = b"\x00\x10\x00\xf0" * (FRAME_SAMPLES // 2)
    levels = [watch.feed(frame, voiced=False) for _ in range(50)]
    assert sum(level is not None for level in levels) == 10


@pytest.mark.parametrize(
    ("room_dbfs", "voice_dbfs", "fault"),
    [
        (-60, -20, None),
        (-70, -40, None),
        (-75, -55, "quiet"),
        (-95, -93, "muted"),
        (-30, 15, "clipped"),
    ],
)
def test_an_utterance_that_was_not_understood_has_its_reason(
    room_dbfs: float, voice_dbfs: float, fault: str | None
) -> None:
    """Far too quiet, far too loud, or neither: the room around it does not count."""
    watch = LevelWatch()
    watch.begin()
    _feed(watch, _noise(room_dbfs, 2.0), voiced=False)
    _feed(watch, _noise(voice_dbfs, 0.5), voiced=True)
    assert watch.fault(speech=True) == fault


def test_silence_has_a_reason_only_where_there_is_one() -> None:
    """A still room and a slammed door are nothing; no sound at all, and a faint voice, are told."""
    watch = LevelWatch()
    for sound, fault in (
        ([_noise(-62, 6.0)], None),
        ([_noise(-62, 5.0), _noise(10, 0.3)], None),
        ([numpy.zeros(6 * _RATE_HZ)], "muted"),
        ([_noise(-80, 5.0), _noise(-55, 0.6)], "quiet"),
        ([numpy.zeros(_RATE_HZ // 5)], None),
    ):
        watch.begin()
        for part in sound:
            _feed(watch, part, voiced=False)
        assert watch.fault(speech=False) == fault


def test_a_long_listening_needs_no_more_memory() -> None:
    """Only the last ten seconds are kept."""
    watch = LevelWatch()
    watch.begin()
    for _ in range(5_000):
        watch.feed(bytes(FRAME_BYTES), voiced=True)
    assert len(watch._levels) == len(watch._spoken) == 100


def test_advice_is_given_seldom() -> None:
    """The same advice not at every question; after a while again."""
    watch, clock = LevelWatch(), FakeClock()
    watch.begin()
    _feed(watch, numpy.zeros(2 * _RATE_HZ), voiced=False)
    advice = LevelAdvice(watch, conversation.build(content.load()).prompts, clock)
    assert [line.id for line in advice(NoInput(0.0))] == ["microphone_muted"]
    assert advice(NoInput(0.0)) == ()
    assert advice(NoMatch(0.0)) == ()
    clock.advance(100)
    assert [line.id for line in advice(NoInput(100.0))] == ["microphone_muted"]
