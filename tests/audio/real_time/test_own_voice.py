"""Every line the program says, back in its microphone through a made-up room: never an answer (D10).

The real voice, endpointer and recogniser; the room is computed, so that its delay and echo are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, Frame
from voice_backcare.audio.formats.sound import Sound
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.output import mouth
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import content, conversation, grammar
from voice_backcare.session.ports import RATE_HZ

_WORST = ("Say yes, or no.", "Is that right? Say yes.", "Answer yes, no, or I don't know.", "No. No. No.")
_BEFORE_S, _AFTER_S = 0.3, 1.0
_FINISHED_TO_TONE_S = 0.05  # the session's step, and the loudspeaker's latency


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PromptCache]:
    voice = Synthesiser()
    yield PromptCache(voice, tmp_path_factory.mktemp("prompts"))
    voice.close()


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    known = grammar.load()
    return VoskRecogniser(model_folder, known)


def _room(dry: numpy.ndarray, delay_s: float, echo: bool) -> numpy.ndarray:
    """What a microphone hears: the sound later, at full level, and then its reflections, ever softer."""
    heard = numpy.zeros(len(dry) + RATE_HZ)
    steps = [(0.0, 1.0)] + ([(0.03, 0.5), (0.07, 0.35), (0.11, 0.25), (0.19, 0.15)] if echo else [])
    for later_s, level in steps:
        at = round((delay_s + later_s) * RATE_HZ)
        heard[at : at + len(dry)] += level * dry
    return numpy.clip(heard, -32_767, 32_767).astype("<i2")


def _outcomes(listener: Listener, line: Sound, delay_s: float, echo: bool) -> list[str | Outcome]:
    """Say ``line``, sound the tone, listen: all that the ears make of our own sounds."""
    sound = line.at_rate(RATE_HZ)
    tone = mouth._TONES["listen"].at_rate(RATE_HZ).samples
    tone_s = _BEFORE_S + sound.duration_s + _FINISHED_TO_TONE_S
    dry = numpy.zeros(round((tone_s + _AFTER_S) * RATE_HZ) + len(tone))
    at = round(_BEFORE_S * RATE_HZ)
    dry[at : at + len(sound.samples)] += sound.samples
    at = round(tone_s * RATE_HZ)
    dry[at : at + len(tone)] += tone
    pcm = _room(dry, delay_s, echo).tobytes()
    spoke_s = _BEFORE_S + sound.audible_s
    tone_end_s = tone_s + len(tone) / RATE_HZ
    quiet_s = max(spoke_s + mouth.LINE_TAIL_S, tone_end_s + mouth.TONE_TAIL_S)
    listener.close()
    results: list[str | Outcome] = []
    for index in range(len(pcm) // FRAME_BYTES):
        at_s = index * FRAME_S
        if not listener.is_open and not results and at_s >= _BEFORE_S + sound.duration_s:
            listener.open("any", at_s)
        room = Playback(
            spoke_until_s=numpy.inf if at_s < spoke_s - FRAME_S else spoke_s,
            quiet_at_s=numpy.inf if at_s < tone_end_s else quiet_s,
        )
        result = listener.feed(Frame(pcm[index * FRAME_BYTES : (index + 1) * FRAME_BYTES], at_s), room)
        if result is not None:
            results.append(result)
    return results


@pytest.mark.parametrize(("delay_s", "echo"), [(0.0, True), (0.1, False), (0.2, True), (0.3, False), (0.3, True)])
def test_a_line_is_never_an_answer(
    prompts: PromptCache, recogniser: VoskRecogniser, delay_s: float, echo: bool
) -> None:
    """Every line of the program, and some worse ones, at full level."""
    lines = [line.text for line in conversation.build(content.load()).prompts.ahead()]
    listener = Listener(recogniser)
    answered = {}
    for text in [*_WORST, *lines]:
        results = _outcomes(listener, prompts.sound(text, mouth.DEFAULT_RATE_WPM, keep=True), delay_s, echo)
        found = [result.found for result in results if isinstance(result, Outcome) and result.found]
        if found:
            answered[text] = found
    assert answered == {}


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.15, 0.19, 0.2])
def test_in_an_ordinary_room_our_voice_is_nothing_at_all(
    prompts: PromptCache, recogniser: VoskRecogniser, delay_s: float
) -> None:
    """Not even a no-match: nobody is asked again because the program spoke."""
    listener = Listener(recogniser)
    for text in _WORST:
        assert _outcomes(listener, prompts.sound(text, mouth.DEFAULT_RATE_WPM, keep=True), delay_s, echo=False) == []
