"""A loudspeaker that is kept awake for its first words, and a 911 instruction that is never low; over virtual audio."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import pytest
from audio_rig import SPK_RATE_HZ, Recording, Rig

from voice_backcare.audio.devices import alsa_mixer
from voice_backcare.audio.devices.loudspeaker import Loudspeaker
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.output.mouth import ALOUD, SpokenMouth
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import Prompts
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.cli import doctor
from voice_backcare.core import content, conversation
from voice_backcare.core.events import Finished, Line
from voice_backcare.core.state import Record
from voice_backcare.session.ports import Posted
from voice_backcare.system.monotonic_clock import SystemClock

_PREROLL_S = 0.5
_AT_ONCE_S = 0.3  # by itself 0.1; a busy machine takes longer, but not as long as a pre-roll
_FAINT = 16  # of 32,767: nobody hears it, whatever a sound server's resampling makes of it
_LOUD = 200
_SHORT = Line("short", "All right.", ("own",))
_CALL = Line("call_911", "Call.", ("E1",))
_OTHER = Line("other", "Call.", ("own",))


@dataclass
class Speaker:
    """A mouth that rests after a third of a second, and what its loudspeaker plays."""

    mouth: SpokenMouth
    inbox: queue.Queue[Posted]
    recording: Recording

    def say(self, line: Line) -> numpy.ndarray:
        """Speak to the end; what was played from here on."""
        self.mouth.duration_s(line)
        before = len(self.recording.samples())
        self.mouth.say(line, 1)
        assert isinstance(self.inbox.get(timeout=15).what, Finished)
        return self.recording.settled()[before:].astype(int)

    def peak(self, line: Line) -> int:
        return int(numpy.abs(self.say(line)).max())


@pytest.fixture
def speaker(rig: Rig, request: pytest.FixtureRequest) -> Iterator[Speaker]:
    inbox: queue.Queue[Posted] = queue.Queue()
    clock, portaudio, voice = SystemClock(), PortAudio(), Synthesiser()
    recording = rig.record()
    loudspeaker = Loudspeaker(portaudio, clock, preroll_s=getattr(request, "param", _PREROLL_S))
    mouth = SpokenMouth(
        Prompts(PromptCache(voice, None)),
        loudspeaker,
        inbox.put,
        clock,
        portaudio,
        idle_close_s=0.3,
        before_aloud=lambda: alsa_mixer.raise_low(loudspeaker.name),
    )
    mouth.duration_s(_SHORT)
    yield Speaker(mouth, inbox, recording)
    mouth.close()
    voice.close()
    recording.stop()


def _first_loud(samples: numpy.ndarray) -> int:
    return int(numpy.flatnonzero(numpy.abs(samples) > _LOUD)[0])


def _awake_share(samples: numpy.ndarray, seconds: float) -> float:
    """Of so long before the first loud sample, how much was no digital silence."""
    end = _first_loud(samples)
    blocks = samples[max(0, end - round(seconds * SPK_RATE_HZ)) : end]
    blocks = blocks[: len(blocks) // 480 * 480].reshape(-1, 480)
    awake = int((blocks != 0).any(axis=1).sum())
    return awake * 480 / (seconds * SPK_RATE_HZ)


def _begins_s(speaker: Speaker, line: Line) -> float:
    """How long after it was asked for ``line`` can be heard; says it to its end."""
    asked_s = time.monotonic()
    speaker.mouth.say(line, 1)
    begun_s = speaker.recording.wait_for_sound(asked_s, 5)
    assert isinstance(speaker.inbox.get(timeout=15).what, Finished)
    return begun_s - asked_s


def test_the_output_is_awake_before_any_first_word(speaker: Speaker) -> None:
    """Just opened, half a second of what nobody hears comes first; lines one after another, and the first after a
    pause, begin at once: it never slept."""
    assert _begins_s(speaker, _SHORT) < _PREROLL_S + 0.5
    assert _begins_s(speaker, _SHORT) < _AT_ONCE_S
    played = speaker.recording.settled().astype(int)
    assert _awake_share(played, _PREROLL_S) > 0.9
    assert 0 < numpy.abs(played[: _first_loud(played) - 480]).max() <= _FAINT
    paused = len(speaker.recording.samples())
    time.sleep(1.0)  # far longer than the mouth takes to rest
    assert _begins_s(speaker, _SHORT) < _AT_ONCE_S
    assert _awake_share(speaker.recording.settled()[paused:].astype(int), 1.0) > 0.9


def test_stop_during_the_preroll_is_silence(speaker: Speaker) -> None:
    """Who touches a button while the output wakes up hears nothing of the old line, and the next one as ever."""
    before = len(speaker.recording.samples())
    speaker.mouth.say(_CALL, 1)
    time.sleep(_PREROLL_S / 3)
    speaker.mouth.stop()
    time.sleep(0.4)
    played = speaker.recording.samples()[before:].astype(int)
    assert numpy.abs(played).max() <= _FAINT
    asked_s = time.monotonic()
    speaker.mouth.say(_SHORT, 2)
    assert speaker.recording.wait_for_sound(asked_s, 5) - asked_s < _AT_ONCE_S


@pytest.mark.parametrize("speaker", [0.0], indirect=True)
def test_without_a_preroll_a_pause_is_silence(speaker: Speaker) -> None:
    """Nothing is set: between words there is digital silence, and the device is given back after a while."""
    speaker.say(_SHORT)
    paused = len(speaker.recording.samples())
    time.sleep(0.8)
    assert not speaker.recording.samples()[paused:].any()
    assert not speaker.mouth._loudspeaker.is_open


def test_call_911_is_never_low(speaker: Speaker) -> None:
    """However often "quieter" was said, "Call 911" comes at full level; the quietest of the rest can be heard."""
    usual = speaker.peak(_OTHER)
    for _ in range(12):
        speaker.mouth.adjust("quieter")
    assert speaker.mouth.manner.volume == 0.0
    assert speaker.peak(_CALL) >= usual * 0.98
    low = speaker.peak(_OTHER)
    assert usual / 8 < low < usual / 4
    assert low > _LOUD


def test_a_muted_card_is_turned_up_for_call_911(rig: Rig, speaker: Speaker) -> None:
    """The card itself is muted and at nothing: "Call 911" is heard all the same; no other line changes that."""
    card = rig.loudspeaker
    card.pactl("set-sink-volume", "virtspk", "0%")
    card.pactl("set-sink-mute", "virtspk", "1")
    try:
        assert speaker.peak(_OTHER) == 0
        assert doctor.check_loudspeaker().status == "warn"
        assert speaker.peak(_CALL) > _LOUD
        assert speaker.peak(_OTHER) > _LOUD  # it stays as it is
    finally:
        card.pactl("set-sink-volume", "virtspk", "100%")
        card.pactl("set-sink-mute", "virtspk", "0")


def test_the_instruction_is_never_low() -> None:
    """Whatever the reason, all of the 911 instruction but the reason itself is said at full level."""
    prompts = conversation.build(content.load()).prompts
    for record in (Record(answers=(("E2", "yes"),)), Record(phrase=True)):
        said = [line.id for line in prompts.outcome(record) if not line.id.startswith("because_")]
        assert said == ["call_911", "cannot_dial"] * 2
        assert set(said) <= ALOUD
    assert content.load().lines.keys() >= ALOUD
