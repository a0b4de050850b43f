"""The end of a turn: what follows a "no" within a breath is heard with it; a "no" by itself is hardly later (D4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S
from voice_backcare.audio.input.endpointer import Endpointer, EndpointerSettings, Progress
from voice_backcare.audio.input.file_recognition import Result, hear_frames
from voice_backcare.audio.input.turn_end import DANGER_HOLD_S, HOLD_S, Turn, hold_s
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import grammar
from voice_backcare.core.grammar.matcher import Match
from voice_backcare.session.ports import RATE_HZ, Recognised

HELD_FRAMES = round(HOLD_S / FRAME_S)
FRAME = bytes(FRAME_BYTES)
QUIET: Progress = "silence"


class Scripted:
    """A recogniser that gives what it is told to, and keeps how much sound it was given of each utterance.

    "?" stands for words that mean nothing, None for a sound in which there are none.
    """

    def __init__(self, *meanings: str | None) -> None:
        self._meanings = list(meanings)
        self.heard: list[int] = []

    def begin(self, place: str) -> None:
        self.heard.append(0)

    def feed(self, pcm: bytes) -> None:
        self.heard[-1] += len(pcm)

    def result(self) -> Recognised:
        meaning = self._meanings.pop(0)
        return Recognised(meaning or "", Match(meaning, meaning) if meaning not in (None, "?") else None)


class Stirring(Endpointer):
    """An endpointer of which the test says whether a voice stirs."""

    stirs = False


def turn_of(*meanings: str | None, place: str = "any") -> tuple[Turn, Scripted, Stirring]:
    recogniser, endpointer = Scripted(*meanings), Stirring()
    turn = Turn(recogniser, endpointer)
    turn.begin(place, FRAME)
    return turn, recogniser, endpointer


def feed(turn: Turn, *progress: Progress) -> list[str | None]:
    """The meanings of the results that these frames bring."""
    results = [turn.feed(FRAME, each) for each in progress]
    return [result.found.meaning if result.found else None for result in results if result is not None]


@pytest.mark.parametrize("meaning", ["yes", "unsure", "soft_yes", "emergency", "maybe_emergency", "repeat", None])
def test_all_but_a_no_is_decided_at_once(meaning: str | None) -> None:
    """The hangover ends it, as an emergency must not wait."""
    turn, *_ = turn_of(meaning)
    assert feed(turn, "speech", "ended") == [meaning]


@pytest.mark.parametrize("meaning", ["no", "soft_no"])
def test_a_no_is_held_no_longer_than_it_says(meaning: str) -> None:
    """Nothing follows: it is decided when the hold is over, and not before."""
    turn, *_ = turn_of(meaning)
    assert feed(turn, "ended", *[QUIET] * (HELD_FRAMES - 1)) == []
    assert feed(turn, "silence") == [meaning]


@pytest.mark.parametrize("place", ["E1", "E6", "need_help"])
def test_at_a_danger_sign_a_no_is_held_for_all_of_the_time(place: str) -> None:
    """With the hangover it is 0.8 s: there a lost contradiction costs the most."""
    assert hold_s(place) + EndpointerSettings().hangover_s == pytest.approx(0.8)
    turn, *_ = turn_of("no", place=place)
    held = round(DANGER_HOLD_S / FRAME_S)
    assert feed(turn, "ended", *[QUIET] * (held - 1)) == []
    assert feed(turn, QUIET) == ["no"]


@pytest.mark.parametrize(
    ("together", "then", "meaning"),
    [
        (None, None, "no"),  # a cough
        ("no", None, "no"),
        ("no", "no", "no"),
        ("no", "soft_no", "no"),
        ("soft_no", "no", "soft_no"),
        ("unsure", "yes", "unsure"),
        ("yes", "?", "yes"),
        ("no", "yes", None),  # they run into one another
        ("no", "?", None),
        ("?", "?", None),
        ("?", "no", None),
        ("?", "yes", "yes"),
        ("?", "repeat", "repeat"),
        ("?", "emergency", "emergency"),  # "no ... call 911" sounds like a denial
        ("no", "emergency", "emergency"),
        ("no", "maybe_emergency", "maybe_emergency"),
        ("emergency", "?", "emergency"),
        ("unsure", "emergency", "emergency"),
    ],
)
def test_what_follows_a_no_is_heard_with_it_and_by_itself(together: str, then: str, meaning: str | None) -> None:
    """An emergency in either is one; a "no" stays one only where all of it is, or where no word followed."""
    turn, recogniser, _ = turn_of("no", together, then)
    assert feed(turn, "speech", "ended", QUIET, QUIET, "started", "speech") == []
    held = meaning in ("no", "soft_no")
    assert feed(turn, "ended") == ([] if held else [meaning])
    assert not held or feed(turn, *[QUIET] * HELD_FRAMES) == [meaning]
    assert recogniser.heard == [3 * FRAME_BYTES, 8 * FRAME_BYTES, 5 * FRAME_BYTES]


def test_a_voice_that_stirs_as_the_hold_ends_is_waited_for() -> None:
    """A voice is told from a click only after some frames; a click alone does not keep the "no" for ever."""
    turn, _, endpointer = turn_of("no", "yes", "yes")
    endpointer.stirs = True
    assert feed(turn, "ended", *[QUIET] * (HELD_FRAMES + 2), "started", "ended") == ["yes"]
    turn, _, endpointer = turn_of("no")
    endpointer.stirs = True
    assert feed(turn, "ended", *[QUIET] * (HELD_FRAMES + 20)) == ["no"]


def test_a_turn_does_not_grow_without_end() -> None:
    """After nine seconds, all its utterances together, it is cut, and no answer in it counts."""
    turn, *_ = turn_of("no", "no", "no")
    speech: Progress = "speech"
    assert feed(turn, *[speech] * 200, "ended", QUIET, "started", *[speech] * 240) == []
    assert feed(turn, *[speech] * 5) == []
    assert feed(turn, speech) == [None]


def test_of_what_is_cut_no_answer_counts() -> None:
    """An utterance that is too long is read for emergencies and commands only, after a held "no" too."""
    turn, *_ = turn_of("no", "yes", "yes")
    assert feed(turn, "ended", "started", "too_long") == [None]
    turn, *_ = turn_of("no", "unsure", "emergency")
    assert feed(turn, "ended", "started", "too_long") == ["emergency"]
    turn, *_ = turn_of("no", "unsure", None)
    assert feed(turn, "ended", "started", "too_long") == ["no"], "a crying child takes nothing away"


VOICES = ("gmw/en-us", "gmw/en-gb-x-rp", "gmw/en-us-nyc", "gmw/en-gb-x-gbclan")
CONTRADICTIONS = [
    ("E3", "but she did faint"),
    ("E1", "actually yes"),
    ("R1", "i mean yes"),
    ("E2", "but he is a bit confused"),
    ("R3", "but he does leak a little"),
]


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    return VoskRecogniser(model_folder, grammar.load())


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], np.ndarray]:
    """A synthesised text, with no silence before or after it."""
    path = tmp_path_factory.mktemp("said") / "said.wav"

    def synthesise(voice: str, text: str) -> np.ndarray:
        Synthesiser(voice).synthesise(text, path, rate_wpm=165)
        samples, rate_hz = soundfile.read(path, dtype="float32")
        samples = soxr.resample(samples, rate_hz, RATE_HZ)
        loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
        return np.asarray(samples[loud[0] : loud[-1] + 1])

    return synthesise


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(("place", "contradiction"), CONTRADICTIONS)
@pytest.mark.parametrize("breath_s", [0.3, 0.5, 0.7])
def test_a_no_and_a_breath_and_its_contradiction_are_no_no(
    recogniser: VoskRecogniser,
    word: Callable[[str, str], np.ndarray],
    voice: str,
    place: str,
    contradiction: str,
    breath_s: float,
) -> None:
    """Whatever is understood of it, "no ... but she did faint" is never taken for the "no" it begins with.

    After 0.3 s at the danger signs only: elsewhere the next line has begun by then.
    """
    if breath_s > 0.3 and not place.startswith("E"):
        pytest.skip("held for a third of a second there")
    assert heard(recogniser, place, word(voice, "no"))["meaning"] == "no"
    assert heard(recogniser, place, word(voice, "no"), breath_s, word(voice, contradiction))["meaning"] not in (
        "no",
        "soft_no",
    )


@pytest.mark.parametrize("voice", VOICES[:2])
@pytest.mark.parametrize("place", ["E1", "R1", "need_help"])
@pytest.mark.parametrize("cry", ["call nine one one", "help me she is not breathing"])
@pytest.mark.parametrize("breath_s", [0.3, 0.5, 0.7])
def test_a_cry_for_help_after_a_no_is_heard(
    recogniser: VoskRecogniser,
    word: Callable[[str, str], np.ndarray],
    voice: str,
    place: str,
    cry: str,
    breath_s: float,
) -> None:
    """D5: "no ... call 911" is no denial, though the words run into one another."""
    if breath_s > 0.3 and place.startswith("R"):
        pytest.skip("held for a third of a second there")
    meaning = heard(recogniser, place, word(voice, "no"), breath_s, word(voice, cry))["meaning"]
    assert meaning in ("emergency", "maybe_emergency")


def heard(recogniser: VoskRecogniser, place: str, *parts: np.ndarray | float) -> Result:
    """What is heard of these sounds; a number is so many seconds of silence."""
    rest = [np.zeros(round(part * RATE_HZ)) if isinstance(part, float) else part for part in (0.5, *parts, 1.0)]
    pcm = (np.concatenate(rest) * 32_000).astype("<i2").tobytes()
    frames = (pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES))
    return hear_frames(frames, recogniser, place)
