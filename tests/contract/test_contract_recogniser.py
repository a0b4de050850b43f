"""What every recogniser promises (``ports.Recogniser``): the fake and every engine, over synthesised speech."""

from __future__ import annotations

from pathlib import Path

import installed
import numpy
import pytest

from voice_backcare.audio.formats.sound import read_wave
from voice_backcare.core import grammar
from voice_backcare.core.grammar import Match
from voice_backcare.core.state import ANSWERS
from voice_backcare.fakes.speech import FakeRecogniser
from voice_backcare.session.ports import RATE_HZ, Recognised, Recogniser

_SILENCE = bytes(2 * RATE_HZ // 2)


@pytest.fixture(params=["fake", "vosk", "pocketsphinx"], scope="module")
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def spoken(engine: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Words as sound, as a recogniser is fed it; pocketsphinx knows human voices only, and Piper's is like one."""
    folder = tmp_path_factory.mktemp("spoken")
    voice = installed.voice("piper" if engine == "pocketsphinx" else "pyttsx3").make()
    sounds = {}
    for word in ("yes", "no"):
        voice.synthesise(word, folder / f"{word}.wav", rate_wpm=150)
        sounds[word] = read_wave((folder / f"{word}.wav").read_bytes()).at_rate(RATE_HZ).in_channels(1)
    voice.close()
    return sounds


@pytest.fixture(scope="module")
def recogniser(engine: str, request: pytest.FixtureRequest, spoken: dict[str, bytes]) -> Recogniser:
    if engine == "fake":
        return FakeRecogniser({sound: word for word, sound in spoken.items()})
    folder: Path | None = request.getfixturevalue("model_folder") if engine == "vosk" else None
    words = grammar.load()
    return installed.recogniser(engine).loader(folder, words)()


def _hear(recogniser: Recogniser, *pieces: bytes) -> Recognised:
    recogniser.begin("any")
    for piece in pieces:
        for at in range(0, len(piece), 640):
            recogniser.feed(piece[at : at + 640])
    return recogniser.result()


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_spoken_word_is_understood(recogniser: Recogniser, spoken: dict[str, bytes], word: str) -> None:
    """Speech between silences comes back as its words, in lower case, with what they mean."""
    assert _hear(recogniser, _SILENCE, spoken[word], _SILENCE) == Recognised(word, Match(word, word))


def test_silence_is_nothing(recogniser: Recogniser) -> None:
    """Nothing said gives no words."""
    assert _hear(recogniser, _SILENCE, _SILENCE) == Recognised()


def test_noise_is_no_answer(recogniser: Recogniser) -> None:
    """Plain noise is neither yes nor no."""
    noise = numpy.random.default_rng(5).normal(0, 1000, RATE_HZ).astype("<i2").tobytes()
    found = _hear(recogniser, noise).found
    assert found is None or found.meaning not in ANSWERS


def test_begin_forgets_the_utterance_before(recogniser: Recogniser, spoken: dict[str, bytes]) -> None:
    """A fresh utterance holds nothing of one that was given up."""
    recogniser.begin("any")
    recogniser.feed(spoken["yes"])
    assert _hear(recogniser, _SILENCE, spoken["no"], _SILENCE).text == "no"


def test_the_result_ends_the_utterance(recogniser: Recogniser, spoken: dict[str, bytes]) -> None:
    """After a result there is nothing more to tell, and sound without a beginning is refused."""
    assert _hear(recogniser, spoken["yes"], _SILENCE).text == "yes"
    assert recogniser.result() == Recognised()
    with pytest.raises(Exception, match="begin"):
        recogniser.feed(spoken["yes"])
